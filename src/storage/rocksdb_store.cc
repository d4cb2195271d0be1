#include "storage/rocksdb_store.h"

#include <rocksdb/db.h>

#include <atomic>
#include <filesystem>
#include <mutex>
#include <utility>
#include <vector>

#include "storage/data_dir.h"
#include "storage/device_gauge.h"
#include "storage/disk_reserve.h"
#include "storage/format.h"
#include "storage/ingest_files.h"
#include "storage/log_keys.h"
#include "storage/log_store.h"
#include "storage/logged_records.h"
#include "storage/point_reader.h"
#include "storage/rocksdb_compact.h"
#include "storage/rocksdb_errors.h"
#include "storage/rocksdb_open.h"
#include "storage/rocksdb_options.h"
#include "storage/rocksdb_recovery.h"
#include "storage/rocksdb_slice.h"
#include "storage/sync_tracker.h"

namespace stator {
namespace {

// Deleted entries that a scan in an event loop steps over before it moves to another thread.
constexpr uint64_t kInlineSkips = 1000;
constexpr size_t kIngestBatch = size_t{1} << 20;

class RocksSnapshot final : public Snapshot {
 public:
  explicit RocksSnapshot(std::shared_ptr<OpenDb> open) : open_(std::move(open)) {
    open_->snapshots.fetch_add(1);
    snapshot_ = open_->db->GetSnapshot();
  }
  ~RocksSnapshot() override {
    open_->db->ReleaseSnapshot(snapshot_);
    open_->snapshots.fetch_sub(1);
  }
  const rocksdb::Snapshot* get() const { return snapshot_; }

 private:
  const std::shared_ptr<OpenDb> open_;
  const rocksdb::Snapshot* snapshot_;
};

rocksdb::ReadOptions MakeReadOptions(const Snapshot* snapshot, ReadMode mode) {
  rocksdb::ReadOptions read;
  if (snapshot) read.snapshot = static_cast<const RocksSnapshot*>(snapshot)->get();
  if (mode == ReadMode::kCachedOnly) read.read_tier = rocksdb::kBlockCacheTier;
  return read;
}

class RocksStore final : public KvStore {
 public:
  RocksStore(const EngineOptions& options, std::shared_ptr<OpenDb> open)
      : options_(options), open_(std::move(open)), db_(open_->db.get()) {}
  ~RocksStore() override {
    if (tracker_) tracker_->Settle();
  }

  // To be called first.
  Result<void> Start() {
    if (const auto created = open_->env->CreateLogs(); !created.ok()) return Failure(created);
    auto tracker = SyncTracker::Start(open_->dir->synced_path(), db_, options_);
    if (!tracker) return Unexpected<Status>(std::move(tracker.error()));
    tracker_ = std::move(*tracker);
    if (auto dropped = DropUncommitted(); !dropped) return dropped;
    if (open_->dir->format() == kDataFormatVersion) return {};
    return open_->dir->WriteFormat();
  }

  Result<ReadEnd> Read(std::span<const std::string_view> keys, const Snapshot* snapshot,
                       ReadMode mode, ReadUse use) override;
  Result<ReadEnd> ReadEach(std::span<const std::string_view> keys, ReadMode mode,
                           ReadUse use) override;
  Result<ScanEnd> Scan(const StoreRange& range, const Snapshot* snapshot, ReadMode mode,
                       ScanVisit visit) override;
  SnapshotPtr TakeSnapshot() override { return std::make_shared<RocksSnapshot>(open_); }
  WriteResult Write(std::span<const WriteOp> ops, bool sync) override;
  Result<void> Sync() override;
  Result<void> Recover() override;
  bool NearlyFull() override;
  Result<void> PrepareDrop(std::string_view begin, std::string_view end) override;
  Result<void> DropRange(std::string_view begin, std::string_view end) override;
  Result<void> Ingest(IngestNext& next) override;
  Result<void> Compact(FunctionRef<void(double)> progress) override;
  bool ReadsMayBlock() const override { return true; }
  KvStats Stats() override;

