// Runs streams of requests for a while and counts what came of them.
#ifndef STATOR_BENCH_RUNNER_H_
#define STATOR_BENCH_RUNNER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fill.h"
#include "histogram.h"
#include "process_usage.h"
#include "stream.h"

namespace stator::bench {

struct RunOptions {
  Target target;
  int threads = 1;
  double warmup_seconds = 1;
  double seconds = 5;        // that are measured, after the warm-up
  double grace_seconds = 5;  // for answers that are still to come at the end
  // For what the server does after its answers, such as compaction: once nothing is asked any more,
  // it is waited for until it rests, this long at the most.
  double settle_seconds = 0;
  int server_pid = 0;  // 0: unknown
};

// What came of one operation of one stream.
struct Tally {
  // From the moment a request was to be sent, which in a closed loop is when it was; of all right
  // answers to requests that were to be sent in the measured time.
  Histogram latency;
  uint64_t answers = 0;                    // right ones that came in the measured time
  uint64_t answer_bytes = 0;               // the bodies of those
  uint64_t acknowledged = 0;               // right ones that came at any time
  std::map<std::string, uint64_t> errors;  // at any time, by status and type
  std::string first_error;

  void Add(const Tally& other);
};

struct OperationOutcome {
  size_t stream = 0;
  Operation operation = Operation::kGet;
  Tally tally;
};

struct RunOutcome {
  std::vector<OperationOutcome> operations;
  double server_cpu_seconds = 0;          // in the measured time, and while it settled
  double generator_cpu_seconds = 0;       // in the measured time
  double others_cpu_seconds = 0;          // of all other processes, in the measured time
  std::optional<double> stopped_seconds;  // of the machine (machine_watch.h), in the measured time
  ProcessUsage server;                    // at its end
};

// Throws std::runtime_error or std::system_error when the run cannot go on.
RunOutcome Run(const RunOptions& options, const std::vector<Stream>& streams);

}  // namespace stator::bench

#endif  // STATOR_BENCH_RUNNER_H_
