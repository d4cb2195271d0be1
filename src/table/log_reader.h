// Reads change records out of a table's log.
#ifndef STATOR_TABLE_LOG_READER_H_
#define STATOR_TABLE_LOG_READER_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_function.h"
#include "storage/engine.h"
#include "table/change_log.h"
#include "table/table_definition.h"

namespace stator {

struct LogEntry {
  LogPosition position;
  std::string record;  // table/change_record.h
};

struct LogRead {
  uint64_t table_id = 0;
  uint64_t shard_id = 0;
  LogPosition from;  // inclusive
  size_t max_records = 1000;
  size_t max_bytes = 1 << 20;  // WholeSize() of records; the one that crosses it is the last
};

struct LogBatch {
  std::vector<LogEntry> entries;  // in order
  // There was no further record when this was read. If the shard was closed in a definition that
  // was looked up before, there will never be one.
  bool exhausted = false;
};

// `done` is called once, inside the call or later on a thread of the engine's. `engine` must live
// until then.
void ReadLog(Engine* engine, const LogRead& read, UniqueFunction<void(Result<LogBatch>)> done);
// The same, for threads that may wait.
Result<LogBatch> ReadLogAndWait(Engine& engine, const LogRead& read);

// The positions of the last records of these shards, parallel to them; nullopt: it has none. As
// ReadLog.
void ReadLastPositions(Engine* engine, uint64_t table_id, std::vector<uint64_t> shard_ids,
                       UniqueFunction<void(Result<std::vector<std::optional<LogPosition>>>)> done);

// About how many bytes of records the table's log has in its shards from that one on, from the hour
// of that position on. Blocks.
Result<uint64_t> LogBytesSince(Engine& engine, const TableDefinition& table, uint64_t first_shard,
                               uint64_t position);

// Whether the table's log has a record of a greater position. Blocks.
Result<bool> HasRecordsAfter(Engine& engine, const TableDefinition& table, uint64_t position);

// Where a record under ShardPrefix() stands; nullopt if the key is not one that the engine
// completed.
std::optional<LogPosition> PositionOfKey(std::string_view key);

// Tells those who follow a log that something was appended, to any. Thread-safe.
class LogBell {
 public:
  void Ring();
  // A number that each ring changes.
  uint64_t rings() const { return rings_.load(); }
  // Returns when it was rung since rings() was `seen`, a little later, so that what comes together
  // is told together: being woken by each write would cost more than the write. Or after
  // `timeout_micros`, or by Shut().
  void WaitFor(uint64_t seen, int64_t timeout_micros);
  // From now on no one waits.
  void Shut();

 private:
  std::atomic<uint64_t> rings_{0};
  std::atomic<int> waiting_{0};
  std::atomic<bool> shut_{false};
  std::mutex mutex_;
  std::condition_variable rung_;
};

}  // namespace stator

#endif  // STATOR_TABLE_LOG_READER_H_
