// Shows on a terminal how far a load has come.
#ifndef STATOR_SERVER_LOAD_PROGRESS_H_
#define STATOR_SERVER_LOAD_PROGRESS_H_

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string_view>

#include "server/step_progress.h"

namespace stator {

// As StepProgress, of one step, with items and their rate. Thread-safe.
class LoadProgress {
 public:
  // `total_bytes` 0: unknown, no bar then.
  explicit LoadProgress(uint64_t total_bytes) : total_bytes_(total_bytes) {}

  void Update(uint64_t bytes, uint64_t items);
  // Removes the line, so that something else can be written.
  void Clear();
  // Writes a line to standard error for good.
  void Say(std::string_view line);

  double seconds() const;

 private:
  using Time = std::chrono::steady_clock;

  const uint64_t total_bytes_;
  const Time::time_point start_ = Time::now();
  std::mutex mutex_;
  StepProgress line_;
};

}  // namespace stator

#endif  // STATOR_SERVER_LOAD_PROGRESS_H_
