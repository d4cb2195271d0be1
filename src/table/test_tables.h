// Table definitions for tests.
#ifndef STATOR_TABLE_TEST_TABLES_H_
#define STATOR_TABLE_TEST_TABLES_H_

#include <string>
#include <utility>
#include <vector>

#include "table/table_definition.h"

namespace stator::testing {

inline IndexDefinition LocalIndex(std::string name, uint32_t id, std::string range_name) {
  IndexDefinition index;
  index.name = std::move(name);
  index.id = id;
  index.keys.hash = {{"p", AttributeValue::Type::kS}};
  index.keys.range = {{std::move(range_name), AttributeValue::Type::kS}};
  return index;
}

inline IndexDefinition GlobalIndex(std::string name, uint32_t id, std::vector<KeyAttribute> hash,
                                   std::vector<KeyAttribute> range = {}) {
  IndexDefinition index;
  index.name = std::move(name);
  index.id = id;
  index.global = true;
  index.keys.hash = std::move(hash);
  index.keys.range = std::move(range);
  return index;
}

// Table "t", keys p (S) and r (N), number 7, active.
inline TableDefinition TestTable(std::vector<IndexDefinition> indexes = {}) {
  TableDefinition table;
  table.scope = {"000000000000", "us-east-1"};
  table.name = "t";
  table.id = 7;
  table.epoch = 1;
  table.uuid = "6d0a1a0e-5b6c-4c51-9d0f-0a4b7f0e1c11";
  table.status = TableStatus::kActive;
  table.keys.hash = {{"p", AttributeValue::Type::kS}};
  table.keys.range = {{"r", AttributeValue::Type::kN}};
  table.attributes = {table.keys.hash[0], table.keys.range[0]};
  table.indexes = std::move(indexes);
  return table;
}

inline Item TestItem(std::string p, int64_t r) {
  Item item;
  item.Set("p", AttributeValue::S(std::move(p)));
  item.Set("r", AttributeValue::N(r));
  return item;
}

}  // namespace stator::testing

#endif  // STATOR_TABLE_TEST_TABLES_H_
