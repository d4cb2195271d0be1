#include "storage/log_store.h"

#include <rocksdb/env.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <iterator>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/thread_priority.h"
#include "storage/engine.h"
#include "storage/log_compression.h"
#include "storage/logged_records.h"
#include "storage/own_flush_thread.h"
#include "storage/rocksdb_log.h"
#include "storage/rocksdb_options.h"
#include "storage/rocksdb_recovery.h"
#include "storage/rocksdb_slice.h"

namespace stator {
namespace {

// Within which a flush is usually done.
constexpr std::chrono::milliseconds kPatience{200};
// Parts of the index that are looked up at once.
constexpr size_t kPartsAtOnce = 16;
constexpr size_t kReplayBatch = size_t{1} << 20;
// The file that is written last when a database is made.
constexpr const char* kWhole = "/WHOLE";
// A segment that is being rewritten.
constexpr const char* kRewritten = "/rewritten.tmp";
// Segments that are smaller are left as they are until they can go.
constexpr uint64_t kWorthRewriting = 64 << 10;

std::string_view RecordKey(const rocksdb::Slice& segment_key) {
  return ToView(segment_key).substr(kSegmentBytes);
}

rocksdb::WriteOptions Unlogged() {
  rocksdb::WriteOptions write;
  write.disableWAL = true;
  return write;
}

rocksdb::Status SyncDirectory(rocksdb::Env* env, const std::string& path) {
  std::unique_ptr<rocksdb::Directory> directory;
  const rocksdb::Status status = env->NewDirectory(path, &directory);
  return status.ok() ? directory->Fsync() : status;
}

// Notes, durably, that a new database is whole.
rocksdb::Status MarkWhole(rocksdb::Env* env, const std::string& path) {
  rocksdb::Status status =
      rocksdb::WriteStringToFile(env, "stator logs\n", path + kWhole, /*should_sync=*/true);
  if (status.ok()) status = SyncDirectory(env, path);
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return status.ok() ? SyncDirectory(env, parent) : status;
}

thread_local rocksdb::Status refused_flush;

}  // namespace

// Knows which memtables were flushed, and what went wrong.
class LogStore::FlushListener final : public rocksdb::EventListener {
 public:
  explicit FlushListener(Reporter* reporter) : reporter_(reporter) {}

  void OnMemTableSealed(const rocksdb::MemTableInfo& info) override {
    std::lock_guard lock(mutex_);
    if (info.num_entries > 0) sealed_ = info.first_seqno;
  }
  void OnFlushCompleted(rocksdb::DB*, const rocksdb::FlushJobInfo& info) override {
    std::lock_guard lock(mutex_);
    flushed_ = std::max(flushed_, info.largest_seqno);
    changed_.notify_all();
  }
  // RocksDB goes on taking writes after a failed flush of what is in no log.
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* status) override {
    const bool stops = reason != rocksdb::BackgroundErrorReason::kCompaction ||
                       status->severity() >= rocksdb::Status::Severity::kHardError;
    has_failed_ = true;
    reporter_->TellBackgroundError(stops, "in the logs of changes: " + status->ToString());
    if (stops) Stop(*status);
  }

  rocksdb::SequenceNumber sealed() {
    std::lock_guard lock(mutex_);
    return sealed_;
  }
  // Until the memtables up to one that was sealed are in tables, or no more can be. False if
  // neither has come within the time.
  bool AwaitFlushed(rocksdb::SequenceNumber sealed, std::chrono::milliseconds time,
                    rocksdb::Status* result) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, time, [&] { return flushed_ >= sealed || !stopped_.ok(); })) {
      return false;
    }
    *result = flushed_ >= sealed ? rocksdb::Status::OK() : stopped_;
    return true;
  }
  rocksdb::Status stopped() {
    std::lock_guard lock(mutex_);
    return stopped_;
  }
  void Stop(const rocksdb::Status& status) {
    std::lock_guard lock(mutex_);
    stopped_ = status;
    changed_.notify_all();
  }
  void Clear() {
    std::lock_guard lock(mutex_);
    stopped_ = rocksdb::Status::OK();
  }
  // Whether there ever was an error, also one that is over.
  bool has_failed() const { return has_failed_; }

 private:
  Reporter* const reporter_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // The first entry of the last memtable that was sealed; the last one in tables. Memtables are
  // flushed in order.
  rocksdb::SequenceNumber sealed_ = 0;
  rocksdb::SequenceNumber flushed_ = 0;
  rocksdb::Status stopped_;
  std::atomic<bool> has_failed_{false};
};

