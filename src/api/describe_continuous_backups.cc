// DescribeContinuousBackups (facts 9.3, 14.5).
#include <string>
#include <utility>

#include "api/backup_answer.h"
#include "api/handlers.h"
#include "api/table_name.h"
#include "table/database.h"

namespace stator {

void DescribeContinuousBackups(const OperationContext& context, const Members& in, Respond done) {
  auto name = ResolveTableName(in.String("TableName").value_or(""), context.caller);
  if (!name) return done(Unexpected<ApiError>(name.error()));
  const TablePtr table =
      context.database->catalog().Find({context.caller.account_id, context.caller.region}, *name);
  auto available = CheckBackupsAvailable(table.get(), *name);
  if (!available) return done(Unexpected<ApiError>(available.error()));
  done(ContinuousBackupsAnswer(*table, context.database->clock().NowMicros()));
}

}  // namespace stator
