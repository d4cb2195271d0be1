#include "storage/io_pool.h"

#include <utility>

#include "base/thread_priority.h"

namespace stator {

IoPool::IoPool(int threads) {
  for (int i = 0; i < threads; ++i) {
    for (Lane lane : {kShort, kLong}) threads_.emplace_back([this, lane] { Loop(lane); });
  }
}

IoPool::~IoPool() { Stop(); }

void IoPool::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  for (std::condition_variable& condition : conditions_) condition.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void IoPool::Post(UniqueFunction<void()> task, Lane lane) {
  if (threads_.empty()) return task();
  {
    std::lock_guard lock(mutex_);
    tasks_[lane].push_back(std::move(task));
  }
  conditions_[lane].notify_one();
}

void IoPool::Loop(Lane lane) {
  if (lane == kLong) BeNice(kNiceOfLongWork);
  std::unique_lock lock(mutex_);
  for (;;) {
    conditions_[lane].wait(lock, [&] { return Ends() || !tasks_[lane].empty(); });
    if (tasks_[lane].empty()) return;
    ++busy_;
    {
      UniqueFunction<void()> task = std::move(tasks_[lane].front());
      tasks_[lane].pop_front();
      lock.unlock();
      task();
    }
    lock.lock();
    --busy_;
    if (!Ends()) continue;
    for (std::condition_variable& condition : conditions_) condition.notify_all();
  }
}

}  // namespace stator