LogStore::LogStore(std::string path) : path_(std::move(path)) {}

LogStore::~LogStore() {
  closing_ = true;
  if (compacting_thread_.joinable()) compacting_thread_.join();
}

Result<std::unique_ptr<LogStore>> LogStore::Open(const std::string& path,
                                                 const EngineOptions& options, rocksdb::Env* env,
                                                 std::shared_ptr<rocksdb::Cache> cache,
                                                 Reporter* reporter) {
  std::unique_ptr<LogStore> store(new LogStore(path));
  store->env_ = std::make_unique<OwnFlushThread>(env);
  store->listener_ = std::make_shared<FlushListener>(reporter);
  const bool fresh = !Exists(path);
  std::error_code ignored;                                // RocksDB says what is wrong
  if (fresh) std::filesystem::remove_all(path, ignored);  // what was begun
  std::filesystem::create_directory(path, ignored);
  std::filesystem::remove(path + kRewritten, ignored);
  rocksdb::Options rocks = MakeLogOptions(options, store->env_.get(), std::move(cache));
  rocks.listeners.push_back(store->listener_);
  rocks.info_log = OpenRocksLog(path, rocks);
  // Memtables are switched here, where a segment ends.
  store->max_segment_bytes_ = rocks.write_buffer_size;
  rocks.write_buffer_size *= 2;
  rocksdb::DB* db = nullptr;
  rocksdb::Status status = rocksdb::DB::Open(rocks, path, &db);
  if (status.ok()) {
    store->db_.reset(db);
    store->compression_ = std::make_unique<LogCompression>(db);
    if (fresh) {
      status = MarkWhole(env, path);
    } else {
      store->damage_ = IndexTables(db, &store->index_, &store->segments_);
      status = store->DeleteDeadSegments();
    }
  }
  if (!status.ok()) {
    Status failure = ToStatus(status);
    failure.message = "cannot open the logs of changes in " + path + ": " + failure.message;
    return Unexpected<Status>(std::move(failure));
  }
  if (!store->damage_.ok()) {
    reporter->Tell(EventLevel::kError,
                   "the logs of changes cannot be read: " + store->damage_.ToString());
  }
  return store;
}

bool LogStore::Exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path + kWhole, error);
}

// Tables hold a beginning of all that was appended, of whole commits: a commit's records have one
// position.
Result<void> LogStore::Replay(const std::string& db_path) {
  rocksdb::WriteBatch batch;
  rocksdb::Status status;
  uint64_t last = 0;  // position in the batch
  const auto write_batch = [&] {
    if (status.ok() && batch.Count() > 0) status = db_->Write(Unlogged(), &batch);
    batch.Clear();
  };
  const auto add = [&](std::string_view key, std::optional<std::string_view> value) {
    // Perhaps it is whole in a table of which nothing is known.
    if (!value && !damage_.ok()) return;
    const std::string_view record = key.substr(kSegmentBytes);
    if (batch.GetDataSize() >= kReplayBatch && PositionOf(record) != last) write_batch();
    if (!status.ok()) return;
    last = PositionOf(record);
    status = batch.Put(ToSlice(key), ToSlice(value.value_or("")));
    index_.Add(record, SegmentOf(key));
    segments_.insert(SegmentOf(key));
    if (!value) lost_.emplace_back(record);
  };
  auto read = ReadLoggedRecords(db_path, index_.last_position(), add);
  if (!read) return Unexpected<Status>(std::move(read.error()));
  lost_to_ = std::move(*read);
  write_batch();
  if (status.ok()) status = Flush();
  if (!status.ok()) return Failure(status);
  return {};
}

