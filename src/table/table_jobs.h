// What remains to be done after a definition has changed: tables and indexes become ACTIVE, new
// indexes are filled, dropped data goes (facts 5.2, 5.5, 14.1). Also the expiry of
// ClientRequestTokens.
//
// What to do next follows from the table's definition alone, and every step may be done again, so
// that nothing but the definition (and the position of a backfill) has to survive a stop. All work
// is done on one thread, in short steps, the tables taking turns.
#ifndef STATOR_TABLE_TABLE_JOBS_H_
#define STATOR_TABLE_TABLE_JOBS_H_

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "table/backfill.h"
#include "table/table_definition.h"

namespace stator {

class Database;

// Thread-safe.
class TableJobs {
 public:
  // `database` must outlive the jobs, and have its catalog when Resume is called.
  explicit TableJobs(Database* database);
  ~TableJobs();

  // Takes up what a stop interrupted, and starts the thread (but see DatabaseOptions::manual_jobs).
  void Resume();

  // Looks at `table` as soon as possible. To be called when a change of a definition was committed.
  void Wake(const TableDefinition& table);

  // Ends the thread, in the middle of a job if need be. Wake has no effect any more.
  void Stop();

  // One step of what is due at the latest now, if anything is. Blocks. REQUIRES: manual_jobs, and
  // one call at a time.
  void RunOnce();
  // When something will be due, by the monotonic clock.
  int64_t NextDue();

 private:
  // What a table's definition asks for next, in the order in which it is done.
  enum class Task {
    kNone,
    kDeleteTable,
    kActivateTable,     // CREATING -> ACTIVE, unless it is being filled (backup/backups.h, transfer/imports.h)
    kDropIndex,         // of an index in DELETING
    kFinishUpdate,      // UPDATING -> ACTIVE
    kStartBackfill,     // the table becomes ACTIVE, the index is backfilled
    kDropTimeToLive,    // entries of a former one
    kFillTimeToLive,    // entries of the items that were there before it
    kSettleTimeToLive,  // ENABLING -> ENABLED, DISABLING -> DISABLED
    kBackfill,
  };
  struct Todo {
    Task task = Task::kNone;
    uint32_t index_id = 0;  // or that of a time to live
    bool operator==(const Todo&) const = default;
  };

  struct Job {
    Scope scope;
    std::string name;
    uint64_t wakes = 0;      // guarded by mutex_
    int64_t due_micros = 0;  // of the monotonic clock; guarded by mutex_
    // Only for the thread:
    Todo todo;
    int64_t not_before_micros = 0;
    int failures = 0;  // since the last step that succeeded
    std::optional<Backfill> backfill;
    uint32_t backfill_index_id = 0;
  };

  // When a job is to be looked at again; nullopt: it has ended.
  using Again = std::optional<int64_t>;

  static Todo NextTodo(const TableDefinition& table);
  static Todo NextTimeToLiveTodo(const TableDefinition& table);
  int64_t DelayMicros(const TableDefinition& table, Task task) const;

  void Run();
  // REQUIRES: mutex_ is held, for both.
  std::map<uint64_t, Job>::iterator NextJob();
  int64_t NextDueLocked();
  Again Step(uint64_t table_id, Job* job);
  Again Perform(const TablePtr& table, Job* job);
  Again TryAgain(const TableDefinition& table, Job* job, const std::string& why);
  // Whether a backup still needs the items of the table, or a restore its log.
  Result<bool> IsBeingBackedUp(const TableDefinition& table);
  Result<void> DeleteTable(const TableDefinition& table);
  Result<void> DropIndex(const TableDefinition& table, uint32_t index_id);
  Result<void> DropTimeToLive(const TableDefinition& table, uint32_t ttl_id);
  Again StepBackfill(const TablePtr& table, Job* job);
  // Succeeds if the change was made, or was not needed any more.
  Result<void> Change(const TableDefinition& table,
                      void (*change)(TableDefinition* next, uint32_t index_id), uint32_t index_id);
  // False if there may be more to expire right now.
  bool ExpireTokens();

  int64_t Now() const;

  Database* const database_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<uint64_t, Job> jobs_;  // by table id; entries are erased by the thread only
  int64_t next_sweep_ = 0;        // of tokens; guarded by mutex_
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace stator

#endif  // STATOR_TABLE_TABLE_JOBS_H_
