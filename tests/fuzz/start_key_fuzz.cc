// ExclusiveStartKey, which is all that a client brings back of a page: any JSON object must be
// refused or name one place in what is read.
#include <simdjson.h>

#include <string>

#include "api/start_key.h"
#include "fuzz.h"
#include "model/attribute_value_json.h"
#include "table/key_range.h"
#include "table/layout.h"

namespace stator {
namespace {

using Type = AttributeValue::Type;

TableDefinition MakeTable() {
  TableDefinition table;
  table.id = 1;
  table.keys = {{{"p", Type::kS}}, {{"r", Type::kN}}};
  IndexDefinition local;
  local.name = "l";
  local.id = 1;
  local.keys = {{{"p", Type::kS}}, {{"l", Type::kB}}};
  IndexDefinition global;
  global.name = "g";
  global.id = 2;
  global.global = true;
  global.keys = {{{"g", Type::kB}, {"h", Type::kN}}, {{"r", Type::kN}, {"s", Type::kS}}};
  table.indexes = {local, global};
  return table;
}

// The query of the key's own partition, from its own place in it on.
MatchedKeyCondition OwnPartition(const KeySchema& keys, const AttributeMap& key) {
  MatchedKeyCondition condition;
  for (const KeyAttribute& attribute : keys.hash)
    condition.hash_values.push_back(*key.Find(attribute.name));
  if (!keys.range.empty()) {
    const std::string& name = keys.range[0].name;
    condition.range_tests.push_back({name, KeyOperator::kGreaterOrEqual, {*key.Find(name)}});
  }
  return condition;
}

void CheckPlace(const TableDefinition& table, const IndexDefinition* index,
                const AttributeMap& key) {
  const std::string cursor = CursorKey(table, index, key);
  const KeyRange all = AllEntries(table, index);
  FUZZ_CHECK(all.begin <= cursor && cursor < all.end);
  int segments = 0;
  for (uint32_t segment = 0; segment < 3; ++segment) {
    const KeyRange range = SegmentEntries(table, index, segment, 3);
    const bool in_range = range.begin <= cursor && cursor < range.end;
    FUZZ_CHECK(CheckStartKeyInSegment(table, index, segment, 3, key).has_value() == in_range);
    segments += in_range ? 1 : 0;
  }
  FUZZ_CHECK(segments == 1);

  const KeySchema& keys = index == nullptr ? table.keys : index->keys;
  const MatchedKeyCondition condition = OwnPartition(keys, key);
  FUZZ_CHECK(CheckStartKeyInQuery(table, index, condition, key).has_value());
  KeyRange range = MatchingEntries(table, index, condition);
  StartAfter(&range, cursor, false);
  FUZZ_CHECK(cursor < range.begin);
}

void CheckAgainst(const TableDefinition& table, const IndexDefinition* index,
                  const AttributeMap& key) {
  // The two differ in their texts only.
  const bool scan = CheckScanStartKey(table, index, key).has_value();
  FUZZ_CHECK(scan == CheckQueryStartKey(table, index, key).has_value());
  if (scan) CheckPlace(table, index, key);
}

}  // namespace
}  // namespace stator

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stator;  // NOLINT
  static const TableDefinition table = MakeTable();
  simdjson::dom::parser parser;
  const simdjson::padded_string text(FuzzInput(data, size));
  simdjson::dom::object object;
  if (parser.parse(text).get_object().get(object) != simdjson::SUCCESS) return 0;
  auto key = StartKeyFromJson(object);
  if (!key) {
    FUZZ_CHECK(key.error().message.has_value() && !key.error().message->empty());
    return 0;
  }
  CheckAgainst(table, nullptr, *key);
  for (const IndexDefinition& index : table.indexes) CheckAgainst(table, &index, *key);

  // What was accepted comes back as it was.
  std::string json;
  AppendJson(*key, &json);
  const simdjson::padded_string padded(json);
  simdjson::dom::object again;
  FUZZ_CHECK(parser.parse(padded).get_object().get(again) == simdjson::SUCCESS);
  FUZZ_CHECK(*StartKeyFromJson(again) == *key);
  return 0;
}