void LogStore::ReportLost(Reporter* reporter) {
  const auto held = std::count_if(lost_.begin(), lost_.end(), [this](const std::string& record) {
    return Holds(record, record + '\0');
  });
  lost_.clear();
  if (held == 0) return;
  reporter->Tell(EventLevel::kError,
                 std::to_string(held) + " records of logs are lost, with what they replaced: " +
                     (lost_to_ ? lost_to_->message : "it is not there any more"));
}

rocksdb::Status LogStore::Append(std::span<const WriteOp> records, rocksdb::WriteBatch* logged) {
  std::lock_guard lock(append_mutex_);
  if (!segment_) segment_ = SegmentAt(PositionOf(records.front().key));
  rocksdb::Status status = MakeBatch(*segment_, records, RecordsFor::kStore, &batch_);
  if (status.ok() && logged) status = Log(records, logged);
  if (status.ok()) status = db_->Write(Unlogged(), &batch_);
  if (!status.ok()) return status;
  {
    std::lock_guard index_lock(index_mutex_);
    for (const WriteOp& record : records) index_.Add(record.key, *segment_);
    segments_.insert(*segment_);
  }
  segment_bytes_ += batch_.GetDataSize();
  compression_->Note(batch_.GetDataSize());
  if (segment_bytes_ < max_segment_bytes_) return status;
  status = SwitchMemtable();
  return status.IsTryAgain() ? rocksdb::Status::OK() : status;  // the next one will
}

// Adds `batch_`, or what is shorter, to the batch that a write-ahead log gets. REQUIRES:
// append_mutex_ is held.
rocksdb::Status LogStore::Log(std::span<const WriteOp> records, rocksdb::WriteBatch* logged) {
  const auto shortens = [](const WriteOp& record) { return record.end_of || record.former; };
  if (std::none_of(records.begin(), records.end(), shortens)) {
    return logged->PutLogData(batch_.Data());
  }
  const rocksdb::Status status =
      MakeBatch(*segment_, records, RecordsFor::kWriteAheadLog, &logged_);
  return status.ok() ? logged->PutLogData(logged_.Data()) : status;
}

// To a new memtable and, with what comes next, a new segment; TryAgain if too many wait to be
// flushed. REQUIRES: append_mutex_ is held.
rocksdb::Status LogStore::SwitchMemtable() {
  rocksdb::FlushOptions flush;
  flush.allow_write_stall = true;
  flush.wait = false;
  const rocksdb::Status status = db_->Flush(flush);
  if (!status.ok()) return status;
  segment_.reset();
  segment_bytes_ = 0;
  return status;
}

rocksdb::Status LogStore::Flush() {
  compression_->Choose();
  while (true) {
    rocksdb::Status status;
    rocksdb::SequenceNumber sealed = 0;
    {
      std::lock_guard lock(append_mutex_);
      status = SwitchMemtable();
      sealed = listener_->sealed();
    }
    if (!status.ok() && !status.IsTryAgain()) return status;
    rocksdb::Status flushed;
    while (!listener_->AwaitFlushed(sealed, kPatience, &flushed)) {
      // RocksDB tells of an error before it notes it, and Recover() may come in between. If there
      // is none this does nothing.
      const rocksdb::Status resumed = ResumeAfterError(db_.get());
      if (!resumed.ok() && !resumed.IsBusy()) listener_->Stop(resumed);
    }
    if (status.ok() || !flushed.ok()) return flushed;
  }
}

void LogStore::EndSegment() {
  std::lock_guard lock(append_mutex_);
  segment_.reset();
}

