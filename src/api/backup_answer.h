// What the operations on backups share: finding them by ARN, describing them (facts 9.2, 14.4).
#ifndef STATOR_API_BACKUP_ANSWER_H_
#define STATOR_API_BACKUP_ANSWER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "api/json_object.h"
#include "api/operations.h"
#include "backup/backups.h"
#include "model/api_error.h"

namespace stator {

// The region that the ARN names does not matter. Errors: ValidationException for what is no ARN of
// a backup or belongs to another account; BackupNotFoundException.
ApiResult<BackupPtr> FindBackupByArn(const OperationContext& context, std::string_view arn);

// The id in the ARN of a backup; empty if it is none.
std::string_view BackupIdOf(std::string_view arn);

// "DELETED" is of no stored backup.
enum class BackupView { kAsItIs, kDeleted };

// Members of BackupDetails and BackupSummary alike.
void AddBackupDetails(const BackupRecord& backup, BackupView view, JsonObject* object);
// The answer to both operations that restore a table.
std::string RestoreAnswer(const TableDefinition& table, int64_t now_micros);
// The answer with the ContinuousBackupsDescription of a table.
std::string ContinuousBackupsAnswer(const TableDefinition& table, int64_t now_micros);
// BackupDescription.
void AppendBackupDescription(const BackupRecord& backup, BackupView view, std::string* json);

}  // namespace stator

#endif  // STATOR_API_BACKUP_ANSWER_H_
