#include "storage/logged_records.h"

#include <vector>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "storage/former_values.h"
#include "storage/log_index.h"
#include "storage/log_scan.h"
#include "storage/manifest.h"
#include "storage/rocksdb_slice.h"

namespace stator {
namespace {

// Of a batch: sequence number (zeros, which other data does not begin with) and count.
constexpr size_t kBatchHeader = 12;

// The first four bytes of a record that is not there whole: the number of the entry that it ends
// with, or that there is none, and whether a part of it is a former value's.
constexpr uint32_t kHasFormer = uint32_t{1} << 31;
constexpr uint32_t kNoEntry = kHasFormer - 1;

using Visit = FunctionRef<void(std::string_view, std::optional<std::string_view>)>;

// What is in a batch besides what a class below asks for.
class Ignoring : public rocksdb::WriteBatch::Handler {
 public:
  void LogData(const rocksdb::Slice&) override {}
};

// A batch of the map: its entries, and the batch of records that it carries, if it does.
class MapBatch final : public Ignoring {
 public:
  struct Entry {
    std::string_view key;
    std::optional<std::string_view> value;      // nullopt deletes
    std::optional<std::string_view> range_end;  // of a range that is deleted
  };

  rocksdb::Status PutCF(uint32_t, const rocksdb::Slice& key, const rocksdb::Slice& value) override {
    entries.push_back({ToView(key), ToView(value), std::nullopt});
    return rocksdb::Status::OK();
  }
  rocksdb::Status DeleteCF(uint32_t, const rocksdb::Slice& key) override {
    entries.push_back({ToView(key), std::nullopt, std::nullopt});
    return rocksdb::Status::OK();
  }
  rocksdb::Status DeleteRangeCF(uint32_t, const rocksdb::Slice& begin,
                                const rocksdb::Slice& end) override {
    entries.push_back({ToView(begin), std::nullopt, ToView(end)});
    return rocksdb::Status::OK();
  }
  void LogData(const rocksdb::Slice& data) override {
    if (data.size() >= kBatchHeader && data[0] == '\0') carried.emplace(data.ToString());
  }

  std::vector<Entry> entries;
  std::optional<rocksdb::WriteBatch> carried;
};

// A record of the batch that a batch of the map carries, and what it shares with that one.
struct CarriedRecord {
  std::string_view segment_key;
  std::string_view value;  // without what is shared
  std::optional<uint32_t> end_of;
  std::optional<Append::Former> former;
  uint32_t checksum = 0;  // of that part of the former value
};

// What EncodeShared() makes.
bool ReadShared(ByteReader* in, CarriedRecord* record) {
  uint32_t first = 0;
  if (!in->ReadU32(&first)) return false;
  if ((first & ~kHasFormer) != kNoEntry) record->end_of = first & ~kHasFormer;
  if ((first & kHasFormer) == 0) return true;
  uint32_t mutation = 0;
  uint64_t at = 0, from = 0, length = 0;
  if (!in->ReadU32(&mutation) || !in->ReadVarint(&at) || !in->ReadVarint(&from) ||
      !in->ReadVarint(&length) || !in->ReadU32(&record->checksum)) {
    return false;
  }
  record->former = Append::Former{mutation, at, from, length};
  return true;
}

// Those above a position, in order.
class Records final : public Ignoring {
 public:
  Records(uint64_t above, const MapBatch& map) : above_(above), entries_(map.entries) {}
  rocksdb::Status PutCF(uint32_t, const rocksdb::Slice& key, const rocksdb::Slice& value) override {
    return Add({ToView(key), ToView(value)});
  }
  rocksdb::Status MergeCF(uint32_t, const rocksdb::Slice& key,
                          const rocksdb::Slice& value) override {
    CarriedRecord record{ToView(key)};
    ByteReader in(ToView(value));
    const bool read = ReadShared(&in, &record);
    record.value = in.rest();
    const auto is_entry = [&](size_t number) {
      return number < entries_.size() && !entries_[number].range_end;
    };
    if (!read || (record.end_of && !is_entry(*record.end_of)) ||
        (record.former &&
         (!is_entry(record.former->mutation) || record.former->at > record.value.size()))) {
      return rocksdb::Status::Corruption("a record that shares what is not there");
    }
    return Add(record);
  }

  std::vector<CarriedRecord> found;

 private:
  rocksdb::Status Add(const CarriedRecord& record) {
    if (record.segment_key.size() < kSegmentBytes + kAppendStampBytes) {
      return rocksdb::Status::Corruption("a key without a segment or a position");
    }
    if (PositionOf(record.segment_key) > above_) found.push_back(record);
    return rocksdb::Status::OK();
  }

