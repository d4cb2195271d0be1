// DescribeBackup (facts 9.2).
#include <string>
#include <utility>

#include "api/backup_answer.h"
#include "api/handlers.h"

namespace stator {

void DescribeBackup(const OperationContext& context, const Members& in, Respond done) {
  auto backup = FindBackupByArn(context, in.String("BackupArn").value_or(""));
  if (!backup) return done(Unexpected<ApiError>(backup.error()));
  std::string json;
  JsonObject answer(&json);
  AppendBackupDescription(**backup, BackupView::kAsItIs, answer.Name("BackupDescription"));
  answer.Close();
  done(std::move(json));
}

}  // namespace stator
