// Whether the machine itself stood still while something was measured: a virtual one does when its
// host lets it run no longer, 10 ms in each 100 for instance, and neither load nor `steal` shows
// it.
#ifndef STATOR_BENCH_MACHINE_WATCH_H_
#define STATOR_BENCH_MACHINE_WATCH_H_

#include <atomic>
#include <chrono>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace stator::bench {

using SteadyTime = std::chrono::steady_clock::time_point;
using Gaps = std::vector<std::pair<SteadyTime, SteadyTime>>;  // in order, apart from each other

// What is in all of them.
Gaps Common(std::span<const Gaps> of_each);

// On each processor a thread wakes up every few milliseconds, before all others. It needs the right
// to that (SCHED_FIFO).
class MachineWatch {
 public:
  MachineWatch();
  ~MachineWatch();

  // For how long no processor ran anything since the watch began, short halts not counted; nullopt
  // without the right. Call it once.
  std::optional<double> StoppedSeconds();

 private:
  void Watch(int processor, Gaps* gaps);

  std::atomic<bool> done_{false}, refused_{false};
  std::vector<Gaps> gaps_;
  std::vector<std::thread> threads_;
};

}  // namespace stator::bench

#endif  // STATOR_BENCH_MACHINE_WATCH_H_
