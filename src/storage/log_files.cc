#include "storage/log_files.h"

#include <rocksdb/file_system.h>

#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "storage/log_store.h"
#include "storage/manifest.h"

namespace stator {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

bool IsNumberedPath(const std::string& path, const std::string& extension) {
  return IsNumbered(std::filesystem::path(path).filename().string(), extension);
}

class LogFile;

// How far the open logs are written, which is less than their length; and those that have no file.
class OpenLogs {
 public:
  void AddMissing(LogFile* log) {
    std::lock_guard lock(mutex_);
    missing_.insert(log);
  }
  void RemoveMissing(LogFile* log) {
    std::lock_guard lock(mutex_);
    missing_.erase(log);
  }
  IOStatus CreateMissing();

  void Set(const std::string& path, uint64_t written) {
    std::lock_guard lock(mutex_);
    written_[path] = written;
  }
  void Remove(const std::string& path) {
    std::lock_guard lock(mutex_);
    written_.erase(path);
  }
  bool Find(const std::string& path, uint64_t* written) const {
    std::lock_guard lock(mutex_);
    const auto found = written_.find(path);
    if (found == written_.end()) return false;
    *written = found->second;
    return true;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, uint64_t> written_;
  std::set<LogFile*> missing_;
};

class LogFile final : public rocksdb::FSWritableFile {
 public:
  // `zeros` are as many as there is to be room at once. REQUIRES: all outlive it.
  LogFile(std::string path, const rocksdb::FileOptions& options, rocksdb::Slice zeros,
          rocksdb::FileSystem* files, OpenLogs* open)
      : path_(std::move(path)), options_(options), zeros_(zeros), files_(files), open_(open) {
    open_->Set(path_, 0);
    if (!Create().ok()) open_->AddMissing(this);
  }
  ~LogFile() override { Close({}, nullptr).PermitUncheckedError(); }

  // REQUIRES: it has no file.
  IOStatus Create() {
    std::unique_ptr<rocksdb::FSWritableFile> created;
    IOStatus status = files_->NewWritableFile(path_, options_, &created, nullptr);
    if (status.ok()) status = created->Close(options_.io_options, nullptr);
    if (status.ok()) status = files_->NewRandomRWFile(path_, options_, &file_, nullptr);
    return status;
  }

  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  IODebugContext* dbg) override {
    if (!file_) {
      IOStatus missing = IOStatus::IOError("was not created", path_);
      missing.SetRetryable(true);  // nothing was written
      return missing;
    }
    const IOStatus status = file_->Write(written_, data, options, dbg);
    if (!status.ok()) {
      cut_ = true;  // a part of it may be there
      return status;
    }
    written_ += data.size();
    open_->Set(path_, written_);
    if (written_ > length_) MakeRoom(options, dbg);
    return status;
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo&, IODebugContext* dbg) override {
    return Append(data, options, dbg);
  }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Sync(const IOOptions& options, IODebugContext* dbg) override {
    return file_ ? file_->Sync(options, dbg) : IOStatus::OK();
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* dbg) override {
    return file_ ? file_->Fsync(options, dbg) : IOStatus::OK();
  }
  bool IsSyncThreadSafe() const override { return true; }
  uint64_t GetFileSize(const IOOptions&, IODebugContext*) override { return written_; }
  void PrepareWrite(size_t, size_t, const IOOptions&, IODebugContext*) override {}

  // What cannot be cut off does no harm, as long as no one takes it for written.
  IOStatus Close(const IOOptions& options, IODebugContext* dbg) override {
    open_->RemoveMissing(this);
    if (!file_) {
      if (!cut_) open_->Remove(path_);
      return IOStatus::OK();
    }
    const IOStatus closed = file_->Close(options, dbg);
    file_.reset();
    if (!cut_ || Cut(options, dbg)) open_->Remove(path_);
    return closed;
  }

