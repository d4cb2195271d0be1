// Time is injected, so that everything above the edges can be simulated.
#ifndef STATOR_BASE_CLOCK_H_
#define STATOR_BASE_CLOCK_H_

#include <chrono>
#include <cstdint>

namespace stator {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // Wall-clock time in microseconds since the Unix epoch. May step backwards.
  virtual int64_t NowMicros() const = 0;
  // Microseconds of a clock that never steps; only differences mean anything.
  virtual int64_t MonotonicMicros() const = 0;
};

class SystemClock final : public Clock {
 public:
  int64_t NowMicros() const override {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  int64_t MonotonicMicros() const override {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
};

}  // namespace stator

#endif  // STATOR_BASE_CLOCK_H_
