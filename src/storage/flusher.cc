#include "storage/flusher.h"

#include <algorithm>
#include <chrono>

namespace stator {

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
    do {
      pipeline_->Maintain(clock_->MonotonicMicros());
    } while (pipeline_->FlushOnce());
  } while (flush_alarm_.Wait(Until(pipeline_->NextMaintenance())));
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
