#include "storage/log_compression.h"

#include <rocksdb/env.h>

#include <thread>
#include <utility>

namespace stator {
namespace {

// LZ4 takes two nanoseconds and a half for a byte of what does not get smaller: 2 % of a processor.
constexpr uint64_t kMostOfAProcessor = uint64_t{8} << 20;
// In a shorter time nothing is learned.
constexpr uint64_t kLeastMicros = 100'000;

const char* NameOf(rocksdb::CompressionType type) {
  switch (type) {
    case rocksdb::kLZ4Compression:
      return "kLZ4Compression";
    case rocksdb::kSnappyCompression:
      return "kSnappyCompression";
    default:
      return "kNoCompression";
  }
}

}  // namespace

bool Compresses(bool before, uint64_t bytes, unsigned processors) {
  const uint64_t most = kMostOfAProcessor * processors;
  return bytes <= (before ? most : most / 2);
}

LogCompression::LogCompression(rocksdb::DB* db) : db_(db), type_(db->GetOptions().compression) {}

void LogCompression::Note(size_t bytes) {
  std::lock_guard lock(mutex_);
  if (appended_ == 0) since_micros_ = db_->GetEnv()->NowMicros();
  appended_ += bytes;
}

void LogCompression::Choose() {
  std::lock_guard choosing(choose_mutex_);
  uint64_t bytes = 0;
  {
    std::lock_guard lock(mutex_);
    const uint64_t micros = db_->GetEnv()->NowMicros() - since_micros_;
    if (micros < kLeastMicros) return;
    bytes = std::exchange(appended_, 0) * 1'000'000 / micros;
  }
  const bool compresses = Compresses(compresses_, bytes, std::thread::hardware_concurrency());
  if (compresses == compresses_) return;
  compresses_ = compresses;
  // What is not noted durably need not be: it is set anew when the database is opened.
  db_->SetOptions({{"compression", NameOf(compresses ? type_ : rocksdb::kNoCompression)}})
      .PermitUncheckedError();
}

}  // namespace stator
