// A few threads for work that may block on the device, so that event loops do not.
#ifndef STATOR_STORAGE_IO_POOL_H_
#define STATOR_STORAGE_IO_POOL_H_

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/unique_function.h"

namespace stator {

// Thread-safe.
class IoPool {
 public:
  // No threads: Post() runs its task before it returns.
  explicit IoPool(int threads);
  ~IoPool();

  IoPool(const IoPool&) = delete;
  IoPool& operator=(const IoPool&) = delete;

  void Post(UniqueFunction<void()> task);
  // Returns when what was posted, also by the tasks themselves, has run. REQUIRES: no one else posts.
  void Stop();

 private:
  void Loop();

  std::mutex mutex_;
  std::condition_variable condition_;
  std::deque<UniqueFunction<void()>> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace stator

#endif  // STATOR_STORAGE_IO_POOL_H_
