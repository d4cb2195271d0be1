#include "storage/rocksdb_files.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace stator {
namespace {

namespace fs = std::filesystem;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

// The directories of which it is not known what their manifest names. Thread-safe.
class UncertainManifests {
 public:
  void Add(const fs::path& dir) {
    std::lock_guard lock(mutex_);
    dirs_.insert(dir);
  }
  // CURRENT names another one, but only for certain once the directory is synced.
  void Renamed(const fs::path& dir) {
    std::lock_guard lock(mutex_);
    renamed_.insert(dir);
  }
  void Synced(const fs::path& dir, bool ok) {
    std::lock_guard lock(mutex_);
    if (renamed_.erase(dir) == 0) return;
    if (ok) {
      dirs_.erase(dir);
    } else {
      dirs_.insert(dir);
    }
  }
  bool Contains(const fs::path& dir) const {
    std::lock_guard lock(mutex_);
    return dirs_.contains(dir);
  }

 private:
  mutable std::mutex mutex_;
  std::set<fs::path> dirs_, renamed_;
};

class ManifestDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  ManifestDirectory(std::unique_ptr<rocksdb::FSDirectory> directory, fs::path dir,
                    std::shared_ptr<UncertainManifests> uncertain)
      : FSDirectoryWrapper(std::move(directory)),
        dir_(std::move(dir)),
        uncertain_(std::move(uncertain)) {}

  IOStatus Fsync(const IOOptions& options, IODebugContext* dbg) override {
    return Noting(FSDirectoryWrapper::Fsync(options, dbg));
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* dbg,
                               const rocksdb::DirFsyncOptions& of) override {
    return Noting(FSDirectoryWrapper::FsyncWithDirOptions(options, dbg, of));
  }

 private:
  IOStatus Noting(IOStatus status) {
    uncertain_->Synced(dir_, status.ok());
    return status;
  }

  const fs::path dir_;
  const std::shared_ptr<UncertainManifests> uncertain_;
};

class ManifestFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  ManifestFile(std::unique_ptr<rocksdb::FSWritableFile> file, fs::path dir,
               std::shared_ptr<UncertainManifests> uncertain)
      : FSWritableFileOwnerWrapper(std::move(file)),
        dir_(std::move(dir)),
        uncertain_(std::move(uncertain)) {}

  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  IODebugContext* dbg) override {
    return Noting(target()->Append(data, options, dbg));
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& info, IODebugContext* dbg) override {
    return Noting(target()->Append(data, options, info, dbg));
  }
  IOStatus Flush(const IOOptions& options, IODebugContext* dbg) override {
    return Noting(target()->Flush(options, dbg));
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* dbg) override {
    return Noting(target()->Sync(options, dbg));
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* dbg) override {
    return Noting(target()->Fsync(options, dbg));
  }

 private:
  IOStatus Noting(IOStatus status) {
    if (!status.ok()) uncertain_->Add(dir_);
    return status;
  }

  const fs::path dir_;
  const std::shared_ptr<UncertainManifests> uncertain_;
};

class RocksFiles final : public rocksdb::FileSystemWrapper {
 public:
  using FileSystemWrapper::FileSystemWrapper;
  const char* Name() const override { return "StatorFiles"; }

  IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                           IODebugContext* dbg) override {
    IOStatus status = target()->NewWritableFile(name, options, file, dbg);
    const fs::path path(name);
    if (status.ok() && path.filename().string().starts_with("MANIFEST-")) {
      *file = std::make_unique<ManifestFile>(std::move(*file), path.parent_path(), uncertain_);
    }
    return Passing(std::move(status));
  }
  IOStatus NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions& options,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                               IODebugContext* dbg) override {
    return Passing(target()->NewRandomAccessFile(name, options, file, dbg));
  }
  IOStatus NewRandomRWFile(const std::string& name, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                           IODebugContext* dbg) override {
    return Passing(target()->NewRandomRWFile(name, options, file, dbg));
  }
  IOStatus NewDirectory(const std::string& name, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* directory,
                        IODebugContext* dbg) override {
    IOStatus status = target()->NewDirectory(name, options, directory, dbg);
    if (status.ok()) {
      *directory = std::make_unique<ManifestDirectory>(std::move(*directory), name, uncertain_);
    }
    return Passing(std::move(status));
  }
  IOStatus DeleteFile(const std::string& name, const IOOptions& options,
                      IODebugContext* dbg) override {
    if (MustStay(name)) return Kept(name);
    return target()->DeleteFile(name, options, dbg);
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* dbg) override {
    if (MustStay(from)) return Kept(from);
    IOStatus status = target()->RenameFile(from, to, options, dbg);
    const fs::path path(to);
    if (path.filename() == "CURRENT") {
      uncertain_->Renamed(path.parent_path());
      if (!status.ok()) uncertain_->Synced(path.parent_path(), /*ok=*/false);
    }
    return status;
  }

 private:
  bool MustStay(const fs::path& path) const {
    return path.extension() == ".sst" && uncertain_->Contains(path.parent_path());
  }
  static IOStatus Kept(const std::string& name) {
    return IOStatus::Busy("the manifest may name it", name);
  }

  // What RocksDB calls retryable leaves it in a state from which Resume() leads out.
  static IOStatus Passing(IOStatus status) {
    if (status.IsIOError() || status.IsNoSpace()) status.SetRetryable(true);
    return status;
  }

  const std::shared_ptr<UncertainManifests> uncertain_ = std::make_shared<UncertainManifests>();
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> NewRocksFiles(std::shared_ptr<rocksdb::FileSystem> below) {
  return std::make_shared<RocksFiles>(std::move(below));
}

rocksdb::Env* DefaultRocksEnv() {
  static rocksdb::Env* const env =
      rocksdb::NewCompositeEnv(NewRocksFiles(rocksdb::FileSystem::Default())).release();
  return env;
}

}  // namespace stator
