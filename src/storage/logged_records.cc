#include "storage/logged_records.h"

#include <rocksdb/write_batch.h>

#include "base/bytes.h"
#include "storage/log_scan.h"
#include "storage/manifest.h"

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

class Records final : public Ignoring {
 public:
  explicit Records(Visit visit) : visit_(visit) {}
  rocksdb::Status PutCF(uint32_t, const rocksdb::Slice& key, const rocksdb::Slice& value) override {
    if (key.size() < kSegmentBytes) return rocksdb::Status::Corruption("a key without a segment");
    visit_({key.data(), key.size()}, {value.data(), value.size()});
    return rocksdb::Status::OK();
  }

 private:
  const Visit visit_;
};

// The batches within a batch.
class Carried final : public Ignoring {
 public:
  explicit Carried(Visit visit) : records_(visit) {}
  void LogData(const rocksdb::Slice& data) override {
    if (data.size() < kBatchHeader || data[0] != '\0' || !status_.ok()) return;
    status_ = rocksdb::WriteBatch(data.ToString()).Iterate(&records_);
  }
  const rocksdb::Status& status() const { return status_; }

 private:
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

Result<void> ReadLoggedRecords(const std::string& db_path, Visit visit) {
  const auto manifest = ReadManifest(db_path);
  if (!manifest) return Unexpected<Status>(manifest.error());
  const auto numbers = NeededWriteLogs(db_path, *manifest);
  if (!numbers) return Unexpected<Status>(numbers.error());
  Carried carried(visit);
  for (const uint64_t number : *numbers) {
    const std::string path = LogPath(db_path, number);
    rocksdb::Status status;
    auto scanned = ScanLog(path, LogKind::kWrites, [&](std::string_view record) {
      if (status.ok()) status = rocksdb::WriteBatch(std::string(record)).Iterate(&carried);
    });
    if (!scanned) return Unexpected<Status>(std::move(scanned.error()));
    if (status.ok()) status = carried.status();
    if (!status.ok()) return Fail(StatusCode::kCorruption, path + ": " + status.ToString());
  }
  return {};
}

}  // namespace stator
