#include "storage/rocksdb_open.h"

#include <rocksdb/write_batch.h>

#include <filesystem>
#include <utility>
#include <vector>

#include "storage/background_pace.h"
#include "storage/format.h"
#include "storage/log_keys.h"
#include "storage/logged_records.h"
#include "storage/repair.h"
#include "storage/rocksdb_files.h"
#include "storage/rocksdb_log.h"
#include "storage/rocksdb_options.h"
#include "storage/rocksdb_slice.h"

namespace stator {
namespace {

Result<void> ReplayLogs(OpenDb* open, const EngineOptions& options) {
  const Result<LogStore*> logs = open->GetOrMakeLogs(options);
  if (!logs) return Unexpected<Status>(logs.error());
  return (*logs)->Replay(open->dir->db_path());
}

// What the map's write-ahead log has for the logs is only there until the map is opened.
Result<void> OpenLogs(OpenDb* open, const EngineOptions& options) {
  if (open->dir->format() == kLastFormatWithoutLogStore) return {};  // CopyAppended() makes it
  const std::string path = open->dir->logs_path();
  if (LogStore::Exists(path)) {
    Result<void> replayed = ReplayLogs(open, options);
    std::error_code error;
    if (replayed || replayed.error().code != StatusCode::kNoSpace ||
        !std::filesystem::remove(open->dir->reserve_path(), error)) {
      return replayed;
    }
    // This is what the reserve is for, as in OpenMap().
    open->logs.store(nullptr);
    open->owned_logs.reset();
    return ReplayLogs(open, options);
  }
  const Result<bool> needed = CarriesRecords(open->dir->db_path());
  if (!needed) return Unexpected<Status>(needed.error());
  if (*needed) return Fail(StatusCode::kCorruption, MissingLogs(path));
  return {};
}

Result<void> OpenMap(OpenDb* open, const EngineOptions& options) {
  const std::string path = open->dir->db_path();
  rocksdb::Options rocks =
      MakeRocksOptions(options, open->env.get(), open->dir->fresh(), open->cache);
  rocks.listeners.push_back(open->listener);
  rocks.listeners.push_back(std::make_shared<FlushLogsFirst>(&open->logs));
  if (options.paced) PaceBackgroundWork(&rocks);  // last: sees what waits once logs are flushed
  rocks.info_log = OpenRocksLog(path, rocks);
  rocksdb::DB* db = nullptr;
  rocksdb::Status status = rocksdb::DB::Open(rocks, path, &db);
  // What the logs hold has to go into tables: if there is no room for them, this is what the
  // reserve is for.
  std::error_code error;
  if (status.IsNoSpace() && std::filesystem::remove(open->dir->reserve_path(), error)) {
    status = rocksdb::DB::Open(rocks, path, &db);
  }
  if (!status.ok()) {
    Status failure = ToStatus(status);
    failure.message = "cannot open the database in " + path + ": " + failure.message;
    return Unexpected<Status>(std::move(failure));
  }
  open->db.reset(db);
  return {};
}

// Copies what an older server has appended to the store of logs; FORMAT says so then. If it is
// interrupted it is done again.
Result<void> CopyAppended(OpenDb* open, const EngineOptions& options) {
  const std::string path = open->dir->logs_path();
  std::error_code error;  // what stays is found by those who open it
  std::filesystem::remove_all(path, error);
  rocksdb::ReadOptions read = WalkOptions();
  const rocksdb::Slice end = ToSlice(kLogsEnd);
  read.iterate_upper_bound = &end;
  const std::unique_ptr<rocksdb::Iterator> it(open->db->NewIterator(read));
  it->Seek(ToSlice(kLogsBegin));
  rocksdb::Status status = it->status();
  if (status.ok() && it->Valid()) {
    open->reporter.Tell(EventLevel::kInfo, "moving the logs of changes to " + path);
    const Result<LogStore*> logs = open->GetOrMakeLogs(options);
    if (!logs) return Unexpected<Status>(logs.error());
    std::string log;  // the prefix of the record before
    for (; status.ok() && it->Valid(); it->Next()) {
      const WriteOp record{ToView(it->key()), ToView(it->value())};
      const std::string_view prefix = record.key.substr(0, record.key.size() - kAppendStampBytes);
      if (prefix != log) (*logs)->EndSegment();  // positions begin anew
      log.assign(prefix);
      status = (*logs)->Append({&record, 1}, nullptr);
    }
    if (status.ok()) status = it->status();
    if (status.ok()) status = (*logs)->Flush();
  }
  if (!status.ok()) return Failure(status);
  return open->dir->WriteFormat();
}

// What was copied.
Result<void> RemoveAppended(rocksdb::DB* db) {
  const rocksdb::Slice begin = ToSlice(kLogsBegin), end = ToSlice(kLogsEnd);
  rocksdb::ReadOptions read = WalkOptions();
  read.iterate_upper_bound = &end;
  const std::unique_ptr<rocksdb::Iterator> it(db->NewIterator(read));
  it->Seek(begin);
  if (!it->Valid()) return {};  // or it cannot be read: then it takes room until it can
  const rocksdb::Status status = db->DeleteRange({}, db->DefaultColumnFamily(), begin, end);
  if (!status.ok()) return Failure(status);
  return {};
}

// Takes out of the store of logs what was dropped; what is certainly not in its tables any more is
// forgotten.
Result<void> DropAgain(OpenDb* open) {
  LogStore* const logs = open->logs.load();
  if (!logs) return {};
  const bool unknown = logs->HoldsUnknown();
  std::vector<LogStore::Range> dropped;
  rocksdb::WriteBatch forgotten;
  const std::unique_ptr<rocksdb::Iterator> it(open->db->NewIterator(WalkOptions()));
  std::string_view begin, end;
  for (it->Seek(ToSlice(kDroppedKey));
       it->Valid() && DecodeDroppedKey(ToView(it->key()), &begin, &end); it->Next()) {
    const Result<uint64_t> position = DecodeGuard(ToView(it->value()));
    if (!position) return Unexpected<Status>(position.error());
    if (unknown || logs->Holds(begin, end)) {
      dropped.push_back({std::string(begin), std::string(end), *position});
    } else {
      (void)forgotten.Delete(it->key());
    }
  }
  rocksdb::Status status = it->status();
  if (status.ok() && !dropped.empty()) status = logs->Drop(dropped);
  if (status.ok() && forgotten.Count() > 0) status = open->db->Write({}, &forgotten);
  if (!status.ok()) return Failure(status);
  return {};
}

// Where there is no store of logs: whether none is missing.
Result<void> RefuseMissingLogs(const OpenDb& open) {
  const auto [first, last] = SizesOfLogs();
  const std::unique_ptr<rocksdb::Iterator> it(open.db->NewIterator(WalkOptions()));
  it->Seek(first);
  // What cannot be read here is reported when it is needed.
  if (!it->Valid() || it->key().compare(last) >= 0) return {};
  return Fail(StatusCode::kCorruption, MissingLogs(open.dir->logs_path()));
}

}  // namespace

Result<LogStore*> OpenDb::GetOrMakeLogs(const EngineOptions& options) {
  if (owned_logs) return owned_logs.get();
  EngineOptions of_disk = options;
  of_disk.reserve_bytes = reserve->bytes();
  auto opened = LogStore::Open(dir->logs_path(), of_disk, env.get(), cache, &reporter);
  if (!opened) return Unexpected<Status>(std::move(opened.error()));
  owned_logs = std::move(*opened);
  logs.store(owned_logs.get());
  return owned_logs.get();
}

Result<uint64_t> OpenDb::Position(const rocksdb::ReadOptions& read) const {
  rocksdb::PinnableSlice value;
  const rocksdb::Status status =
      db->Get(read, db->DefaultColumnFamily(), ToSlice(kPositionKey), &value);
  if (status.IsNotFound()) return uint64_t{0};
  if (!status.ok()) return Failure(status);
  return DecodeGuard(std::string_view(value.data(), value.size()));
}

Result<void> OpenDb::NoteDrop(std::string_view begin, std::string_view end, uint64_t position,
                              rocksdb::WriteBatch* batch) const {
  const std::string first = DroppedKey(begin, {}), last = DroppedKey(begin, end);
  const std::unique_ptr<rocksdb::Iterator> it(db->NewIterator(WalkOptions()));
  for (it->Seek(first); it->Valid() && ToView(it->key()) < last; it->Next()) {
    (void)batch->Delete(it->key());
  }
  if (!it->status().ok()) return Failure(it->status());
  (void)batch->Put(last, EncodeGuard(position));
  return {};
}

Result<std::shared_ptr<OpenDb>> OpenDatabases(const std::string& dir, const EngineOptions& options,
                                              rocksdb::Env* env) {
  auto open = std::make_shared<OpenDb>(options.report);
  Result<std::unique_ptr<DataDir>> data = DataDir::Open(dir);
  if (!data) return Unexpected<Status>(std::move(data.error()));
  open->dir = std::move(*data);
  open->reserve.emplace(open->dir->reserve_path(), options.reserve_bytes);
  open->cache = NewBlockCache(options.block_cache_bytes);
  open->listener = std::make_shared<ErrorListener>(&open->reporter);
  open->env = NewLogEnv(env ? env : DefaultRocksEnv(), options.write_buffer_bytes / 64);

  std::error_code error;
  Result<void> done;
  if (!open->dir->fresh() || std::filesystem::exists(open->dir->db_path() + "/CURRENT", error)) {
    done = PrepareToOpen(*open->dir, options.report);
    if (done) done = OpenLogs(open.get(), options);
  }
  if (done) done = open->dir->EmptyIngest();
  if (done) done = OpenMap(open.get(), options);
  if (done && open->dir->format() == kLastFormatWithoutLogStore) {
    done = CopyAppended(open.get(), options);
  }
  if (done) done = RemoveAppended(open->db.get());
  if (done) done = DropAgain(open.get());
  if (done && open->logs.load()) open->logs.load()->ReportLost(&open->reporter);
  if (done && !open->logs.load()) done = RefuseMissingLogs(*open);
  if (!done) return Unexpected<Status>(std::move(done.error()));
  return open;
}

}  // namespace stator