  const uint64_t above_;
  const std::vector<MapBatch::Entry>& entries_;
};

// The value of a record with all that it shares; false if that is not there as it was.
bool MakeWhole(const CarriedRecord& record, const MapBatch& map, const FormerValues& values,
               std::string* whole) {
  whole->assign(record.value);
  if (const auto& former = record.former) {
    const std::string* const value = values.Get(map.entries[former->mutation].key);
    if (!value || former->from > value->size()) return false;
    const std::string_view part = std::string_view(*value).substr(former->from, former->length);
    if (part.size() != former->length || Crc32c(part) != record.checksum) return false;
    whole->insert(former->at, part);
  }
  if (record.end_of) whole->append(map.entries[*record.end_of].value.value_or(std::string_view()));
  return true;
}

// Calls `use` with each batch of the logs that are still needed and the records that it carries.
using UseBatch = FunctionRef<void(const MapBatch&, const std::vector<CarriedRecord>&)>;
Result<void> ReadBatches(const std::string& db_path, uint64_t above, UseBatch use) {
  const auto manifest = ReadManifest(db_path);
  if (!manifest) return Unexpected<Status>(manifest.error());
  const auto numbers = NeededWriteLogs(db_path, *manifest);
  if (!numbers) return Unexpected<Status>(numbers.error());
  for (const uint64_t number : *numbers) {
    const std::string path = LogPath(db_path, number);
    rocksdb::Status status;
    auto scanned = ScanLog(path, LogKind::kWrites, [&](std::string_view bytes) {
      if (!status.ok()) return;
      const rocksdb::WriteBatch batch{std::string(bytes)};
      MapBatch map;
      status = batch.Iterate(&map);
      Records records(above, map);
      if (status.ok() && map.carried) status = map.carried->Iterate(&records);
      if (status.ok()) use(map, records.found);
    });
    if (!scanned) return Unexpected<Status>(std::move(scanned.error()));
    if (!status.ok()) return Fail(StatusCode::kCorruption, path + ": " + status.ToString());
  }
  return {};
}

// What a record shares with the batch around it: the entry that it ends with, and of a part of what
// an entry's key had before that: the entry, where the part is in the record, where in that value,
// its length and its checksum.
std::string EncodeShared(const WriteOp& record) {
  uint32_t first = record.end_of ? static_cast<uint32_t>(*record.end_of) : kNoEntry;
  if (record.former) first |= kHasFormer;
  std::string bytes;
  AppendU32(first, &bytes);
  if (const auto& former = record.former) {
    AppendU32(static_cast<uint32_t>(former->mutation), &bytes);
    AppendVarint(former->at, &bytes);
    AppendVarint(former->from, &bytes);
    AppendVarint(former->length, &bytes);
    AppendU32(Crc32c(record.value->substr(former->at, former->length)), &bytes);
  }
  return bytes;
}

}  // namespace

std::string SegmentKey(uint64_t segment, std::string_view key) {
  std::string whole;
  whole.reserve(kSegmentBytes + key.size());
  AppendU64(segment, &whole);
  whole.append(key);
  return whole;
}

uint64_t SegmentOf(std::string_view segment_key) {
  uint64_t segment = 0;
  (void)ByteReader(segment_key).ReadU64(&segment);
  return segment;
}

void Empty(rocksdb::WriteBatch* batch) {
  constexpr size_t kMaxKept = size_t{1} << 20;
  if (batch->Data().capacity() > kMaxKept) *batch = rocksdb::WriteBatch();
  batch->Clear();
}

rocksdb::Status MakeBatch(uint64_t segment, std::span<const WriteOp> records, RecordsFor use,
                          rocksdb::WriteBatch* batch) {
  Empty(batch);
  const std::string number = SegmentKey(segment, {});
  rocksdb::Status status;
  for (const WriteOp& record : records) {
    if (!status.ok()) break;
    const rocksdb::Slice key[] = {number, ToSlice(record.key)};
    if (use == RecordsFor::kWriteAheadLog && (record.end_of || record.former)) {
      const std::string shared = EncodeShared(record);
      const std::string_view own = *record.value;
      const Append::Former left = record.former.value_or(Append::Former{.at = own.size()});
      const rocksdb::Slice value[] = {shared, ToSlice(own.substr(0, left.at)),
                                      ToSlice(own.substr(left.at + left.length)),
                                      ToSlice(record.end_of ? std::string_view() : record.end)};
      status = batch->Merge(rocksdb::SliceParts(key, 2), rocksdb::SliceParts(value, 4));
    } else {
      const rocksdb::Slice value[] = {ToSlice(*record.value), ToSlice(record.end)};
      status = batch->Put(rocksdb::SliceParts(key, 2), rocksdb::SliceParts(value, 2));
    }
  }
  return status;
}

Result<std::optional<Status>> ReadLoggedRecords(const std::string& db_path, uint64_t above,
                                                Visit visit) {
  FormerValues values;
  auto read = ReadBatches(db_path, above, [&](const MapBatch& map, const auto& records) {
    for (const CarriedRecord& record : records) {
      if (record.former) values.Want(map.entries[record.former->mutation].key);
    }
  });
  if (read) read = values.Load(db_path);
  if (!read) return Unexpected<Status>(std::move(read.error()));
  std::string whole;
  read = ReadBatches(db_path, above, [&](const MapBatch& map, const auto& records) {
    for (const CarriedRecord& record : records) {
      if (MakeWhole(record, map, values, &whole)) {
        visit(record.segment_key, whole);
      } else {
        visit(record.segment_key, std::nullopt);
      }
    }
    for (const MapBatch::Entry& entry : map.entries) {
      if (entry.range_end) {
        values.DeleteRange(entry.key, *entry.range_end);
      } else {
        values.Put(entry.key, entry.value);
      }
    }
  });
  if (!read) return Unexpected<Status>(std::move(read.error()));
  return values.damage();
}

Result<bool> CarriesRecords(const std::string& db_path) {
  bool any = false;
  auto read =
      ReadBatches(db_path, 0, [&](const MapBatch& map, const auto&) { any = any || map.carried; });
  if (!read) return Unexpected<Status>(std::move(read.error()));
  return any;
}

}  // namespace stator
