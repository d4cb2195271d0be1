// One page of a Query or Scan: the entries of a key range, in order, until a number of entries or
// kMaxPageSize of item data has been examined, the entry that crosses it included (facts 4.1).
//
// The reader knows nothing of filters, projections or JSON: it hands each item, still encoded, to a
// function of the caller's. It keeps no item in memory but the few it fetches from the table for
// entries of a local index.
#ifndef STATOR_TABLE_PAGE_H_
#define STATOR_TABLE_PAGE_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/unique_function.h"
#include "model/attribute_value.h"
#include "storage/engine.h"
#include "table/layout.h"
#include "table/table_definition.h"

namespace stator {

struct PageRequest {
  TablePtr table;
  const IndexDefinition* index = nullptr;  // null: the table itself; else one of table->indexes
  KeyRange range;                          // table/key_range.h
  bool reverse = false;
  uint64_t limit = 0;  // entries to examine; 0 = no limit
  bool whole_items =
      false;  // local index only: the items of the table, not what the index holds of them
};

// Shown each item examined, in the item format, for the length of the call; answers whether it is
// one of the answer's. An error ends the page with that error. Called from one thread at a time.
using TakeItem = UniqueFunction<Result<bool>(std::string_view encoded_item)>;

struct Page {
  uint64_t examined = 0;        // ScannedCount
  uint64_t taken = 0;           // Count
  uint64_t examined_bytes = 0;  // item sizes of the entries examined, in the table or in the index
  uint64_t fetched_blocks =
      0;  // whole_items: 4 KB blocks read from the table, each item rounded up
  // LastEvaluatedKey. Present exactly if the page was ended by its limit or its size; that nothing
  // may follow is found out by asking for the next page.
  std::optional<Item> last_key;
};

// Reads from one point in time. `done` is called once, inside the call or later on a thread of the
// engine's; `take` is not called after it. `engine` must live until then. Errors: what the engine
// fails with, what `take` answers, kNotFound if an entry of a local index has no item in the table.
void ReadPage(Engine* engine, PageRequest request, TakeItem take,
              UniqueFunction<void(Result<Page>)> done);

// The key attributes of the table and of `index` (null: none) out of an encoded item or index
// entry: what a LastEvaluatedKey consists of. kCorruption if one is missing.
Result<Item> KeyOfEncoded(const TableDefinition& table, const IndexDefinition* index,
                          std::string_view encoded_item);

}  // namespace stator

#endif  // STATOR_TABLE_PAGE_H_
