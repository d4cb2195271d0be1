#include "storage/background_pace.h"

#include <rocksdb/db.h>
#include <rocksdb/sst_file_manager.h>

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

// Of a thread: what the job it is in may write, and when.
struct Job {
  const std::atomic<int64_t>* rate = nullptr;  // null: without pauses
  int64_t due_micros = 0;                      // when what was written so far is due
};
thread_local Job job;

}  // namespace

int64_t CompactionRate(int level0) {
  if (level0 >= kLevel0Urgent) return 0;
  return kLeastCompactionRate << std::max(0, level0 - kLevel0Trigger);
}

// Writers do not wait while there is room for more memtables than this one.
void BackgroundPace::OnFlushBegin(rocksdb::DB* db, const rocksdb::FlushJobInfo&) {
  uint64_t waiting = 0;
  (void)db->GetIntProperty(rocksdb::DB::Properties::kNumImmutableMemTable, &waiting);
  job = {waiting <= 1 ? &flush_rate_ : nullptr, 0};
}

void BackgroundPace::OnFlushCompleted(rocksdb::DB* db, const rocksdb::FlushJobInfo&) {
  job = {};
  NoteBacklog(db);
}

void BackgroundPace::OnCompactionBegin(rocksdb::DB*, const rocksdb::CompactionJobInfo& info) {
  BeNice(kNiceOfCompaction);
  const bool asked_for = info.compaction_reason == rocksdb::CompactionReason::kManualCompaction;
  job = {asked_for ? nullptr : &compaction_rate_, 0};
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
}

void BackgroundPace::Request(int64_t bytes, rocksdb::Env::IOPriority, rocksdb::Statistics*) {
  bytes_ += bytes;
  ++requests_;
  if (!job.rate) return;
  const int64_t rate = *job.rate;
  if (rate == 0) return;
  const auto now = static_cast<int64_t>(clock_->NowMicros());
  // What a job was kept from for long it does not catch up with.
  if (job.due_micros < now - kLongestPauseMicros) job.due_micros = now;
  job.due_micros += bytes * 1'000'000 / rate;
  if (job.due_micros <= now) return;
  const int64_t pause = std::min(job.due_micros - now, kLongestPauseMicros);
  clock_->SleepForMicroseconds(static_cast<int>(pause));
}

int64_t BackgroundPace::GetSingleBurstBytes() const { return kStep; }

void PaceBackgroundWork(rocksdb::Options* options) {
  const auto memtable = static_cast<int64_t>(options->write_buffer_size);
  auto pace = std::make_shared<BackgroundPace>(
      options->env->GetSystemClock(), std::max(memtable * kFlushesPerSecond, kLeastFlushRate));
  options->listeners.push_back(pace);
  options->rate_limiter = std::move(pace);
  options->writable_file_max_buffer_size = kStep;

  // More than compactions write, so that what is deleted does not pile up.
  constexpr int64_t kDeletedPerSecond = 256 * kMiB;
  constexpr uint64_t kDeletedAtOnce = kMiB;
  constexpr double kAllOfIt = 1e6;  // as many times the data may wait to be deleted
  options->sst_file_manager.reset(rocksdb::NewSstFileManager(
      options->env, nullptr, /*trash_dir=*/"", kDeletedPerSecond,
      /*delete_existing_trash=*/true, nullptr, kAllOfIt, kDeletedAtOnce));
}

}  // namespace stator
