#include "server/state_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace stator {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

}  // namespace

Unexpected<Status> FileFault(const std::string& path, std::string_view what, int error) {
  return Fail(error == ENOSPC ? StatusCode::kNoSpace : StatusCode::kIoError,
              fmt::format("{}: {}: {}", path, what, std::strerror(error)));
}

Expected<void, int> WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::write(fd, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return Unexpected<int>(errno);
    bytes.remove_prefix(static_cast<size_t>(size));
  }
  return {};
}

Result<std::optional<std::string>> ReadStateFile(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    if (errno == ENOENT) return std::optional<std::string>();
    return FileFault(path, "cannot be opened", errno);
  }
  std::string text;
  char piece[16 << 10];
  for (;;) {
    const ssize_t size = ::read(file.get(), piece, sizeof piece);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return FileFault(path, "cannot be read", errno);
    if (size == 0) return std::optional(std::move(text));
    text.append(piece, static_cast<size_t>(size));
  }
}

Result<void> WriteStateFile(const std::string& path, std::string_view text) {
  const std::string temporary = path + ".new";
  {
    const Descriptor file(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (file.get() < 0) return FileFault(temporary, "cannot be opened", errno);
    if (auto written = WriteAll(file.get(), text); !written) {
      return FileFault(temporary, "cannot be written", written.error());
    }
    if (::fsync(file.get()) != 0) return FileFault(temporary, "cannot be written", errno);
  }
  if (std::rename(temporary.c_str(), path.c_str()) != 0) {
    return FileFault(path, "cannot be replaced", errno);
  }
  const std::string parent = std::filesystem::path(path).parent_path().string();
  const Descriptor folder(
      ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) {
    return FileFault(path, "cannot be replaced", errno);
  }
  return {};
}

Result<void> RemoveStateFile(const std::string& path) {
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
  return FileFault(path, "cannot be removed", errno);
}

}  // namespace stator
