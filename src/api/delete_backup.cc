// DeleteBackup (facts 9.2, 14.5).
#include <string>
#include <utility>

#include "api/backup_answer.h"
#include "api/handlers.h"
#include "base/date_text.h"

namespace stator {

void DeleteBackup(const OperationContext& context, const Members& in, Respond done) {
  auto backup = FindBackupByArn(context, in.String("BackupArn").value_or(""));
  if (!backup) return done(Unexpected<ApiError>(backup.error()));
  if (const BackupRecord& record = **backup; record.type == BackupType::kSystem) {
    return done(
        Invalid("Invalid Request: User is not allowed to delete the system backup with arn " +
                record.Arn() + ". It will automatically expire on " +
                FormatIsoMillis(record.expires_micros / 1000) + "Z"));
  }
  context.backups->Delete(*backup, [done = std::move(done)](ApiResult<BackupPtr> deleted) mutable {
    if (!deleted) return done(Unexpected<ApiError>(deleted.error()));
    std::string json;
    JsonObject answer(&json);
    AppendBackupDescription(**deleted, BackupView::kDeleted, answer.Name("BackupDescription"));
    answer.Close();
    done(std::move(json));
  });
}

}  // namespace stator
