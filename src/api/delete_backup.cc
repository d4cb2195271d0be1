// DeleteBackup (facts 9.2, 14.5).
#include <string>
#include <utility>

#include "api/backup_answer.h"
#include "api/handlers.h"

namespace stator {

void DeleteBackup(const OperationContext& context, const Members& in, Respond done) {
  auto backup = FindBackupByArn(context, in.String("BackupArn").value_or(""));
  if (!backup) return done(Unexpected<ApiError>(backup.error()));
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
