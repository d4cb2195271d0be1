// CreateTable (facts 5.1, 5.2).
#include <optional>
#include <string>
#include <utility>

#include "api/handlers.h"
#include "api/json_object.h"
#include "api/table_description.h"
#include "api/table_requests.h"
#include "base/uuid.h"
#include "table/database.h"
#include "table/table_changes.h"
#include "table/table_jobs.h"

namespace stator {

void CreateTable(const OperationContext& context, const Members& in, Respond done) {
  Database* const database = context.database;
  auto request = DecodeCreateTable(in, context.caller);
  if (!request) return done(Unexpected<ApiError>(request.error()));
  const int64_t now = database->clock().NowMicros();
  PlanContext plan_context{now, context.caller.region, database->options().service_quotas};
  const Scope scope{context.caller.account_id, context.caller.region};
  plan_context.earliest_stream_micros =
      database->catalog().EarliestStreamMicros(scope, request->name);
  auto table = PlanCreateTable(*request, plan_context);
  if (!table) return done(Unexpected<ApiError>(table.error()));
  table->scope = scope;
  table->uuid = NewUuid(&database->random());
  const std::string name = table->name;
  database->catalog().Change(
      scope, name,
      [table = *std::move(table)](const TableDefinition* current) -> DefinitionChange {
        if (current != nullptr) return NameIsTaken(*current);
        return std::optional<TableDefinition>(table);
      },
      [database, now, done = std::move(done)](ApiResult<TablePtr> created) mutable {
        if (!created) return done(Unexpected<ApiError>(created.error()));
        database->jobs().Wake(**created);
        std::string json;
        JsonObject answer(&json);
        AppendTableDescription(**created, {}, DescriptionView::kCreated, now,
                               answer.Name("TableDescription"));
        answer.Close();
        done(std::move(json));
      });
}

}  // namespace stator
