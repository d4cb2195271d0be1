// Verifies all that a server has stored, by itself and against each other: every key is one that
// layout.h makes, every definition, item and token can be read, every index has exactly the entries
// of its table's items, every counter says what a count comes to, and nothing is left of what was
// dropped.
#ifndef STATOR_TABLE_CHECK_TABLES_H_
#define STATOR_TABLE_CHECK_TABLES_H_

#include <cstdint>

#include "storage/kv_store.h"
#include "table/check_report.h"
#include "table/store_walk.h"

namespace stator {

struct CheckOptions {
  int64_t now_micros = 0;  // since the Unix epoch: tokens due by then may be half gone
  StoreWalk::Progress progress;
};

struct CheckTotals {
  uint64_t tables = 0;
  uint64_t indexes = 0;
  uint64_t items = 0;
  uint64_t item_bytes = 0;  // as DynamoDB counts
  uint64_t entries = 0;
  uint64_t entry_bytes = 0;
  uint64_t tokens = 0;
  uint64_t change_records = 0;
};

// Reads the whole store once in the order of its keys, and parts of it again where it finds
// differences. Blocks. REQUIRES: nothing writes meanwhile.
CheckTotals CheckTables(KvStore* store, const CheckOptions& options, CheckReport* report);

}  // namespace stator

#endif  // STATOR_TABLE_CHECK_TABLES_H_
