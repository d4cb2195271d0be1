#include "storage/data_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <vector>

#include "storage/format.h"

namespace stator {
namespace {

namespace fs = std::filesystem;

Unexpected<Status> FailErrno(const std::string& what, int error) {
  return Fail(error == ENOSPC || error == EDQUOT ? StatusCode::kNoSpace : StatusCode::kIoError,
              what + ": " + std::strerror(error));
}

Result<void> SyncPath(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC);
  if (fd < 0) return FailErrno("cannot open " + path, errno);
  const int error = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  if (error != 0) return FailErrno("cannot sync " + path, error);
  return {};
}

Result<void> WriteFile(const std::string& path, const std::string& bytes) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return FailErrno("cannot create " + path, errno);
  const ssize_t written = ::write(fd, bytes.data(), bytes.size());
  const int error = written < 0                                     ? errno
                    : written != static_cast<ssize_t>(bytes.size()) ? ENOSPC
                                                                    : 0;
  ::close(fd);
  if (error != 0) return FailErrno("cannot write " + path, error);
  return SyncPath(path, O_RDONLY);
}

// Makes `path`, an absolute one, and every parent that is missing; the entries of new directories
// are durable.
Result<void> CreateDurably(const fs::path& path) {
  std::error_code error;
  std::vector<fs::path> parents;  // of what is missing
  for (fs::path missing = path; !fs::exists(missing, error) && missing.has_relative_path();
       missing = missing.parent_path()) {
    parents.push_back(missing.parent_path());
  }
  fs::create_directories(path, error);
  if (error) return FailErrno("cannot create " + path.string(), error.value());
  for (const fs::path& parent : parents) {
    if (auto synced = SyncPath(parent.string(), O_RDONLY | O_DIRECTORY); !synced) return synced;
  }
  return {};
}

// Absolute, and without a slash at the end: that would name a directory inside it.
fs::path Normal(const std::string& path) {
  const fs::path normal = fs::absolute(path).lexically_normal();
  return normal.has_filename() || !normal.has_relative_path() ? normal : normal.parent_path();
}

}  // namespace

Result<std::unique_ptr<DataDir>> DataDir::Open(const std::string& path) {
  const fs::path normal = Normal(path);
  if (auto created = CreateDurably(normal); !created) return Unexpected<Status>(created.error());
  std::unique_ptr<DataDir> dir(new DataDir(normal.string()));
  // Looked at before the lock, so that nothing is put into a directory of someone else's, and after
  // it, because only then it stands still.
  if (Result<void> ours = dir->Inspect(); !ours) return Unexpected<Status>(ours.error());
  if (Result<void> locked = dir->Lock(); !locked) return Unexpected<Status>(locked.error());
  if (Result<void> ours = dir->Inspect(); !ours) return Unexpected<Status>(ours.error());
  return dir;
}

Result<std::unique_ptr<DataDir>> DataDir::OpenForReading(const std::string& path) {
  std::error_code error;
  std::unique_ptr<DataDir> dir(new DataDir(Normal(path).string()));
  if (!fs::is_directory(dir->path_, error)) {
    return Fail(StatusCode::kNotFound, dir->path_ + " is not a directory");
  }
  if (auto locked = dir->LockForReading(); !locked) return Unexpected<Status>(locked.error());
  if (Result<void> ours = dir->Inspect(); !ours) return Unexpected<Status>(ours.error());
  if (dir->fresh()) {
    return Fail(StatusCode::kNotFound, dir->path_ + " holds no data: there is no FORMAT");
  }
  return dir;
}

DataDir::~DataDir() {
  if (lock_ >= 0) ::close(lock_);
}

Result<void> DataDir::Lock() {
  const std::string file = path_ + "/LOCK";
  lock_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock_ < 0) return FailErrno("cannot create " + file, errno);
  if (::flock(lock_, LOCK_EX | LOCK_NB) == 0) return {};
  if (errno != EWOULDBLOCK) return FailErrno("cannot lock " + file, errno);
  return Fail(StatusCode::kConflict, path_ + " is in use by another server");
}

Result<void> DataDir::LockForReading() {
  const std::string file = path_ + "/LOCK";
  lock_ = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (lock_ < 0 && errno == ENOENT) return {};  // a copy
  if (lock_ < 0) return FailErrno("cannot open " + file, errno);
  if (::flock(lock_, LOCK_SH | LOCK_NB) == 0) return {};
  if (errno != EWOULDBLOCK) return FailErrno("cannot lock " + file, errno);
  return Fail(StatusCode::kConflict, path_ + " is in use by a server");
}

Result<void> DataDir::Inspect() {
  const std::string file = path_ + "/FORMAT";
  std::error_code error;
  const bool fresh = !fs::exists(file, error);
  if (!error && fresh) {
    // What an interrupted creation leaves behind, or a file system has from the start.
    static const std::set<std::string> kHarmless = {
        "LOCK", "FORMAT.tmp", "SYNCED", "RESERVE", "SYNCED.tmp", "db", "lost+found"};
    const bool locked = fs::exists(path_ + "/LOCK", error);
    for (fs::directory_iterator entry(path_, error), end; !error && entry != end;
         entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      if (kHarmless.contains(name) && (name != "db" || locked)) continue;
      return Fail(
          StatusCode::kInvalidArgument,
          path_ + " is not empty and is not a Stator data directory (it holds " + name + ")");
    }
  }
  if (error) return FailErrno("cannot read " + path_, error.value());
  if (fresh) return {};

  std::ifstream in(file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in.is_open() || in.bad()) return Fail(StatusCode::kIoError, "cannot read " + file);
  Result<uint32_t> version = DecodeFormatFile(bytes);
  if (!version) return Fail(version.error().code, file + " " + version.error().message);
  if (*version > kDataFormatVersion) {
    return Fail(StatusCode::kUnsupported, path_ + " was written by a newer server: its format is " +
                                              std::to_string(*version) +
                                              ", this server reads formats up to " +
                                              std::to_string(kDataFormatVersion));
  }
  format_ = *version;
  return {};
}

Result<void> DataDir::EmptyIngest() {
  std::error_code error;
  fs::remove_all(ingest_path(), error);
  if (error) return FailErrno("cannot empty " + ingest_path(), error.value());
  return {};
}

Result<void> DataDir::WriteFormat() {
  const std::string file = path_ + "/FORMAT";
  const std::string temporary = file + ".tmp";
  Result<void> done = WriteFile(temporary, EncodeFormatFile(kDataFormatVersion));
  if (!done) return done;
  if (std::rename(temporary.c_str(), file.c_str()) != 0) {
    return FailErrno("cannot rename " + temporary, errno);
  }
  done = SyncPath(path_, O_RDONLY | O_DIRECTORY);
  if (!done) return done;
  done = SyncPath(fs::path(path_).parent_path().string(), O_RDONLY | O_DIRECTORY);
  if (done) format_ = kDataFormatVersion;
  return done;
}

}  // namespace stator
