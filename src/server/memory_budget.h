// One bound on the bytes that all requests under way and their answers may take together.
#ifndef STATOR_SERVER_MEMORY_BUDGET_H_
#define STATOR_SERVER_MEMORY_BUDGET_H_

#include <atomic>
#include <cstddef>
#include <utility>

namespace stator {

// Thread-safe. What is small never comes here: it is bounded by the number of connections.
class MemoryBudget {
 public:
  explicit MemoryBudget(size_t limit) : limit_(limit) {}

  [[nodiscard]] bool TryCharge(size_t bytes) {
    // Not added first and taken back after: others would find nothing left meanwhile.
    size_t used = used_.load(std::memory_order_relaxed);
    do {
      if (bytes > limit_ || used > limit_ - bytes) return false;
    } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
    return true;
  }
  // For what is there already: above the limit, if it must be.
  void Charge(size_t bytes) { used_.fetch_add(bytes, std::memory_order_relaxed); }
  void Release(size_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }

  size_t used() const { return used_.load(std::memory_order_relaxed); }
  // Nothing is left: what would need more has to wait, or to come again later.
  bool exhausted() const { return used() >= limit_; }

 private:
  const size_t limit_;
  std::atomic<size_t> used_{0};
};

// Bytes charged to a budget until they are changed or this object goes. Not thread-safe.
class MemoryCharge {
 public:
  MemoryCharge() = default;
  // `budget` must outlive this object.
  explicit MemoryCharge(MemoryBudget* budget) : budget_(budget) {}
  ~MemoryCharge() { Set(0); }
  MemoryCharge(MemoryCharge&& other) noexcept
      : budget_(other.budget_), bytes_(std::exchange(other.bytes_, 0)) {}
  MemoryCharge& operator=(MemoryCharge&& other) noexcept {
    Set(0);
    budget_ = other.budget_;
    bytes_ = std::exchange(other.bytes_, 0);
    return *this;
  }

  // As MemoryBudget's. Without a budget nothing is charged.
  [[nodiscard]] bool TrySet(size_t bytes) {
    if (budget_ == nullptr) return true;
    if (bytes > bytes_ && !budget_->TryCharge(bytes - bytes_)) return false;
    if (bytes < bytes_) budget_->Release(bytes_ - bytes);
    bytes_ = bytes;
    return true;
  }
  void Set(size_t bytes) {
    if (budget_ == nullptr) return;
    if (bytes > bytes_) budget_->Charge(bytes - bytes_);
    if (bytes < bytes_) budget_->Release(bytes_ - bytes);
    bytes_ = bytes;
  }

 private:
  MemoryBudget* budget_ = nullptr;
  size_t bytes_ = 0;
};

}  // namespace stator

#endif  // STATOR_SERVER_MEMORY_BUDGET_H_
