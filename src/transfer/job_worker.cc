#include "transfer/job_worker.h"

#include <algorithm>
#include <chrono>

#include "base/thread_priority.h"

namespace stator {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int kAttempts = 5;

// S3's "KMS.NotFoundException" is DynamoDB's KmsNotFoundException, all others get a prefix.
std::string FailureCodeOf(const ObjectFault& fault) {
  constexpr std::string_view kKms = "KMS.";
  return fault.code.starts_with(kKms) ? "Kms" + fault.code.substr(kKms.size()) : "S3" + fault.code;
}

}  // namespace

void JobWorker::Start(int threads, std::function<bool()> before) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this, before] { Run(before); });
}

void JobWorker::BeginStop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
}

void JobWorker::Stop() {
  BeginStop();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void JobWorker::Push(UniqueFunction<void()> job) {
  {
    std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(job));
  }
  wake_.notify_all();
}

void JobWorker::Run(const std::function<bool()>& before) {
  BeNice(kNiceOfLongWork);
  for (;;) {
    const bool done = !before || before();
    std::unique_lock lock(mutex_);
    const auto ready = [&] { return stopping_ || !waiting_.empty(); };
    if (done) {
      wake_.wait(lock, ready);
    } else {
      wake_.wait_for(lock, std::chrono::microseconds(kMicrosPerSecond), ready);
    }
    if (stopping_) return;
    if (waiting_.empty()) continue;
    UniqueFunction<void()> job = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    job();
  }
}

bool JobWorker::Sleep(int64_t micros) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, std::chrono::microseconds(micros), [&] { return stopping_.load(); });
}

void JobWorker::Report(EventLevel level, const std::string& message) const {
  if (report_) report_(level, message);
}

bool JobWorker::Insist(const std::string& what, FunctionRef<Result<void>()> step) {
  for (int64_t wait = kMicrosPerSecond;; wait = std::min(2 * wait, 60 * kMicrosPerSecond)) {
    auto done = step();
    if (done) return true;
    Report(EventLevel::kWarning,
           what + " cannot be noted, and is tried again: " + done.error().message);
    if (!Sleep(wait)) return false;
  }
}

std::optional<JobFailure> JobWorker::FailureOf(const std::string& what,
                                               std::initializer_list<StatusCode> final, int attempt,
                                               const RunFault& fault) const {
  if (const auto* object = std::get_if<ObjectFault>(&fault)) {
    return JobFailure{FailureCodeOf(*object),
                      object->message + " (Service: Amazon S3; Error Code: " + object->code + ")"};
  }
  const auto* status = std::get_if<Status>(&fault);
  const std::string why = status ? status->message : std::string();
  const bool is_final =
      status && std::find(final.begin(), final.end(), status->code) != final.end();
  if (is_final || attempt == kAttempts) {
    Report(EventLevel::kError, what + " is given up: " + why);
    return JobFailure{"InternalServerError", "Internal server error"};
  }
  Report(EventLevel::kWarning, what + " failed, and is tried again: " + why);
  return std::nullopt;
}

}  // namespace stator
