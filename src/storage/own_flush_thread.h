// An environment whose flushes have a thread of their own: those of another database wait for them,
// maybe in all threads that the base has for flushes.
#ifndef STATOR_STORAGE_OWN_FLUSH_THREAD_H_
#define STATOR_STORAGE_OWN_FLUSH_THREAD_H_

#include <rocksdb/env.h>
#include <rocksdb/threadpool.h>

#include <memory>

namespace stator {

class OwnFlushThread final : public rocksdb::EnvWrapper {
 public:
  explicit OwnFlushThread(rocksdb::Env* base)
      : EnvWrapper(base), thread_(rocksdb::NewThreadPool(1)) {
    file_system_ = base->GetFileSystem();
    system_clock_ = base->GetSystemClock();
  }
  ~OwnFlushThread() override { thread_->WaitForJobsAndJoinAllThreads(); }
  const char* Name() const override { return "OwnFlushThread"; }

  void Schedule(void (*work)(void*), void* argument, Priority priority, void* tag,
                void (*unschedule)(void*)) override {
    if (priority != Priority::HIGH) {
      return EnvWrapper::Schedule(work, argument, priority, tag, unschedule);
    }
    thread_->SubmitJob([work, argument] { work(argument); });
  }
  // What has to flush then sees for itself that the database is being closed.
  int UnSchedule(void* tag, Priority priority) override {
    return priority == Priority::HIGH ? 0 : EnvWrapper::UnSchedule(tag, priority);
  }
  unsigned int GetThreadPoolQueueLen(Priority priority) const override {
    return priority == Priority::HIGH ? thread_->GetQueueLen()
                                      : EnvWrapper::GetThreadPoolQueueLen(priority);
  }
  int GetBackgroundThreads(Priority priority) override {
    return priority == Priority::HIGH ? 1 : EnvWrapper::GetBackgroundThreads(priority);
  }
  void SetBackgroundThreads(int number, Priority priority) override {
    if (priority != Priority::HIGH) EnvWrapper::SetBackgroundThreads(number, priority);
  }
  void IncBackgroundThreadsIfNeeded(int number, Priority priority) override {
    if (priority != Priority::HIGH) EnvWrapper::IncBackgroundThreadsIfNeeded(number, priority);
  }

 private:
  const std::unique_ptr<rocksdb::ThreadPool> thread_;
};

}  // namespace stator

#endif  // STATOR_STORAGE_OWN_FLUSH_THREAD_H_
