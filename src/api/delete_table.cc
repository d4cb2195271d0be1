// DeleteTable (facts 5.2, 14.3).
#include <optional>
#include <string>
#include <utility>

#include "api/handlers.h"
#include "api/json_object.h"
#include "api/table_description.h"
#include "api/table_name.h"
#include "table/database.h"
#include "table/table_changes.h"
#include "table/table_jobs.h"

namespace stator {
namespace {

void RespondDeleted(Database* database, const TableDefinition& table, Result<TableSizes> sizes,
                    Respond done) {
  // Only now, as the job drops the counters of the sizes.
  database->jobs().Wake(table);
  if (!sizes) return done(Unexpected<ApiError>(ToApiError(sizes.error())));
  std::string json;
  JsonObject answer(&json);
  AppendTableDescription(table, *sizes, DescriptionView::kDeleted, database->clock().NowMicros(),
                         answer.Name("TableDescription"));
  answer.Close();
  done(std::move(json));
}

}  // namespace

void DeleteTable(const OperationContext& context, const Members& in, Respond done) {
  Database* const database = context.database;
  auto name = ResolveTableName(in.String("TableName").value_or(""), context.caller);
  if (!name) return done(Unexpected<ApiError>(name.error()));
  database->catalog().Change(
      {context.caller.account_id, context.caller.region}, *name,
      [&clock = database->clock(),
       name = *name](const TableDefinition* current) -> DefinitionChange {
        auto next = PlanDeleteTable(current, name, clock.NowMicros());
        if (!next) return Unexpected<ApiError>(next.error());
        return std::optional<TableDefinition>(*std::move(next));
      },
      [database, done = std::move(done)](ApiResult<TablePtr> deleted) mutable {
        if (!deleted) return done(Unexpected<ApiError>(deleted.error()));
        ReadTableSizes(
            database->engine(), **deleted,
            [database, table = *deleted, done = std::move(done)](Result<TableSizes> sizes) mutable {
              RespondDeleted(database, *table, std::move(sizes), std::move(done));
            });
      });
}

}  // namespace stator