Result<ScanEnd> LogStore::Scan(StoreRange range, uint64_t last_position, rocksdb::ReadOptions read,
                               KvStore::ScanVisit visit) {
  if (!damage_.ok()) return Failure(damage_);
  std::string bound;  // of what is left of `range`
  while (true) {
    std::vector<LogIndex::Part> parts;
    std::unique_ptr<rocksdb::Iterator> it;
    {
      std::shared_lock lock(index_mutex_);
      parts = index_.Find(range, kPartsAtOnce);
      // Before a segment goes that the index has named.
      if (!parts.empty()) it.reset(db_->NewIterator(read));
    }
    for (const LogIndex::Part& part : parts) {
      if (!VisitPart(it.get(), part, range.reverse, last_position, visit)) return ScanEnd::kStopped;
      if (it->status().IsIncomplete()) return ScanEnd::kWouldBlock;
      if (!it->status().ok()) return Failure(it->status());
    }
    if (parts.size() < kPartsAtOnce) return ScanEnd::kExhausted;
    bound = range.reverse ? parts.back().begin : parts.back().end;
    (range.reverse ? range.end : range.begin) = bound;
  }
}

bool LogStore::Holds(std::string_view begin, std::string_view end) {
  std::shared_lock lock(index_mutex_);
  return !index_.Find({begin, end}, 1).empty();
}

bool LogStore::HoldsUnknown() {
  std::shared_lock lock(index_mutex_);
  return !damage_.ok() || segments_.size() > index_.Segments().size();
}

rocksdb::Status LogStore::Drop(std::span<const Range> ranges) {
  {
    std::lock_guard lock(index_mutex_);
    for (const Range& range : ranges) {
      thinned_.merge(index_.Drop(range.begin, range.end, range.last_position));
    }
  }
  const rocksdb::Status status = DeleteDeadSegments();
  StartCompacting();
  return status;
}

// The files of segments that hold nothing any more. Those that RocksDB keeps for now, of the last
// ones that were written, are deleted another time.
rocksdb::Status LogStore::DeleteDeadSegments() {
  if (!damage_.ok()) return rocksdb::Status::OK();
  std::vector<uint64_t> dead;
  {
    std::lock_guard append_lock(append_mutex_);
    std::shared_lock lock(index_mutex_);
    const std::set<uint64_t> live = index_.Segments();
    std::set_difference(segments_.begin(), segments_.end(), live.begin(), live.end(),
                        std::back_inserter(dead));
    if (segment_) std::erase(dead, *segment_);
  }
  if (dead.empty()) return rocksdb::Status::OK();
  std::vector<std::string> bounds;
  for (const uint64_t segment : dead) {
    bounds.push_back(SegmentKey(segment, {}));
    bounds.push_back(SegmentKey(segment + 1, {}));
  }
  std::vector<rocksdb::Slice> slices(bounds.begin(), bounds.end());
  std::vector<rocksdb::RangePtr> ranges;
  for (size_t i = 0; i < slices.size(); i += 2) ranges.emplace_back(&slices[i], &slices[i + 1]);
  const rocksdb::Status status = DeleteTablesIn(db_.get(), ranges);
  if (!status.ok()) return status;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(WalkOptions()));
  for (const uint64_t segment : dead) {
    it->Seek(SegmentKey(segment, {}));
    if (!it->status().ok()) return it->status();
    if (it->Valid() && SegmentOf(ToView(it->key())) == segment) continue;
    std::lock_guard lock(index_mutex_);
    segments_.erase(segment);
    thinned_.erase(segment);
  }
  return status;
}

void LogStore::StartCompacting() {
  std::lock_guard lock(compacting_mutex_);
  if (compacting_ || !damage_.ok()) return;
  if (compacting_thread_.joinable()) compacting_thread_.join();
  compacting_ = true;
  compacting_thread_ = std::thread([this] {
    BeNice(kNiceOfCompaction);
    CompactSegments();
    std::lock_guard done(compacting_mutex_);
    compacting_ = false;
  });
}

