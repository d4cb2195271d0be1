// RestoreTableFromBackup (facts 9.2, 14.5).
#include <string>
#include <utility>

#include "api/backup_answer.h"
#include "api/handlers.h"
#include "api/table_requests.h"
#include "table/database.h"

namespace stator {

void RestoreTableFromBackup(const OperationContext& context, const Members& in, Respond done) {
  const std::string_view arn = in.String("BackupArn").value_or("");
  auto backup = FindBackupByArn(context, arn);
  if (!backup) return done(Unexpected<ApiError>(backup.error()));
  const RestoreRequest request{.backup_arn = std::string(arn),
                               .target = std::string(in.String("TargetTableName").value_or("")),
                               .overrides = DecodeRestoreOverrides(in)};
  context.backups->Restore(
      *backup, request,
      [database = context.database, done = std::move(done)](ApiResult<TablePtr> table) mutable {
        if (!table) return done(Unexpected<ApiError>(table.error()));
        done(RestoreAnswer(**table, database->clock().NowMicros()));
      });
}

}  // namespace stator
