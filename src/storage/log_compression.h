// Whether the tables of logs (log_store.h) are compressed. Compressing takes two thirds of a
// flush's time: with many records a second it keeps those who write them from a processor. Then
// their tables are written as they are, and take that room until they are dropped.
#ifndef STATOR_STORAGE_LOG_COMPRESSION_H_
#define STATOR_STORAGE_LOG_COMPRESSION_H_

#include <rocksdb/db.h>

#include <cstddef>
#include <cstdint>
#include <mutex>

namespace stator {

// Whether they are from now on, if so many bytes a second are appended: no more above a rate that
// the machine has to spare, and again below half of it.
bool Compresses(bool before, uint64_t bytes, unsigned processors);

// Thread-safe.
class LogCompression {
 public:
  // REQUIRES: `db` outlives it, and has the compression of most times.
  explicit LogCompression(rocksdb::DB* db);

  // So many bytes were appended.
  void Note(size_t bytes);
  // For the tables to come, by what was appended since the last time. Where it is another choice,
  // writers to `db` wait for some milliseconds. REQUIRES: none of them may wait for the caller.
  void Choose();

  rocksdb::CompressionType type() const { return type_; }

 private:
  rocksdb::DB* const db_;
  const rocksdb::CompressionType type_;

  std::mutex choose_mutex_;  // before the other one
  bool compresses_ = true;

  std::mutex mutex_;
  uint64_t since_nanos_ = 0;  // when the first of them came
  uint64_t appended_ = 0;
};

}  // namespace stator

#endif  // STATOR_STORAGE_LOG_COMPRESSION_H_
