// One bound on the bytes that all request bodies may take together.
#ifndef STATOR_SERVER_MEMORY_BUDGET_H_
#define STATOR_SERVER_MEMORY_BUDGET_H_

#include <atomic>
#include <cstddef>

namespace stator {

// Thread-safe. Small requests never come here: they live in the buffer that every connection has.
class MemoryBudget {
 public:
  explicit MemoryBudget(size_t limit) : limit_(limit) {}

  [[nodiscard]] bool TryCharge(size_t bytes) {
    if (used_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= limit_) return true;
    used_.fetch_sub(bytes, std::memory_order_relaxed);
    return false;
  }
  void Release(size_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }
  size_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  const size_t limit_;
  std::atomic<size_t> used_{0};
};

}  // namespace stator

#endif  // STATOR_SERVER_MEMORY_BUDGET_H_
