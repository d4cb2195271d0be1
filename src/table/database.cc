#include "table/database.h"

#include "table/table_jobs.h"

namespace stator {

Database::Database(std::unique_ptr<Engine> engine, DatabaseOptions options)
    : options_(options), engine_(std::move(engine)) {}

// The jobs call the catalog and the engine, completions of the engine call the catalog: torn down in this order.
Database::~Database() {
  jobs_.reset();
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
