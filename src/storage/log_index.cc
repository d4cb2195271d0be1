#include "storage/log_index.h"

#include <algorithm>
#include <optional>

#include "base/bytes.h"

namespace stator {
namespace {

// Positions, ends included.
struct Positions {
  uint64_t first = 0;
  uint64_t last = UINT64_MAX;
};

std::string KeyAt(std::string_view prefix, uint64_t position) {
  std::string key(prefix);
  AppendU64(position, &key);
  AppendU16(0, &key);
  return key;
}

// After all keys at the position.
std::string KeyAfter(std::string_view prefix, uint64_t position) {
  if (position != UINT64_MAX) return KeyAt(prefix, position + 1);
  return std::string(prefix) + std::string(kAppendStampBytes + 1, '\xFF');
}

// The position at or after which a log's keys are not below `bound`, which begins with its prefix.
uint64_t PositionAt(std::string_view prefix, std::string_view bound) {
  std::string stamp(bound.substr(prefix.size()));
  stamp.resize(sizeof(uint64_t), '\0');
  uint64_t position = 0;
  (void)ByteReader(stamp).ReadU64(&position);
  return position;
}

// Those of a log that a range has; nullopt if it has none. An empty `end` is the end of the map.
std::optional<Positions> PositionsIn(std::string_view prefix, std::string_view begin,
                                     std::string_view end) {
  Positions positions;
  if (begin.starts_with(prefix)) {
    positions.first = PositionAt(prefix, begin);
  } else if (begin > prefix) {
    return std::nullopt;
  }
  if (!end.empty() && end.starts_with(prefix)) {
    // A bound between the records of a position takes in the position.
    const uint64_t position = PositionAt(prefix, end);
    const bool within = end > KeyAt(prefix, position);
    if (!within && position == 0) return std::nullopt;
    positions.last = within ? position : position - 1;
  } else if (!end.empty() && end < prefix) {
    return std::nullopt;
  }
  if (positions.first > positions.last) return std::nullopt;
  return positions;
}

}  // namespace

void LogIndex::Add(std::string_view key, uint64_t segment) {
  const std::string_view prefix = key.substr(0, key.size() - kAppendStampBytes);
  if (recent_ == logs_.end() || recent_->first != prefix) {
    recent_ = logs_.find(prefix);
    if (recent_ == logs_.end()) recent_ = logs_.emplace(std::string(prefix), Log()).first;
  }
  Log& log = recent_->second;
  const uint64_t position = PositionOf(key);
  if (log.empty() || log.back().segment != segment) log.push_back({segment, position, position});
  log.back().last = std::max(log.back().last, position);
}

std::vector<LogIndex::Part> LogIndex::Find(const StoreRange& range, size_t limit) const {
  std::vector<Part> parts;
  // The log before the first one that begins in the range may reach into it.
  auto first = logs_.upper_bound(range.begin);
  if (first != logs_.begin()) --first;
  const auto last = range.end.empty() ? logs_.end() : logs_.lower_bound(range.end);
  if (!range.reverse) {
    for (auto log = first; log != last && parts.size() < limit; ++log) {
      FindIn(*log, range, limit, &parts);
    }
  } else {
    for (auto log = last; log != first && parts.size() < limit;) {
      FindIn(*--log, range, limit, &parts);
    }
  }
  return parts;
}

void LogIndex::FindIn(const Logs::value_type& log, const StoreRange& range, size_t limit,
                      std::vector<Part>* parts) {
  const auto& [prefix, runs] = log;
  const std::optional<Positions> wanted = PositionsIn(prefix, range.begin, range.end);
  if (!wanted) return;
  auto first = std::partition_point(runs.begin(), runs.end(),
                                    [&](const Run& run) { return run.last < wanted->first; });
  auto last = std::partition_point(first, runs.end(),
                                   [&](const Run& run) { return run.first <= wanted->last; });
  while (first != last && parts->size() < limit) {
    const Run& run = range.reverse ? *--last : *first++;
    Part part{run.segment, KeyAt(prefix, run.first), KeyAfter(prefix, run.last)};
    if (part.begin < range.begin) part.begin = range.begin;
    if (!range.end.empty() && part.end > range.end) part.end = range.end;
    parts->push_back(std::move(part));
  }
}

std::vector<LogIndex::Part> LogIndex::PartsAbove(uint64_t position) const {
  std::vector<Part> parts;
  for (const auto& [prefix, log] : logs_) {
    for (const Run& run : log) {
      if (run.last <= position) continue;
      parts.push_back({run.segment,
                       run.first > position ? KeyAt(prefix, run.first) : KeyAfter(prefix, position),
                       KeyAfter(prefix, run.last)});
    }
  }
  return parts;
}

std::vector<LogIndex::Part> LogIndex::PartsIn(uint64_t segment) const {
  std::vector<Part> parts;
  for (const auto& [prefix, log] : logs_) {
    for (const Run& run : log) {
      if (run.segment != segment) continue;
      parts.push_back({segment, KeyAt(prefix, run.first), KeyAfter(prefix, run.last)});
    }
  }
  return parts;
}

void LogIndex::Move(uint64_t from, uint64_t to) {
  for (auto& [prefix, log] : logs_) {
    for (Run& run : log) {
      if (run.segment == from) run.segment = to;
    }
  }
}

std::set<uint64_t> LogIndex::Drop(std::string_view begin, std::string_view end,
                                  uint64_t last_position) {
  std::set<uint64_t> segments;
  for (auto& [prefix, log] : logs_) {
    std::optional<Positions> dropped = PositionsIn(prefix, begin, end);
    if (!dropped || dropped->first > last_position) continue;
    dropped->last = std::min(dropped->last, last_position);
    Log kept;
    for (const Run& run : log) {
      if (run.last < dropped->first || run.first > dropped->last) {
        kept.push_back(run);
        continue;
      }
      segments.insert(run.segment);
      if (run.first < dropped->first) {
        kept.push_back({run.segment, run.first, dropped->first - 1});
      }
      if (run.last > dropped->last) kept.push_back({run.segment, dropped->last + 1, run.last});
    }
    log = std::move(kept);
  }
  RemoveEmpty();
  return segments;
}

void LogIndex::DropAbove(uint64_t position) {
  for (auto& [prefix, log] : logs_) {
    std::erase_if(log, [&](const Run& run) { return run.first > position; });
    for (Run& run : log) run.last = std::min(run.last, position);
  }
  RemoveEmpty();
}

void LogIndex::DropSegment(uint64_t segment) {
  for (auto& [prefix, log] : logs_) {
    std::erase_if(log, [&](const Run& run) { return run.segment == segment; });
  }
  RemoveEmpty();
}

void LogIndex::RemoveEmpty() {
  std::erase_if(logs_, [](const auto& entry) { return entry.second.empty(); });
  recent_ = logs_.end();
}

uint64_t LogIndex::last_position() const {
  uint64_t last = 0;
  for (const auto& [prefix, log] : logs_) last = std::max(last, log.back().last);
  return last;
}

std::set<uint64_t> LogIndex::Segments() const {
  std::set<uint64_t> segments;
  for (const auto& [prefix, log] : logs_) {
    for (const Run& run : log) segments.insert(run.segment);
  }
  return segments;
}

uint64_t PositionOf(std::string_view log_key) {
  uint64_t position = UINT64_MAX;
  if (log_key.size() >= kAppendStampBytes) {
    (void)ByteReader(log_key.substr(log_key.size() - kAppendStampBytes)).ReadU64(&position);
  }
  return position;
}

}  // namespace stator