 private:
  Result<ReadEnd> Use(const PointReader::Found& found, ReadUse use);
  // Its words name the file and the place.
  Unexpected<Status> ReadFailure(const rocksdb::Status& status) {
    open_->reporter.TellOnce(EventLevel::kError, "a read failed: " + status.ToString());
    return Failure(status);
  }
  Result<ScanEnd> ScanLogs(const StoreRange& range, const Snapshot* snapshot, ReadMode mode,
                           ScanVisit visit);
  Result<ScanEnd> ScanMap(const StoreRange& range, const Snapshot* snapshot, ReadMode mode,
                          ScanVisit visit);
  std::optional<DeviceGauge::Reading> PrepareScan(const StoreRange& range,
                                                  rocksdb::ReadOptions* read);
  WriteResult WriteBatch(rocksdb::WriteBatch* batch, std::span<const WriteOp> records, bool sync);
  Result<void> DropUncommitted();
  rocksdb::Status SyncLog();
  rocksdb::Status TryToCreate();
  rocksdb::Status FillMemtable();
  rocksdb::Status TouchMemtable();
  std::optional<Status> Stopped();
  Status Stop(const rocksdb::Status& status);
  Status Stop(Status status);
  Result<void> IngestAsWrites(IngestNext& next);
  Result<void> IngestTables(const std::vector<std::string>& files);

