// Fills a new index from the items that its table has, while they are being written (facts 5.5).
//
// Writers keep the entries of an index from the moment it is in the definition, so a backfill only
// has to see each item once, at any time, and write the entry if it is not there: entry and counter
// change in one commit that protects both the item and the entry. It may therefore be interrupted
// anywhere, and items may be seen twice.
#ifndef STATOR_TABLE_BACKFILL_H_
#define STATOR_TABLE_BACKFILL_H_

#include <string>

#include "storage/engine.h"
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

// One index's backfill. Not thread-safe; blocks.
class Backfill {
 public:
  // Takes up the work where an earlier run left it. `engine` must outlive the backfill.
  Backfill(Engine* engine, const TableDefinition& table, const IndexDefinition& index,
           const BackfillLimits& limits);

  // Looks at the next items and writes their entries. REQUIRES: the index is one of `table`, in
  // state CREATING.
  BackfillOutcome Step(const TableDefinition& table, const IndexDefinition& index);

 private:
  struct Batch;

  // False if it could not be read.
  bool LoadPosition();
  Result<Batch> ReadBatch(const TableDefinition& table, const IndexDefinition& index);
  BackfillOutcome WriteBatch(const TableDefinition& table, const IndexDefinition& index,
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
