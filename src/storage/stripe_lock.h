// A mutex of four bytes, of which there can be thousands, and of which one thread may hold hundreds.
#ifndef STATOR_STORAGE_STRIPE_LOCK_H_
#define STATOR_STORAGE_STRIPE_LOCK_H_

#include <atomic>

namespace stator {

class StripeLock {
 public:
  void lock() {
    int seen = kFree;
    if (state_.compare_exchange_strong(seen, kHeld, std::memory_order_acquire)) return;
    // Whoever waits leaves kContended behind, so that the holder knows to wake one.
    while (state_.exchange(kContended, std::memory_order_acquire) != kFree) {
      state_.wait(kContended, std::memory_order_relaxed);
    }
  }
  void unlock() {
    if (state_.exchange(kFree, std::memory_order_release) == kContended) state_.notify_one();
  }

 private:
  static constexpr int kFree = 0, kHeld = 1, kContended = 2;
  std::atomic<int> state_{kFree};
};

}  // namespace stator

#endif  // STATOR_STORAGE_STRIPE_LOCK_H_
