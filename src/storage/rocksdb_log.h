// The file LOG in which RocksDB tells what it does. RocksDB 7.8's own writer of it, where the library
// is built with assertions, ends the process with the line that follows a failed one.
#ifndef STATOR_STORAGE_ROCKSDB_LOG_H_
#define STATOR_STORAGE_ROCKSDB_LOG_H_

#include <rocksdb/env.h>
#include <rocksdb/options.h>

#include <atomic>
#include <cstdarg>
#include <memory>
#include <string>

namespace stator {

// Appends lines to a file, each as soon as it is known. Lines that cannot be written are dropped,
// whatever the reason; later ones are tried again. Thread-safe.
class LogFile final : public rocksdb::Logger {
 public:
  // Replaces the file.
  explicit LogFile(const std::string& path);
  ~LogFile() override;

  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list args) override;
  size_t GetLogFileSize() const override { return size_.load(); }

 private:
  rocksdb::Status CloseImpl() override { return rocksdb::Status::OK(); }

  const int fd_;  // negative if there is none
  std::atomic<size_t> size_{0};
};

// The log of a database in `directory`, with former ones kept beside it, as `options` say. Never
// null: what cannot be written is dropped.
std::shared_ptr<rocksdb::Logger> OpenRocksLog(const std::string& directory,
                                              const rocksdb::DBOptions& options);

}  // namespace stator

#endif  // STATOR_STORAGE_ROCKSDB_LOG_H_