  const EngineOptions options_;
  const std::shared_ptr<OpenDb> open_;
  rocksdb::DB* const db_;
  DeviceGauge gauge_{options_.inline_reads};
  PointReader reader_{db_, &gauge_, open_->cache};
  std::mutex write_mutex_;         // held during a write or a sync of the log
  rocksdb::WriteBatch batch_;      // of Write(), kept for its memory
  std::vector<WriteOp> records_;   // of logs, the same
  std::vector<uint32_t> entries_;  // the number of each operation's in the batch
  std::unique_ptr<SyncTracker> tracker_;
  uint64_t group_ = 0;  // number of the last batch
  std::mutex failed_mutex_;
  std::mutex reserve_mutex_;
  bool was_full_ = false;
  std::optional<Status> failed_;  // a write failed, and Recover() did not succeed since
  std::atomic<uint64_t> next_ingest_{0};
};

// True if all keys between the two begin with the same filtered prefix.
bool SharePrefix(std::string_view begin, std::string_view end) {
  return begin.size() >= kFilteredPrefix &&
         begin.substr(0, kFilteredPrefix) == end.substr(0, kFilteredPrefix);
}

Result<ReadEnd> RocksStore::Read(std::span<const std::string_view> keys, const Snapshot* snapshot,
                                 ReadMode mode, ReadUse use) {
  PointReader::Found found(keys.size());
  if (!reader_.Read(keys, MakeReadOptions(snapshot, mode), &found)) return ReadEnd::kWouldBlock;
  return Use(found, use);
}

Result<ReadEnd> RocksStore::ReadEach(std::span<const std::string_view> keys, ReadMode mode,
                                     ReadUse use) {
  PointReader::Found found(keys.size());
  if (!reader_.ReadEach(keys, MakeReadOptions(nullptr, mode), &found)) return ReadEnd::kWouldBlock;
  return Use(found, use);
}

Result<ReadEnd> RocksStore::Use(const PointReader::Found& found, ReadUse use) {
  const size_t n = found.values.size();
  PointReader::Few<std::optional<std::string_view>> values(n);
  for (size_t i = 0; i < n; ++i) {
    if (found.statuses[i].ok()) {
      values[i] = ToView(found.values[i]);
    } else if (!found.statuses[i].IsNotFound()) {
      return ReadFailure(found.statuses[i]);
    }
  }
  use({values.data(), n});
  return ReadEnd::kDone;
}

Result<ScanEnd> RocksStore::Scan(const StoreRange& range, const Snapshot* snapshot, ReadMode mode,
                                 ScanVisit visit) {
  return ScanApart(
      range, [&](const StoreRange& part) { return ScanMap(part, snapshot, mode, visit); },
      [&](const StoreRange& part) { return ScanLogs(part, snapshot, mode, visit); });
}

// Records are never changed: those that a snapshot shows are those up to its position.
Result<ScanEnd> RocksStore::ScanLogs(const StoreRange& range, const Snapshot* snapshot,
                                     ReadMode mode, ScanVisit visit) {
  LogStore* const logs = open_->logs.load();
  if (!logs) return ScanEnd::kExhausted;
  rocksdb::ReadOptions read = MakeReadOptions(snapshot, mode);
  Result<uint64_t> last = open_->Position(read);
  if (!last && mode == ReadMode::kCachedOnly) return ScanEnd::kWouldBlock;
  if (!last) return Unexpected<Status>(std::move(last.error()));
  read.snapshot = nullptr;
  const auto reading = PrepareScan(range, &read);
  Result<ScanEnd> end = logs->Scan(range, *last, read, visit);
  if (!end) open_->reporter.TellOnce(EventLevel::kError, "a read failed: " + end.error().message);
  return end;
}

// Completes the options of a scan. Where it may read the device although it was to read the cache
// only, what has to be held meanwhile.
std::optional<DeviceGauge::Reading> RocksStore::PrepareScan(const StoreRange& range,
                                                            rocksdb::ReadOptions* read) {
  read->fill_cache = !range.once;
  if (read->read_tier != rocksdb::kBlockCacheTier) return std::nullopt;
  read->max_skippable_internal_keys = kInlineSkips;
  if (!gauge_.IsQuick()) return std::nullopt;
  read->read_tier = rocksdb::kReadAllTier;
  return std::optional<DeviceGauge::Reading>(std::in_place, &gauge_);
}

Result<ScanEnd> RocksStore::ScanMap(const StoreRange& range, const Snapshot* snapshot,
                                    ReadMode mode, ScanVisit visit) {
  rocksdb::ReadOptions read = MakeReadOptions(snapshot, mode);
  const rocksdb::Slice lower = ToSlice(range.begin), upper = ToSlice(range.end);
  read.iterate_lower_bound = &lower;
  if (!range.end.empty()) read.iterate_upper_bound = &upper;
  const auto reading = PrepareScan(range, &read);
  // Filters know nothing of other ranges, and RocksDB asks them about the wrong end of a backward
  // one.
  read.total_order_seek = range.reverse || !SharePrefix(range.begin, range.end);

  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(read));
  if (range.reverse) {
    it->SeekToLast();
  } else {
    it->SeekToFirst();
  }
  while (it->Valid()) {
    if (!visit(ToView(it->key()), ToView(it->value()))) return ScanEnd::kStopped;
    if (range.reverse) {
      it->Prev();
    } else {
      it->Next();
    }
  }
  if (it->status().ok()) return ScanEnd::kExhausted;
  if (it->status().IsIncomplete()) return ScanEnd::kWouldBlock;
  return ReadFailure(it->status());
}

WriteResult RocksStore::Write(std::span<const WriteOp> ops, bool sync) {
  Empty(&batch_);
  records_.clear();
  entries_.clear();
  for (const WriteOp& op : ops) {
    entries_.push_back(batch_.Count());
    if (IsLogKey(op.key)) {
      if (!op.value) {
        return {WriteOutcome::kNotWritten, {StatusCode::kUnsupported, "logs are cut by ranges"}};
      }
      records_.push_back(op);
      if (op.end_of) records_.back().end_of = entries_[*op.end_of];
      if (op.former) records_.back().former->mutation = entries_[op.former->mutation];
      continue;
    }
    const rocksdb::Slice key = ToSlice(op.key);
    const rocksdb::Slice value[] = {ToSlice(op.value.value_or("")), ToSlice(op.end)};
    const rocksdb::Status status =
        op.value ? batch_.Put(rocksdb::SliceParts(&key, 1), rocksdb::SliceParts(value, 2))
                 : batch_.Delete(key);
    if (!status.ok()) return {WriteOutcome::kNotWritten, ToStatus(status)};
  }
  const RowCache::Writing writing(reader_.rows(), ops);
  return WriteBatch(&batch_, records_, sync);
}

// `records`: of logs, for which the batch has the position; `end_of` is an entry of it.
WriteResult RocksStore::WriteBatch(rocksdb::WriteBatch* batch, std::span<const WriteOp> records,
                                   bool sync) {
  std::lock_guard lock(write_mutex_);
  if (std::optional<Status> stopped = Stopped()) {
    return {WriteOutcome::kNotWritten, std::move(*stopped)};
  }
  // RocksDB 7.8 leaves a log that failed behind only by flushing a memtable that is not empty.
  if (const rocksdb::Status filled = FillMemtable(); !filled.ok()) {
    return {WriteOutcome::kNotWritten, Stop(filled)};
  }
  if (!records.empty()) {
    Result<LogStore*> logs = open_->GetOrMakeLogs(options_);
    if (!logs) return {WriteOutcome::kNotWritten, Stop(std::move(logs.error()))};
    const rocksdb::Status appended = (*logs)->Append(records, batch);
    if (!appended.ok()) return {WriteOutcome::kNotWritten, Stop(appended)};
  }
  rocksdb::WriteOptions write;
  write.sync = sync;
  // Not part of the map: so that a log that ends too early is seen by what the next one begins
  // with.
  rocksdb::Status status = batch->PutLogData(EncodeGroupMark(++group_));
  if (!status.ok()) return {WriteOutcome::kNotWritten, ToStatus(status)};
  status = db_->Write(write, batch);
  if (status.ok() && sync) tracker_->Wrote();
  // Also under relaxed durability only one log at a time is not synced at all.
  if (status.ok() && !sync && tracker_->InNewLog()) {
    // If that fails the write is made and seen all the same; what would follow it is not.
    if (const rocksdb::Status synced = SyncLog(); !synced.ok()) (void)Stop(synced);
  }
  if (status.ok()) return {};
  // The log may hold it, wholly or in part: who knows what had reached the device.
  Status unknown = Stop(status);
  if (unknown.code == StatusCode::kIoError) unknown.code = StatusCode::kUnknownOutcome;
  return {WriteOutcome::kUnknown, std::move(unknown)};
}

// Why nothing can be written; from then on nothing is, until Recover() succeeds.
std::optional<Status> RocksStore::Stopped() {
  std::lock_guard lock(failed_mutex_);
  if (!failed_) failed_ = open_->listener->stopped();
  if (LogStore* const logs = open_->logs.load(); logs && !failed_) failed_ = logs->stopped();
  return failed_;
}

Status RocksStore::Stop(const rocksdb::Status& status) { return Stop(ToStatus(status)); }

Status RocksStore::Stop(Status status) {
  std::lock_guard lock(failed_mutex_);
  failed_ = std::move(status);
  // What RocksDB calls busy or timed out is no overload here: the store has stopped.
  if (failed_->code == StatusCode::kOverloaded) failed_->code = StatusCode::kIoError;
  return *failed_;
}

Result<void> RocksStore::Sync() {
  std::lock_guard lock(write_mutex_);
  if (std::optional<Status> stopped = Stopped()) return Unexpected<Status>(std::move(*stopped));
  const rocksdb::Status status = SyncLog();
  if (status.ok()) return {};
  return Unexpected<Status>(Stop(status));
}

// REQUIRES: write_mutex_ is held.
rocksdb::Status RocksStore::SyncLog() {
  tracker_->BeforeSync();
  rocksdb::Status status = open_->env->CreateLogs();  // whose directory is synced with them
  if (status.ok()) status = db_->SyncWAL();
  if (status.ok()) tracker_->AfterSync();
  return status;
}

bool RocksStore::NearlyFull() {
  std::lock_guard lock(reserve_mutex_);
  const bool full = !open_->reserve->Take();
  if (was_full_ && !full) {
    open_->reporter.Tell(EventLevel::kInfo,
                         "there is room on the disk again: all writes are taken");
  }
  was_full_ = full;
  return full;
}

Result<void> RocksStore::Recover() {
  if (std::optional<Status> stopped = Stopped(); stopped && stopped->code == StatusCode::kNoSpace) {
    std::lock_guard lock(reserve_mutex_);
    if (open_->reserve->held()) {
      open_->reporter.Tell(
          EventLevel::kError,
          "the disk is full: the reserve is given back, and only deletes are taken");
    }
    open_->reserve->Release();  // also one that a server before this one left
    was_full_ = true;
  }
  rocksdb::Status status = TryToCreate();
  LogStore* const logs = open_->logs.load();
  if (status.ok() && logs) status = logs->Recover();  // the map's flushes wait for its
  if (status.ok()) status = ResumeAfterError(db_);
  if (!status.ok()) return Failure(status);
  // The log may end in a record of unknown fate. Nothing may follow it, and it must never be
  // replayed after what is written from now on: so nothing is until a flush has begun a new log.
  status = TouchMemtable();
  if (status.ok()) status = FlushAndWait(db_);
  if (status.ok()) status = open_->env->CreateLogs();
  if (!status.ok()) return Failure(status);
  if (auto dropped = DropUncommitted(); !dropped) return dropped;
  std::lock_guard lock(failed_mutex_);
  open_->listener->Clear();
  failed_.reset();
  return {};
}

// Removes what was appended by commits that failed.
Result<void> RocksStore::DropUncommitted() {
  LogStore* const logs = open_->logs.load();
  if (!logs) return {};
  const Result<uint64_t> last = open_->Position({});
  if (!last) return Unexpected<Status>(last.error());
  const rocksdb::Status status = logs->DropAbove(*last);
  if (!status.ok()) return Failure(status);
  return {};
}

// An error while no file can be created, but for a full disk. RocksDB tries a compaction again and
// again then, and Resume() would wait for it.
rocksdb::Status RocksStore::TryToCreate() {
  rocksdb::Env* const env = db_->GetEnv();
  const std::string path = open_->dir->ingest_path() + "/probe.sst";
  std::unique_ptr<rocksdb::WritableFile> file;
  rocksdb::Status status = env->CreateDirIfMissing(open_->dir->ingest_path());
  if (status.ok()) status = env->NewWritableFile(path, &file, rocksdb::EnvOptions());
  if (status.ok()) status = file->Close();
  if (status.ok()) status = env->DeleteFile(path);
  return status.IsNoSpace() ? rocksdb::Status::OK() : status;
}

// Makes the memtable not empty in which the next write will be. A full one gives way to a new one
// at the beginning of a write: here of one of nothing, not of the next.
rocksdb::Status RocksStore::FillMemtable() {
  rocksdb::WriteOptions unlogged;
  unlogged.disableWAL = true;
  rocksdb::WriteBatch nothing;
  rocksdb::Status status = db_->Write(unlogged, &nothing);
  if (status.ok()) status = open_->env->CreateLogs();
  if (!status.ok()) return status;
  uint64_t entries = 1;
  db_->GetIntProperty(rocksdb::DB::Properties::kNumEntriesActiveMemTable, &entries);
  return entries == 0 ? TouchMemtable() : rocksdb::Status::OK();
}

// Makes the memtable not empty, with an entry that changes nothing and bypasses the log.
rocksdb::Status RocksStore::TouchMemtable() {
  std::string value;
  const rocksdb::Status found = db_->Get({}, rocksdb::Slice(), &value);
  rocksdb::WriteOptions unlogged;
  unlogged.disableWAL = true;
  if (found.ok()) return db_->Put(unlogged, rocksdb::Slice(), value);
  return found.IsNotFound() ? db_->Delete(unlogged, rocksdb::Slice()) : found;
}

// Records in the write-ahead log may be without parts of what was in the range (logged_records.h),
// whose files are about to go.
Result<void> RocksStore::PrepareDrop(std::string_view begin, std::string_view end) {
  LogStore* const logs = open_->logs.load();
  const bool of_logs = begin >= kLogsBegin && !end.empty() && end <= kLogsEnd;
  if (!logs || of_logs) return {};
  const rocksdb::Status status = logs->Flush();
  if (!status.ok()) return Failure(status);
  return {};
}

Result<void> RocksStore::DropRange(std::string_view begin, std::string_view end) {
  rocksdb::WriteBatch batch;
  std::string last;
  if (end.empty()) {
    const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(WalkOptions()));
    it->SeekToLast();
    if (!it->status().ok()) return Failure(it->status());
    if (it->Valid()) last = it->key().ToString();
    last = std::max(last, std::string(kLogsEnd)) + '\0';
    end = last;
  }
  const auto delete_range = [&](std::string_view from, std::string_view to) {
    if (from < to) (void)batch.DeleteRange(ToSlice(from), ToSlice(to));
  };
  delete_range(begin, std::min(end, kLogsBegin));
  delete_range(std::max(begin, kLogsEnd), end);
  const std::string_view log_begin = std::max(begin, kLogsBegin), log_end = std::min(end, kLogsEnd);
  LogStore* const logs = log_begin < log_end ? open_->logs.load() : nullptr;
  const Result<uint64_t> position = logs ? open_->Position({}) : 0;
  if (!position) return Unexpected<Status>(position.error());
  if (logs) {
    auto noted = open_->NoteDrop(log_begin, log_end, *position, &batch);
    if (!noted) return noted;
  }
  if (batch.Count() == 0) return {};
  std::optional<RowCache::WritingAll> writing;
  if (RowCache::MayKeepAnyOf(begin, end)) writing.emplace(reader_.rows());
  WriteResult written = WriteBatch(&batch, {}, /*sync=*/true);
  writing.reset();
  if (written.outcome != WriteOutcome::kWritten)
    return Unexpected<Status>(std::move(written.status));

