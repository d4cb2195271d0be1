#include "backup/log_walk.h"

#include <utility>

namespace stator {

LogWalk::LogWalk(Engine* engine, const TableDefinition& table, uint64_t after, uint64_t last,
                 uint64_t first_shard, size_t step_bytes)
    : engine_(engine),
      table_id_(table.id),
      from_{after + 1, 0},
      last_(last),
      step_bytes_(step_bytes),
      next_(from_) {
  for (const LogShard& shard : table.log.shards) {
    if (shard.id >= first_shard) shards_.push_back(shard.id);
  }
}

Result<bool> LogWalk::Step(Take take) {
  if (shard_ == shards_.size()) return true;
  auto batch = ReadLogAndWait(*engine_, {.table_id = table_id_,
                                         .shard_id = shards_[shard_],
                                         .from = next_,
                                         .max_bytes = step_bytes_});
  if (!batch) return Unexpected<Status>(std::move(batch).error());
  bool ended = batch->exhausted;
  for (const LogEntry& entry : batch->entries) {
    if (entry.position.micros > last_) {
      ended = true;
      break;
    }
    next_ = entry.position.Next();
    auto record = DecodeChangeRecord(entry.record);
    if (!record) return Unexpected<Status>(std::move(record).error());
    if (auto taken = take(entry, *record); !taken) {
      return Unexpected<Status>(std::move(taken).error());
    }
  }
  if (ended) {
    ++shard_;
    next_ = from_;
  }
  return false;
}

}  // namespace stator
