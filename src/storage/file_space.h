// Folders of files beside the map: on disk, or in memory for a server that keeps everything there.
//
// Names are relative, "folder/file"; folders are not nested. Thread-safe, as far as callers work on
// folders of their own. Functions block; their errors are kIoError, kNoSpace, and kNotFound for a
// file that is not there.
#ifndef STATOR_STORAGE_FILE_SPACE_H_
#define STATOR_STORAGE_FILE_SPACE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rocksdb {
class Env;
}

namespace stator {

class FileSpace {
 public:
  // `root` is made with the first folder. `env`: null for the system's; must outlive the space.
  static std::shared_ptr<FileSpace> OnDisk(std::string root, rocksdb::Env* env = nullptr);
  // Gone with the last user of the space.
  static std::shared_ptr<FileSpace> InMemory();
  ~FileSpace();

  FileSpace(const FileSpace&) = delete;
  FileSpace& operator=(const FileSpace&) = delete;

  // Names of the folders (of what is in `folder`), in order; none if it is not there.
  Result<std::vector<std::string>> Folders() const;
  Result<std::vector<std::string>> List(const std::string& folder) const;

  // Durably, if it is not there.
  Result<void> MakeFolder(const std::string& folder);
  // With the files that are in it; nothing if it is not there.
  Result<void> RemoveFolder(const std::string& folder);
  Result<void> RemoveFile(const std::string& name);

  // Writes a file wholly or, also if the power fails, not at all; durable when it returns, and so
  // are the names of all other files of its folder.
  Result<void> WriteWhole(const std::string& name, std::string_view bytes);
  Result<std::string> ReadWhole(const std::string& name) const;

  // For the readers and writers of sorted files.
  rocksdb::Env* env() const { return env_; }
  std::string PathOf(const std::string& name) const { return root_ + "/" + name; }

 private:
  FileSpace(std::string root, rocksdb::Env* env, std::unique_ptr<rocksdb::Env> owned);
  Result<std::vector<std::string>> ListPath(const std::string& path) const;
  Result<void> SyncDirectory(const std::string& path) const;

  const std::string root_;
  const std::unique_ptr<rocksdb::Env> owned_;
  rocksdb::Env* const env_;
};

}  // namespace stator

#endif  // STATOR_STORAGE_FILE_SPACE_H_
