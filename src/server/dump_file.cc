#include "server/dump_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/compress.h"
#include "server/state_file.h"

namespace stator {
namespace {

std::string StatePath(const std::string& path) { return path + ".state"; }

Unexpected<Status> Refused(const std::string& path, const std::string& why) {
  return Fail(StatusCode::kInvalidArgument, path + " " + why);
}

// What is stored must be of the table and the output that are there.
Result<DumpState> StateToResume(const std::string& path, const std::string& text,
                                const DumpState& fresh, uint64_t size) {
  auto stored = DumpStateFromJson(text);
  if (!stored) return Refused(StatePath(path), "is " + stored.error().message);
  if (stored->table != fresh.table || stored->table_id != fresh.table_id) {
    return Refused(path,
                   "is a dump of another table: " + stored->table + ", id " + stored->table_id);
  }
  if (size < stored->length) {
    return Refused(path, "is shorter than " + StatePath(path) + " says");
  }
  return stored;
}

}  // namespace

Result<std::unique_ptr<DumpFile>> DumpFile::Open(const std::string& path, Mode mode,
                                                 DumpState state) {
  if (path == "-") {
    return std::unique_ptr<DumpFile>(new DumpFile(path, STDOUT_FILENO, false, std::move(state)));
  }
  const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | (mode == Mode::kNew ? O_EXCL : 0);
  const int fd = ::open(path.c_str(), flags, 0666);
  if (fd < 0) {
    if (errno != EEXIST) return FileFault(path, "cannot be opened", errno);
    return Refused(path, "is there already: --resume goes on with it, --force overwrites it");
  }
  // Closes the file if it cannot be used.
  std::unique_ptr<DumpFile> file(new DumpFile(path, fd, true, std::move(state)));
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) return Refused(path, "is being written by another dump");
  struct stat status;
  if (::fstat(fd, &status) != 0) return FileFault(path, "cannot be opened", errno);
  if (!S_ISREG(status.st_mode)) return Refused(path, "is not a file");
  const auto size = static_cast<uint64_t>(status.st_size);

  if (mode == Mode::kResume) {
    auto text = ReadStateFile(StatePath(path));
    if (!text) return Unexpected(std::move(text).error());
    if (!*text && size > 0) {
      return Refused(
          path, "has no " + StatePath(path) + " beside it: it is complete, or of something else");
    }
    if (*text) {
      auto stored = StateToResume(path, **text, file->state_, size);
      if (!stored) return Unexpected(std::move(stored).error());
      file->state_ = std::move(*stored);
    }
  } else if (auto removed = RemoveStateFile(StatePath(path)); !removed) {
    return Unexpected(std::move(removed).error());
  }
  if (::ftruncate(fd, static_cast<off_t>(file->state_.length)) != 0) {
    return FileFault(path, "cannot be cut", errno);
  }
  if (auto written = file->Checkpoint(); !written) return Unexpected(std::move(written).error());
  return file;
}

DumpFile::~DumpFile() {
  if (regular_) ::close(fd_);
}

Result<void> DumpFile::Append(std::string_view lines, uint64_t items, size_t segment,
                              DumpState::Segment position) {
  std::string compressed;
  if (path_.ends_with(".gz") && !lines.empty()) {
    compressed = Compress(ContentCoding::kGzip, lines);
    lines = compressed;
  }
  std::lock_guard lock(mutex_);
  if (fault_) return Unexpected(*fault_);
  if (auto written = WriteAll(fd_, lines); !written) {
    fault_ = FileFault(path_, "cannot be written", written.error()).error();
    return Unexpected(*fault_);
  }
  state_.length += lines.size();
  state_.items += items;
  state_.segments[segment] = std::move(position);
  return {};
}

Result<void> DumpFile::Sync() {
  if (regular_ && ::fsync(fd_) != 0) return FileFault(path_, "cannot be written", errno);
  return {};
}

Result<void> DumpFile::Checkpoint() {
  if (!regular_) return {};
  const DumpState reached = state();
  if (auto synced = Sync(); !synced) return synced;
  return WriteStateFile(StatePath(path_), ToJson(reached));
}

Result<void> DumpFile::Finish() {
  // No byte at all is not compressed text.
  if (path_.ends_with(".gz") && state().length == 0) {
    const std::string empty = Compress(ContentCoding::kGzip, "");
    if (auto written = WriteAll(fd_, empty); !written) {
      return FileFault(path_, "cannot be written", written.error());
    }
  }
  if (auto synced = Sync(); !synced || !regular_) return synced;
  return RemoveStateFile(StatePath(path_));
}

DumpState DumpFile::state() const {
  std::lock_guard lock(mutex_);
  return state_;
}

}  // namespace stator
