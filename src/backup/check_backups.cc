#include "backup/check_backups.h"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "backup/table_image.h"
#include "table/backup_record.h"
#include "table/layout.h"
#include "table/storage_key.h"
#include "table/store_walk.h"

namespace stator {
namespace {

class BackupCheck {
 public:
  BackupCheck(KvStore* store, FileSpace* space, CheckReport* report)
      : walk_(store, nullptr), space_(space), report_(report) {}

  uint64_t Run() {
    Each(KeySpace::kBackup, [&](auto key, auto value) { Record(key, value); });
    Each(KeySpace::kBackupJob, [&](auto key, auto) { Job(key); });
    Each(KeySpace::kCatalog, [&](auto, auto value) { Bases(value); });
    for (const auto& [id, table] : unfinished_) {
      Fault(table, "backup " + id + " is being made, but nothing says that its table is needed");
    }
    auto folders = space_->Folders();
    if (!folders) {
      Fault("", "the folder of the backups: " + folders.error().message);
      return count_;
    }
    for (const std::string& folder : *folders) {
      if (!available_.contains(folder)) {
        report_->Note("backups/" + folder +
                      " belongs to no finished backup or base, and goes when a server starts");
      }
    }
    return count_;
  }

 private:
  void Fault(std::string table, std::string what) {
    report_->Add(
        {.kind = ProblemKind::kBackup, .table = std::move(table), .what = std::move(what)});
  }

  void Each(KeySpace space, StoreWalk::Visit visit) {
    auto read = walk_.Each(AllKeys(space), visit);
    if (read) return;
    report_->Add(
        {.kind = ProblemKind::kUnreadable, .what = "records of backups: " + read.error().message});
  }

  void Record(std::string_view key, std::string_view value) {
    ++count_;
    auto record = DecodeBackupRecord(value);
    if (!record || BackupKey(record->scope, record->id) != key) {
      report_->Add(
          {.kind = ProblemKind::kBackup,
           .key = HexOf(key),
           .what = record ? "the record is that of another backup" : record.error().message},
          key);
      return;
    }
    const std::string& name = record->table.name;
    if (record->status == BackupStatus::kCreating) {
      report_->Note("backup " + record->id + " of table " + name +
                    " is being made, from the beginning when a server starts");
      unfinished_.emplace(record->id, name);
      return;
    }
    available_.insert(record->id);
    if (auto verified = VerifyTableImage(space_, record->id); !verified) {
      Fault(name, "backup " + record->id + ": " + verified.error().message);
    }
  }

  // Of a table's point-in-time recovery.
  void Bases(std::string_view value) {
    auto table = DecodeTableDefinition(value);
    if (!table || !table->recovery) return;  // CheckTables says what cannot be read
    for (const RecoveryBase& base : table->recovery->bases) {
      available_.insert(base.folder);
      if (auto verified = VerifyTableImage(space_, base.folder); !verified) {
        Fault(table->name, "a base of its point-in-time recovery: " + verified.error().message);
      }
    }
  }

  void Job(std::string_view key) {
    const auto parsed = ParseStorageKey(key);
    if (parsed && unfinished_.erase(parsed->name) == 1) return;
    report_->Add({.kind = ProblemKind::kLeftover,
                  .key = HexOf(key),
                  .what = "a table is held for a backup that is not being made"},
                 key);
  }

  StoreWalk walk_;
  FileSpace* const space_;
  CheckReport* const report_;
  uint64_t count_ = 0;
  std::map<std::string, std::string> unfinished_;  // tables, by the id of the backup
  std::set<std::string> available_;
};

}  // namespace

uint64_t CheckBackups(KvStore* store, FileSpace* space, CheckReport* report) {
  return BackupCheck(store, space, report).Run();
}

}  // namespace stator
