// Keeps what RocksDB does in the background out of the way of those who wait for an answer.
//
// A flush or a compaction that runs as fast as it can takes a processor for tens of milliseconds
// and fills the device's queue, and each sync of a commit waits behind both. So both work in short
// steps with pauses between them, as long as that is soon enough: the further compactions are
// behind, the faster they go, up to without pauses.
//
// A deleted file is a third thing to wait for: a file system that tells the device what is not
// needed any more (discard) keeps it busy for 0.3 ms for each megabyte, and all syncs with it. So
// files are shortened in small steps.
#ifndef STATOR_STORAGE_BACKGROUND_PACE_H_
#define STATOR_STORAGE_BACKGROUND_PACE_H_

#include <rocksdb/listener.h>
#include <rocksdb/options.h>
#include <rocksdb/rate_limiter.h>
#include <rocksdb/sst_file_manager.h>
#include <rocksdb/system_clock.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace stator {

// Bytes a second; 0: without pauses. `level0`: files in level 0, of which compactions begin at
// four.
int64_t CompactionRate(int level0);

// For one database. Works in the threads of its flushes and compactions.
class BackgroundPace final : public rocksdb::RateLimiter, public rocksdb::EventListener {
 public:
  // `flush_rate`: bytes a second. `files`: deletes the files of the database.
  BackgroundPace(std::shared_ptr<rocksdb::SystemClock> clock, int64_t flush_rate,
                 std::shared_ptr<rocksdb::SstFileManager> files);
  ~BackgroundPace() override = default;
  const char* Name() const override { return "stator.BackgroundPace"; }

  void OnFlushBegin(rocksdb::DB* db, const rocksdb::FlushJobInfo&) override;
  void OnFlushCompleted(rocksdb::DB* db, const rocksdb::FlushJobInfo&) override;
  void OnCompactionBegin(rocksdb::DB* db, const rocksdb::CompactionJobInfo& job) override;
  void OnCompactionCompleted(rocksdb::DB* db, const rocksdb::CompactionJobInfo&) override;
  // Writes are refused now, and recovery waits for the compaction that runs, and maybe for room:
  // until the next flush or compaction neither it nor deletions pause.
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status*) override;

  // Waits until these bytes are due.
  void Request(int64_t bytes, rocksdb::Env::IOPriority, rocksdb::Statistics*) override;

  void SetBytesPerSecond(int64_t) override {}  // it follows from the backlog
  int64_t GetSingleBurstBytes() const override;
  int64_t GetTotalBytesThrough(rocksdb::Env::IOPriority) const override { return bytes_; }
  int64_t GetTotalRequests(rocksdb::Env::IOPriority) const override { return requests_; }
  int64_t GetBytesPerSecond() const override { return compaction_rate_; }

 private:
  void NoteBacklog(rocksdb::DB* db);

  const std::shared_ptr<rocksdb::SystemClock> clock_;
  const int64_t flush_rate_;
  const std::shared_ptr<rocksdb::SstFileManager> files_;
  std::atomic<int64_t> compaction_rate_{CompactionRate(0)};
  std::atomic<int64_t> bytes_{0};
  std::atomic<int64_t> requests_{0};
};

// For databases that serve. REQUIRES: the environment and the size of memtables are set.
void PaceBackgroundWork(rocksdb::Options* options);

}  // namespace stator

#endif  // STATOR_STORAGE_BACKGROUND_PACE_H_
