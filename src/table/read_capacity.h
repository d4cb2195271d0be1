// Read capacity units (facts 7.1): 4 KB blocks, rounded up once, at least one; half of that for
// eventually consistent reads.
#ifndef STATOR_TABLE_READ_CAPACITY_H_
#define STATOR_TABLE_READ_CAPACITY_H_

#include <algorithm>
#include <cstdint>

namespace stator {

inline constexpr uint64_t kReadBlockBytes = 4096;

// Also of an empty page or a missing item: 1.
inline uint64_t ReadBlocks(uint64_t bytes) {
  return std::max<uint64_t>(1, (bytes + kReadBlockBytes - 1) / kReadBlockBytes);
}

inline double ReadUnits(uint64_t blocks, bool consistent) {
  return consistent ? blocks : blocks * 0.5;
}

}  // namespace stator

#endif  // STATOR_TABLE_READ_CAPACITY_H_
