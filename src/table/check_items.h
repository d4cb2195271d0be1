// The part of a check that compares one table's items, index entries and counters with each other.
//
// Items and entries are read once, in the order of their keys, and both sides of each comparison
// are summed up in a fingerprint; only where these differ are entries looked up one by one. Memory
// does not depend on how many there are.
#ifndef STATOR_TABLE_CHECK_ITEMS_H_
#define STATOR_TABLE_CHECK_ITEMS_H_

#include <cstdint>

#include "table/check_catalog.h"
#include "table/check_report.h"
#include "table/store_walk.h"
#include "table/table_definition.h"

namespace stator {

struct TableTotals {
  uint64_t items = 0;
  uint64_t item_bytes = 0;  // as DynamoDB counts
  uint64_t entries = 0;     // of all indexes
  uint64_t entry_bytes = 0;
};

// Entries of an index that is being deleted are not looked at. REQUIRES: the table is one of
// `catalog` and is not being deleted itself.
TableTotals CheckTable(StoreWalk* walk, const CatalogContents& catalog,
                       const TableDefinition& table, CheckReport* report);

}  // namespace stator

#endif  // STATOR_TABLE_CHECK_ITEMS_H_
