#include "server/step_progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace stator {

std::string StepText(std::string_view step, double part) {
  constexpr int kWidth = 30;
  part = std::clamp(part, 0.0, 1.0);
  const int filled = static_cast<int>(part * kWidth);
  return fmt::format("{:<10} [{:#<{}}{:.<{}}] {:3.0f}%", step, "", filled, "", kWidth - filled,
                     part * 100);
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

void StepProgress::Update(double part) {
  if (IsDue()) Draw(StepText(step_, part));
}

void StepProgress::Update(std::string_view text) {
  if (IsDue()) Draw(fmt::format("{:<10} {}", step_, text));
}

void StepProgress::Draw(std::string_view line) {
  drawn_ = Time::now();
  visible_ = true;
  fmt::print(stderr, "\r\033[K{}", line);
  std::fflush(stderr);
}

void StepProgress::End(std::string_view result) {
  Clear();
  fmt::print(stderr, "{:<10} {}\n", step_, result);
}

void StepProgress::Clear() {
  if (!visible_) return;
  fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
  visible_ = false;
}

}  // namespace stator
