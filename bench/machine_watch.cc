#include "machine_watch.h"

#include <sched.h>

#include <algorithm>
#include <cstddef>

namespace stator::bench {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kStep{2};
// Later than that, a wake-up tells of more than the work of other threads.
constexpr std::chrono::milliseconds kLate{4};

// Binds the calling thread to a processor, and puts it before all others.
bool TakeFirstPlace(int processor) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(processor, &one);
  sched_param first{};
  first.sched_priority = 1;
  return sched_setaffinity(0, sizeof one, &one) == 0 &&
         sched_setscheduler(0, SCHED_FIFO, &first) == 0;
}

}  // namespace

Gaps Common(std::span<const Gaps> of_each) {
  if (of_each.empty()) return {};
  Gaps common = of_each.front();
  for (const Gaps& gaps : of_each.subspan(1)) {
    Gaps both;
    for (const auto& [begin, end] : common) {
      for (const auto& [other_begin, other_end] : gaps) {
        const auto from = std::max(begin, other_begin), to = std::min(end, other_end);
        if (from < to) both.emplace_back(from, to);
      }
    }
    common = std::move(both);
  }
  return common;
}

MachineWatch::MachineWatch() {
  cpu_set_t all;
  CPU_ZERO(&all);
  refused_ = sched_getaffinity(0, sizeof all, &all) != 0;
  gaps_.resize(static_cast<size_t>(CPU_COUNT(&all)));
  for (int processor = 0; threads_.size() < gaps_.size(); ++processor) {
    if (!CPU_ISSET(processor, &all)) continue;
    threads_.emplace_back(
        [this, processor, gaps = &gaps_[threads_.size()]] { Watch(processor, gaps); });
  }
}

MachineWatch::~MachineWatch() {
  done_ = true;
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void MachineWatch::Watch(int processor, Gaps* gaps) {
  if (!TakeFirstPlace(processor)) refused_ = true;
  auto last = steady_clock::now();
  while (!done_ && !refused_) {
    std::this_thread::sleep_for(kStep);
    const auto now = steady_clock::now();
    if (now - last > kLate) gaps->emplace_back(last + kStep, now);
    last = now;
  }
}

std::optional<double> MachineWatch::StoppedSeconds() {
  done_ = true;
  for (std::thread& thread : threads_) thread.join();
  if (refused_) return std::nullopt;
  double seconds = 0;
  for (const auto& [begin, end] : Common(gaps_)) {
    seconds += std::chrono::duration<double>(end - begin).count();
  }
  return seconds;
}

}  // namespace stator::bench
