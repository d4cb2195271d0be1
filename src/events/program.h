// Runs a program with text on its standard input, and returns what it writes on its standard
// output.
#ifndef STATOR_EVENTS_PROGRAM_H_
#define STATOR_EVENTS_PROGRAM_H_

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"

namespace stator {

struct ProgramResult {
  enum class Kind {
    kEnded,       // with `exit_code`, or by a signal: 128 and its number
    kTimedOut,    // and was killed, with what it had started
    kNotStarted,  // `error` says why
    kCancelled,
  };
  Kind kind = Kind::kEnded;
  int exit_code = 0;
  std::string output;
  std::string error;
};

struct ProgramRun {
  const std::vector<std::string>* command = nullptr;  // looked for in PATH
  const std::string* input = nullptr;
  std::chrono::milliseconds timeout{60'000};
  size_t max_output = size_t{6} << 20;        // what is beyond it is dropped
  const std::atomic<bool>* cancel = nullptr;  // true: kill it, within a tenth of a second
};

// Blocks. The program has this process's standard error and directory, its environment without
// STATOR_* (which has secrets), no other files of it, and a process group of its own.
ProgramResult RunProgram(const ProgramRun& run);

}  // namespace stator

#endif  // STATOR_EVENTS_PROGRAM_H_
