#include "api/kinesis_destination_answer.h"

#include <utility>

#include "api/json_object.h"
#include "api/table_name.h"
#include "table/database.h"
#include "table/table_changes.h"

namespace stator {
namespace {

constexpr std::string_view kPrecision = "ApproximateCreationDateTimePrecision";

}  // namespace

std::optional<TimePrecision> PrecisionOf(const Members& in, std::string_view config) {
  const auto structure = in.Struct(config);
  if (!structure) return std::nullopt;
  const auto text = structure->String("ApproximateCreationDateTimePrecision");
  if (!text) return std::nullopt;
  return *text == "MICROSECOND" ? TimePrecision::kMicrosecond : TimePrecision::kMillisecond;
}

void ChangeDestination(const OperationContext& context, const Members& in, DestinationChange change,
                       DestinationAnswer answer, Respond done) {
  auto name = ResolveTableName(in.String("TableName").value_or(""), context.caller);
  if (!name) return done(Unexpected<ApiError>(std::move(name.error())));
  const Scope scope{context.caller.account_id, context.caller.region};
  context.database->catalog().Change(
      scope, *name,
      [name = *name,
       change = std::move(change)](const TableDefinition* current) mutable -> DefinitionChange {
        if (current == nullptr || !current->ServesData()) return TableNotFound(name);
        auto next = change(*current);
        if (!next) return Unexpected<ApiError>(std::move(next.error()));
        return std::optional<TableDefinition>(*std::move(next));
      },
      [name = *name, arn = std::string(in.String("StreamArn").value_or("")), answer,
       done = std::move(done)](ApiResult<TablePtr> changed) mutable {
        if (!changed) return done(Unexpected<ApiError>(std::move(changed.error())));
        std::string json;
        JsonObject object(&json);
        object.String("TableName", name);
        object.String("StreamArn", arn);
        object.String("DestinationStatus", answer.status);
        if (!answer.config.empty()) {
          JsonObject config(object.Name(answer.config));
          if (answer.precision) config.String(kPrecision, NameOf(*answer.precision));
          config.Close();
        }
        object.Close();
        done(std::move(json));
      });
}

}  // namespace stator
