// The part of Backups that belongs to point-in-time recovery: the last backups of tables that had
// it, and the log that restores read (facts 9.3, 14.5).
#include <fmt/format.h>

#include <utility>

#include "backup/backups.h"
#include "table/blocking.h"
#include "table/database.h"
#include "table/layout.h"
#include "table/recovery.h"

namespace stator {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kBasePollMicros = kMicrosPerSecond / 50;
constexpr int64_t kSystemBackupMicros = 35ll * 24 * 3600 * kMicrosPerSecond;

}  // namespace

Result<void> Backups::CreateLast(const TableDefinition& table) {
  auto record = std::make_shared<BackupRecord>();
  record->scope = table.scope;
  record->created_micros = table.recovery->deleted_micros;
  record->expires_micros = record->created_micros + kSystemBackupMicros;
  record->name = table.name + "$DeletedTableBackup";
  record->type = BackupType::kSystem;
  record->table = table;
  record->table.recovery.reset();
  record->table.exports.clear();
  // Two tables may be deleted within a millisecond.
  for (int64_t millis = record->created_micros / 1000;; ++millis) {
    record->id = fmt::format("{:014}-00000000", millis);
    const BackupPtr other = RecordOf(BackupKey(record->scope, record->id));
    if (other == nullptr) break;
    if (other->table.uuid == table.uuid) return {};
  }
  CommitRequest request = NoteOf(record);
  request.frees_space = true;  // it leads to that
  const CommitResult result = CommitAndWait(database_->engine(), std::move(request));
  if (result.outcome != CommitOutcome::kCommitted) return Unexpected<Status>(result.status);
  Adopt(record);
  return {};
}

void Backups::ExpireSystemBackups() {
  const int64_t now = database_->clock().NowMicros();
  std::vector<BackupPtr> expired;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [key, entry] : entries_) {
      const BackupRecord& record = *entry.record;
      if (record.expires_micros != 0 && record.expires_micros <= now) {
        expired.push_back(entry.record);
      }
    }
  }
  // One that is in use has another turn.
  for (const BackupPtr& backup : expired) Delete(backup, [](const ApiResult<BackupPtr>&) {});
}

// What the log has after the image. True once all of it is read.
Result<bool> Backups::StepLog(Job* job, const TableDefinition& table) {
  if (job->changes) return job->changes->Step();
  // What counts to the moment has ended once a commit has that began after it.
  const auto last =
      static_cast<int64_t>(LastPositionOf(table.restore->time_micros / kMicrosPerSecond));
  const int64_t left = last - database_->clock().NowMicros();
  if (left >= 0) {
    job->due_micros = Now() + left + 1;
    return false;
  }
  auto passed = ChangeTableAndWait(database_->catalog(), table, [](TableDefinition*) {});
  if (!passed) return Unexpected<Status>(std::move(passed).error());
  const TablePtr source = database_->catalog().FindById(table.restore->log_table_id);
  if (!source) return Fail(StatusCode::kNotFound, "the table whose log is to be read is gone");
  if (source->recovery && source->recovery->bases.empty()) {
    job->due_micros = Now() + kBasePollMicros;  // it is being made
    return false;
  }
  auto image = ReadTableImage(*space_, table.restore->image);
  if (!image) return Unexpected<Status>(std::move(image).error());
  const std::string folder = job->key + "-log";
  auto made = space_->RemoveFolder(folder);
  if (made) made = space_->MakeFolder(folder);
  if (!made) return Unexpected<Status>(std::move(made).error());
  job->changes = std::make_unique<LogChanges>(
      &database_->engine(), space_.get(), folder, *source, image->position,
      static_cast<uint64_t>(last),
      LogChangesOptions{options_.image.step_bytes, options_.restorer.sort_bytes});
  return false;
}

}  // namespace stator
