#include "storage/log_compression.h"

#include <rocksdb/convenience.h>
#include <rocksdb/env.h>

#include <algorithm>
#include <string>
#include <thread>
#include <utility>

namespace stator {
namespace {

// For each processor. LZ4 takes two nanoseconds and a half for a byte of what does not get smaller:
// 2 % of it.
constexpr uint64_t kMostPerSecond = uint64_t{8} << 20;
// In a shorter time nothing is learned.
constexpr uint64_t kLeastNanos = 100'000'000;

}  // namespace

bool Compresses(bool before, uint64_t bytes, unsigned processors) {
  const uint64_t most = kMostPerSecond * processors;
  return bytes <= (before ? most : most / 2);
}

LogCompression::LogCompression(rocksdb::DB* db) : db_(db), type_(db->GetOptions().compression) {}

void LogCompression::Note(size_t bytes) {
  std::lock_guard lock(mutex_);
  if (appended_ == 0) since_nanos_ = db_->GetEnv()->NowNanos();
  appended_ += bytes;
}

void LogCompression::Choose() {
  std::lock_guard choosing(choose_mutex_);
  uint64_t bytes = 0;
  {
    std::lock_guard lock(mutex_);
    const uint64_t nanos = db_->GetEnv()->NowNanos() - since_nanos_;
    if (nanos < kLeastNanos) return;
    bytes = std::exchange(appended_, 0) * 1'000 / (nanos / 1'000'000);
  }
  const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
  const bool compresses = Compresses(compresses_, bytes, processors);
  if (compresses == compresses_) return;
  compresses_ = compresses;
  std::string name;
  (void)rocksdb::GetStringFromCompressionType(&name, compresses ? type_ : rocksdb::kNoCompression);
  // That it may fail to be noted durably is no harm: opening the database sets it anew.
  db_->SetOptions({{"compression", name}}).PermitUncheckedError();
}

}  // namespace stator
