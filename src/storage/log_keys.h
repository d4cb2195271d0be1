// Which keys are those of logs, kept apart from the map by the store on disk (log_store.h).
#ifndef STATOR_STORAGE_LOG_KEYS_H_
#define STATOR_STORAGE_LOG_KEYS_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "storage/format.h"
#include "storage/kv_store.h"

namespace stator {

// From the first to before the second: kFirstAppended and kFirstAfterAppended (engine.h).
inline constexpr std::string_view kLogsBegin = "\x20";
inline constexpr std::string_view kLogsEnd = "\x30";
static_assert(kLogsBegin[0] == kFirstAppended && kLogsEnd[0] == kFirstAfterAppended);

inline bool IsLogKey(std::string_view key) { return key >= kLogsBegin && key < kLogsEnd; }

// The range of the sizes (format.h) of what is in the logs.
inline std::pair<std::string, std::string> SizesOfLogs() {
  return {std::string(kLogSizeKey).append(kLogsBegin), std::string(kLogSizeKey).append(kLogsEnd)};
}

// A scan of the parts of a range that are before the logs, among them, and after them.
template <class ScanMap, class ScanLogs>
Result<ScanEnd> ScanApart(const StoreRange& range, ScanMap scan_map, ScanLogs scan_logs) {
  const std::string_view ends[] = {kLogsBegin, kLogsEnd, range.end};
  for (int i = 0; i < 3; ++i) {
    const int at = range.reverse ? 2 - i : i;
    StoreRange part = range;
    if (at > 0) part.begin = std::max(range.begin, ends[at - 1]);
    if (range.end.empty() || ends[at] < range.end) part.end = ends[at];
    if (!part.end.empty() && part.begin >= part.end) continue;
    Result<ScanEnd> end = at == 1 ? scan_logs(part) : scan_map(part);
    if (!end || *end != ScanEnd::kExhausted) return end;
  }
  return ScanEnd::kExhausted;
}

}  // namespace stator

#endif  // STATOR_STORAGE_LOG_KEYS_H_
