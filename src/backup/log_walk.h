// The records of a table's log between two positions, one shard after the other.
#ifndef STATOR_BACKUP_LOG_WALK_H_
#define STATOR_BACKUP_LOG_WALK_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/function_ref.h"
#include "base/result.h"
#include "storage/engine.h"
#include "table/change_log.h"
#include "table/change_record.h"
#include "table/log_reader.h"
#include "table/table_definition.h"

namespace stator {

// Not thread-safe.
class LogWalk {
 public:
  // Of the records with positions in (after, last], in shards with ids from `first_shard` on.
  // `engine` outlives it.
  LogWalk(Engine* engine, const TableDefinition& table, uint64_t after, uint64_t last,
          uint64_t first_shard, size_t step_bytes);

  using Take = FunctionRef<Result<void>(const LogEntry& entry, const ChangeRecord& record)>;

  // Shows the next of them; true once there are no more. Shards come after their parents, so that
  // the changes of each item come in their order. Blocks. Errors: those of `take`, kCorruption and
  // kIoError.
  Result<bool> Step(Take take);

 private:
  Engine* const engine_;
  const uint64_t table_id_;
  const LogPosition from_;
  const uint64_t last_;
  const size_t step_bytes_;
  std::vector<uint64_t> shards_;  // by id
  size_t shard_ = 0;              // that is being read
  LogPosition next_;              // of it
};

}  // namespace stator

#endif  // STATOR_BACKUP_LOG_WALK_H_
