#include "server/step_progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace stator {
namespace {

constexpr int kStepWidth = 11;

// What goes on in a second line cannot be drawn over.
size_t MostColumns() {
  winsize size = {};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return known ? size.ws_col - size_t{1} : std::string::npos;
}

}  // namespace

std::string BarText(double part, std::string_view counts) {
  constexpr int kWidth = 30;
  part = std::clamp(part, 0.0, 1.0);
  const int filled = static_cast<int>(part * kWidth);
  return fmt::format("[{:#<{}}{:.<{}}] {:3.0f}%{}{}", "", filled, "", kWidth - filled, part * 100,
                     counts.empty() ? "" : "  ", counts);
}

std::optional<double> PartOf(uint64_t done, uint64_t total) {
  if (total == 0) return std::nullopt;
  return static_cast<double>(done) / static_cast<double>(total);
}

StepProgress::StepProgress() : terminal_(isatty(STDERR_FILENO) != 0) {}

void StepProgress::Begin(std::string step, bool whole_is_known) {
  step_ = std::move(step);
  drawn_ = {};
  if (whole_is_known) Update(0.0);
}

bool StepProgress::IsDue() const {
  return terminal_ && (!visible_ || Time::now() - drawn_ >= std::chrono::milliseconds(100));
}

void StepProgress::Update(std::optional<double> part, std::string_view counts) {
  if (!IsDue()) return;
  drawn_ = Time::now();
  visible_ = true;
  std::string line = step_.empty() ? "" : fmt::format("{:<{}}", step_, kStepWidth);
  line += part ? BarText(*part, counts) : std::string(counts);
  fmt::print(stderr, "\r\033[K{}", line.substr(0, MostColumns()));
  std::fflush(stderr);
}

void StepProgress::End(std::string_view result) {
  Clear();
  fmt::print(stderr, "{:<{}}{}\n", step_, kStepWidth, result);
}

void StepProgress::Clear() {
  if (!visible_) return;
  fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
  visible_ = false;
}

}  // namespace stator
