#include "server/load_progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace stator {

std::string ProgressText(uint64_t bytes, uint64_t total_bytes, uint64_t items, double seconds) {
  const double rate = seconds > 0 ? static_cast<double>(items) / seconds : 0;
  const std::string counts = fmt::format("{} items, {:.0f}/s", items, rate);
  if (total_bytes == 0) return counts;
  constexpr int kWidth = 30;
  const double part = std::min(1.0, static_cast<double>(bytes) / static_cast<double>(total_bytes));
  const int filled = static_cast<int>(part * kWidth);
  return fmt::format("[{:#<{}}{:.<{}}] {:3.0f}%  {}", "", filled, "", kWidth - filled, part * 100,
                     counts);
}

LoadProgress::LoadProgress(uint64_t total_bytes)
    : total_bytes_(total_bytes), terminal_(isatty(STDERR_FILENO) != 0) {}

double LoadProgress::seconds() const {
  return std::chrono::duration<double>(Time::now() - start_).count();
}

void LoadProgress::Update(uint64_t bytes, uint64_t items) {
  if (!terminal_) return;
  std::lock_guard lock(mutex_);
  const auto now = Time::now();
  if (visible_ && now - drawn_ < std::chrono::milliseconds(100)) return;
  drawn_ = now;
  visible_ = true;
  fmt::print(stderr, "\r\033[K{}", ProgressText(bytes, total_bytes_, items, seconds()));
  std::fflush(stderr);
}

void LoadProgress::Clear() {
  std::lock_guard lock(mutex_);
  ClearLocked();
}

void LoadProgress::Say(std::string_view line) {
  std::lock_guard lock(mutex_);
  ClearLocked();
  fmt::print(stderr, "{}\n", line);
}

void LoadProgress::ClearLocked() {
  if (!visible_) return;
  fmt::print(stderr, "\r\033[K");
  visible_ = false;
}

}  // namespace stator
