// Whether the tables of logs (log_store.h) are compressed. Compressing takes longer than all else
// that writing a record costs: with many records a second it would keep those who write them from a
// processor. Then their tables are written as they are, and take their room until they are dropped.
#ifndef STATOR_STORAGE_LOG_COMPRESSION_H_
#define STATOR_STORAGE_LOG_COMPRESSION_H_

#include <rocksdb/db.h>

#include <cstddef>
#include <cstdint>
#include <mutex>

namespace stator {

// If they were, or were not: whether they are from now on. `bytes` a second are appended.
bool Compresses(bool before, uint64_t bytes, unsigned processors);

// Thread-safe.
class LogCompression {
 public:
  // REQUIRES: `db` outlives it, and has the compression of most times.
  explicit LogCompression(rocksdb::DB* db);

  // So many bytes were appended.
  void Note(size_t bytes);
  // For the tables to come, by what was appended since the last time. REQUIRES: called by none that
  // a writer to `db` may wait for.
  void Choose();

  rocksdb::CompressionType type() const { return type_; }

 private:
  rocksdb::DB* const db_;
  const rocksdb::CompressionType type_;

  std::mutex choose_mutex_;  // before the other one
  bool compresses_ = true;

  std::mutex mutex_;
  uint64_t appended_ = 0;  // since
  uint64_t since_micros_ = 0;
};

}  // namespace stator

#endif  // STATOR_STORAGE_LOG_COMPRESSION_H_
