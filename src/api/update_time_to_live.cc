// UpdateTimeToLive (facts 9.1).
#include <optional>
#include <string>
#include <utility>

#include "api/handlers.h"
#include "api/json_object.h"
#include "api/table_name.h"
#include "table/database.h"
#include "table/table_changes.h"
#include "table/table_jobs.h"

namespace stator {
namespace {

std::string AnswerTo(const TimeToLiveRequest& request) {
  std::string json;
  JsonObject answer(&json);
  JsonObject specification(answer.Name("TimeToLiveSpecification"));
  specification.Bool("Enabled", request.enabled);
  specification.String("AttributeName", request.attribute);
  specification.Close();
  answer.Close();
  return json;
}

}  // namespace

void UpdateTimeToLive(const OperationContext& context, const Members& in, Respond done) {
  Database* const database = context.database;
  auto name = ResolveTableName(in.String("TableName").value_or(""), context.caller);
  if (!name) return done(Unexpected<ApiError>(name.error()));
  TimeToLiveRequest request;
  request.name = *std::move(name);
  if (const auto specification = in.Struct("TimeToLiveSpecification")) {
    request.enabled = specification->Bool("Enabled").value_or(false);
    request.attribute = std::string(specification->String("AttributeName").value_or(""));
  }
  PlanContext plan{database->clock().NowMicros(), {}, database->options().service_quotas};
  plan.control_plane_delays = database->options().control_plane_delay_factor > 0;
  const Scope scope{context.caller.account_id, context.caller.region};
  const std::string table_name = request.name;
  std::string answer = AnswerTo(request);
  database->catalog().Change(
      scope, table_name,
      [request = std::move(request), plan](const TableDefinition* current) -> DefinitionChange {
        auto next = PlanUpdateTimeToLive(current, request, plan);
        if (!next) return Unexpected<ApiError>(next.error());
        return std::optional<TableDefinition>(*std::move(next));
      },
      [database, answer = std::move(answer),
       done = std::move(done)](ApiResult<TablePtr> updated) mutable {
        if (!updated) return done(Unexpected<ApiError>(updated.error()));
        database->jobs().Wake(**updated);
        database->sweeper().Watch(**updated);
        done(std::move(answer));
      });
}

}  // namespace stator
