// Drives a CommitPipeline with two threads: one writes groups as soon as they are open, syncs and
// recovers; the other ends waits for transactions, also while the first is held up by the device.
#ifndef STATOR_STORAGE_FLUSHER_H_
#define STATOR_STORAGE_FLUSHER_H_

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>

#include "base/clock.h"
#include "storage/commit_pipeline.h"

namespace stator {

class Flusher {
 public:
  // Starts the threads. REQUIRES: both outlive it, and the pipeline has had no commit yet.
  Flusher(CommitPipeline* pipeline, const Clock* clock);
  // Stops them, after a last FlushOnce() that is under way.
  ~Flusher();

  Flusher(const Flusher&) = delete;
  Flusher& operator=(const Flusher&) = delete;

 private:
  // A thread sleeps on it until it is woken or a time has come.
  class Alarm {
   public:
    void Wake();
    void Stop();
    // False if stopped. `micros`: for how long at most; nullopt: forever.
    bool Wait(std::optional<int64_t> micros);

   private:
    std::mutex mutex_;
    std::condition_variable condition_;
    bool woken_ = false;
    bool stopped_ = false;
  };

  void FlushLoop();
  // False if stopped.
  bool AwaitCompany(size_t committers, int64_t now, int64_t patience);
  void ExpiryLoop();
  std::optional<int64_t> Until(std::optional<int64_t> time) const;

  CommitPipeline* const pipeline_;
  const Clock* const clock_;
  Alarm flush_alarm_;
  Alarm expiry_alarm_;
  std::thread flush_thread_;
  std::thread expiry_thread_;
};

}  // namespace stator

#endif  // STATOR_STORAGE_FLUSHER_H_
