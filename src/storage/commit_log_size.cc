// The part of CommitPipeline that knows how much logs take, and watches their limit.
//
// The sizes are counters like others, added to in the commits that append; what they come to is
// kept beside them, so that it need not be added up.

#include <string>
#include <utility>

#include "storage/commit_pipeline.h"
#include "storage/format.h"

namespace stator {
namespace {

constexpr uint64_t kAlarmPercent = 80;

// The range of the sizes of what is in [begin, end).
std::pair<std::string, std::string> LogSizes(std::string_view begin, std::string_view end) {
  std::string first(kLogSizeKey), last(kLogSizeKey);
  first.append(begin);
  if (end.empty()) {
    ++last.back();
  } else {
    last.append(end);
  }
  return {std::move(first), std::move(last)};
}

std::string MebibytesText(uint64_t bytes) {
  const uint64_t tenths = bytes * 10 >> 20;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " MiB";
}

}  // namespace

// What the store has of the logs whose first records are in [begin, end).
Result<uint64_t> CommitPipeline::StoredLogBytes(std::string_view begin, std::string_view end) {
  uint64_t bytes = 0;
  std::optional<Status> error;
  const auto [first, last] = LogSizes(begin, end);
  const SnapshotPtr now = store_->TakeSnapshot();
  auto scanned = store_->Scan({first, last}, now.get(), ReadMode::kMayBlock,
                              [&](std::string_view, std::string_view value) {
                                Result<Counter> size = DecodeCounter(value);
                                if (!size) error = std::move(size.error());
                                if (!error) bytes += static_cast<uint64_t>(size->bytes);
                                return !error;
                              });
  if (error) return Unexpected<Status>(std::move(*error));
  if (!scanned) return Unexpected<Status>(std::move(scanned.error()));
  return bytes;
}

// Adds the sizes up anew. REQUIRES: flush_mutex_ is held, nothing is being written.
void CommitPipeline::CountLogs() {
  Result<uint64_t> stored = StoredLogBytes({}, {});
  if (!stored) {
    if (options_.report) {
      options_.report(EventLevel::kWarning,
                      "the sizes of the logs could not be read: " + stored.error().message);
    }
    return;
  }
  {
    std::lock_guard append(append_mutex_);
    uint64_t bytes = *stored;
    for (const PendingCommitPtr& commit : open_->commits) bytes += commit->log_bytes;
    log_bytes_.store(bytes);
  }
  WatchLogs();
}

// Before what is in the range goes: if that fails then, it is counted no more, and the caller tries
// again. REQUIRES: flush_mutex_ is held.
Result<void> CommitPipeline::ForgetLogSizes(std::string_view begin, std::string_view end) {
  Result<uint64_t> stored = StoredLogBytes(begin, end);
  if (!stored) return Unexpected<Status>(std::move(stored.error()));
  if (*stored == 0) return {};
  const auto [first, last] = LogSizes(begin, end);
  Result<void> dropped = store_->DropRange(first, last);
  if (!dropped) return dropped;
  log_bytes_.fetch_sub(*stored);
  WatchLogs();
  return {};
}

// Reports when the logs come near their limit or reach it, and when they are below again. REQUIRES:
// flush_mutex_ is held.
void CommitPipeline::WatchLogs() {
  const uint64_t limit = options_.log_limit_bytes;
  if (limit == 0) return;
  const uint64_t bytes = log_bytes_.load();
  const int level = bytes >= limit ? 2 : bytes >= limit / 100 * kAlarmPercent ? 1 : 0;
  const int before = std::exchange(log_level_, level);
  log_alarm_.store(level > 0, std::memory_order_relaxed);
  if (level == before || !options_.report) return;
  const std::string sizes =
      MebibytesText(bytes) + " of at most " + MebibytesText(limit) + " (log_limit)";
  if (level == 2) {
    options_.report(EventLevel::kError, "the logs of changes have reached their limit, " + sizes +
                                            ": writes that are recorded in one are refused until "
                                            "old records go or the limit is raised");
  } else if (level == 1 && before == 0) {
    options_.report(EventLevel::kWarning,
                    "the logs of changes are near their limit, " + sizes +
                        ": when they reach it, writes that are recorded in one are refused");
  } else if (before == 2) {
    options_.report(EventLevel::kInfo, "there is room in the logs of changes again, " + sizes +
                                           ": all writes are taken");
  }
  if (level == 0) {
    options_.report(EventLevel::kInfo,
                    "the logs of changes are no more near their limit, " + sizes);
  }
}

}  // namespace stator
