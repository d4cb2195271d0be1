// A file that only takes room: given back when the disk is full, so that deletes can still be
// written, and taken again when there is room.
#ifndef STATOR_STORAGE_DISK_RESERVE_H_
#define STATOR_STORAGE_DISK_RESERVE_H_

#include <cstdint>
#include <string>

namespace stator {

// Not thread-safe. The room stays taken when it is destroyed.
class DiskReserve {
 public:
  // `bytes` 0: none is held, and what is there stays. It is smaller on a small disk.
  DiskReserve(std::string path, uint64_t bytes);

  uint64_t bytes() const { return bytes_; }
  bool held() const { return held_; }
  // If there is room for it and some more; true if it is held, or there is none to hold.
  bool Take();
  void Release();

 private:
  const std::string path_;
  uint64_t bytes_;
  bool held_ = false;
};

}  // namespace stator

#endif  // STATOR_STORAGE_DISK_RESERVE_H_
