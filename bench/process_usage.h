// What another process and its children have used, from /proc.
#ifndef STATOR_BENCH_PROCESS_USAGE_H_
#define STATOR_BENCH_PROCESS_USAGE_H_

#include <cstdint>

namespace stator::bench {

struct ProcessUsage {
  double cpu_seconds = 0;  // user and system, all threads
  uint64_t resident_bytes = 0;
  uint64_t peak_bytes = 0;  // the most that was ever resident
};

// The process and those that it started, as far as they still run. Throws std::runtime_error if
// there is no such process.
ProcessUsage UsageOf(int pid);

// Of all processes of this machine, interrupts not counted.
double MachineCpuSeconds();

// User and system time of this process so far, in seconds.
double OwnCpuSeconds();

}  // namespace stator::bench

#endif  // STATOR_BENCH_PROCESS_USAGE_H_
