// Randomness for production.
#ifndef STATOR_SERVER_SYSTEM_RANDOM_H_
#define STATOR_SERVER_SYSTEM_RANDOM_H_

#include <random>

#include "base/random.h"

namespace stator {

// Each thread draws from a sequence of its own, seeded by the system. Not for secrets.
class SystemRandom final : public Random {
 public:
  uint64_t Next() override {
    thread_local SeededRandom random = [] {
      std::random_device device;
      return SeededRandom(uint64_t{device()} << 32 | device());
    }();
    return random.Next();
  }
};

}  // namespace stator

#endif  // STATOR_SERVER_SYSTEM_RANDOM_H_
