// The part of a check that finds out where a table's items and what is derived from them differ,
// once it is known that they do: by looking up each on the other side.
#ifndef STATOR_TABLE_CHECK_DIFFERENCES_H_
#define STATOR_TABLE_CHECK_DIFFERENCES_H_

#include <optional>
#include <string>

#include "table/check_report.h"
#include "table/store_walk.h"
#include "table/table_definition.h"

namespace stator {

struct IndexComparison {
  StoreWalk* walk;
  const TableDefinition* table;
  const IndexDefinition* index;
  CheckReport* report;
  // An index that is being filled: items from this storage key on may have no entry yet.
  std::optional<std::string> filled_up_to;
};

// Reports entries that are missing, wrong or without an item. What cannot be decoded is passed
// over.
void FindIndexDifferences(const IndexComparison& comparison);

// The same for the sizes of item collections. REQUIRES: the table has a local index.
void FindCollectionDifferences(StoreWalk* walk, const TableDefinition& table, CheckReport* report);

}  // namespace stator

#endif  // STATOR_TABLE_CHECK_DIFFERENCES_H_