// Those that are not worth it yet, or fail, are looked at again after the next drop.
void LogStore::CompactSegments() {
  std::set<uint64_t> segments, left;
  {
    std::lock_guard lock(index_mutex_);
    segments.swap(thinned_);
  }
  for (const uint64_t segment : segments) {
    if (closing_) return;
    if (!IsMostlyDead(segment) || !Rewrite(segment).ok()) left.insert(segment);
  }
  std::lock_guard lock(index_mutex_);
  thinned_.merge(left);
}

// Whether less than half of a segment in tables is needed; of one that is dead, nothing has to be
// done here.
bool LogStore::IsMostlyDead(uint64_t segment) {
  std::vector<LogIndex::Part> parts;
  {
    std::lock_guard append_lock(append_mutex_);
    if (segment == segment_ || !CanBeRewritten(segment)) return false;
  }
  {
    std::shared_lock lock(index_mutex_);
    parts = index_.PartsIn(segment);
  }
  uint64_t needed = 0;
  for (const LogIndex::Part& part : parts) {
    needed += BytesOf(SegmentKey(segment, part.begin), SegmentKey(segment, part.end));
  }
  const uint64_t all = BytesOf(SegmentKey(segment, {}), SegmentKey(segment + 1, {}));
  return !parts.empty() && all >= kWorthRewriting && needed < all / 2;
}

uint64_t LogStore::BytesOf(const std::string& begin, const std::string& end) {
  const rocksdb::Range range(begin, end);
  uint64_t bytes = 0;
  return db_->GetApproximateSizes(&range, 1, &bytes).ok() ? bytes : 0;
}

// As a file of its own, which RocksDB takes in. Whoever finds both segments takes the later one.
rocksdb::Status LogStore::Rewrite(uint64_t segment) {
  // After a Resume(), RocksDB 7.8 aborts the process when it is to take in a file.
  if (listener_->has_failed()) return rocksdb::Status::NotSupported("not until the next start");
  std::lock_guard rewrite(rewrite_mutex_);
  std::vector<LogIndex::Part> parts;
  {
    std::shared_lock lock(index_mutex_);
    parts = index_.PartsIn(segment);
  }
  const std::string file = path_ + kRewritten;
  // It may be a second name of a table by now: it must go, and not be written to.
  std::error_code error;
  std::filesystem::remove(file, error);
  if (error) return rocksdb::Status::IOError("cannot remove " + file, error.message());
  rocksdb::Options options = db_->GetOptions();
  options.compression = compression_->type();
  rocksdb::SstFileWriter writer(rocksdb::EnvOptions(), options);
  rocksdb::Status status = writer.Open(file);
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(WalkOptions()));
  bool any = false;
  for (const LogIndex::Part& part : parts) {
    VisitPart(it.get(), part, /*reverse=*/false, UINT64_MAX,
              [&](std::string_view key, std::string_view value) {
                any = true;
                if (status.ok()) status = writer.Put(SegmentKey(segment + 1, key), ToSlice(value));
                return status.ok() && !closing_;
              });
    if (status.ok()) status = it->status();
  }
  if (status.ok() && closing_) status = rocksdb::Status::ShutdownInProgress();
  if (status.ok() && any) status = writer.Finish();
  if (status.ok() && any) status = TakeInTables(db_.get(), {file});
  std::filesystem::remove(file, error);
  if (!status.ok()) return status;
  {
    std::lock_guard lock(index_mutex_);
    index_.Move(segment, segment + 1);
    if (any) segments_.insert(segment + 1);
  }
  return DeleteDeadSegments();
}

