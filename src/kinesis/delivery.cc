#include "kinesis/delivery.h"

#include <algorithm>
#include <chrono>

namespace stator::kinesis {
namespace {

// How often it is looked whether a definition has changed, which is one comparison.
constexpr int64_t kManageMicros = 50'000;
// How long a worker trusts in the bell.
constexpr int64_t kIdleMicros = 1'000'000;
constexpr int64_t kFirstPauseMicros = 50'000;
constexpr int64_t kLongestPauseMicros = 5'000'000;

std::vector<DeliveryTarget> LiveTargets(const Catalog& catalog) {
  std::vector<DeliveryTarget> targets;
  for (const TablePtr& table : catalog.All()) {
    for (const KinesisDestination& destination : table->destinations) {
      if (!destination.live()) continue;
      targets.push_back({table->scope, table->name, table->id, destination.reader});
    }
  }
  return targets;
}

}  // namespace

void Delivery::Start() {
  manager_ = std::thread([this] { Manage(); });
}

void Delivery::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (manager_.joinable()) manager_.join();
}

bool Delivery::WaitFor(int64_t micros) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, std::chrono::microseconds(micros), [this] { return stopping_; });
  return !stopping_;
}

void Delivery::Manage() {
  uint64_t seen = 0;
  do {
    const uint64_t version = database_->catalog().version();
    if (version != seen) {
      for (const DeliveryTarget& target : LiveTargets(database_->catalog())) {
        std::unique_ptr<Running>& running = running_[target];
        if (running != nullptr) continue;
        running = std::make_unique<Running>();
        running->worker =
            std::make_unique<DeliveryWorker>(database_, streams_, &options_, &skipped_, target);
        running->thread = std::thread([this, one = running.get()] { Run(one); });
      }
      seen = version;
    }
    std::erase_if(running_, [this](auto& entry) {
      {
        const std::lock_guard lock(mutex_);
        if (!entry.second->ended) return false;
      }
      entry.second->thread.join();
      return true;
    });
  } while (WaitFor(kManageMicros));
  for (auto& [target, running] : running_) running->worker->Stop();
  database_->log_bell().Ring();
  for (auto& [target, running] : running_) running->thread.join();
  running_.clear();
}

void Delivery::Run(Running* running) {
  using Outcome = DeliveryWorker::Outcome;
  int64_t pause = kFirstPauseMicros;
  for (bool go_on = true; go_on;) {
    const uint64_t rings = database_->log_bell().rings();
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) break;
    }
    switch (running->worker->Step()) {
      case Outcome::kMore:
        pause = kFirstPauseMicros;
        break;
      case Outcome::kIdle:
        pause = kFirstPauseMicros;
        database_->log_bell().WaitFor(rings, kIdleMicros);
        break;
      case Outcome::kRetry:
        go_on = WaitFor(pause);
        pause = std::min(2 * pause, kLongestPauseMicros);
        break;
      case Outcome::kEnded:
        go_on = false;
        break;
    }
  }
  const std::lock_guard lock(mutex_);
  running->ended = true;
}

bool Delivery::RunOnce() {
  using Outcome = DeliveryWorker::Outcome;
  for (const DeliveryTarget& target : LiveTargets(database_->catalog())) {
    std::unique_ptr<DeliveryWorker>& worker = stepped_[target];
    if (worker == nullptr) {
      worker = std::make_unique<DeliveryWorker>(database_, streams_, &options_, &skipped_, target);
    }
  }
  bool more = false;
  std::erase_if(stepped_, [&](auto& entry) {
    const Outcome outcome = entry.second->Step();
    more = more || outcome == Outcome::kMore || outcome == Outcome::kRetry;
    return outcome == Outcome::kEnded;
  });
  return more;
}

}  // namespace stator::kinesis
