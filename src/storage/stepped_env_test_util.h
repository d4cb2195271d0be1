// An environment for RocksDB whose background work is done when the test says so, so that a run can
// be repeated from its seed.
#ifndef STATOR_STORAGE_STEPPED_ENV_TEST_UTIL_H_
#define STATOR_STORAGE_STEPPED_ENV_TEST_UTIL_H_

#include <rocksdb/env.h>
#include <rocksdb/system_clock.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace stator {

class SteppedEnv final : public rocksdb::EnvWrapper {
 public:
  explicit SteppedEnv(std::unique_ptr<rocksdb::Env> target)
      : EnvWrapper(std::move(target)), thread_([this] { Loop(); }) {
    system_clock_ = std::make_shared<NeverSleeps>();
  }
  ~SteppedEnv() override {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  const char* Name() const override { return "SteppedEnv"; }

  // While true, work is done as it comes: when something waits for it (opening, closing,
  // Recover()).
  void Run(bool free) {
    {
      std::lock_guard lock(mutex_);
      free_ = free;
    }
    changed_.notify_all();
  }
  // Does all that is to be done; what fails, and is tried again and again, so many times.
  void Settle() {
    constexpr uint64_t kMostJobs = 1000;
    std::unique_lock lock(mutex_);
    const bool was_free = std::exchange(free_, true);
    const uint64_t last = done_ + kMostJobs;
    changed_.notify_all();
    changed_.wait(lock, [&] { return (jobs_.empty() && !working_) || done_ >= last; });
    free_ = was_free;
  }

  void Schedule(void (*function)(void*), void* argument, Priority priority, void* tag,
                void (*unscheduled)(void*)) override {
    {
      std::lock_guard lock(mutex_);
      jobs_.push_back({function, argument, priority, tag, unscheduled});
    }
    changed_.notify_all();
  }
  int UnSchedule(void* tag, Priority priority) override {
    std::deque<Job> taken;
    {
      std::lock_guard lock(mutex_);
      std::deque<Job> left;
      for (const Job& job : jobs_) {
        (job.tag == tag && job.priority == priority ? taken : left).push_back(job);
      }
      jobs_ = std::move(left);
    }
    for (const Job& job : taken) {
      if (job.unscheduled) job.unscheduled(job.argument);
    }
    return static_cast<int>(taken.size());
  }
  unsigned int GetThreadPoolQueueLen(Priority priority) const override {
    std::lock_guard lock(mutex_);
    unsigned int n = 0;
    for (const Job& job : jobs_) n += job.priority == priority;
    return n;
  }

 private:
  struct Job {
    void (*function)(void*);
    void* argument;
    Priority priority;
    void* tag;
    void (*unscheduled)(void*);
  };

  void Loop() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return stopping_ || (free_ && !jobs_.empty()); });
      if (stopping_) return;
      const Job job = jobs_.front();
      jobs_.pop_front();
      working_ = true;
      lock.unlock();
      job.function(job.argument);
      lock.lock();
      working_ = false;
      ++done_;
      changed_.notify_all();
    }
  }

  // RocksDB sleeps for a second after each failure in the background.
  class NeverSleeps final : public rocksdb::SystemClockWrapper {
   public:
    NeverSleeps() : SystemClockWrapper(rocksdb::SystemClock::Default()) {}
    const char* Name() const override { return "NeverSleeps"; }
    void SleepForMicroseconds(int) override { std::this_thread::yield(); }
  };
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  bool free_ = true;
  bool working_ = false;
  uint64_t done_ = 0;  // jobs
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace stator

#endif  // STATOR_STORAGE_STEPPED_ENV_TEST_UTIL_H_
