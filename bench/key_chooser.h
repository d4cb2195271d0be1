// Which item a request is about: any with equal chance, or by Zipf's law.
#ifndef STATOR_BENCH_KEY_CHOOSER_H_
#define STATOR_BENCH_KEY_CHOOSER_H_

#include <cstdint>

namespace stator::bench {

// Small, fast and good enough for a load (splitmix64).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t mixed = (state_ += 0x9E3779B97F4A7C15);
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    return mixed ^ (mixed >> 31);
  }
  // Below `bound`, which is not 0.
  uint64_t Below(uint64_t bound) {
    return static_cast<uint64_t>((static_cast<unsigned __int128>(Next()) * bound) >> 64);
  }
  // In [0, 1).
  double Fraction() { return static_cast<double>(Next() >> 11) * 0x1p-53; }

 private:
  uint64_t state_;
};

// Ranks from 1 to `count`, rank k with a chance proportional to 1 / k^theta, by rejection-inversion
// (Hoermann and Derflinger 1996): no tables, whatever the count.
class Zipf {
 public:
  // REQUIRES: count > 0, theta > 0.
  Zipf(uint64_t count, double theta);
  uint64_t Next(Random* random) const;

 private:
  double Integral(double x) const;
  double IntegralInverse(double x) const;
  double Density(double x) const;

  uint64_t count_;
  double theta_;
  double low_;  // of the integral
  double high_;
  double squeeze_;
};

// Numbers in [0, count). With Zipf's law the popular ones are scattered over the whole range.
class KeyChooser {
 public:
  // theta 0: all are equally likely. REQUIRES: count > 0, theta >= 0.
  KeyChooser(uint64_t count, double theta) : count_(count), theta_(theta), zipf_(count, theta) {}

  uint64_t Next(Random* random) const {
    if (theta_ <= 0) return random->Below(count_);
    // A prime, so that no two ranks fall together.
    constexpr unsigned __int128 kPrime = 2'654'435'761;
    return static_cast<uint64_t>((zipf_.Next(random) * kPrime) % count_);
  }

 private:
  uint64_t count_;
  double theta_;
  Zipf zipf_;
};

}  // namespace stator::bench

#endif  // STATOR_BENCH_KEY_CHOOSER_H_
