#include "api/write_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "base/json_string.h"
#include "model/attribute_value_json.h"

namespace stator {
namespace {

constexpr int64_t kGigabyte = 1ll << 30;

AttributeMap CollectionKey(const TableDefinition& table, const AttributeMap& item_or_key) {
  const std::string& name = table.keys.hash.front().name;
  AttributeMap key;
  key.Append(name, *item_or_key.Find(name));
  return key;
}

}  // namespace

ConsumedCapacity ConsumedBy(std::string table_name, const WriteEffect& effect, double factor) {
  ConsumedCapacity consumed;
  consumed.table_name = std::move(table_name);
  consumed.table = effect.table_units * factor;
  for (const IndexUnits& index : effect.index_units) {
    (index.global ? consumed.global_indexes : consumed.local_indexes)[index.index] += index.units;
  }
  return consumed;
}

void AddConsumed(const ConsumedCapacity& more, std::vector<ConsumedCapacity>* all) {
  auto same_table = [&](const ConsumedCapacity& entry) { return entry.table_name == more.table_name; };
  auto entry = std::find_if(all->begin(), all->end(), same_table);
  if (entry == all->end()) {
    all->push_back(more);
    return;
  }
  entry->table += more.table;
  for (const auto& [name, units] : more.local_indexes) entry->local_indexes[name] += units;
  for (const auto& [name, units] : more.global_indexes) entry->global_indexes[name] += units;
}

void AppendConsumedCapacities(const std::vector<ConsumedCapacity>& all, ReturnConsumedCapacity detail,
                              std::string* json) {
  if (detail == ReturnConsumedCapacity::kNone) return;
  json->append(R"(,"ConsumedCapacity":[)");
  for (size_t i = 0; i < all.size(); ++i) {
    if (i > 0) json->push_back(',');
    AppendConsumedCapacity(all[i], detail, json);
  }
  json->push_back(']');
}

void AppendItemCollectionMetrics(const TableDefinition& table, const AttributeMap& item_or_key,
                                 const WriteEffect& effect, std::string* json) {
  const int64_t low = effect.collection_bytes / kGigabyte;
  json->append(R"({"ItemCollectionKey":)");
  AppendJson(CollectionKey(table, item_or_key), json);
  fmt::format_to(std::back_inserter(*json), R"(,"SizeEstimateRangeGB":[{}.0,{}.0]}})", low, low + 1);
}

void AppendItemCollectionMetrics(const std::vector<CollectionOfWrite>& writes, std::string* json) {
  // A collection written several times is shown as the last write left it.
  std::map<std::string, std::vector<const CollectionOfWrite*>> tables;
  for (const CollectionOfWrite& write : writes) {
    if (write.table == nullptr || !write.table->HasLocalIndex()) continue;
    const AttributeMap key = CollectionKey(*write.table, *write.item_or_key);
    std::vector<const CollectionOfWrite*>& of_table = tables[write.table_name];
    auto same = std::find_if(of_table.begin(), of_table.end(), [&](const CollectionOfWrite* other) {
      return CollectionKey(*other->table, *other->item_or_key) == key;
    });
    if (same == of_table.end()) {
      of_table.push_back(&write);
    } else {
      *same = &write;
    }
  }
  if (tables.empty()) return;
  json->append(R"(,"ItemCollectionMetrics":)");
  char table_separator = '{';
  for (const auto& [name, of_table] : tables) {
    json->push_back(table_separator);
    AppendJsonString(name, json);
    json->append(":[");
    for (size_t i = 0; i < of_table.size(); ++i) {
      if (i > 0) json->push_back(',');
      AppendItemCollectionMetrics(*of_table[i]->table, *of_table[i]->item_or_key, *of_table[i]->effect, json);
    }
    json->push_back(']');
    table_separator = ',';
  }
  json->push_back('}');
}

}  // namespace stator
