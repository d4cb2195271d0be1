// DescribeKinesisStreamingDestination (facts 8.4, 14.5).
#include <string>
#include <utility>
#include <vector>

#include "api/handlers.h"
#include "api/json_object.h"
#include "api/table_name.h"
#include "table/database.h"
#include "table/table_changes.h"

namespace stator {
namespace {

// How long a destination that was disabled is still listed.
constexpr int64_t kListedMicros = 600'000'000;

void AppendDestination(const KinesisDestination& destination, std::string* out) {
  JsonObject object(out);
  object.String("StreamArn", destination.stream_arn);
  object.String("DestinationStatus", NameOf(destination.status));
  if (!destination.description.empty()) {
    object.String("DestinationStatusDescription", destination.description);
  }
  object.String("ApproximateCreationDateTimePrecision", NameOf(destination.precision));
  object.Close();
}

}  // namespace

void DescribeKinesisStreamingDestination(const OperationContext& context, const Members& in,
                                         Respond done) {
  auto name = ResolveTableName(in.String("TableName").value_or(""), context.caller);
  if (!name) return done(Unexpected<ApiError>(std::move(name.error())));
  const Scope scope{context.caller.account_id, context.caller.region};
  const TablePtr table = context.database->catalog().Find(scope, *name);
  if (table == nullptr) return done(TableNotFound(*name));
  std::vector<KinesisDestination> listed = table->destinations;
  const int64_t oldest = context.database->clock().NowMicros() - kListedMicros;
  std::erase_if(listed, [oldest](const KinesisDestination& destination) {
    return destination.status == DestinationStatus::kDisabled &&
           destination.changed_micros < oldest;
  });
  std::string json;
  JsonObject answer(&json);
  answer.String("TableName", *name);
  AppendJsonArray(listed, answer.Name("KinesisDataStreamDestinations"), AppendDestination);
  answer.Close();
  done(std::move(json));
}

}  // namespace stator
