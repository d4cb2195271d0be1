// Fills a new index, or a new time to live, from the items that its table has, while they are being
// written (facts 5.5).
//
// Writers keep the entries of an index from the moment it is in the definition, so a backfill only
// has to see each item once, at any time, and write the entry if it is not there: entry and counter
// change in one commit that protects both the item and the entry. It may therefore be interrupted
// anywhere, and items may be seen twice.
#ifndef STATOR_TABLE_BACKFILL_H_
#define STATOR_TABLE_BACKFILL_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "storage/engine.h"
#include "table/index_maintenance.h"
#include "table/table_definition.h"

namespace stator {

enum class BackfillOutcome {
  kMore,          // call again
  kFinished,      // every item has been seen
  kGuardChanged,  // the definition is not `table` any more
  kFailed,        // try again later
};

// Bounds of one step, each of them, and of what a restart repeats.
struct BackfillLimits {
  size_t entries = 100;  // written
  size_t items = 1000;   // looked at
  size_t bytes = size_t{1} << 20;
  int steps_between_saves = 32;
};

// What is written for the items of a table.
struct BackfillTarget {
  // Of one item; nullopt: it has no entry. Errors: the item cannot be read.
  std::function<Result<std::optional<IndexEntry>>(std::string_view item_key, std::string_view item)>
      entry_of;
  std::optional<std::string> counter;  // key of the counter of the entries, if they have one
};

// Both refer to `table`. REQUIRES: it has that index, in state CREATING; it has a time to live.
BackfillTarget EntriesOfIndex(const TableDefinition& table, uint32_t index_id);
BackfillTarget EntriesOfTimeToLive(const TableDefinition& table);

// The backfill of one index or time to live. Not thread-safe; blocks.
class Backfill {
 public:
  // Takes up the work where an earlier run left it. `id` is that of what is filled; `engine` must
  // outlive the backfill.
  Backfill(Engine* engine, const TableDefinition& table, uint32_t id, const BackfillLimits& limits);

  // Looks at the next items and writes their entries.
  BackfillOutcome Step(const TableDefinition& table, const BackfillTarget& target);

 private:
  struct Batch;

  // False if it could not be read.
  bool LoadPosition();
  Result<Batch> ReadBatch(const TableDefinition& table, const BackfillTarget& target);
  BackfillOutcome WriteBatch(const TableDefinition& table, const BackfillTarget& target,
                             const Batch& batch);
  void SavePosition(const TableDefinition& table);

  Engine* const engine_;
  const BackfillLimits limits_;
  const std::string position_key_;
  bool loaded_ = false;
  std::string position_;  // first item key not looked at yet
  int steps_since_saved_ = 0;
};

}  // namespace stator

#endif  // STATOR_TABLE_BACKFILL_H_
