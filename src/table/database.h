// A database: an engine, the catalog over it, and what the operations need from the world around them.
#ifndef STATOR_TABLE_DATABASE_H_
#define STATOR_TABLE_DATABASE_H_

#include <memory>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "storage/engine.h"
#include "storage/engine_options.h"
#include "table/backfill.h"
#include "table/catalog.h"
#include "table/log_reader.h"
#include "table/time_to_live_sweeper.h"

namespace stator {

class LogKeeper;
class TableJobs;

// The change logs of tables (table/log_keeper.h). Times are in microseconds.
struct LogOptions {
  int64_t retention_micros = 24ll * 3600 * 1'000'000;  // how long records can be read
  int64_t roll_micros = 4ll * 3600 * 1'000'000;        // how long a shard is open
  size_t max_open_shards = 16;                         // of a table
  uint64_t split_rate = 1000;  // records a second for each open shard, from which on shards are split
};

struct DatabaseOptions {
  const Clock* clock = nullptr;  // REQUIRED; must outlive the database
  Random* random = nullptr;      // REQUIRED; must outlive the database
  // Largest item collection of a table with local indexes (facts 2.5).
  int64_t item_collection_limit_bytes = 10ll << 30;
  // How long tables and indexes stay in CREATING, UPDATING and DELETING: 0 = no longer than the work takes,
  // 1 = the service's times (facts 14.1).
  double control_plane_delay_factor = 0;
  // The service's account and table quotas: throughput per table, decreases per day (facts 14.4).
  bool service_quotas = false;
  BackfillLimits backfill;
  LogOptions log;
  // Told of table jobs that fail and are tried again; called from their thread. Empty: no one is.
  ReportEvent report;
  TimeToLiveOptions time_to_live;
  // Table jobs, sweeper and log keeper get no threads: the simulator calls RunOnce() of each.
  bool manual_jobs = false;
};

// Thread-safe.
class Database {
 public:
  // Takes the engine, reads the catalog, and resumes the table jobs that a stop interrupted.
  static Result<std::unique_ptr<Database>> Open(std::unique_ptr<Engine> engine, DatabaseOptions options);
  ~Database();

  Engine& engine() { return *engine_; }
  Catalog& catalog() { return *catalog_; }
  // Backfills, drops and delayed state changes: table/table_jobs.h.
  TableJobs& jobs() { return *jobs_; }
  // Deletes what has expired.
  TimeToLiveSweeper& sweeper() { return *sweeper_; }
  // Rung when a change record was committed.
  LogBell& log_bell() { return log_bell_; }
  LogKeeper& log_keeper() { return *log_keeper_; }
  const Clock& clock() const { return *options_.clock; }
  Random& random() { return *options_.random; }
  const DatabaseOptions& options() const { return options_; }

 private:
  Database(std::unique_ptr<Engine> engine, DatabaseOptions options);

  const DatabaseOptions options_;
  LogBell log_bell_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<TableJobs> jobs_;
  std::unique_ptr<TimeToLiveSweeper> sweeper_;
  std::unique_ptr<LogKeeper> log_keeper_;
  // Destroyed first, and not reset: completions that run meanwhile still reach it.
  std::unique_ptr<Engine> engine_;
};

}  // namespace stator

#endif  // STATOR_TABLE_DATABASE_H_
