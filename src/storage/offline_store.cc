#include "storage/offline_store.h"

#include <rocksdb/db.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/table_properties.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "base/bytes.h"
#include "storage/data_dir.h"
#include "storage/log_scan.h"
#include "storage/manifest.h"
#include "storage/repair.h"
#include "storage/rocksdb_files.h"
#include "storage/rocksdb_options.h"

namespace stator {
namespace {

namespace fs = std::filesystem;

constexpr size_t kReadAhead = size_t{2} << 20;

rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// A file that is not there is a loss, not a failure of the device.
Status ToStatus(const rocksdb::Status& status) {
  const bool damage = status.IsCorruption() || status.IsNotFound() || status.IsPathNotFound();
  return {damage ? StatusCode::kCorruption : StatusCode::kIoError, status.ToString()};
}

Unexpected<Status> Failure(const rocksdb::Status& status) {
  return Unexpected<Status>(ToStatus(status));
}

class NoLog final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

rocksdb::Options ReadingOptions() {
  EngineOptions engine;
  rocksdb::Options options = MakeRocksOptions(engine, DefaultRocksEnv(), /*create=*/false,
                                              NewBlockCache(engine.block_cache_bytes));
  options.info_log = std::make_shared<NoLog>();
  return options;
}

// Shows of a damaged database what can be shown of one point in time.
rocksdb::Options LenientOptions() {
  rocksdb::Options options = ReadingOptions();
  options.paranoid_checks = false;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.track_and_verify_wals_in_manifest = false;
  return options;
}

rocksdb::ReadOptions MakeReadOptions() {
  rocksdb::ReadOptions read;
  read.verify_checksums = true;
  read.total_order_seek = true;  // ranges go over many prefixes
  return read;
}

bool IsNumbered(const std::string& name, const std::string& extension) {
  uint64_t number = 0;
  return ParseFileName(name, extension, &number);
}

std::vector<std::string> NamesIn(const std::string& dir) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(dir, error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool IsOwnFileOfDatabase(const std::string& name) {
  static const std::set<std::string> kNames = {"CURRENT", "IDENTITY", "LOCK", "LOG"};
  return kNames.contains(name) || name.starts_with("LOG.old.") || name.starts_with("MANIFEST-") ||
         name.starts_with("OPTIONS-") || IsNumbered(name, ".log");
}

Result<void> VerifyFile(const std::string& path) {
  rocksdb::SstFileReader reader(ReadingOptions());
  rocksdb::Status status = reader.Open(path);
  rocksdb::ReadOptions read = MakeReadOptions();
  read.fill_cache = false;
  read.readahead_size = kReadAhead;
  if (status.ok()) status = reader.VerifyChecksum(read);
  if (!status.ok()) return Failure(status);
  return {};
}

// Reads the logs that are still needed, as far as they are whole, and counts their records. Each is
// a batch: the sequence number of its first write (8 bytes), how many there are (4), the writes.
// The numbers ascend; some are missing, as writes that bypass the log have numbers, too. Errors:
// kCorruption if they do not; RocksDB, which only asserts it, must not see that.
Result<uint64_t> CheckLogOrder(const std::string& db_path) {
  uint64_t records = 0;
  const auto manifest = ReadManifest(db_path);
  if (!manifest) return records;  // said by whoever looks at it
  std::vector<uint64_t> numbers;
  for (const std::string& name : NamesIn(db_path)) {
    uint64_t number = 0;
    if (ParseFileName(name, ".log", &number) && number >= manifest->first_log)
      numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  uint64_t next = 0;  // the lowest number that the next write may have
  for (const uint64_t number : numbers) {
    bool in_order = true;
    const auto scanned =
        ScanLog(LogPath(db_path, number), LogKind::kWrites, [&](std::string_view record) {
          ++records;
          const uint64_t first = record.size() < 12 ? 0 : LittleEndian<uint64_t>(record);
          if (record.size() < 12 || first < next) {
            in_order = false;
          } else {
            next = first + LittleEndian<uint32_t>(record.substr(8));
          }
        });
    if (!scanned) return Unexpected<Status>(scanned.error());
    if (!in_order) {
      return Fail(StatusCode::kCorruption,
                  LogPath(db_path, number) + ": its writes are out of order");
    }
  }
  return records;
}

WriteResult Refused() {
  return {WriteOutcome::kNotWritten, Status{StatusCode::kUnsupported, "the store is only read"}};
}
Unexpected<Status> RefusedStatus() { return Unexpected<Status>(Refused().status); }

class OfflineRocksStore final : public OfflineStore {
 public:
  OfflineRocksStore(std::unique_ptr<DataDir> dir, std::unique_ptr<rocksdb::DB> db,
                    std::optional<Status> fault, std::vector<LogFinding> log_findings,
                    uint64_t log_records)
      : dir_(std::move(dir)),
        db_(std::move(db)),
        fault_(std::move(fault)),
        log_findings_(std::move(log_findings)),
        log_records_(log_records) {
    db_->GetLiveFilesMetaData(&files_);
    // Newest first: level by level, and in level 0 by age.
    std::stable_sort(files_.begin(), files_.end(), [](const auto& a, const auto& b) {
      return a.level != b.level ? a.level < b.level : a.largest_seqno > b.largest_seqno;
    });
  }

  // The map does not change: every moment is this one.
  class Now final : public Snapshot {};

  Result<ReadEnd> Read(std::span<const std::string_view> keys, const Snapshot*, ReadMode,
                       ReadUse use) override {
    const size_t n = keys.size();
    std::vector<rocksdb::Slice> slices;
    for (std::string_view key : keys) slices.push_back(ToSlice(key));
    std::vector<rocksdb::PinnableSlice> found(n);
    std::vector<rocksdb::Status> statuses(n);
    db_->MultiGet(MakeReadOptions(), db_->DefaultColumnFamily(), n, slices.data(), found.data(),
                  statuses.data());
    std::vector<std::optional<std::string_view>> values(n);
    for (size_t i = 0; i < n; ++i) {
      if (statuses[i].ok()) {
        values[i] = ToView(found[i]);
      } else if (!statuses[i].IsNotFound()) {
        return Failure(statuses[i]);
      }
    }
    use({values.data(), n});
    return ReadEnd::kDone;
  }

  Result<ScanEnd> Scan(const StoreRange& range, const Snapshot*, ReadMode,
                       ScanVisit visit) override {
    rocksdb::ReadOptions read = MakeReadOptions();
    read.fill_cache = false;
    read.readahead_size = kReadAhead;
    const rocksdb::Slice lower = ToSlice(range.begin), upper = ToSlice(range.end);
    read.iterate_lower_bound = &lower;
    if (!range.end.empty()) read.iterate_upper_bound = &upper;
    const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(read));
    for (range.reverse ? it->SeekToLast() : it->SeekToFirst(); it->Valid();
         range.reverse ? it->Prev() : it->Next()) {
      if (!visit(ToView(it->key()), ToView(it->value()))) return ScanEnd::kStopped;
    }
    if (!it->status().ok()) return Failure(it->status());
    return ScanEnd::kExhausted;
  }

  SnapshotPtr TakeSnapshot() override { return std::make_shared<Now>(); }
  WriteResult Write(std::span<const WriteOp>, bool) override { return Refused(); }
  Result<void> Sync() override { return {}; }
  Result<void> Recover() override { return RefusedStatus(); }
  Result<void> DropRange(std::string_view, std::string_view) override { return RefusedStatus(); }
  Result<void> Ingest(IngestNext&) override { return RefusedStatus(); }
  bool ReadsMayBlock() const override { return true; }
  KvStats Stats() override {
    KvStats stats;
    for (const TableFile& file : TableFiles()) stats.disk_bytes += file.bytes;
    return stats;
  }

  const std::optional<Status>& fault() const override { return fault_; }
  const std::vector<LogFinding>& LogFindings() const override { return log_findings_; }

  uint64_t LogRecords() const override { return log_records_; }
  uint32_t Format() const override { return dir_->format(); }

  std::vector<TableFile> TableFiles() const override {
    std::vector<TableFile> files;
    for (const rocksdb::LiveFileMetaData& file : files_) {
      files.push_back({file.relative_filename, file.level, file.size, file.num_entries});
    }
    return files;
  }

  std::vector<LogFile> LogFiles() const override {
    std::vector<LogFile> logs;
    for (const std::string& name : NamesIn(dir_->db_path())) {
      uint64_t number = 0;
      if (!ParseFileName(name, ".log", &number)) continue;
      std::error_code error;
      const uint64_t bytes = fs::file_size(PathOf(name), error);
      logs.push_back({name, number, error ? 0 : bytes});
    }
    return logs;
  }

  std::vector<FileFinding> StrayFiles() const override {
    std::vector<FileFinding> stray;
    static const std::set<std::string> kOurs = {"FORMAT",     "LOCK",   "db",      "ingest",
                                                "lost+found", "SYNCED", "RESERVE", "given-up", "backups", "imports", "exports"};
    for (const std::string& name : NamesIn(dir_->path())) {
      if (!kOurs.contains(name)) stray.push_back({name, "is not a file of Stator's"});
    }
    for (const std::string& name : NamesIn(dir_->ingest_path())) {
      stray.push_back(
          {"ingest/" + name, "is left of an interrupted bulk load; goes when a server opens"});
    }
    std::set<std::string> live;
    for (const rocksdb::LiveFileMetaData& file : files_) live.insert(file.relative_filename);
    for (const std::string& name : NamesIn(dir_->db_path())) {
      if (live.contains(name) || IsOwnFileOfDatabase(name)) continue;
      const bool leftover = IsNumbered(name, ".sst") || IsNumbered(name, ".dbtmp");
      stray.push_back({"db/" + name, leftover
                                         ? "is not part of the database (left of an interrupted "
                                           "flush or compaction); goes when a server opens"
                                         : "is not a file of the database"});
    }
    return stray;
  }

  Result<void> Verify(const TableFile& file) const override {
    std::error_code error;
    const uint64_t bytes = fs::file_size(PathOf(file.name), error);
    if (error)
      return Fail(StatusCode::kCorruption, "is missing or cannot be read: " + error.message());
    if (bytes != file.bytes) {
      return Fail(StatusCode::kCorruption, "has " + std::to_string(bytes) + " bytes instead of " +
                                               std::to_string(file.bytes));
    }
    return VerifyFile(PathOf(file.name));
  }

  std::string FileWith(std::string_view key) const override {
    rocksdb::PinnableSlice value;
    const rocksdb::Status found =
        db_->Get(MakeReadOptions(), db_->DefaultColumnFamily(), ToSlice(key), &value);
    if (found.IsNotFound()) return "";
    for (const rocksdb::LiveFileMetaData& file : files_) {
      if (key < file.smallestkey || key > file.largestkey) continue;
      rocksdb::SstFileReader reader(ReadingOptions());
      if (!reader.Open(PathOf(file.relative_filename)).ok()) continue;
      const std::unique_ptr<rocksdb::Iterator> it(reader.NewIterator(MakeReadOptions()));
      it->Seek(ToSlice(key));
      if (!it->Valid() || ToView(it->key()) != key) continue;
      if (found.ok() && it->value() != value) break;  // an older one: the newest is in the log
      return file.relative_filename;
    }
    return found.ok() ? "the log" : "";
  }

  uint64_t BytesOnDisk(std::string_view begin, std::string_view end) const override {
    // No key of ours begins so.
    static const std::string kEnd(16, '\xFF');
    const rocksdb::Range range(ToSlice(begin), end.empty() ? rocksdb::Slice(kEnd) : ToSlice(end));
    uint64_t bytes = 0;
    if (!db_->GetApproximateSizes(&range, 1, &bytes).ok()) return 0;
    return bytes;
  }

  std::vector<std::string> Compressions() const override {
    std::set<std::string> names;
    rocksdb::TablePropertiesCollection all;
    if (db_->GetPropertiesOfAllTables(&all).ok()) {
      for (const auto& [file, properties] : all) names.insert(properties->compression_name);
    }
    return {names.begin(), names.end()};
  }

 private:
  std::string PathOf(const std::string& name) const { return dir_->db_path() + "/" + name; }

  const std::unique_ptr<DataDir> dir_;
  const std::unique_ptr<rocksdb::DB> db_;
  const std::optional<Status> fault_;
  const std::vector<LogFinding> log_findings_;
  const uint64_t log_records_;
  std::vector<rocksdb::LiveFileMetaData> files_;
};

}  // namespace

Result<std::unique_ptr<OfflineStore>> OfflineStore::Open(const std::string& path) {
  Result<std::unique_ptr<DataDir>> dir = DataDir::OpenForReading(path);
  if (!dir) return Unexpected<Status>(std::move(dir.error()));
  const std::string db_path = (*dir)->db_path();
  std::optional<Status> fault;
  std::vector<LogFinding> findings;
  if (auto inspected = InspectLogs(**dir)) {
    findings = std::move(*inspected);
  } else {
    fault = std::move(inspected.error());
  }
  const auto records = CheckLogOrder(db_path);
  if (!records) return Unexpected<Status>(records.error());
  rocksdb::DB* db = nullptr;
  rocksdb::Status status;
  if (!fault && findings.empty()) {
    status = rocksdb::DB::OpenForReadOnly(ReadingOptions(), db_path, &db);
    if (!status.ok()) fault = ToStatus(status);
  }
  // Without the end of a log that was never synced, this shows all that there should be.
  if (!db) status = rocksdb::DB::OpenForReadOnly(LenientOptions(), db_path, &db);
  if (!status.ok()) {
    Status why = fault ? std::move(*fault) : ToStatus(status);
    for (const LogFinding& finding : findings) {
      why.message += "; " + finding.path + ": " + finding.what;
    }
    return Fail(why.code, "cannot open the database in " + db_path + ": " + why.message);
  }
  return std::unique_ptr<OfflineStore>(
      std::make_unique<OfflineRocksStore>(std::move(*dir), std::unique_ptr<rocksdb::DB>(db),
                                          std::move(fault), std::move(findings), *records));
}

std::vector<FileFinding> VerifyLooseTableFiles(const std::string& dir) {
  std::vector<FileFinding> findings;
  const std::string db_path = dir + "/db";
  for (const std::string& name : NamesIn(db_path)) {
    if (!IsNumbered(name, ".sst")) continue;
    const Result<void> verified = VerifyFile(db_path + "/" + name);
    if (!verified) findings.push_back({"db/" + name, verified.error().message});
  }
  return findings;
}

}  // namespace stator
