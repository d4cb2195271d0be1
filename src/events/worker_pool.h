// Threads for work that waits for others: as many as are busy, up to a number.
#ifndef STATOR_EVENTS_WORKER_POOL_H_
#define STATOR_EVENTS_WORKER_POOL_H_

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/unique_function.h"

namespace stator {

// Thread-safe.
class WorkerPool {
 public:
  explicit WorkerPool(size_t most) : most_(most) {}
  ~WorkerPool() { Stop(); }

  void Post(UniqueFunction<void()> work) {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    work_.push_back(std::move(work));
    if (work_.size() > idle_ && threads_.size() < most_) {
      threads_.emplace_back([this] { Loop(); });
    }
    wake_.notify_one();
  }

  // Waits for what has begun, and drops the rest. Idempotent.
  void Stop() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
      work_.clear();
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  void Loop() {
    std::unique_lock lock(mutex_);
    for (;;) {
      ++idle_;
      wake_.wait(lock, [this] { return stopping_ || !work_.empty(); });
      --idle_;
      if (stopping_) return;
      UniqueFunction<void()> work = std::move(work_.front());
      work_.pop_front();
      lock.unlock();
      work();
      work = nullptr;
      lock.lock();
    }
  }

  const size_t most_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<UniqueFunction<void()>> work_;
  size_t idle_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace stator

#endif  // STATOR_EVENTS_WORKER_POOL_H_
