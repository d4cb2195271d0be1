#include "server/large_requests.h"

#include <utility>

#include "base/thread_priority.h"

namespace stator {

void LargeRequests::AddThread(std::unique_ptr<HttpHandler> handler) {
  handlers_.push_back(std::move(handler));
  threads_.emplace_back([this, handler = handlers_.back().get()] { Loop(handler); });
}

void LargeRequests::Post(LargeRequest request) {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    waiting_.push_back(std::move(request));
  }
  condition_.notify_one();
}

void LargeRequests::Stop() {
  std::deque<LargeRequest> dropped;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped.swap(waiting_);
  }
  condition_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void LargeRequests::Loop(HttpHandler* handler) {
  BeNice(kNiceOfLongWork);
  std::unique_lock lock(mutex_);
  for (;;) {
    condition_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    {
      LargeRequest large = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      handler->Handle(large.request, std::move(large.done));
    }
    lock.lock();
  }
}

}  // namespace stator
