#include "storage/sync_tracker.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/transaction_log.h>

#include <string_view>
#include <utility>
#include <vector>

#include "storage/manifest.h"

namespace stator {

Result<std::unique_ptr<SyncTracker>> SyncTracker::Start(const std::string& path, rocksdb::DB* db,
                                                        const EngineOptions& options) {
  std::unique_ptr<SyncTracker> tracker(new SyncTracker(db, options));
  auto file = SyncedFile::Open(path, db->GetFileSystem());
  if (!file) return Unexpected<Status>(std::move(file.error()));
  tracker->file_ = std::move(*file);
  tracker->state_.relaxed = options.durability != Durability::kSync;
  tracker->AddManifest();
  // Before anything is written under this durability mode.
  if (auto written = tracker->file_->Write(tracker->state_, /*durably=*/true); !written) {
    return Unexpected<Status>(std::move(written.error()));
  }
  return tracker;
}

bool SyncTracker::Newest(SyncedLog* log) {
  std::unique_ptr<rocksdb::LogFile> file;
  if (!db_->GetCurrentWalFile(&file).ok()) return false;
  *log = {file->LogNumber(), file->SizeFileBytes()};
  return log->bytes > 0;
}

// The log before the newest one is synced, to its end, when a write to the newest is. (RocksDB
// could list its logs, but waits with that until files that are not needed any more are removed.)
void SyncTracker::AddOlder(uint64_t newest) {
  if (state_.logs.empty() || state_.logs.back().number >= newest) return;
  SyncedLog log = state_.logs.back();
  if (db_->GetFileSystem()
          ->GetFileSize(LogPath(db_->GetName(), log.number), {}, &log.bytes, nullptr)
          .ok()) {
    state_.Add(log);
  }
}

void SyncTracker::AddManifest() {
  constexpr std::string_view kPrefix = "/MANIFEST-";
  std::vector<std::string> files;
  uint64_t bytes = 0;  // as of the last sync
  if (!db_->GetLiveFiles(files, &bytes, /*flush_memtable=*/false).ok()) return;
  for (const std::string& name : files) {
    uint64_t number = 0;
    if (!name.starts_with(kPrefix) || !ParseFileName(name.substr(kPrefix.size()), "", &number)) {
      continue;
    }
    if (number != state_.manifest_number && !IsCurrent(name.substr(1))) continue;
    state_.manifest_number = number;
    state_.manifest_bytes = bytes;
  }
}

// Whether CURRENT names `manifest`, after a power failure, too. RocksDB tells of a new manifest
// before that is so.
bool SyncTracker::IsCurrent(const std::string& manifest) {
  const std::shared_ptr<rocksdb::FileSystem> files = db_->GetEnv()->GetFileSystem();
  std::string current;
  std::unique_ptr<rocksdb::FSDirectory> directory;
  return rocksdb::ReadFileToString(files.get(), db_->GetName() + "/CURRENT", &current).ok() &&
         current == manifest + "\n" &&
         files->NewDirectory(db_->GetName(), {}, &directory, nullptr).ok() &&
         directory->Fsync({}, nullptr).ok();
}

void SyncTracker::Wrote() {
  SyncedLog log;
  if (!Newest(&log)) return;
  const bool first = state_.BytesOf(log.number) == 0;
  // Once a log, so that a missing one is missed after a power failure, too.
  if (first) {
    AddOlder(log.number);
    AddManifest();
  }
  state_.Add(log);
  Write(first);
}

bool SyncTracker::InNewLog() {
  SyncedLog log;
  return Newest(&log) && state_.BytesOf(log.number) == 0;
}

void SyncTracker::BeforeSync() {
  const SyncedState before = state_;
  SyncedLog log;
  if (Newest(&log)) {
    AddOlder(log.number);
    state_.Add(log);
  }
  AddManifest();
  after_sync_ = std::exchange(state_, before);
}

void SyncTracker::AfterSync() {
  state_ = std::move(after_sync_);
  Write(/*durably=*/true);
}

void SyncTracker::Settle() {
  AddManifest();
  Write(/*durably=*/true);
}

// That it cannot be written takes nothing from what is promised, but damage may go unnoticed.
void SyncTracker::Write(bool durably) {
  const auto written = file_->Write(state_, durably);
  if (written || std::exchange(reported_, true) || !options_.report) return;
  options_.report(EventLevel::kWarning, written.error().message);
}

}  // namespace stator
