// Latencies by size: exact to 1 part in 64, whatever their range, in constant memory.
#ifndef STATOR_BENCH_HISTOGRAM_H_
#define STATOR_BENCH_HISTOGRAM_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace stator::bench {

class Histogram {
 public:
  void Record(uint64_t nanoseconds) {
    ++counts_[Index(nanoseconds)];
    ++total_;
    max_ = std::max(max_, nanoseconds);
  }

  void Add(const Histogram& other) {
    for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    total_ += other.total_;
    max_ = std::max(max_, other.max_);
  }

  uint64_t total() const { return total_; }
  uint64_t max() const { return max_; }  // exact; 0 if there are none

  // A value that at least this share of all recorded ones does not exceed, at most 1/64 above the
  // least such, in nanoseconds. 0 if there are none.
  uint64_t Quantile(double share) const {
    const auto wanted = std::max<uint64_t>(
        1, static_cast<uint64_t>(std::ceil(share * static_cast<double>(total_) - 1e-6)));
    uint64_t seen = 0;
    for (size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen >= wanted) return std::min(UpperBound(i), max_);
    }
    return max_;
  }

 private:
  // Values below 128 have a bucket each; above, each power of two has 64.
  static constexpr int kSubBits = 6;
  static constexpr size_t kBuckets = (64 - kSubBits + 1) << kSubBits;

  static size_t Index(uint64_t value) {
    int shift = std::bit_width(value) - (kSubBits + 1);
    if (shift <= 0) return value;
    return (static_cast<size_t>(shift) << kSubBits) + (value >> shift);
  }

  static uint64_t UpperBound(size_t index) {
    size_t shift = index >> kSubBits;
    if (shift <= 1) return index;
    --shift;
    uint64_t mantissa = index - (shift << kSubBits);
    return ((mantissa + 1) << shift) - 1;
  }

  std::array<uint64_t, kBuckets> counts_{};
  uint64_t total_ = 0;
  uint64_t max_ = 0;
};

}  // namespace stator::bench

#endif  // STATOR_BENCH_HISTOGRAM_H_