  rocksdb::Status status;
  if (logs) {
    const LogStore::Range dropped{std::string(log_begin), std::string(log_end), *position};
    status = logs->Drop({&dropped, 1});
  }
  // Whole files can go at once unless a snapshot still shows them. Those taken from here on do not.
  if (status.ok() && open_->snapshots.load() == 0) {
    const rocksdb::Slice from = ToSlice(begin), to = ToSlice(end);
    const rocksdb::RangePtr range(&from, &to);
    status = DeleteTablesIn(db_, {&range, 1});
  }
  if (!status.ok()) return Failure(status);
  return {};
}

Result<void> RocksStore::Ingest(IngestNext& next) {
  if (std::optional<Status> stopped = Stopped()) return Unexpected<Status>(std::move(*stopped));
  IngestNext forget_and_next = [&](std::string* key, std::string* value) {
    if (!next(key, value)) return false;
    // No one reads it until it is there.
    const WriteOp op{*key, *value};
    const RowCache::Writing forgotten(reader_.rows(), {&op, 1});
    return true;
  };
  if (open_->listener->has_failed()) return IngestAsWrites(forget_and_next);
  std::vector<std::string> files;
  Result<void> written = WriteIngestFiles(
      db_->GetOptions(), open_->dir->ingest_path(),
      [this] { return std::to_string(next_ingest_.fetch_add(1)) + ".sst"; }, forget_and_next,
      &files);
  if (written && !files.empty()) written = IngestTables(files);
  std::error_code ignored;  // what stays is removed when the directory is opened
  for (const std::string& file : files) std::filesystem::remove(file, ignored);
  return written;
}

