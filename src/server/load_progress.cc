#include "server/load_progress.h"

#include <fmt/format.h>

#include <cstdio>

namespace stator {

double LoadProgress::seconds() const {
  return std::chrono::duration<double>(Time::now() - start_).count();
}

void LoadProgress::Update(uint64_t bytes, uint64_t items) {
  std::lock_guard lock(mutex_);
  if (!line_.IsDue()) return;
  const double passed = seconds();
  line_.Update(PartOf(bytes, total_bytes_),
               fmt::format("{} items, {:.0f}/s", items,
                           passed > 0 ? static_cast<double>(items) / passed : 0));
}

void LoadProgress::Clear() {
  std::lock_guard lock(mutex_);
  line_.Clear();
}

void LoadProgress::Say(std::string_view line) {
  std::lock_guard lock(mutex_);
  line_.Clear();
  fmt::print(stderr, "{}\n", line);
}

}  // namespace stator
