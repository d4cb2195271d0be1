// Threads of low priority that do jobs in the order in which they came, and what those do that meet
// with faults.
#ifndef STATOR_TRANSFER_JOB_WORKER_H_
#define STATOR_TRANSFER_JOB_WORKER_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/function_ref.h"
#include "base/result.h"
#include "base/unique_function.h"
#include "storage/engine_options.h"
#include "transfer/run_fault.h"

namespace stator {

// What a job has failed with, as it is told of.
struct JobFailure {
  std::string code;  // "S3NoSuchBucket"
  std::string message;
};

// Thread-safe.
class JobWorker {
 public:
  // `report` may be empty.
  explicit JobWorker(ReportEvent report) : report_(std::move(report)) {}
  ~JobWorker() { Stop(); }

  // A thread calls `before` before each job and before it waits for one, and again after a second
  // if that returns false. To be called once.
  void Start(int threads, std::function<bool()> before = nullptr);
  // Begins to stop: no other job is begun.
  void BeginStop();
  // Ends the threads when the jobs that are being done have returned, and drops all others. Jobs
  // should look at stopping().
  void Stop();

  void Push(UniqueFunction<void()> job);

  const std::atomic<bool>& stopping() const { return stopping_; }
  // False: the server stops.
  bool Sleep(int64_t micros);
  void Report(EventLevel level, const std::string& message) const;

  // Does `step` until it succeeds, for what has to be noted whatever comes. `what` begins the
  // report on a failure. False: the server stops.
  bool Insist(const std::string& what, FunctionRef<Result<void>()> step);

  // What comes of `run`, which is tried several times if it fails by what is the server's own: a
  // full disk, say; but not with a status of `final`. Nothing: the server stops.
  template <class T>
  std::optional<Expected<T, JobFailure>> Try(const std::string& what,
                                             std::initializer_list<StatusCode> final,
                                             FunctionRef<Expected<T, RunFault>(int attempt)> run) {
    for (int attempt = 1;; ++attempt) {
      auto outcome = run(attempt);
      if (stopping_) return std::nullopt;
      if (outcome) return Expected<T, JobFailure>(*std::move(outcome));
      auto failure = FailureOf(what, final, attempt, outcome.error());
      if (failure) return Expected<T, JobFailure>(Unexpected<JobFailure>(*std::move(failure)));
      if (!Sleep(int64_t{1'000'000} << attempt)) return std::nullopt;
    }
  }

 private:
  void Run(const std::function<bool()>& before);
  // Nothing: it is to be tried again.
  std::optional<JobFailure> FailureOf(const std::string& what,
                                      std::initializer_list<StatusCode> final, int attempt,
                                      const RunFault& fault) const;

  const ReportEvent report_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<UniqueFunction<void()>> waiting_;
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> threads_;
};

}  // namespace stator

#endif  // STATOR_TRANSFER_JOB_WORKER_H_
