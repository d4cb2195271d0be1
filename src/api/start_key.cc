#include "api/start_key.h"

#include <simdjson.h>

#include <string>
#include <utility>
#include <vector>

#include "model/attribute_value_json.h"
#include "table/key_check.h"
#include "table/key_range.h"
#include "table/layout.h"

namespace stator {
namespace {

using Type = AttributeValue::Type;

constexpr std::string_view kInvalidStart = "The provided starting key is invalid";
constexpr std::string_view kMismatch = "The provided key element does not match the schema";

Unexpected<ApiError> InvalidStart() { return Invalid(std::string(kInvalidStart)); }
Unexpected<ApiError> InvalidStart(std::string_view why) {
  return Invalid(std::string(kInvalidStart) + ": " + std::string(why));
}

// Whether StartKeyFromJson gives the fault's text as it is.
bool StaysBare(ValueError::Kind kind) {
  switch (kind) {
    case ValueError::Kind::kDuplicateInSet:
    case ValueError::Kind::kDuplicateNumbers:
    case ValueError::Kind::kBadNumber:
    case ValueError::Kind::kNumberDigits:
    case ValueError::Kind::kNumberMagnitude:
    case ValueError::Kind::kSerialization:
      return true;
    default:
      return false;
  }
}

// The table's key within a start key, so far as it is there.
AttributeMap TableKeyOf(const TableDefinition& table, const AttributeMap& key) {
  AttributeMap result;
  for (const std::vector<KeyAttribute>* part : {&table.keys.hash, &table.keys.range}) {
    for (const KeyAttribute& attribute : *part) {
      if (const AttributeValue* value = key.Find(attribute.name))
        result.Set(attribute.name, *value);
    }
  }
  return result;
}

bool IsEmpty(const AttributeValue& value) {
  return (value.is(Type::kS) && value.s().empty()) || (value.is(Type::kB) && value.b().empty());
}

Unexpected<ApiError> EmptyKeyValue(const KeyAttribute& attribute) {
  return InvalidStart(
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
      "contain an "
      "empty " +
      std::string(attribute.type == Type::kS ? "string" : "binary") +
      " value. Key: " + attribute.name);
}

// {p=AttributeValue: {S:x}}, as the service's Java prints a key of one attribute.
std::string Dump(const AttributeMap& key) {
  std::string result = "{";
  for (const auto& [name, value] : key) {
    if (result.size() > 1) result += ", ";
    result += name + "=AttributeValue: {" + std::string(TypeName(value.type())) + ":";
    if (value.is(Type::kN)) {
      value.n().AppendTo(&result);
    } else {
      result += value.is(Type::kS)
                    ? value.s()
                    : "java.nio.HeapByteBuffer[pos=0 lim=" + std::to_string(value.b().size()) +
                          " cap=" + std::to_string(value.b().size()) + "]";
    }
    result += "}";
  }
  return result + "}";
}

bool IsIn(const KeyRange& range, const std::string& storage_key) {
  return range.begin <= storage_key && storage_key < range.end;
}

}  // namespace

ApiResult<AttributeMap> StartKeyFromJson(const simdjson::dom::object& json) {
  auto key = AttributeMapFromJson(json);
  if (key) return std::move(*key);
  if (StaysBare(key.error().kind)) return Unexpected<ApiError>(ToApiError(std::move(key.error())));
  return InvalidStart(key.error().message);
}

ApiResult<void> CheckScanStartKey(const TableDefinition& table, const IndexDefinition* index,
                                  const AttributeMap& key) {
  if (index != nullptr) {
    const auto attributes = KeyAttributesOf(table, index);
    if (key.size() != attributes.size()) return InvalidStart();
    for (const KeyAttribute* attribute : attributes) {
      const AttributeValue* value = key.Find(attribute->name);
      if (value == nullptr || !value->is(attribute->type)) return InvalidStart();
      if (IsEmpty(*value)) return EmptyKeyValue(*attribute);
    }
  }
  const KeyCheck check = CheckLookupKey(table, index == nullptr ? key : TableKeyOf(table, key));
  if (!check) return InvalidStart(check.error().message);
  return {};
}

ApiResult<void> CheckQueryStartKey(const TableDefinition& table, const IndexDefinition* index,
                                   const AttributeMap& key) {
  if (key.size() != KeyAttributesOf(table, index).size()) return InvalidStart();
  const KeySchema& queried = index == nullptr ? table.keys : index->keys;
  for (const std::vector<KeyAttribute>* part : {&queried.hash, &queried.range}) {
    for (const KeyAttribute& attribute : *part) {
      const AttributeValue* value = key.Find(attribute.name);
      if (value == nullptr) return InvalidStart();
      if (!value->is(attribute.type)) return Invalid(std::string(kMismatch));
      if (IsEmpty(*value)) return EmptyKeyValue(attribute);
    }
  }
  const KeyCheck check = CheckLookupKey(table, TableKeyOf(table, key));
  if (!check) return InvalidStart(check.error().message);
  return {};
}

ApiResult<void> CheckStartKeyInQuery(const TableDefinition& table, const IndexDefinition* index,
                                     const MatchedKeyCondition& condition,
                                     const AttributeMap& key) {
  if (index == nullptr && table.keys.range.empty()) {
    return Invalid("The provided exclusive start key is invalid: ExclusiveStartKey: " + Dump(key));
  }
  const std::string storage_key = CursorKey(table, index, key);
  if (IsIn(MatchingEntries(table, index, condition), storage_key)) return {};

  MatchedKeyCondition same_partition = condition;  // as if the query asked for the key's partition
  const KeySchema& queried = index == nullptr ? table.keys : index->keys;
  for (size_t i = 0; i < queried.hash.size(); ++i) {
    same_partition.hash_values[i] = *key.Find(queried.hash[i].name);
  }
  if (!IsIn(MatchingEntries(table, index, same_partition), storage_key)) {
    return Invalid("The provided starting key does not match the range key predicate");
  }
  if (IsSingleItem(table, index, condition)) {
    return Invalid("The query can return at most one row and cannot be restarted");
  }
  return Invalid(
      "The provided starting key is outside query boundaries based on provided conditions");
}

ApiResult<void> CheckStartKeyInSegment(const TableDefinition& table, const IndexDefinition* index,
                                       uint32_t segment, uint32_t total_segments,
                                       const AttributeMap& key) {
  if (InSegment(table, index, key, segment, total_segments)) return {};
  return InvalidStart(
      "Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. "
      "TotalSegments: " +
      std::to_string(total_segments) + " Segment: " + std::to_string(segment));
}

}  // namespace stator
