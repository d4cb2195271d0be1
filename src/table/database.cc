#include "table/database.h"

#include "table/log_keeper.h"
#include "table/table_jobs.h"

namespace stator {

Database::Database(std::unique_ptr<Engine> engine, DatabaseOptions options)
    : options_(std::move(options)), engine_(std::move(engine)) {}

// The jobs and the sweeper call the catalog and the engine, completions of the engine call all: they stop first, and the
// engine, declared last, ends what was accepted while everything is still there.
Database::~Database() {
  if (sweeper_ != nullptr) sweeper_->Stop();
  log_bell_.Shut();
  if (log_keeper_ != nullptr) log_keeper_->Stop();
  if (jobs_ != nullptr) jobs_->Stop();
}

Result<std::unique_ptr<Database>> Database::Open(std::unique_ptr<Engine> engine, DatabaseOptions options) {
  std::unique_ptr<Database> database(new Database(std::move(engine), std::move(options)));
  auto catalog = Catalog::Open(database->engine_.get());
  if (!catalog) return Unexpected<Status>(std::move(catalog).error());
  database->catalog_ = std::move(*catalog);
  database->jobs_ = std::make_unique<TableJobs>(database.get());
  database->log_keeper_ = std::make_unique<LogKeeper>(database.get());
  database->jobs_->Resume();
  database->sweeper_ = std::make_unique<TimeToLiveSweeper>(database.get());
  database->sweeper_->Resume();
  database->log_keeper_->Start();
  return database;
}

}  // namespace stator
