// UpdateContinuousBackups (facts 9.3, 14.5).
#include <string>
#include <utility>

#include "api/backup_answer.h"
#include "api/handlers.h"
#include "api/table_name.h"
#include "table/database.h"

namespace stator {

void UpdateContinuousBackups(const OperationContext& context, const Members& in, Respond done) {
  auto name = ResolveTableName(in.String("TableName").value_or(""), context.caller);
  if (!name) return done(Unexpected<ApiError>(name.error()));
  ContinuousBackupsRequest request;
  if (const auto specification = in.Struct("PointInTimeRecoverySpecification")) {
    request.enabled = specification->Bool("PointInTimeRecoveryEnabled").value_or(false);
    request.period_days = specification->Int("RecoveryPeriodInDays");
  }
  context.backups->recovery().Update(
      {context.caller.account_id, context.caller.region}, *name, request,
      [database = context.database, done = std::move(done)](ApiResult<TablePtr> updated) mutable {
        if (!updated) return done(Unexpected<ApiError>(updated.error()));
        done(ContinuousBackupsAnswer(**updated, database->clock().NowMicros()));
      });
}

}  // namespace stator
