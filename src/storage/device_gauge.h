// Whether reads that miss the store's cache are quick enough to be made where they are asked for.
// Most are: the operating system has the bytes, and handing the read to another thread would cost
// several times what it takes. Those that had to sleep show that they are not: event loops lose 1 %
// of their time to them at most, but for 5 ms and what has begun by then. What several threads lose
// at the same moment counts once. A sleep for a lock counts as well, but is too rare to matter.
// Thread-safe.
#ifndef STATOR_STORAGE_DEVICE_GAUGE_H_
#define STATOR_STORAGE_DEVICE_GAUGE_H_

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace stator {

class DeviceGauge {
 public:
  // `enabled` false: never quick.
  explicit DeviceGauge(bool enabled) : paid_at_(enabled ? 0 : INT64_MAX) {}

  bool IsQuick() const { return paid_at_.load(std::memory_order_relaxed) - Now() <= kCredit; }

  // Measures the reads between its beginning and its end, on one thread. REQUIRES: it was quick.
  class Reading {
   public:
    explicit Reading(DeviceGauge* gauge) : gauge_(gauge), sleeps_(Sleeps()), start_(Now()) {}
    ~Reading() {
      // Not the time alone: a thread that was merely kept from its processor did not wait for a
      // device.
      if (Sleeps() == sleeps_) return;
      const int64_t now = Now();
      const int64_t before = std::max(gauge_->paid_at_.load(std::memory_order_relaxed), now);
      gauge_->paid_at_.store(before + kPayment * (now - start_), std::memory_order_relaxed);
    }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

   private:
    DeviceGauge* const gauge_;
    const int64_t sleeps_;
    const int64_t start_;
  };

 private:
  // Each nanosecond that was lost takes so many until it counts no more.
  static constexpr int64_t kPayment = 100;
  // What may be owed: 5 ms that were lost.
  static constexpr int64_t kCredit = kPayment * 5'000'000;

  static int64_t Now() {
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
  }
  static int64_t Sleeps() {
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nvcsw;
  }

  std::atomic<int64_t> paid_at_;  // when all that was lost counts no more
};

}  // namespace stator

#endif  // STATOR_STORAGE_DEVICE_GAUGE_H_