 private:
  // Without room the file grows by what is written, as any other: a disk that is too full for it
  // may still take that.
  void MakeRoom(const IOOptions& options, IODebugContext* dbg) {
    const uint64_t length = (written_ / zeros_.size() + 1) * zeros_.size();
    const rocksdb::Slice zeros(zeros_.data(), length - written_);
    cut_ = true;
    if (file_->Write(written_, zeros, options, dbg).ok()) length_ = length;
  }

  // False if it failed. A file that was deleted meanwhile stays so.
  bool Cut(const IOOptions& options, IODebugContext* dbg) {
    if (files_->FileExists(path_, options, dbg).IsNotFound()) return true;
    std::unique_ptr<rocksdb::FSWritableFile> file;
    IOStatus status = files_->ReopenWritableFile(path_, {}, &file, dbg);
    if (status.ok()) status = file->Truncate(written_, options, dbg);
    if (status.ok()) status = file->Close(options, dbg);
    return status.ok();
  }

  const std::string path_;
  const rocksdb::FileOptions options_;
  const rocksdb::Slice zeros_;
  rocksdb::FileSystem* const files_;
  OpenLogs* const open_;
  std::unique_ptr<rocksdb::FSRandomRWFile> file_;  // null: not created yet, or closed
  uint64_t written_ = 0;
  uint64_t length_ = 0;  // up to where there is room
  bool cut_ = false;     // there may be more in the file than what was written
};

IOStatus OpenLogs::CreateMissing() {
  std::lock_guard lock(mutex_);
  while (!missing_.empty()) {
    IOStatus status = (*missing_.begin())->Create();
    if (!status.ok()) return status;
    missing_.erase(missing_.begin());
  }
  return IOStatus::OK();
}

class LogFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  LogFileSystem(const std::shared_ptr<rocksdb::FileSystem>& base, size_t room)
      : FileSystemWrapper(base), zeros_(room, '\0') {}
  const char* Name() const override { return "LogFileSystem"; }

  IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext* dbg) override {
    if (IsNumberedPath(path, ".sst")) {
      if (IOStatus refused = Refused(); !refused.ok()) return refused;
    }
    if (!IsNumberedPath(path, ".log")) {
      return target()->NewWritableFile(path, options, result, dbg);
    }
    *result = std::make_unique<LogFile>(path, options, zeros_, target(), &open_);
    return IOStatus::OK();
  }
  IOStatus CreateLogs() { return open_.CreateMissing(); }
  IOStatus GetFileSize(const std::string& path, const IOOptions& options, uint64_t* size,
                       IODebugContext* dbg) override {
    if (open_.Find(path, size)) return IOStatus::OK();
    return target()->GetFileSize(path, options, size, dbg);
  }

 private:
  // A listener cannot fail a flush: a table that cannot be created does, in a form from which
  // RocksDB recovers.
  static IOStatus Refused() {
    const rocksdb::Status refused = RefusedFlush();
    if (refused.ok()) return IOStatus::OK();
    const std::string why = "the logs of changes were not flushed: " + refused.ToString();
    IOStatus status = refused.IsNoSpace() ? IOStatus::NoSpace(why) : IOStatus::IOError(why);
    status.SetRetryable(true);
    return status;
  }

  const std::string zeros_;
  OpenLogs open_;
};

class FileLogEnv final : public LogEnv {
 public:
  FileLogEnv(rocksdb::Env* base, size_t room)
      : LogEnv(base), files_(std::make_shared<LogFileSystem>(base->GetFileSystem(), room)) {
    file_system_ = files_;
    system_clock_ = base->GetSystemClock();
  }
  const char* Name() const override { return "LogEnv"; }

  rocksdb::Status CreateLogs() override { return files_->CreateLogs(); }

  // RocksDB asks the environment, not its file system, how long its logs are.
  rocksdb::Status GetFileSize(const std::string& path, uint64_t* size) override {
    return file_system_->GetFileSize(path, {}, size, nullptr);
  }

 private:
  const std::shared_ptr<LogFileSystem> files_;
};

}  // namespace

std::unique_ptr<LogEnv> NewLogEnv(rocksdb::Env* base, size_t room) {
  return std::make_unique<FileLogEnv>(base, room);
}

}  // namespace stator
