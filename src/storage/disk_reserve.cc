#include "storage/disk_reserve.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace stator {
namespace {

constexpr uint64_t kSmallestShare = 4;  // at most one part in so many of the disk

}  // namespace

DiskReserve::DiskReserve(std::string path, uint64_t bytes) : path_(std::move(path)), bytes_(bytes) {
  std::error_code error;
  const auto space = std::filesystem::space(std::filesystem::path(path_).parent_path(), error);
  if (!error) bytes_ = std::min<uint64_t>(bytes_, space.capacity / kSmallestShare);
}

bool DiskReserve::Take() {
  if (held_ || bytes_ == 0) return true;
  std::error_code error;
  uint64_t there = std::filesystem::file_size(path_, error);
  if (error) there = 0;
  const auto space = std::filesystem::space(std::filesystem::path(path_).parent_path(), error);
  if (error || space.available + there < bytes_ + bytes_ / 4) return false;
  const int fd = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return false;
  held_ = ::ftruncate(fd, static_cast<off_t>(bytes_)) == 0 &&
          ::posix_fallocate(fd, 0, static_cast<off_t>(bytes_)) == 0;
  ::close(fd);
  if (!held_) Release();
  return held_;
}

void DiskReserve::Release() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
  held_ = false;
}

}  // namespace stator
