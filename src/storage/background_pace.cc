#include "storage/background_pace.h"

#include <rocksdb/db.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "base/thread_priority.h"

namespace stator {
namespace {

constexpr int64_t kMiB = int64_t{1} << 20;

// Full memtables that are flushed in a second, and bytes if they are small.
constexpr int64_t kFlushesPerSecond = 8;
constexpr int64_t kLeastFlushRate = 128 * kMiB;

// Enough for what a few thousand writes of 1 KiB a second leave to compact.
constexpr int64_t kLeastCompactionRate = 32 * kMiB;
constexpr int kLevel0Trigger = 4;
constexpr int kLevel0Urgent = 8;

// What is written between two pauses: one or two milliseconds of a processor.
constexpr int64_t kStep = kMiB / 4;

// What a pause is at most, before it is asked again how far behind compactions are.
constexpr int64_t kLongestPauseMicros = 20'000;

// Each step is a sync of the file that is shortened, and so waits for the device as others do.
constexpr int64_t kDeletedPerSecond = 256 * kMiB;
constexpr int64_t kDeletedAtOnce = kMiB;
// What may wait to be deleted; beyond it files go at once.
constexpr uint64_t kMostTrash = uint64_t{1024} * kMiB;

// Which job a thread is in, and when what it wrote so far is due. That of a job that failed may
// stay, longer than its database.
struct Job {
  const BackgroundPace* pace = nullptr;  // null: without pauses
  bool flushes = false;
  int64_t due_micros = 0;
};
thread_local Job job;

}  // namespace

int64_t CompactionRate(int level0) {
  if (level0 >= kLevel0Urgent) return 0;
  return kLeastCompactionRate << std::max(0, level0 - kLevel0Trigger);
}

BackgroundPace::BackgroundPace(std::shared_ptr<rocksdb::SystemClock> clock, int64_t flush_rate,
                               std::shared_ptr<rocksdb::SstFileManager> files)
    : clock_(std::move(clock)), flush_rate_(flush_rate), files_(std::move(files)) {}

// Writers do not wait while there is room for more memtables than this one.
void BackgroundPace::OnFlushBegin(rocksdb::DB* db, const rocksdb::FlushJobInfo&) {
  uint64_t waiting = 0;
  (void)db->GetIntProperty(rocksdb::DB::Properties::kNumImmutableMemTable, &waiting);
  job = {waiting <= 1 ? this : nullptr, /*flushes=*/true};
}

void BackgroundPace::OnFlushCompleted(rocksdb::DB* db, const rocksdb::FlushJobInfo&) {
  job = {};
  NoteBacklog(db);
}

void BackgroundPace::OnCompactionBegin(rocksdb::DB* db, const rocksdb::CompactionJobInfo& info) {
  BeNice(kNiceOfCompaction);
  NoteBacklog(db);
  const bool asked_for = info.compaction_reason == rocksdb::CompactionReason::kManualCompaction;
  job = {asked_for ? nullptr : this, /*flushes=*/false};
}

void BackgroundPace::OnCompactionCompleted(rocksdb::DB* db, const rocksdb::CompactionJobInfo&) {
  job = {};
  NoteBacklog(db);
}

void BackgroundPace::NoteBacklog(rocksdb::DB* db) {
  std::string text;
  int level0 = 0;
  if (db->GetProperty(rocksdb::DB::Properties::kNumFilesAtLevelPrefix + "0", &text)) {
    std::from_chars(text.data(), text.data() + text.size(), level0);
  }
  compaction_rate_ = CompactionRate(level0);
  files_->SetDeleteRateBytesPerSecond(files_->GetTotalTrashSize() > kMostTrash ? 0
                                                                               : kDeletedPerSecond);
}

void BackgroundPace::OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status*) {
  compaction_rate_ = 0;
  files_->SetDeleteRateBytesPerSecond(0);
}

void BackgroundPace::Request(int64_t bytes, rocksdb::Env::IOPriority, rocksdb::Statistics*) {
  bytes_ += bytes;
  ++requests_;
  if (job.pace != this) return;
  const int64_t rate = job.flushes ? flush_rate_ : compaction_rate_.load();
  if (rate == 0) return;
  const auto now = static_cast<int64_t>(clock_->NowNanos() / 1000);
  // What a job was kept from for long it does not catch up with.
  if (job.due_micros < now - kLongestPauseMicros) job.due_micros = now;
  job.due_micros += bytes * 1'000'000 / rate;
  if (job.due_micros <= now) return;
  const int64_t pause = std::min(job.due_micros - now, kLongestPauseMicros);
  clock_->SleepForMicroseconds(static_cast<int>(pause));
}

int64_t BackgroundPace::GetSingleBurstBytes() const { return kStep; }

void PaceBackgroundWork(rocksdb::Options* options) {
  // Of the data, how many times as much may wait to be deleted: kMostTrash is the bound.
  constexpr double kAnyRatio = 1e6;
  options->sst_file_manager.reset(rocksdb::NewSstFileManager(
      options->env, nullptr, /*trash_dir=*/"", kDeletedPerSecond,
      /*delete_existing_trash=*/true, nullptr, kAnyRatio, kDeletedAtOnce));
  const auto memtable = static_cast<int64_t>(options->write_buffer_size);
  auto pace = std::make_shared<BackgroundPace>(
      options->env->GetSystemClock(), std::max(memtable * kFlushesPerSecond, kLeastFlushRate),
      options->sst_file_manager);
  options->listeners.push_back(pace);
  options->rate_limiter = std::move(pace);
  options->writable_file_max_buffer_size = kStep;
  // RocksDB's own, for which it would take the limiter's.
  options->delayed_write_rate = 16 * kMiB;
}

}  // namespace stator
