// How often a quantity had which size, in powers of two.
#ifndef STATOR_STORAGE_DISTRIBUTION_H_
#define STATOR_STORAGE_DISTRIBUTION_H_

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace stator {

inline constexpr size_t kDistributionBuckets = 26;

struct Distribution {
  // counts[i]: of sizes up to 2^i that are above those of the bucket before; the last has all
  // above.
  std::array<uint64_t, kDistributionBuckets> counts = {};
  uint64_t sum = 0;
};

// Thread-safe.
class DistributionRecorder {
 public:
  void Add(uint64_t size) {
    const size_t bucket = size <= 1 ? 0 : static_cast<size_t>(std::bit_width(size - 1));
    counts_[bucket < kDistributionBuckets ? bucket : kDistributionBuckets - 1].fetch_add(
        1, std::memory_order_relaxed);
    sum_.fetch_add(size, std::memory_order_relaxed);
  }
  Distribution Get() const {
    Distribution distribution;
    for (size_t i = 0; i < kDistributionBuckets; ++i) {
      distribution.counts[i] = counts_[i].load(std::memory_order_relaxed);
    }
    distribution.sum = sum_.load(std::memory_order_relaxed);
    return distribution;
  }

 private:
  std::array<std::atomic<uint64_t>, kDistributionBuckets> counts_ = {};
  std::atomic<uint64_t> sum_{0};
};

}  // namespace stator

#endif  // STATOR_STORAGE_DISTRIBUTION_H_