// After a Resume(), RocksDB 7.8 aborts the process when it is to take in a file: its is_db_stopped_
// stays, and the file gets no number.
Result<void> RocksStore::IngestAsWrites(IngestNext& next) {
  rocksdb::WriteBatch batch;  // its own, as commits are written meanwhile
  std::string key, value;
  bool more = true;
  while (more) {
    batch.Clear();
    while (batch.GetDataSize() < kIngestBatch && (more = next(&key, &value))) {
      if (const auto put = batch.Put(key, value); !put.ok()) return Failure(put);
    }
    if (batch.Count() == 0) break;
    WriteResult written = WriteBatch(&batch, {}, /*sync=*/true);
    if (written.outcome != WriteOutcome::kWritten) {
      return Unexpected<Status>(std::move(written.status));
    }
  }
  return {};
}

Result<void> RocksStore::IngestTables(const std::vector<std::string>& files) {
  if (open_->listener->has_failed()) {  // as IngestAsWrites() says; the entries are used up
    return Unexpected(Status{StatusCode::kIoError, "the device failed while entries came"});
  }
  const rocksdb::Status status = TakeInTables(db_, files);
  if (!status.ok()) return Failure(status);
  std::lock_guard lock(write_mutex_);
  tracker_->Settle();
  return {};
}

