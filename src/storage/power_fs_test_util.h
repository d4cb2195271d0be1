// A file system whose power can be cut: over the real one, it knows of each file what was synced,
// and of each directory which changes of names were. After CutPower() nothing works any more, and
// Image() makes a directory as a machine might find it when it starts again. It can also fail
// single calls.
//
// What is not synced may be lost, cut short, or be there page by page in any order, with zeros in
// between; names that were not synced may be lost in part, the last ones first or any of them. A
// file that was synced keeps the name it was made under: journaling file systems give that, and
// RocksDB relies on it when it puts the name of a new MANIFEST into CURRENT.
#ifndef STATOR_STORAGE_POWER_FS_TEST_UTIL_H_
#define STATOR_STORAGE_POWER_FS_TEST_UTIL_H_

#include <rocksdb/file_system.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/test_files.h"

namespace stator {

class PowerFs final : public rocksdb::FileSystemWrapper {
 public:
  enum class Call { kAppend, kSync, kDirSync, kName, kRead };
  // Called before each call; its status is the call's, which then has no effect, unless it is OK.
  using Fault = std::function<rocksdb::IOStatus(Call call, const std::string& name)>;

  // Everything in the directory `root`, and below, is on the device at first. Image() needs `hold`,
  // a directory of the same file system that is not there yet.
  PowerFs(const std::string& root, const std::string& hold)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), root_(root), hold_(hold) {
    std::filesystem::create_directories(hold_);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      if (!entry.is_regular_file()) continue;
      const std::string name = entry.path().string();
      FilePtr file = NewFile(name);
      file->synced = ReadFile(name);
      device_[name] = now_[name] = std::move(file);
    }
  }
  const char* Name() const override { return "PowerFs"; }

  // From the next call on; `calls` counts down to 0 over appends, syncs and changes of names.
  void CutPowerAfter(uint64_t calls) {
    std::lock_guard lock(mutex_);
    until_cut_ = calls;
  }
  void CutPower() {
    std::lock_guard lock(mutex_);
    off_ = true;
  }
  bool off() const {
    std::lock_guard lock(mutex_);
    return off_;
  }
  void SetFault(Fault fault) {
    std::lock_guard lock(mutex_);
    fault_ = std::move(fault);
  }

  // Puts into `root`, with the same layout, what may be found. REQUIRES: the power is off.
  void Image(const std::string& root, SeededRandom* random) {
    std::lock_guard lock(mutex_);
    std::map<std::string, FilePtr> names = device_;
    const bool in_order = random->OneIn(2);
    const size_t kept = in_order ? random->Uniform(changes_.size() + 1) : changes_.size();
    for (size_t i = 0; i < kept; ++i) {
      if (in_order || random->OneIn(2)) changes_[i].Apply(&names);
    }
    for (const auto& [name, file] : names) {
      const std::string target = root + name.substr(root_.size());
      std::filesystem::create_directories(std::filesystem::path(target).parent_path());
      std::ofstream(target, std::ios::binary) << Survives(*file, random);
    }
  }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* dbg) override {
    if (!Tracked(name)) return target()->NewWritableFile(name, options, result, dbg);
    std::lock_guard lock(mutex_);
    rocksdb::IOStatus status = Before(Call::kName, name);
    if (!status.ok()) return status;
    std::filesystem::remove(name);  // what it held before is a file of its own
    status = target()->NewWritableFile(name, options, result, dbg);
    if (!status.ok()) return status;
    FilePtr file = NewFile(name);
    Change({Change_::kLink, name, {}, file});
    *result = std::make_unique<Writable>(this, name, std::move(file), std::move(*result));
    return status;
  }
  // To be cut only.
  rocksdb::IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* result,
                                       rocksdb::IODebugContext* dbg) override {
    std::lock_guard lock(mutex_);
    if (off_) return rocksdb::IOStatus::IOError("the power is off", name);
    return target()->ReopenWritableFile(name, options, result, dbg);
  }
  rocksdb::IOStatus ReuseWritableFile(const std::string& name, const std::string&,
                                      const rocksdb::FileOptions&,
                                      std::unique_ptr<rocksdb::FSWritableFile>*,
                                      rocksdb::IODebugContext*) override {
    return rocksdb::IOStatus::NotSupported("ReuseWritableFile", name);
  }
  rocksdb::IOStatus NewRandomRWFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSRandomRWFile>* result,
                                    rocksdb::IODebugContext* dbg) override {
    const rocksdb::IOStatus status = target()->NewRandomRWFile(name, options, result, dbg);
    std::lock_guard lock(mutex_);
    if (status.ok() && now_.contains(name)) {
      *result = std::make_unique<RandomRW>(this, name, now_[name], std::move(*result));
    }
    return status;
  }
  rocksdb::IOStatus NewRandomAccessFile(const std::string& name,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                                        rocksdb::IODebugContext* dbg) override {
    const rocksdb::IOStatus status = target()->NewRandomAccessFile(name, options, result, dbg);
    if (status.ok()) *result = std::make_unique<Readable>(this, name, std::move(*result));
    return status;
  }
  rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* result,
                                 rocksdb::IODebugContext* dbg) override {
    const rocksdb::IOStatus status = target()->NewDirectory(name, options, result, dbg);
    if (status.ok()) *result = std::make_unique<Directory>(this, name);
    return status;
  }
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* dbg) override {
    std::lock_guard lock(mutex_);
    rocksdb::IOStatus status = Before(Call::kName, name);
    if (status.ok()) status = target()->DeleteFile(name, options, dbg);
    if (status.ok() && now_.contains(name)) Change({Change_::kUnlink, name, {}, nullptr});
    return status;
  }
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* dbg) override {
    std::lock_guard lock(mutex_);
    rocksdb::IOStatus status = Before(Call::kName, from);
    if (status.ok()) status = target()->RenameFile(from, to, options, dbg);
    if (status.ok() && now_.contains(from)) Change({Change_::kRename, to, from, now_[from]});
    return status;
  }
  rocksdb::IOStatus LinkFile(const std::string& from, const std::string& to,
                             const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* dbg) override {
    std::lock_guard lock(mutex_);
    rocksdb::IOStatus status = Before(Call::kName, from);
    if (status.ok()) status = target()->LinkFile(from, to, options, dbg);
    if (status.ok() && now_.contains(from)) Change({Change_::kLink, to, {}, now_[from]});
    return status;
  }

 private:
  struct File {
    std::string held;    // another name of the file
    std::string synced;  // what of it is on the device
  };
  using FilePtr = std::shared_ptr<File>;

  // A change of names.
  struct Change_ {
    enum Kind { kLink, kUnlink, kRename } kind;
    std::string name;
    std::string from;
    FilePtr file;

    void Apply(std::map<std::string, FilePtr>* names) const {
      if (kind == kUnlink) {
        names->erase(name);
        return;
      }
      // One of a file that was never there is one of nothing.
      if (kind == kRename && names->erase(from) == 0) return;
      (*names)[name] = file;
    }
    bool In(const std::string& directory) const {
      return std::filesystem::path(name).parent_path() == directory;
    }
  };

  class Writable final : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    Writable(PowerFs* fs, std::string name, FilePtr file,
             std::unique_ptr<rocksdb::FSWritableFile> target)
        : FSWritableFileOwnerWrapper(std::move(target)),
          fs_(fs),
          name_(std::move(name)),
          file_(std::move(file)) {}

    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* dbg) override {
      std::lock_guard lock(fs_->mutex_);
      const rocksdb::IOStatus status = fs_->Before(Call::kAppend, name_);
      if (!status.ok()) return status;
      return FSWritableFileOwnerWrapper::Append(data, options, dbg);
    }
    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             const rocksdb::DataVerificationInfo&,
                             rocksdb::IODebugContext* dbg) override {
      return Append(data, options, dbg);
    }
    rocksdb::IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext*) override {
      return fs_->SyncFile(name_, file_.get(), [&] { return target()->Flush(options, nullptr); });
    }
    rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                            rocksdb::IODebugContext* dbg) override {
      return Sync(options, dbg);
    }
    // The real device's share is left out: it is slow, and these files are not kept.
    rocksdb::IOStatus RangeSync(uint64_t, uint64_t, const rocksdb::IOOptions&,
                                rocksdb::IODebugContext*) override {
      return rocksdb::IOStatus::OK();
    }

   private:
    PowerFs* const fs_;
    const std::string name_;
    const FilePtr file_;
  };

  class RandomRW final : public rocksdb::FSRandomRWFileOwnerWrapper {
   public:
    RandomRW(PowerFs* fs, std::string name, FilePtr file,
             std::unique_ptr<rocksdb::FSRandomRWFile> target)
        : FSRandomRWFileOwnerWrapper(std::move(target)),
          fs_(fs),
          name_(std::move(name)),
          file_(std::move(file)) {}
    rocksdb::IOStatus Write(uint64_t offset, const rocksdb::Slice& data,
                            const rocksdb::IOOptions& options,
                            rocksdb::IODebugContext* dbg) override {
      std::lock_guard lock(fs_->mutex_);
      const rocksdb::IOStatus status = fs_->Before(Call::kAppend, name_);
      if (!status.ok()) return status;
      return FSRandomRWFileOwnerWrapper::Write(offset, data, options, dbg);
    }
    rocksdb::IOStatus Sync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
      return fs_->SyncFile(name_, file_.get(), [] { return rocksdb::IOStatus::OK(); });
    }

   private:
    PowerFs* const fs_;
    const std::string name_;
    const FilePtr file_;
  };

  class Readable final : public rocksdb::FSRandomAccessFileOwnerWrapper {
   public:
    Readable(PowerFs* fs, std::string name, std::unique_ptr<rocksdb::FSRandomAccessFile> target)
        : FSRandomAccessFileOwnerWrapper(std::move(target)), fs_(fs), name_(std::move(name)) {}
    rocksdb::IOStatus Read(uint64_t offset, size_t n, const rocksdb::IOOptions& options,
                           rocksdb::Slice* result, char* scratch,
                           rocksdb::IODebugContext* dbg) const override {
      {
        std::lock_guard lock(fs_->mutex_);
        const rocksdb::IOStatus status = fs_->Before(Call::kRead, name_);
        if (!status.ok()) return status;
      }
      return FSRandomAccessFileOwnerWrapper::Read(offset, n, options, result, scratch, dbg);
    }

   private:
    PowerFs* const fs_;
    const std::string name_;
  };

  class Directory final : public rocksdb::FSDirectory {
   public:
    Directory(PowerFs* fs, std::string name)
        : fs_(fs), name_(std::filesystem::path(name + "/").parent_path().string()) {}
    rocksdb::IOStatus Fsync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
      std::lock_guard lock(fs_->mutex_);
      const rocksdb::IOStatus status = fs_->Before(Call::kDirSync, name_);
      if (!status.ok()) return status;
      auto& changes = fs_->changes_;
      for (const Change_& change : changes) {
        if (change.In(name_)) change.Apply(&fs_->device_);
      }
      std::erase_if(changes, [&](const Change_& change) { return change.In(name_); });
      return status;
    }
    rocksdb::IOStatus Close(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
      return rocksdb::IOStatus::OK();
    }

   private:
    PowerFs* const fs_;
    const std::string name_;
  };

  bool Tracked(const std::string& name) const { return name.starts_with(root_ + "/"); }

  // REQUIRES for all below: mutex_ is held.
  FilePtr NewFile(const std::string& name) {
    auto file = std::make_shared<File>();
    file->held = hold_ + "/" + std::to_string(next_file_++);
    std::filesystem::create_hard_link(name, file->held);
    return file;
  }
  void Change(Change_ change) {
    change.Apply(&now_);
    changes_.push_back(std::move(change));
  }
  rocksdb::IOStatus Before(Call call, const std::string& name) {
    if (!off_ && call != Call::kRead && until_cut_ && (*until_cut_)-- == 0) off_ = true;
    if (off_) return rocksdb::IOStatus::IOError("the power is off", name);
    return fault_ ? fault_(call, name) : rocksdb::IOStatus::OK();
  }
  template <class Flush>
  rocksdb::IOStatus SyncFile(const std::string& name, File* file, Flush flush) {
    std::lock_guard lock(mutex_);
    rocksdb::IOStatus status = Before(Call::kSync, name);
    if (status.ok()) status = flush();
    if (!status.ok()) return status;
    file->synced = ReadFile(file->held);
    std::erase_if(changes_, [&](const Change_& change) {
      if (change.file.get() != file || change.kind != Change_::kLink) return false;
      change.Apply(&device_);
      return true;
    });
    return status;
  }

  std::string Survives(const File& file, SeededRandom* random) const {
    constexpr size_t kPage = 4096, kSector = 512;
    std::string bytes = ReadFile(file.held);
    const std::string& synced = file.synced;
    if (bytes == synced) return bytes;
    if (bytes.size() < synced.size()) return random->OneIn(2) ? bytes : synced;
    // Written in place.
    for (size_t at = 0; at < synced.size(); at += kSector) {
      const size_t length = std::min(kSector, synced.size() - at);
      if (random->OneIn(2)) bytes.replace(at, length, synced, at, length);
    }
    if (bytes.size() == synced.size()) return bytes;
    const size_t more = bytes.size() - synced.size();
    switch (random->Uniform(5)) {
      case 0:
        return synced;
      case 1:
        break;
      case 2:
        bytes.resize(synced.size() + random->Uniform(more + 1));
        break;
      default:
        // Its length is there, its pages are not, or some of them; or sectors, where the device
        // was writing.
        const size_t piece = random->OneIn(2) ? kPage : kSector;
        const size_t first = synced.size() + random->Uniform(more);
        const bool all = random->OneIn(2);
        for (size_t at = first; at < bytes.size(); at = (at / piece + 1) * piece) {
          const size_t end = std::min(bytes.size(), (at / piece + 1) * piece);
          if (all || random->OneIn(2)) bytes.replace(at, end - at, end - at, '\0');
        }
    }
    return bytes;
  }

  const std::string root_, hold_;
  mutable std::mutex mutex_;
  bool off_ = false;
  std::optional<uint64_t> until_cut_;
  Fault fault_;
  uint64_t next_file_ = 0;
  std::map<std::string, FilePtr> now_, device_;  // names and what they name
  std::vector<Change_> changes_;                 // of names, that are not synced; in order
};

}  // namespace stator

#endif  // STATOR_STORAGE_POWER_FS_TEST_UTIL_H_
