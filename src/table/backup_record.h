// What the server keeps of a backup in the map; the items are in files (backup/table_image.h).
#ifndef STATOR_TABLE_BACKUP_RECORD_H_
#define STATOR_TABLE_BACKUP_RECORD_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "table/table_definition.h"

namespace stator {

enum class BackupStatus { kCreating, kAvailable };
enum class BackupType { kUser, kSystem };

struct BackupRecord {
  Scope scope;
  std::string id;    // "01489602797149-73d8d5bc": the end of its ARN, and the folder of its files
  std::string name;  // given by users, and not unique
  BackupType type = BackupType::kUser;
  BackupStatus status = BackupStatus::kCreating;
  int64_t created_micros = 0;
  int64_t expires_micros = 0;  // of system backups
  // The table as it is in the backup; before it is available, as it was when that was asked for.
  TableDefinition table;
  int64_t items = 0;
  int64_t bytes = 0;       // as DynamoDB counts
  int64_t made_bytes = 0;  // kCreating: of those, by now; not stored
  bool operator==(const BackupRecord&) const = default;

  std::string Arn() const;  // <table arn>/backup/<id>
};

std::string_view NameOf(BackupStatus status);  // "CREATING"
std::string_view NameOf(BackupType type);      // "USER"

std::string EncodeBackupRecord(const BackupRecord& record);
// kCorruption if these are not the bytes of one.
Result<BackupRecord> DecodeBackupRecord(std::string_view bytes);

}  // namespace stator

#endif  // STATOR_TABLE_BACKUP_RECORD_H_
