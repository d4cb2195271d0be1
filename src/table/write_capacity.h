// Write capacity units (facts 7.1, 7.2): 1 KB blocks of the larger of the item before and after, at least one.
#ifndef STATOR_TABLE_WRITE_CAPACITY_H_
#define STATOR_TABLE_WRITE_CAPACITY_H_

#include <algorithm>
#include <cstddef>

namespace stator {

inline constexpr size_t kWriteBlockBytes = 1024;

inline double WriteBlocks(size_t bytes) {
  return static_cast<double>(std::max<size_t>(1, (bytes + kWriteBlockBytes - 1) / kWriteBlockBytes));
}

}  // namespace stator

#endif  // STATOR_TABLE_WRITE_CAPACITY_H_
