// Deletes the items that have expired (table/time_to_live.h), soon after they have: through the
// ordinary write path, and each only if it is still expired when the delete is decided.
//
// A few at a time, one commit after the other and no faster than allowed, on a thread of low
// priority. Nothing but the entries has to survive a stop.
#ifndef STATOR_TABLE_TIME_TO_LIVE_SWEEPER_H_
#define STATOR_TABLE_TIME_TO_LIVE_SWEEPER_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "table/table_definition.h"
#include "table/time_to_live.h"

namespace stator {

class Database;

struct TimeToLiveOptions {
  int64_t delay_micros = 0;             // from the expiry of an item to its deletion, at the least
  int64_t deletions_per_second = 5000;  // at the most; 0: none are deleted
};

struct TimeToLiveStats {
  uint64_t deleted = 0;    // items, since the start
  int64_t lag_micros = 0;  // for how long the first of what waits could have been deleted already
};

// Thread-safe but for RunOnce and NextDue.
class TimeToLiveSweeper {
 public:
  // `database` must outlive the sweeper.
  explicit TimeToLiveSweeper(Database* database);
  ~TimeToLiveSweeper();

  // Looks at all tables, and starts the thread (but see DatabaseOptions::manual_jobs). REQUIRES:
  // the database has its catalog.
  void Resume();

  // To be called when a time to live was enabled.
  void Watch(const TableDefinition& table);

  // Ends the thread. Deletes under way may still complete; Watch has no effect any more.
  void Stop();

  TimeToLiveStats Stats() const;

  // One step of what is due at the latest now, if anything is: a scan, or the start of a few
  // deletes, which complete by themselves. REQUIRES (for both): manual_jobs, or the own thread.
  void RunOnce();
  // When something will be due, by the monotonic clock; the end of time while deletes are under
  // way.
  int64_t NextDue();

 private:
  struct Table {
    Scope scope;
    std::string name;
    std::vector<std::string> found;  // entries that are to be looked at
    size_t next = 0;                 // the first of them that was not yet
    size_t batch = 0;                // the first of those that are being looked at
    size_t one_by_one = 0;           // so many of them failed together
    std::string position;            // all entries before it were found; empty: none were
    uint32_t ttl_id = 0;             // what `found` and `position` are about
    int64_t due_micros = 0;          // monotonic
    int64_t rewind_micros = 0;       // monotonic: when to begin from the beginning again
    int failures = 0;                // since the last step that succeeded
  };
  using Tables = std::map<uint64_t, Table>;  // by table id

  // What came of deletes.
  struct Outcome {
    uint64_t table_id = 0;
    size_t deleted = 0;
    std::optional<std::string> error;
  };

  void Run();
  // REQUIRES: mutex_ is held, for both.
  int64_t NextDueLocked();
  void TakeInbox();
  void TakeOutcome(const Outcome& outcome);
  Tables::iterator NextTable();
  // False: there is nothing to watch any more.
  bool Step(uint64_t table_id, Table* watched);
  bool IsPaused(const TableDefinition& table) const;
  // Fills `found` with what has expired and comes next. False if it could not be read.
  bool FindMore(const TableDefinition& table, ExpiryWindow window, Table* watched);
  void StartDeletes(const TablePtr& table, ExpiryWindow window, Table* watched);
  void BackOff(Table* watched, const std::string& why);
  void UpdateLag();
  int64_t PollMicros() const;
  int64_t Now() const;

  Database* const database_;
  // Of the steps alone:
  Tables tables_;
  int64_t allowed_micros_ = 0;  // monotonic: when the next deletes may begin

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::pair<uint64_t, Table>> inbox_;  // guarded by mutex_, like all below
  bool deleting_ = false;
  std::optional<Outcome> outcome_;
  bool stopping_ = false;

  std::atomic<uint64_t> deleted_{0};
  std::atomic<int64_t> lag_micros_{0};
  std::thread thread_;
};

}  // namespace stator

#endif  // STATOR_TABLE_TIME_TO_LIVE_SWEEPER_H_
