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
#include "table/time_to_live_sweeper.h"

namespace stator {

class TableJobs;

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
  // Told of table jobs that fail and are tried again; called from their thread. Empty: no one is.
  ReportEvent report;
  TimeToLiveOptions time_to_live;
  // The table jobs and the sweeper get no threads: the simulator calls RunOnce() of each.
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
  const Clock& clock() const { return *options_.clock; }
  Random& random() { return *options_.random; }
  const DatabaseOptions& options() const { return options_; }

 private:
  Database(std::unique_ptr<Engine> engine, DatabaseOptions options);

  const DatabaseOptions options_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<TableJobs> jobs_;
  std::unique_ptr<TimeToLiveSweeper> sweeper_;
  // Destroyed first, and not reset: completions that run meanwhile still reach it.
  std::unique_ptr<Engine> engine_;
};

}  // namespace stator

#endif  // STATOR_TABLE_DATABASE_H_
