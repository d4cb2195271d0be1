// The store of logs: what is appended (storage/engine.h), in a RocksDB of its own, logs/ of a data
// directory.
//
// Records of logs are large, written once, in the order of their positions, and dropped from the
// beginning. Among the entries of the map they would be rewritten with them again and again, and
// fill the memtables in which writes of the same item meet. Here they are never rewritten: what is
// in one memtable is a segment, and its number the beginning of its keys, so that no two files
// overlap. An index in memory says which segments a log is in (log_index.h).
//
// It has no write-ahead log: the map's holds its records, too (logged_records.h), without what they
// share with its entries, and is read when the store is opened. So that the map's log is never cut
// before both are in tables, a memtable of the map is flushed only after what the logs have; see
// FlushLogsFirst.
//
// A record is written before the entries of its commit, and is part of the store only once they
// are: positions above the map's (kPositionKey) do not count.
#ifndef STATOR_STORAGE_LOG_STORE_H_
#define STATOR_STORAGE_LOG_STORE_H_

#include <rocksdb/db.h>
#include <rocksdb/listener.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.h"
#include "storage/engine_options.h"
#include "storage/kv_store.h"
#include "storage/log_index.h"
#include "storage/rocksdb_errors.h"

namespace stator {

class LogCompression;

// Thread-safe.
class LogStore {
 public:
  // Opens the database in `path`, or makes it if there is none that is whole. What is damaged in
  // its tables is reported, and what every Scan() then ends in. REQUIRES: `env` and `reporter`
  // outlive it. Errors: what RocksDB says.
  static Result<std::unique_ptr<LogStore>> Open(const std::string& path,
                                                const EngineOptions& options, rocksdb::Env* env,
                                                std::shared_ptr<rocksdb::Cache> cache,
                                                Reporter* reporter);
  // Whether there is one that was made to the end.
  static bool Exists(const std::string& path);
  ~LogStore();

  // Adds what the write-ahead logs in `db_path` hold of it, durably. Records of which a part cannot
  // be found any more are empty.
  Result<void> Replay(const std::string& db_path);
  // Tells of those among them that were not dropped.
  void ReportLost(Reporter* reporter);

  // Writes records, which are durable once Flush() was called, or the batch `logged` was written to
  // a write-ahead log: what Replay() needs is added to it, unless it is null. `end_of` is the
  // number of one of its entries. REQUIRES: all are puts; positions ascend over all calls.
  rocksdb::Status Append(std::span<const WriteOp> records, rocksdb::WriteBatch* logged);
  rocksdb::Status Flush();
  // From here on, records that are not above those before go to another segment.
  void EndSegment();

  // Visits records up to a position. `read`: without bounds.
  Result<ScanEnd> Scan(StoreRange range, uint64_t last_position, rocksdb::ReadOptions read,
                       KvStore::ScanVisit visit);

  // Takes ranges out of it, as LogIndex::Drop: until the store is opened again, when they have to
  // be dropped again as long as it Holds() them, or anything unknown. Segments that hold nothing
  // else are deleted, and those that hold little else are rewritten, in a thread of its own.
  struct Range {
    std::string begin, end;
    uint64_t last_position = 0;
  };
  rocksdb::Status Drop(std::span<const Range> ranges);
  bool Holds(std::string_view begin, std::string_view end);
  // Tables that are damaged, or are about to go: no one knows what is in them.
  bool HoldsUnknown();
  // Removes, durably, what is above a position. REQUIRES: nothing is appended meanwhile.
  rocksdb::Status DropAbove(uint64_t position);

  // Why nothing can be written, until Recover() succeeds.
  std::optional<Status> stopped();
  rocksdb::Status Recover();

  rocksdb::DB* db() const { return db_.get(); }

 private:
  class FlushListener;

  explicit LogStore(std::string path);
  rocksdb::Status Log(std::span<const WriteOp> records, rocksdb::WriteBatch* logged);
  rocksdb::Status SwitchMemtable();
  rocksdb::Status DeleteDeadSegments();
  void StartCompacting();
  void CompactSegments();
  bool IsMostlyDead(uint64_t segment);
  rocksdb::Status Rewrite(uint64_t segment);
  uint64_t BytesOf(const std::string& begin, const std::string& end);

  const std::string path_;
  std::unique_ptr<rocksdb::Env> env_;
  std::shared_ptr<FlushListener> listener_;
  std::unique_ptr<rocksdb::DB> db_;
  std::unique_ptr<LogCompression> compression_;

  std::mutex append_mutex_;             // before the other one
  rocksdb::WriteBatch batch_, logged_;  // of Append(), kept for their memory
  std::optional<uint64_t> segment_;     // that is being written
  size_t segment_bytes_ = 0;
  size_t max_segment_bytes_ = 0;

  std::shared_mutex index_mutex_;
  LogIndex index_;
  std::set<uint64_t> segments_;  // all that there are files of
  std::set<uint64_t> thinned_;   // of which a part was dropped
  rocksdb::Status damage_;       // because of which `index_` is not whole

  // Of Replay(): the keys of empty records, and what is damaged.
  std::vector<std::string> lost_;
  std::optional<Status> lost_to_;

  std::mutex rewrite_mutex_;  // before all others: one rewrite at a time, and no DropAbove()
  std::mutex compacting_mutex_;
  std::thread compacting_thread_;
  bool compacting_ = false;
  std::atomic<bool> closing_{false};
};

// Notes what is in the tables of a store of logs, and the numbers of all segments (null: of none),
// among them those that were rewritten and not deleted yet.
rocksdb::Status IndexTables(rocksdb::DB* db, LogIndex* index, std::set<uint64_t>* segments);

// Visits a part with an iterator of the whole store, up to a position. False if it was stopped.
bool VisitPart(rocksdb::Iterator* it, const LogIndex::Part& part, bool reverse,
               uint64_t last_position, KvStore::ScanVisit visit);

// Of the map: flushes the store of logs before each flush of the map, in whose thread it waits. If
// that fails, so does the map's flush (RefusedFlush).
class FlushLogsFirst final : public rocksdb::EventListener {
 public:
  // `logs`: null as long as there are none. REQUIRES: it outlives the map's database.
  explicit FlushLogsFirst(const std::atomic<LogStore*>* logs) : logs_(logs) {}
  void OnFlushBegin(rocksdb::DB* db, const rocksdb::FlushJobInfo& info) override;

 private:
  const std::atomic<LogStore*>* const logs_;
};

// Why the flush that this thread has begun must not make a table; OK: it may.
rocksdb::Status RefusedFlush();

// What is wrong if there is none and something was appended.
std::string MissingLogs(const std::string& path);

}  // namespace stator

#endif  // STATOR_STORAGE_LOG_STORE_H_
