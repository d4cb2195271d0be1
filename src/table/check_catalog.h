// The part of a check that reads what the tables are: definitions and the server's own records
// about them.
#ifndef STATOR_TABLE_CHECK_CATALOG_H_
#define STATOR_TABLE_CHECK_CATALOG_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "storage/engine.h"
#include "table/check_report.h"
#include "table/store_walk.h"
#include "table/table_definition.h"

namespace stator {

using TableAndIndex = std::pair<uint64_t, uint32_t>;  // the numbers in storage keys

// What the later parts of a check need to know. Tables whose definition cannot be read are missing.
struct CatalogContents {
  std::map<uint64_t, TablePtr> tables;
  bool all_read = true;
  std::map<TableAndIndex, Counter> sizes;          // as stored
  std::map<TableAndIndex, std::string> backfills;  // first item key not looked at yet
};

// Null: the table itself, or no such index.
const IndexDefinition* FindIndexById(const TableDefinition& table, uint32_t index_id);

// Reads the definitions, guards, size counters, backfill positions and the last table id, and
// checks each by itself and against the others.
CatalogContents CheckCatalog(StoreWalk* walk, CheckReport* report);

}  // namespace stator

#endif  // STATOR_TABLE_CHECK_CATALOG_H_
