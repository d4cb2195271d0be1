// A few threads for work that may block on the device, so that event loops do not. Long work has
// threads of its own, of a lower priority: a scan that has its pages cached would otherwise share
// the processors with event loops alike.
#ifndef STATOR_STORAGE_IO_POOL_H_
#define STATOR_STORAGE_IO_POOL_H_

#include <array>
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
  enum Lane { kShort, kLong };

  // `threads` for each lane. None: Post() runs its task before it returns.
  explicit IoPool(int threads);
  ~IoPool();

  IoPool(const IoPool&) = delete;
  IoPool& operator=(const IoPool&) = delete;

  void Post(UniqueFunction<void()> task, Lane lane = kShort);
  // Returns when what was posted, also by the tasks themselves, has run. REQUIRES: no one else
  // posts.
  void Stop();

 private:
  void Loop(Lane lane);
  bool Ends() const {
    return stopping_ && busy_ == 0 && tasks_[kShort].empty() && tasks_[kLong].empty();
  }

  std::mutex mutex_;
  std::array<std::condition_variable, 2> conditions_;  // of the lanes
  std::array<std::deque<UniqueFunction<void()>>, 2> tasks_;
  int busy_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace stator

#endif  // STATOR_STORAGE_IO_POOL_H_
