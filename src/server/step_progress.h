// Shows how far a work of several steps has come: a bar on a terminal, a line for each step that is
// done.
#ifndef STATOR_SERVER_STEP_PROGRESS_H_
#define STATOR_SERVER_STEP_PROGRESS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stator {

// "[#####...............]  25%  1200 items".
std::string BarText(double part, std::string_view counts = {});

// Nothing if the total is 0: it is not known.
std::optional<double> PartOf(uint64_t done, uint64_t total);

// Writes to standard error. Not thread-safe.
class StepProgress {
 public:
  StepProgress();
  ~StepProgress() { Clear(); }
  StepProgress(const StepProgress&) = delete;
  StepProgress& operator=(const StepProgress&) = delete;

  // With a bar from the beginning, unless the whole is not known.
  void Begin(std::string step, bool whole_is_known = true);
  // Whether Update would draw now: to be asked where finding out the part costs something.
  bool IsDue() const;
  // `part` of the step is done, 0 to 1; nothing: the whole is not known, and there is no bar.
  void Update(std::optional<double> part, std::string_view counts = {});
  // The step has ended: its line.
  void End(std::string_view result);
  // Removes the bar, so that something else can be written.
  void Clear();

 private:
  using Time = std::chrono::steady_clock;

  const bool terminal_;
  std::string step_;
  Time::time_point drawn_;
  bool visible_ = false;
};

}  // namespace stator

#endif  // STATOR_SERVER_STEP_PROGRESS_H_
