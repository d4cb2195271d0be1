// Looks after the change logs of all tables, once a second: shards are rolled after a time
// (facts 8.1) and split when many records come, and what no one may read any more goes.
#ifndef STATOR_TABLE_LOG_KEEPER_H_
#define STATOR_TABLE_LOG_KEEPER_H_

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "table/table_definition.h"

namespace stator {

class Database;

// Thread-safe.
class LogKeeper {
 public:
  // `database` must outlive the keeper.
  explicit LogKeeper(Database* database) : database_(database) {}
  ~LogKeeper() { Stop(); }

  // Starts the thread (but see DatabaseOptions::manual_jobs).
  void Start();
  void Stop();

  // One look at everything. Blocks. REQUIRES: one call at a time, and none while there is a thread.
  void RunOnce();

  // A change of that table was recorded.
  void NoteAppend(uint64_t table_id) {
    appends_[table_id % appends_.size()].fetch_add(1, std::memory_order_relaxed);
  }

 private:
  void Run();
  void CareFor(const TablePtr& table, int64_t now);
  void Expire(const TableDefinition& table, int64_t now);
  void ExpireDropped(const TableDefinition& table, int64_t horizon);
  bool IsBusy(const TableDefinition& table);
  void Report(const std::string& what, const Result<void>& result);

  Database* const database_;
  // Changes since the last look, by table id; tables that share a place are only split too early.
  std::array<std::atomic<uint64_t>, 256> appends_{};
  std::map<uint64_t, uint64_t> rates_;  // records a second, smoothed
  int64_t looked_micros_ = 0;           // of the monotonic clock
  std::array<uint64_t, 256> since_{};

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace stator

#endif  // STATOR_TABLE_LOG_KEEPER_H_
