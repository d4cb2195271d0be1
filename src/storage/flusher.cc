#include "storage/flusher.h"

#include <sys/prctl.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace stator {
namespace {

constexpr int64_t kMaxPatienceMicros = 100;
// How late the end of a wait may be noticed: the usual 50 us are half of that.
constexpr unsigned long kTimerSlackNanos = 1000;

}  // namespace

void Flusher::Alarm::Wake() {
  std::lock_guard lock(mutex_);
  woken_ = true;
  condition_.notify_one();
}

void Flusher::Alarm::Stop() {
  std::lock_guard lock(mutex_);
  stopped_ = true;
  condition_.notify_one();
}

bool Flusher::Alarm::Wait(std::optional<int64_t> micros) {
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return woken_ || stopped_; };
  if (micros) {
    condition_.wait_for(lock, std::chrono::microseconds(*micros), ready);
  } else {
    condition_.wait(lock, ready);
  }
  woken_ = false;
  return !stopped_;
}

Flusher::Flusher(CommitPipeline* pipeline, const Clock* clock)
    : pipeline_(pipeline), clock_(clock) {
  pipeline_->SetWakers([this] { flush_alarm_.Wake(); }, [this] { expiry_alarm_.Wake(); });
  flush_thread_ = std::thread([this] {
    ::prctl(PR_SET_TIMERSLACK, kTimerSlackNanos);
    FlushLoop();
  });
  expiry_thread_ = std::thread([this] { ExpiryLoop(); });
}

Flusher::~Flusher() {
  flush_alarm_.Stop();
  expiry_alarm_.Stop();
  flush_thread_.join();
  expiry_thread_.join();
}

void Flusher::FlushLoop() {
  do {
    const int64_t begin = clock_->MonotonicMicros();
    pipeline_->Maintain(begin);
    const size_t commits = pipeline_->FlushOnce();
    if (commits > 0) {
      const int64_t now = clock_->MonotonicMicros();
      if (!AwaitCompany(commits + pipeline_->pending_commits(), now, now - begin)) return;
    }
  } while (pipeline_->Gathered(1) || flush_alarm_.Wait(Until(pipeline_->NextMaintenance())));
}

// The clients that a group answered send their next commits right away, but not in one moment:
// taking the first of them alone would make the others wait for a sync of the device that served
// one. Half of all who commit is the aim: their answers are on the way while the others' commits
// are written. It takes no longer than the write of the last group did.
bool Flusher::AwaitCompany(size_t committers, int64_t now, int64_t patience) {
  const int64_t until = now + std::min(kMaxPatienceMicros, patience);
  while (committers > 3 && !pipeline_->Gathered(committers / 2)) {
    const int64_t left = until - clock_->MonotonicMicros();
    if (left <= 0) break;
    if (!flush_alarm_.Wait(left)) return false;
  }
  return true;
}

void Flusher::ExpiryLoop() {
  do {
    pipeline_->ExpireWaits(clock_->MonotonicMicros());
  } while (expiry_alarm_.Wait(Until(pipeline_->NextExpiry())));
}

std::optional<int64_t> Flusher::Until(std::optional<int64_t> time) const {
  if (!time) return std::nullopt;
  return std::max<int64_t>(0, *time - clock_->MonotonicMicros());
}

}  // namespace stator
