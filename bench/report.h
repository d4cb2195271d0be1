// What a run came to, for people and for scripts.
#ifndef STATOR_BENCH_REPORT_H_
#define STATOR_BENCH_REPORT_H_

#include <string>
#include <vector>

#include "fill.h"
#include "runner.h"

namespace stator::bench {

// A line for each operation of each stream, one for the server, one for each kind of error.
std::string Text(const RunOptions& options, const std::vector<Stream>& streams,
                 const RunOutcome& outcome);
// A JSON object in a line for each operation of each stream, then one of "total".
std::string JsonLines(const RunOptions& options, const std::vector<Stream>& streams,
                      const RunOutcome& outcome);

std::string Text(const TableShape& table, const FillOutcome& outcome);
std::string JsonLine(const TableShape& table, const FillOutcome& outcome,
                     const ProcessUsage& server);

}  // namespace stator::bench

#endif  // STATOR_BENCH_REPORT_H_
