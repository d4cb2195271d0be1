#include "storage/offline_logs.h"

#include "storage/format.h"
#include "storage/log_store.h"
#include "storage/logged_records.h"

namespace stator {
namespace {

// In the index, of what only the write-ahead log has. Greater than any number there is.
constexpr uint64_t kLogged = UINT64_MAX;

}  // namespace

OfflineLogs::OfflineLogs(std::unique_ptr<OfflineDb> tables, const OfflineDb& map,
                         const std::string& map_path)
    : tables_(std::move(tables)) {
  if (auto loaded = Load(map, map_path); !loaded) fault_ = std::move(loaded.error());
}

Result<void> OfflineLogs::Load(const OfflineDb& map, const std::string& map_path) {
  if (tables_) {
    const rocksdb::Status indexed = IndexTables(tables_->db(), &index_, nullptr);
    if (!indexed.ok()) return OfflineFailure(indexed);
  }
  // A record that is lost is shown as one that says nothing.
  const auto note = [&](std::string_view key, std::optional<std::string_view> value) {
    const std::string_view record = key.substr(kSegmentBytes);
    index_.Add(record, kLogged);
    logged_.insert_or_assign(std::string(record), std::string(value.value_or("")));
  };
  const auto read = ReadLoggedRecords(map_path, index_.last_position(), note);
  if (!read) return Unexpected<Status>(read.error());
  if (index_.last_position() == 0) return {};
  return ApplyMap(map);
}

// What the map says of them: the last position, and what was dropped.
Result<void> OfflineLogs::ApplyMap(const OfflineDb& map) {
  // From "\0drop" to "\0position": both, and nothing that is large.
  const std::string end = std::string(kPositionKey) + '\0';
  Result<uint64_t> position = uint64_t{0};
  auto scanned = map.Scan({kDroppedKey, end}, [&](std::string_view key, std::string_view value) {
    if (key == kPositionKey) position = DecodeGuard(value);
    std::string_view begin, end;
    if (!DecodeDroppedKey(key, &begin, &end)) return true;
    const Result<uint64_t> last = DecodeGuard(value);
    if (last) index_.Drop(begin, end, *last);
    return true;
  });
  if (!scanned) return Unexpected<Status>(std::move(scanned.error()));
  if (!position) return Unexpected<Status>(std::move(position.error()));
  position_ = *position;
  return {};
}

Result<ScanEnd> OfflineLogs::Scan(const StoreRange& range, KvStore::ScanVisit visit) const {
  if (fault_) return Unexpected<Status>(*fault_);
  std::unique_ptr<rocksdb::Iterator> it;
  if (tables_) {
    rocksdb::ReadOptions read = OfflineReadOptions();
    read.fill_cache = false;
    it.reset(tables_->db()->NewIterator(read));
  }
  for (const LogIndex::Part& part : index_.Find(range, SIZE_MAX)) {
    if (part.segment != kLogged) {
      if (!VisitPart(it.get(), part, range.reverse, position_, visit)) return ScanEnd::kStopped;
      if (!it->status().ok()) return OfflineFailure(it->status());
      continue;
    }
    auto first = logged_.lower_bound(part.begin), last = logged_.lower_bound(part.end);
    while (first != last) {
      const auto& [key, value] = range.reverse ? *--last : *first++;
      if (PositionOf(key) <= position_ && !visit(key, value)) return ScanEnd::kStopped;
    }
  }
  return ScanEnd::kExhausted;
}

std::string OfflineLogs::FileWith(std::string_view key) const {
  const std::string end = std::string(key) + '\0';
  for (const LogIndex::Part& part : index_.Find({key, end}, 1)) {
    if (part.segment != kLogged) return tables_->FileWith(SegmentKey(part.segment, key));
    if (logged_.contains(key)) return "the log";
  }
  return "";
}

}  // namespace stator
