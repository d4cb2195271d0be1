// RestoreTableToPointInTime (facts 9.3, 14.5).
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "api/backup_answer.h"
#include "api/handlers.h"
#include "api/table_name.h"
#include "api/table_requests.h"
#include "table/database.h"

namespace stator {

void RestoreTableToPointInTime(const OperationContext& context, const Members& in, Respond done) {
  const auto name = in.String("SourceTableName"), arn = in.String("SourceTableArn");
  if (name.has_value() == arn.has_value()) {
    return done(Invalid("Must provide exactly one of: sourceTableArn, sourceTableName"));
  }
  const auto time = in.Double("RestoreDateTime");
  if (time.has_value() == in.Bool("UseLatestRestorableTime").value_or(false)) {
    return done(
        Invalid("Invalid Request: Either one of RestoreDateTime or UseLatestRestorableTime must be "
                "specified, but not both"));
  }
  auto source = ResolveTableName(name ? *name : *arn, context.caller);
  if (!source) return done(Unexpected<ApiError>(source.error()));
  PointInTimeRequest request{.source = *std::move(source),
                             .target = std::string(in.String("TargetTableName").value_or("")),
                             .overrides = DecodeRestoreOverrides(in)};
  // What no clock shows is outside of every table's times.
  constexpr double kFarthest = 1e12;
  if (time) request.second = static_cast<int64_t>(std::floor(std::clamp(*time, -1.0, kFarthest)));
  context.backups->recovery().Restore(
      {context.caller.account_id, context.caller.region}, request,
      [database = context.database, done = std::move(done)](ApiResult<TablePtr> table) mutable {
        if (!table) return done(Unexpected<ApiError>(table.error()));
        done(RestoreAnswer(**table, database->clock().NowMicros()));
      });
}

}  // namespace stator
