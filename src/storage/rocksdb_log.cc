#include "storage/rocksdb_log.h"

#include <fcntl.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

namespace stator {
namespace {

constexpr size_t kMaxLine = 64 << 10;

// Time and thread, as RocksDB's tools expect them.
std::string LineHead() {
  timeval now;
  ::gettimeofday(&now, nullptr);
  tm local;
  ::localtime_r(&now.tv_sec, &local);
  std::array<char, 80> head;
  size_t size = std::strftime(head.data(), head.size(), "%Y/%m/%d-%H:%M:%S", &local);
  size += static_cast<size_t>(std::snprintf(
      head.data() + size, head.size() - size, ".%06ld %llx ", static_cast<long>(now.tv_usec),
      static_cast<unsigned long long>(rocksdb::Env::Default()->GetThreadID())));
  return {head.data(), size};
}

// RocksDB names, rolls and removes the files; only how one is written differs.
class LogFileEnv final : public rocksdb::EnvWrapper {
 public:
  LogFileEnv() : EnvWrapper(rocksdb::Env::Default()) {}
  const char* Name() const override { return "LogFileEnv"; }
  rocksdb::Status NewLogger(const std::string& path,
                            std::shared_ptr<rocksdb::Logger>* result) override {
    *result = std::make_shared<LogFile>(path);
    return rocksdb::Status::OK();
  }
};

}  // namespace

LogFile::LogFile(const std::string& path)
    : fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644)) {}

LogFile::~LogFile() {
  (void)Close();
  if (fd_ >= 0) ::close(fd_);
}

void LogFile::Logv(const char* format, va_list args) {
  if (fd_ < 0) return;
  std::string line = LineHead();
  const size_t head = line.size();
  va_list again;
  va_copy(again, args);
  const int length = std::vsnprintf(nullptr, 0, format, again);
  va_end(again);
  if (length < 0) return;
  line.resize(head + std::min(static_cast<size_t>(length), kMaxLine) + 1);
  std::vsnprintf(line.data() + head, line.size() - head, format, args);
  line.pop_back();  // the terminating zero
  if (line.back() != '\n') line.push_back('\n');
  const ssize_t written = ::write(fd_, line.data(), line.size());
  if (written > 0) size_.fetch_add(static_cast<size_t>(written));
}

std::shared_ptr<rocksdb::Logger> OpenRocksLog(const std::string& directory,
                                              const rocksdb::DBOptions& options) {
  static LogFileEnv& env = *new LogFileEnv;  // never destroyed: loggers point to it
  rocksdb::DBOptions with_env = options;
  with_env.env = &env;
  std::shared_ptr<rocksdb::Logger> log;
  if (rocksdb::CreateLoggerFromOptions(directory, with_env, &log).ok() && log) return log;
  return std::make_shared<LogFile>(directory + "/LOG");
}

}  // namespace stator