Result<void> RocksStore::Compact(FunctionRef<void(double)> progress) {
  if (std::optional<Status> stopped = Stopped()) return Unexpected<Status>(std::move(*stopped));
  // The store of logs rewrites by itself what is worth it.
  const rocksdb::Status status = CompactEverything(db_, progress);
  if (!status.ok()) return Failure(status);
  return {};
}

KvStats RocksStore::Stats() {
  LogStore* const logs = open_->logs.load();
  const auto property = [&](const std::string& name) {
    uint64_t value = 0, of_logs = 0;
    db_->GetIntProperty(name, &value);
    if (logs) logs->db()->GetIntProperty(name, &of_logs);
    return value + of_logs;
  };
  bool stopped = open_->listener->stopped() || (logs && logs->stopped());
  {
    std::lock_guard lock(failed_mutex_);
    stopped |= failed_.has_value();
  }
  return {.stopped = stopped,
          .disk_bytes = property(rocksdb::DB::Properties::kTotalSstFilesSize),
          .memory_bytes = property(rocksdb::DB::Properties::kSizeAllMemTables) +
                          property(rocksdb::DB::Properties::kEstimateTableReadersMem) +
                          open_->cache->GetUsage()};
}

}  // namespace

Result<std::unique_ptr<KvStore>> OpenRocksStore(const std::string& dir,
                                                const EngineOptions& options, rocksdb::Env* env) {
  auto open = OpenDatabases(dir, options, env);
  if (!open) return Unexpected<Status>(std::move(open.error()));
  auto store = std::make_unique<RocksStore>(options, std::move(*open));
  if (auto started = store->Start(); !started) return Unexpected<Status>(started.error());
  return std::unique_ptr<KvStore>(std::move(store));
}

}  // namespace stator
