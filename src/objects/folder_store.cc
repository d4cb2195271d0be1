#include "objects/folder_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "objects/md5.h"

namespace stator {
namespace {

namespace fs = std::filesystem;

// Of files that are being written: no key ends so.
constexpr std::string_view kUnfinished = ".unfinished-";

Unexpected<ObjectFault> Fault(std::string code, std::string message) {
  return Unexpected(ObjectFault{std::move(code), std::move(message)});
}

Unexpected<ObjectFault> SystemFault(int error, const std::string& path) {
  const bool denied = error == EACCES || error == EPERM || error == EROFS;
  return Fault(denied ? "AccessDenied" : "InternalError", path + ": " + std::strerror(error));
}

// Whether `path` names something below the folder it is relative to, in one way only.
bool IsBelow(std::string_view path) {
  if (path.empty() || path.find('\0') != std::string_view::npos) return false;
  for (;;) {
    const size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    if (part.empty() || part == "." || part == "..") return false;
    if (end == path.size()) return true;
    path.remove_prefix(end + 1);
  }
}

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int fd() const { return fd_; }

 private:
  const int fd_;
};

bool SyncFolder(const fs::path& path) {
  const File folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return folder.fd() >= 0 && ::fsync(folder.fd()) == 0;
}

// Makes the folders between `bucket`, which is there, and a file below it, durably.
bool MakeFolders(const fs::path& bucket, const fs::path& file) {
  std::vector<fs::path> missing;
  for (fs::path folder = file.parent_path(); folder != bucket; folder = folder.parent_path()) {
    missing.push_back(folder);
  }
  for (auto folder = missing.rbegin(); folder != missing.rend(); ++folder) {
    std::error_code error;
    if (fs::create_directory(*folder, error) && !SyncFolder(folder->parent_path())) return false;
    if (error) {
      errno = error.value();
      return false;
    }
  }
  return true;
}

class FileWriter final : public ObjectWriter {
 public:
  FileWriter(int fd, std::string unfinished, std::string path)
      : file_(fd), unfinished_(std::move(unfinished)), path_(std::move(path)) {}
  ~FileWriter() override {
    if (!unfinished_.empty()) ::unlink(unfinished_.c_str());
  }

  ObjectResult<void> Append(std::string_view bytes) override {
    md5_.Add(bytes);
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_.fd(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return SystemFault(errno, unfinished_);
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    return {};
  }

  ObjectResult<std::string> Finish() override {
    if (::fsync(file_.fd()) != 0 || ::rename(unfinished_.c_str(), path_.c_str()) != 0) {
      return SystemFault(errno, path_);
    }
    unfinished_.clear();
    if (!SyncFolder(fs::path(path_).parent_path())) return SystemFault(errno, path_);
    std::string tag;
    for (const char c : md5_.Digest()) {
      tag += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
      tag += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
    }
    return tag;
  }

 private:
  const File file_;
  std::string unfinished_;  // empty: finished
  const std::string path_;
  Md5 md5_;
};

class FolderStore final : public ObjectStore {
 public:
  explicit FolderStore(std::string root) : root_(std::move(root)) {}

  ObjectResult<std::unique_ptr<ObjectWriter>> Create(const std::string& bucket,
                                                     const std::string& key) override {
    auto folder = Bucket(bucket);
    if (!folder) return Unexpected(std::move(folder.error()));
    if (!IsBelow(key)) return BadKey(key);
    const fs::path path = *folder / key;
    if (!MakeFolders(*folder, path)) return SystemFault(errno, path);
    std::string unfinished = path.string() + std::string(kUnfinished) + "XXXXXX";
    const int fd = ::mkostemp(unfinished.data(), O_CLOEXEC);
    if (fd < 0) return SystemFault(errno, unfinished);
    ::fchmod(fd, 0644);
    return std::unique_ptr<ObjectWriter>(
        std::make_unique<FileWriter>(fd, std::move(unfinished), path.string()));
  }

