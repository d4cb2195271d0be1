// Whether reads that miss the store's cache are quick enough to be made where they are asked for.
// Most are: the operating system has the bytes, and handing the read to another thread would cost
// several times what it takes. A read that had to sleep shows that they are not; then no one tries
// for a hundred times as long as it took, which bounds what event loops lose to 1 % of their time.
// Thread-safe.
#ifndef STATOR_STORAGE_DEVICE_GAUGE_H_
#define STATOR_STORAGE_DEVICE_GAUGE_H_

#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdint>

namespace stator {

class DeviceGauge {
 public:
  // `enabled` false: never quick.
  explicit DeviceGauge(bool enabled) : slow_until_(enabled ? 0 : INT64_MAX) {}

  bool IsQuick() const { return Now() >= slow_until_.load(std::memory_order_relaxed); }

  // Measures the reads between its beginning and its end, on one thread.
  class Reading {
   public:
    explicit Reading(DeviceGauge* gauge) : gauge_(gauge), sleeps_(Sleeps()), start_(Now()) {}
    ~Reading() {
      // Not the time alone: a thread that was merely kept from its processor did not wait for a
      // device.
      if (Sleeps() == sleeps_) return;
      const int64_t now = Now();
      gauge_->slow_until_.store(now + 100 * (now - start_), std::memory_order_relaxed);
    }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

   private:
    DeviceGauge* const gauge_;
    const int64_t sleeps_;
    const int64_t start_;
  };

 private:
  static int64_t Now() {
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
  }
  static int64_t Sleeps() {
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nvcsw;
  }

  std::atomic<int64_t> slow_until_;
};

}  // namespace stator

#endif  // STATOR_STORAGE_DEVICE_GAUGE_H_
