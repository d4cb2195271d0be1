// What another process has used, from /proc.
#ifndef STATOR_BENCH_PROCESS_USAGE_H_
#define STATOR_BENCH_PROCESS_USAGE_H_

#include <cstdint>

namespace stator::bench {

struct ProcessUsage {
  double cpu_seconds = 0;  // user and system, all threads
  uint64_t resident_bytes = 0;
};

// Throws std::runtime_error if there is no such process.
ProcessUsage UsageOf(int pid);

}  // namespace stator::bench

#endif  // STATOR_BENCH_PROCESS_USAGE_H_