  ObjectResult<std::string> Read(const std::string& bucket, const std::string& key, uint64_t offset,
                                 size_t size) override {
    auto folder = Bucket(bucket);
    if (!folder) return Unexpected(std::move(folder.error()));
    if (!IsBelow(key)) return BadKey(key);
    const std::string path = *folder / key;
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.fd() < 0 && (errno == ENOENT || errno == ENOTDIR)) {
      return Fault("NoSuchKey", "The specified key does not exist.");
    }
    if (file.fd() < 0) return SystemFault(errno, path);
    std::string bytes(size, '\0');
    size_t have = 0;
    while (have < size) {
      const ssize_t got =
          ::pread(file.fd(), bytes.data() + have, size - have, static_cast<off_t>(offset + have));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return SystemFault(errno, path);
      if (got == 0) break;
      have += static_cast<size_t>(got);
    }
    bytes.resize(have);
    return bytes;
  }

  ObjectResult<void> List(const std::string& bucket, const std::string& prefix,
                          FunctionRef<bool(const ObjectInfo&)> take) override {
    auto folder = Bucket(bucket);
    if (!folder) return Unexpected(std::move(folder.error()));
    std::vector<ObjectInfo> found;
    std::error_code error;
    fs::recursive_directory_iterator it(*folder, error);
    while (!error && it != fs::recursive_directory_iterator()) {
      std::string key = it->path().lexically_relative(*folder).string();
      const bool is_file = it->is_regular_file(error);
      // Only what may lie below the prefix is looked through.
      if (!is_file && !key.starts_with(prefix) && !prefix.starts_with(key + "/")) {
        it.disable_recursion_pending();
      }
      if (!error && is_file && key.starts_with(prefix) &&
          key.find(kUnfinished) == std::string::npos) {
        const uint64_t size = it->file_size(error);
        if (!error) found.push_back({std::move(key), size});
      }
      if (!error) it.increment(error);
    }
    if (error) return SystemFault(error.value(), folder->string());
    std::sort(found.begin(), found.end(),
              [](const ObjectInfo& a, const ObjectInfo& b) { return a.key < b.key; });
    for (const ObjectInfo& object : found) {
      if (!take(object)) break;
    }
    return {};
  }

  ObjectResult<void> Remove(const std::string& bucket, const std::string& key) override {
    auto folder = Bucket(bucket);
    if (!folder) return Unexpected(std::move(folder.error()));
    if (!IsBelow(key)) return BadKey(key);
    const std::string path = *folder / key;
    if (::unlink(path.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR) {
      return SystemFault(errno, path);
    }
    return {};
  }

  ObjectResult<void> RemoveUnfinished(const std::string& bucket, const std::string& key) override {
    auto folder = Bucket(bucket);
    if (!folder) return Unexpected(std::move(folder.error()));
    if (!IsBelow(key)) return BadKey(key);
    const fs::path path = *folder / key;
    const std::string begin = path.filename().string() + std::string(kUnfinished);
    std::error_code error;
    for (fs::directory_iterator it(path.parent_path(), error);
         !error && it != fs::directory_iterator(); it.increment(error)) {
      if (it->path().filename().string().starts_with(begin)) ::unlink(it->path().c_str());
    }
    // Without the folder there is nothing in it.
    if (error && error.value() != ENOENT && error.value() != ENOTDIR) {
      return SystemFault(error.value(), path.parent_path());
    }
    return {};
  }

 private:
  static Unexpected<ObjectFault> BadKey(const std::string& key) {
    return Fault("InvalidArgument", "not a key that can be a file's path: " + key);
  }

  ObjectResult<fs::path> Bucket(const std::string& name) const {
    if (!IsBelow(name) || name.find('/') != std::string::npos) {
      return Fault("InvalidBucketName", "The specified bucket is not valid.");
    }
    fs::path path = fs::path(root_) / name;
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      return Fault("NoSuchBucket", "The specified bucket does not exist");
    }
    return path;
  }

  const std::string root_;
};

}  // namespace

std::unique_ptr<ObjectStore> OpenFolderStore(std::string root) {
  return std::make_unique<FolderStore>(std::move(root));
}

}  // namespace stator
