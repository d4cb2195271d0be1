// CreateBackup (facts 9.2, 14.3, 14.5).
#include <string>
#include <utility>

#include "api/backup_answer.h"
#include "api/handlers.h"
#include "api/table_name.h"

namespace stator {

void CreateBackup(const OperationContext& context, const Members& in, Respond done) {
  auto table = ResolveTableName(in.String("TableName").value_or(""), context.caller);
  if (!table) return done(Unexpected<ApiError>(table.error()));
  context.backups->Create({context.caller.account_id, context.caller.region}, *table,
                          std::string(in.String("BackupName").value_or("")),
                          [done = std::move(done)](ApiResult<BackupPtr> backup) mutable {
                            if (!backup) return done(Unexpected<ApiError>(backup.error()));
                            std::string json;
                            JsonObject answer(&json);
                            JsonObject details(answer.Name("BackupDetails"));
                            AddBackupDetails(**backup, BackupView::kAsItIs, &details);
                            details.Close();
                            answer.Close();
                            done(std::move(json));
                          });
}

}  // namespace stator
