#include "storage/offline_store.h"

#include <filesystem>
#include <set>
#include <utility>

#include "base/bytes.h"
#include "storage/data_dir.h"
#include "storage/format.h"
#include "storage/log_keys.h"
#include "storage/log_scan.h"
#include "storage/log_store.h"
#include "storage/manifest.h"
#include "storage/offline_db.h"
#include "storage/offline_logs.h"
#include "storage/repair.h"
#include "storage/rocksdb_slice.h"

namespace stator {
namespace {

namespace fs = std::filesystem;

// Reads the logs that are still needed, as far as they are whole, and counts their records. Each is
// a batch: the sequence number of its first write (8 bytes), how many there are (4), the writes.
// The numbers ascend; some are missing, as writes that bypass the log have numbers, too. Errors:
// kCorruption if they do not; RocksDB, which only asserts it, must not see that.
Result<uint64_t> CheckLogOrder(const std::string& db_path) {
  uint64_t records = 0;
  const auto manifest = ReadManifest(db_path);
  if (!manifest) return records;  // said by whoever looks at it
  const auto numbers = NeededWriteLogs(db_path, *manifest);
  if (!numbers) return Unexpected<Status>(numbers.error());
  uint64_t next = 0;  // the lowest number that the next write may have
  for (const uint64_t number : *numbers) {
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
  OfflineRocksStore(std::unique_ptr<DataDir> dir, std::unique_ptr<OfflineDb> map,
                    std::unique_ptr<OfflineLogs> logs, std::optional<Status> fault,
                    std::vector<LogFinding> log_findings, uint64_t log_records)
      : dir_(std::move(dir)),
        map_(std::move(map)),
        logs_(std::move(logs)),
        fault_(std::move(fault)),
        log_findings_(std::move(log_findings)),
        log_records_(log_records) {}

  // The map does not change: every moment is this one.
  class Now final : public Snapshot {};

  Result<ReadEnd> Read(std::span<const std::string_view> keys, const Snapshot*, ReadMode,
                       ReadUse use) override {
    const size_t n = keys.size();
    std::vector<rocksdb::Slice> slices;
    for (std::string_view key : keys) slices.push_back(ToSlice(key));
    std::vector<rocksdb::PinnableSlice> found(n);
    std::vector<rocksdb::Status> statuses(n);
    map_->db()->MultiGet(OfflineReadOptions(), map_->db()->DefaultColumnFamily(), n, slices.data(),
                         found.data(), statuses.data());
    std::vector<std::optional<std::string_view>> values(n);
    for (size_t i = 0; i < n; ++i) {
      if (statuses[i].ok()) {
        values[i] = ToView(found[i]);
      } else if (!statuses[i].IsNotFound()) {
        return OfflineFailure(statuses[i]);
      }
    }
    use({values.data(), n});
    return ReadEnd::kDone;
  }

  Result<ScanEnd> Scan(const StoreRange& range, const Snapshot*, ReadMode,
                       ScanVisit visit) override {
    if (Format() <= kLastFormatWithoutLogStore) return map_->Scan(range, visit);
    return ScanApart(
        range, [&](const StoreRange& part) { return map_->Scan(part, visit); },
        [&](const StoreRange& part) { return logs_->Scan(part, visit); });
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
    for (const OfflineDb* db : databases()) {
      for (TableFile& file : db->TableFiles()) files.push_back(std::move(file));
    }
    return files;
  }

  std::vector<LogFile> LogFiles() const override {
    std::vector<LogFile> logs;
    for (const std::string& name : NamesIn(dir_->db_path())) {
      uint64_t number = 0;
      if (!ParseFileName(name, ".log", &number)) continue;
      std::error_code error;
      const uint64_t bytes = fs::file_size(dir_->db_path() + "/" + name, error);
      logs.push_back({name, number, error ? 0 : bytes});
    }
    return logs;
  }

  std::vector<FileFinding> StrayFiles() const override {
    std::vector<FileFinding> stray;
    static const std::set<std::string> kOurs = {"FORMAT",   "LOCK",       "db",      "logs",
                                                "ingest",   "lost+found", "SYNCED",  "RESERVE",
                                                "given-up", "backups",    "imports", "exports"};
    for (const std::string& name : NamesIn(dir_->path())) {
      if (!kOurs.contains(name)) stray.push_back({name, "is not a file of Stator's"});
    }
    for (const std::string& name : NamesIn(dir_->ingest_path())) {
      stray.push_back(
          {"ingest/" + name, "is left of an interrupted bulk load; goes when a server opens"});
    }
    for (const OfflineDb* db : databases()) {
      for (FileFinding& found : db->StrayFiles()) stray.push_back(std::move(found));
    }
    return stray;
  }

  Result<void> Verify(const TableFile& file) const override {
    const bool of_logs = log_tables() && file.name.starts_with(OfflineDb::kLogsFolder);
    return (of_logs ? log_tables() : map_.get())->Verify(file);
  }

  std::string FileWith(std::string_view key) const override {
    return IsLogKey(key) && Format() > kLastFormatWithoutLogStore ? logs_->FileWith(key)
                                                                  : map_->FileWith(key);
  }

  uint64_t BytesOnDisk(std::string_view begin, std::string_view end) const override {
    const bool all_logs = begin <= kLogsBegin && (end.empty() || end >= kLogsEnd);
    const uint64_t of_logs = all_logs && log_tables() ? log_tables()->BytesOnDisk({}, {}) : 0;
    return map_->BytesOnDisk(begin, end) + of_logs;
  }

  std::vector<std::string> Compressions() const override {
    std::set<std::string> names;
    for (const OfflineDb* db : databases()) db->AddCompressions(&names);
    return {names.begin(), names.end()};
  }

 private:
  const OfflineDb* log_tables() const { return logs_->tables(); }
  // That of the map, and that of the logs if it can be read.
  std::vector<const OfflineDb*> databases() const {
    if (!log_tables()) return {map_.get()};
    return {map_.get(), log_tables()};
  }

  const std::unique_ptr<DataDir> dir_;
  const std::unique_ptr<OfflineDb> map_;
  const std::unique_ptr<OfflineLogs> logs_;
  const std::optional<Status> fault_;
  const std::vector<LogFinding> log_findings_;
  const uint64_t log_records_;
};

// The store of logs beside a map. `fault` is set to why a server would refuse to open it.
std::unique_ptr<OfflineLogs> OpenLogs(const DataDir& dir, const OfflineDb& map,
                                      std::optional<Status>* fault) {
  const auto note = [&](Status why) {
    if (!*fault) *fault = std::move(why);
  };
  const bool exists = LogStore::Exists(dir.logs_path());
  std::unique_ptr<OfflineDb> tables;
  if (exists) {
    auto opened = OfflineDb::Open(dir.path(), OfflineDb::kLogsFolder, /*lenient=*/false);
    if (!opened) {
      note({opened.error().code, "cannot open the logs of changes in " + dir.logs_path() + ": " +
                                     opened.error().message});
      opened = OfflineDb::Open(dir.path(), OfflineDb::kLogsFolder, /*lenient=*/true);
    }
    if (opened) tables = std::move(*opened);
  } else if (dir.format() > kLastFormatWithoutLogStore) {
    const auto [first, last] = SizesOfLogs();
    const auto any = map.Scan({first, last}, [](auto, auto) { return false; });
    if (any && *any == ScanEnd::kStopped) {
      note({StatusCode::kCorruption, MissingLogs(dir.logs_path())});
    }
  }
  return std::make_unique<OfflineLogs>(std::move(tables), map, dir.db_path());
}

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
  const auto open = [&](bool lenient) {
    return OfflineDb::Open((*dir)->path(), OfflineDb::kMapFolder, lenient);
  };
  const bool strict = !fault && findings.empty();
  auto map = open(/*lenient=*/!strict);
  if (strict && !map) {
    fault = map.error();
    map = open(/*lenient=*/true);
  }
  if (!map) {
    Status why = fault ? std::move(*fault) : std::move(map.error());
    for (const LogFinding& finding : findings) {
      why.message += "; " + finding.path + ": " + finding.what;
    }
    return Fail(why.code, "cannot open the database in " + db_path + ": " + why.message);
  }
  auto logs = OpenLogs(**dir, **map, &fault);
  return std::unique_ptr<OfflineStore>(
      std::make_unique<OfflineRocksStore>(std::move(*dir), std::move(*map), std::move(logs),
                                          std::move(fault), std::move(findings), *records));
}

std::vector<FileFinding> VerifyLooseTableFiles(const std::string& dir) {
  std::vector<FileFinding> findings;
  OfflineDb::VerifyLooseTableFiles(dir, OfflineDb::kMapFolder, &findings);
  OfflineDb::VerifyLooseTableFiles(dir, OfflineDb::kLogsFolder, &findings);
  return findings;
}

}  // namespace stator
