#include "storage/logged_records.h"

#include <vector>

#include "base/bytes.h"
#include "storage/log_scan.h"
#include "storage/manifest.h"
#include "storage/rocksdb_slice.h"

namespace stator {
namespace {

// Of a batch: sequence number (zeros, which other data does not begin with) and count.
constexpr size_t kBatchHeader = 12;

using Visit = FunctionRef<void(std::string_view, std::string_view)>;

// What is in a batch besides what a class below asks for.
class Ignoring : public rocksdb::WriteBatch::Handler {
 public:
  rocksdb::Status PutCF(uint32_t, const rocksdb::Slice&, const rocksdb::Slice&) override {
    return rocksdb::Status::OK();
  }
  rocksdb::Status DeleteCF(uint32_t, const rocksdb::Slice&) override {
    return rocksdb::Status::OK();
  }
  rocksdb::Status DeleteRangeCF(uint32_t, const rocksdb::Slice&, const rocksdb::Slice&) override {
    return rocksdb::Status::OK();
  }
  void LogData(const rocksdb::Slice&) override {}
};

// `entries`: the values of those of the batch that carries the records.
class Records final : public Ignoring {
 public:
  Records(Visit visit, const std::vector<std::string_view>* entries)
      : visit_(visit), entries_(entries) {}
  rocksdb::Status PutCF(uint32_t, const rocksdb::Slice& key, const rocksdb::Slice& value) override {
    return Show(ToView(key), ToView(value));
  }
  rocksdb::Status MergeCF(uint32_t, const rocksdb::Slice& key,
                          const rocksdb::Slice& value) override {
    ByteReader in(ToView(value));
    uint32_t entry = 0;
    if (!in.ReadU32(&entry) || entry >= entries_->size()) {
      return rocksdb::Status::Corruption("a record that ends with what is not there");
    }
    return Show(ToView(key), std::string(in.rest()).append((*entries_)[entry]));
  }

 private:
  rocksdb::Status Show(std::string_view key, std::string_view value) {
    if (key.size() < kSegmentBytes) return rocksdb::Status::Corruption("a key without a segment");
    visit_(key, value);
    return rocksdb::Status::OK();
  }

  const Visit visit_;
  const std::vector<std::string_view>* const entries_;
};

// The batch within a batch of the map.
class Carried final : public Ignoring {
 public:
  explicit Carried(Visit visit) : records_(visit, &entries_) {}
  rocksdb::Status PutCF(uint32_t, const rocksdb::Slice&, const rocksdb::Slice& value) override {
    entries_.push_back(ToView(value));
    return rocksdb::Status::OK();
  }
  rocksdb::Status DeleteCF(uint32_t, const rocksdb::Slice&) override {
    entries_.emplace_back();
    return rocksdb::Status::OK();
  }
  rocksdb::Status DeleteRangeCF(uint32_t, const rocksdb::Slice&, const rocksdb::Slice&) override {
    entries_.emplace_back();
    return rocksdb::Status::OK();
  }
  void LogData(const rocksdb::Slice& data) override {
    if (data.size() < kBatchHeader || data[0] != '\0' || !status_.ok()) return;
    status_ = rocksdb::WriteBatch(data.ToString()).Iterate(&records_);
  }
  const rocksdb::Status& status() const { return status_; }

 private:
  std::vector<std::string_view> entries_;
  Records records_;
  rocksdb::Status status_;
};

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
    if (use == RecordsFor::kWriteAheadLog && record.end_of) {
      std::string entry;
      AppendU32(static_cast<uint32_t>(*record.end_of), &entry);
      const rocksdb::Slice value[] = {entry, ToSlice(*record.value)};
      status = batch->Merge(rocksdb::SliceParts(key, 2), rocksdb::SliceParts(value, 2));
    } else {
      const rocksdb::Slice value[] = {ToSlice(*record.value), ToSlice(record.end)};
      status = batch->Put(rocksdb::SliceParts(key, 2), rocksdb::SliceParts(value, 2));
    }
  }
  return status;
}

Result<void> ReadLoggedRecords(const std::string& db_path, Visit visit) {
  const auto manifest = ReadManifest(db_path);
  if (!manifest) return Unexpected<Status>(manifest.error());
  const auto numbers = NeededWriteLogs(db_path, *manifest);
  if (!numbers) return Unexpected<Status>(numbers.error());
  for (const uint64_t number : *numbers) {
    const std::string path = LogPath(db_path, number);
    rocksdb::Status status;
    auto scanned = ScanLog(path, LogKind::kWrites, [&](std::string_view record) {
      if (!status.ok()) return;
      Carried carried(visit);
      status = rocksdb::WriteBatch(std::string(record)).Iterate(&carried);
      if (status.ok()) status = carried.status();
    });
    if (!scanned) return Unexpected<Status>(std::move(scanned.error()));
    if (!status.ok()) return Fail(StatusCode::kCorruption, path + ": " + status.ToString());
  }
  return {};
}

}  // namespace stator
