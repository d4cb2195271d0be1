// Shows on a terminal how far a load has come.
#ifndef STATOR_SERVER_LOAD_PROGRESS_H_
#define STATOR_SERVER_LOAD_PROGRESS_H_

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace stator {

// "[#####...............]  25%  1200 items, 600/s". `total_bytes` 0: unknown, no bar then.
std::string ProgressText(uint64_t bytes, uint64_t total_bytes, uint64_t items, double seconds);

// Draws over one line of standard error, ten times a second; nothing if that is not a terminal.
// Thread-safe.
class LoadProgress {
 public:
  explicit LoadProgress(uint64_t total_bytes);
  ~LoadProgress() { Clear(); }

  void Update(uint64_t bytes, uint64_t items);
  // Removes the line, so that something else can be written.
  void Clear();
  // Writes a line to standard error for good.
  void Say(std::string_view line);

  double seconds() const;

 private:
  void ClearLocked();

  using Time = std::chrono::steady_clock;

  const uint64_t total_bytes_;
  const bool terminal_;
  const Time::time_point start_ = Time::now();
  std::mutex mutex_;
  Time::time_point drawn_;
  bool visible_ = false;
};

}  // namespace stator

#endif  // STATOR_SERVER_LOAD_PROGRESS_H_
