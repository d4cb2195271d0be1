#include "storage/flusher.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace stator {
namespace {

// A third of what a sync of a quick device takes.
constexpr std::chrono::microseconds kPatience{50};

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
  flush_thread_ = std::thread([this] { FlushLoop(); });
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
    size_t commits = 0;
    do {
      pipeline_->Maintain(clock_->MonotonicMicros());
      AwaitCompany(commits);
      commits = pipeline_->FlushOnce();
    } while (commits > 0);
  } while (flush_alarm_.Wait(Until(pipeline_->NextMaintenance())));
}

// The clients that a group answered send their next commits right away, but not in one moment:
// taking the first of them alone would make the others wait for a sync of the device that served
// one.
void Flusher::AwaitCompany(size_t last_group) const {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (pipeline_->pending_commits() < last_group / 2 &&
         std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();
  }
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
