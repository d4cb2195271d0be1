// Randomness is injected, so that everything above the edges can be replayed from a seed.
#ifndef STATOR_BASE_RANDOM_H_
#define STATOR_BASE_RANDOM_H_

#include <cstdint>

namespace stator {

// Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  virtual uint64_t Next() = 0;
};

// SplitMix64: the same sequence for the same seed. Not for secrets; NOT thread-safe (tests, simulator).
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(uint64_t seed) : state_(seed) {}
  uint64_t Next() override {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  // Uniform in [0, bound). REQUIRES: bound > 0.
  uint64_t Uniform(uint64_t bound) { return Next() % bound; }
  bool OneIn(uint64_t n) { return Uniform(n) == 0; }

 private:
  uint64_t state_;
};

}  // namespace stator

#endif  // STATOR_BASE_RANDOM_H_