rocksdb::Status LogStore::DropAbove(uint64_t position) {
  std::lock_guard rewrite(rewrite_mutex_);
  std::vector<LogIndex::Part> parts;
  {
    std::shared_lock lock(index_mutex_);
    parts = index_.PartsAbove(position);
  }
  if (parts.empty()) return rocksdb::Status::OK();
  rocksdb::WriteBatch batch;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(WalkOptions()));
  for (const LogIndex::Part& part : parts) {
    VisitPart(it.get(), part, /*reverse=*/false, UINT64_MAX, [&](std::string_view key, auto) {
      (void)batch.Delete(SegmentKey(part.segment, key));
      return true;
    });
    if (!it->status().ok()) return it->status();
  }
  rocksdb::Status status = db_->Write(Unlogged(), &batch);
  if (status.ok()) status = Flush();
  if (!status.ok()) return status;
  std::lock_guard lock(index_mutex_);
  index_.DropAbove(position);  // not before it is so in tables
  return status;
}

std::optional<Status> LogStore::stopped() {
  const rocksdb::Status stopped = listener_->stopped();
  if (stopped.ok()) return std::nullopt;
  Status status = ToStatus(stopped);
  // What RocksDB calls busy is no overload here.
  if (status.code == StatusCode::kOverloaded) status.code = StatusCode::kIoError;
  return status;
}

rocksdb::Status LogStore::Recover() {
  listener_->Clear();  // before: an error that comes meanwhile counts
  rocksdb::Status status = ResumeAfterError(db_.get());
  if (status.ok()) status = Flush();
  // Whatever had forbidden it: what is dropped must go in the end.
  if (status.ok()) status = db_->EnableFileDeletions(/*force=*/true);
  if (!status.ok()) listener_->Stop(status);
  return status;
}

rocksdb::Status IndexTables(rocksdb::DB* db, LogIndex* index, std::set<uint64_t>* segments) {
  const std::unique_ptr<rocksdb::Iterator> it(db->NewIterator(WalkOptions()));
  it->SeekToFirst();
  uint64_t before = 0;
  while (it->Valid()) {
    const uint64_t segment = SegmentOf(ToView(it->key()));
    if (segment != before && IsRewritten(before, segment)) index->DropSegment(before);
    before = segment;
    const std::string_view first = RecordKey(it->key());
    if (first.size() < kAppendStampBytes) {
      return rocksdb::Status::Corruption("a key that is not of a record");
    }
    if (segments) segments->insert(segment);
    index->Add(first, segment);
    // The last record of the same log in the segment, and what follows it.
    std::string after = SegmentKey(segment, first.substr(0, first.size() - kAppendStampBytes));
    after.append(kAppendStampBytes + 1, '\xFF');
    it->SeekForPrev(after);
    if (!it->Valid()) break;
    index->Add(RecordKey(it->key()), segment);
    it->Seek(after);
  }
  return it->status();
}

bool VisitPart(rocksdb::Iterator* it, const LogIndex::Part& part, bool reverse,
               uint64_t last_position, KvStore::ScanVisit visit) {
  const std::string begin = SegmentKey(part.segment, part.begin);
  const std::string end = SegmentKey(part.segment, part.end);
  if (reverse) {
    it->SeekForPrev(end);
    if (it->Valid() && ToView(it->key()) == end) it->Prev();
  } else {
    it->Seek(begin);
  }
  while (it->Valid()) {
    const std::string_view key = ToView(it->key());
    if (reverse ? key < begin : key >= end) break;
    const std::string_view record = key.substr(kSegmentBytes);
    if (PositionOf(record) <= last_position && !visit(record, ToView(it->value()))) return false;
    if (reverse) {
      it->Prev();
    } else {
      it->Next();
    }
  }
  return true;
}

void FlushLogsFirst::OnFlushBegin(rocksdb::DB*, const rocksdb::FlushJobInfo&) {
  LogStore* const logs = logs_->load();
  refused_flush = logs ? logs->Flush() : rocksdb::Status::OK();
}

std::string MissingLogs(const std::string& path) {
  return path + " is missing, and changes were recorded in it";
}

rocksdb::Status RefusedFlush() { return refused_flush; }

}  // namespace stator
