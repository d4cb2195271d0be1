#include "table/database.h"

#include "table/table_jobs.h"

namespace stator {

Database::Database(std::unique_ptr<Engine> engine, DatabaseOptions options)
    : options_(options), engine_(std::move(engine)) {}

// The jobs call the catalog and the engine, completions of the engine call the catalog and wake the jobs: torn
// down in this order, the jobs last.
Database::~Database() {
  if (jobs_ != nullptr) jobs_->Stop();
  engine_.reset();
}

Result<std::unique_ptr<Database>> Database::Open(std::unique_ptr<Engine> engine, DatabaseOptions options) {
  std::unique_ptr<Database> database(new Database(std::move(engine), options));
  auto catalog = Catalog::Open(database->engine_.get());
  if (!catalog) return Unexpected<Status>(std::move(catalog).error());
  database->catalog_ = std::move(*catalog);
  database->jobs_ = std::make_unique<TableJobs>(database.get());
  database->jobs_->Resume();
  return database;
}

}  // namespace stator
