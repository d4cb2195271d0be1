// UpdateTable (facts 5.4, 14.2).
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "api/handlers.h"
#include "api/json_object.h"
#include "api/table_description.h"
#include "api/table_requests.h"
#include "table/database.h"
#include "table/table_changes.h"
#include "table/table_jobs.h"

namespace stator {
namespace {

// What the decision and the completion of the change share.
struct UpdateState {
  UpdateTableRequest request;
  std::string region;
  PlanContext context;
  TableDefinition answer;  // replaced by each run of the decision
  Respond done;
};

void RespondUpdated(UpdateState* state, Result<TableSizes> sizes) {
  if (!sizes) return state->done(Unexpected<ApiError>(ToApiError(sizes.error())));
  std::string json;
  JsonObject answer(&json);
  AppendTableDescription(state->answer, *sizes, DescriptionView::kUpdated,
                         state->context.now_micros, answer.Name("TableDescription"));
  answer.Close();
  state->done(std::move(json));
}

}  // namespace

void UpdateTable(const OperationContext& context, const Members& in, Respond done) {
  Database* const database = context.database;
  auto request = DecodeUpdateTable(in, context.caller);
  if (!request) return done(Unexpected<ApiError>(request.error()));
  auto state = std::make_shared<UpdateState>();
  state->request = *std::move(request);
  state->region = context.caller.region;
  state->context = {database->clock().NowMicros(), state->region,
                    database->options().service_quotas};
  state->done = std::move(done);
  const Scope scope{context.caller.account_id, context.caller.region};
  state->context.earliest_stream_micros =
      database->catalog().EarliestStreamMicros(scope, state->request.name);
  database->catalog().Change(
      scope, state->request.name,
      [database, state](const TableDefinition* current) -> DefinitionChange {
        // By now the change may have waited for others.
        state->context.now_micros = database->clock().NowMicros();
        auto plan = PlanUpdateTable(current, state->request, state->context);
        if (!plan) return Unexpected<ApiError>(plan.error());
        state->answer = std::move(plan->answer);
        return std::optional<TableDefinition>(std::move(plan->next));
      },
      [database, state](ApiResult<TablePtr> updated) {
        if (!updated) return state->done(Unexpected<ApiError>(updated.error()));
        database->jobs().Wake(**updated);
        ReadTableSizes(database->engine(), **updated, [state](Result<TableSizes> sizes) {
          RespondUpdated(state.get(), std::move(sizes));
        });
      });
}

}  // namespace stator
