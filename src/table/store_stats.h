// How much the tables hold, by the counters that the server keeps or by a count.
#ifndef STATOR_TABLE_STORE_STATS_H_
#define STATOR_TABLE_STORE_STATS_H_

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "storage/engine.h"
#include "table/store_walk.h"
#include "table/table_definition.h"

namespace stator {

struct TableStats {
  TablePtr table;
  Counter items;
  std::vector<Counter> indexes;          // parallel to the definition's
  int64_t largest_collection_bytes = 0;  // by its counter; tables with local indexes only
};

// In the order of the tables' numbers. `exact`: counts. Tables whose definition cannot be read are
// missing: `stator check` says which. Blocks. Errors: what a read ended in, kCorruption for an
// entry that has no size.
Result<std::vector<TableStats>> ReadTableStats(StoreWalk* walk, bool exact);

}  // namespace stator

#endif  // STATOR_TABLE_STORE_STATS_H_
