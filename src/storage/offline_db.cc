#include "storage/offline_db.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/table_properties.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "storage/manifest.h"
#include "storage/rocksdb_files.h"
#include "storage/rocksdb_options.h"
#include "storage/rocksdb_slice.h"

namespace stator {
namespace {

namespace fs = std::filesystem;

constexpr size_t kReadAhead = size_t{2} << 20;

class NoLog final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

// RocksDB deletes what it has marked as trash also when it opens a database to read it.
class KeptFiles final : public rocksdb::FileSystemWrapper {
 public:
  using rocksdb::FileSystemWrapper::FileSystemWrapper;
  const char* Name() const override { return "KeptFiles"; }
  rocksdb::IOStatus DeleteFile(const std::string&, const rocksdb::IOOptions&,
                               rocksdb::IODebugContext*) override {
    return rocksdb::IOStatus::NotSupported("nothing is changed");
  }
};

// Shows no write-ahead logs.
class TablesAlone final : public rocksdb::FileSystemWrapper {
 public:
  using rocksdb::FileSystemWrapper::FileSystemWrapper;
  const char* Name() const override { return "TablesAlone"; }
  rocksdb::IOStatus GetChildren(const std::string& dir, const rocksdb::IOOptions& options,
                                std::vector<std::string>* names,
                                rocksdb::IODebugContext* dbg) override {
    rocksdb::IOStatus status = target()->GetChildren(dir, options, names, dbg);
    std::erase_if(*names, [](const std::string& name) { return IsNumbered(name, ".log"); });
    return status;
  }
};

std::shared_ptr<rocksdb::FileSystem> KeepingFiles() {
  return std::make_shared<KeptFiles>(DefaultRocksEnv()->GetFileSystem());
}

rocksdb::Env* KeepingEnv() {
  static const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(KeepingFiles());
  return env.get();
}

rocksdb::Env* TablesEnv() {
  static const std::unique_ptr<rocksdb::Env> env =
      rocksdb::NewCompositeEnv(std::make_shared<TablesAlone>(KeepingFiles()));
  return env.get();
}

rocksdb::Options ReadingOptions() {
  EngineOptions engine;
  rocksdb::Options options = MakeRocksOptions(engine, KeepingEnv(), /*create=*/false,
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

bool IsOwnFileOfDatabase(const std::string& name) {
  static const std::set<std::string> kNames = {"CURRENT", "IDENTITY", "LOCK", "LOG", "WHOLE"};
  return kNames.contains(name) || name.starts_with("LOG.old.") || name.starts_with("MANIFEST-") ||
         name.starts_with("OPTIONS-") || IsNumbered(name, ".log") ||
         // Were being deleted (background_pace.h) when the server stopped.
         IsNumbered(name, ".sst.trash") || IsNumbered(name, ".log.trash");
}

Result<void> VerifyFile(const std::string& path) {
  rocksdb::SstFileReader reader(ReadingOptions());
  rocksdb::Status status = reader.Open(path);
  rocksdb::ReadOptions read = OfflineReadOptions();
  read.fill_cache = false;
  read.readahead_size = kReadAhead;
  if (status.ok()) status = reader.VerifyChecksum(read);
  if (!status.ok()) return OfflineFailure(status);
  return {};
}

}  // namespace

Unexpected<Status> OfflineFailure(const rocksdb::Status& status) {
  const bool damage = status.IsCorruption() || status.IsNotFound() || status.IsPathNotFound();
  return Fail(damage ? StatusCode::kCorruption : StatusCode::kIoError, status.ToString());
}

rocksdb::ReadOptions OfflineReadOptions() {
  rocksdb::ReadOptions read;
  read.verify_checksums = true;
  read.total_order_seek = true;  // ranges go over many prefixes
  return read;
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

Result<std::unique_ptr<rocksdb::DB>> OpenTablesToRead(const std::string& path) {
  rocksdb::Options options = ReadingOptions();
  options.env = TablesEnv();
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::OpenForReadOnly(options, path, &db);
  if (!status.ok()) return OfflineFailure(status);
  return std::unique_ptr<rocksdb::DB>(db);
}

Result<std::unique_ptr<OfflineDb>> OfflineDb::Open(const std::string& dir,
                                                   const std::string& folder, bool lenient) {
  const std::string path = dir + "/" + folder;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      rocksdb::DB::OpenForReadOnly(lenient ? LenientOptions() : ReadingOptions(), path, &db);
  if (!status.ok()) return OfflineFailure(status);
  return std::unique_ptr<OfflineDb>(new OfflineDb(path, folder, std::unique_ptr<rocksdb::DB>(db)));
}

OfflineDb::OfflineDb(std::string path, std::string folder, std::unique_ptr<rocksdb::DB> db)
    : path_(std::move(path)), folder_(std::move(folder)), db_(std::move(db)) {
  db_->GetLiveFilesMetaData(&files_);
  // Level by level, and in level 0 by age.
  std::stable_sort(files_.begin(), files_.end(), [](const auto& a, const auto& b) {
    return a.level != b.level ? a.level < b.level : a.largest_seqno > b.largest_seqno;
  });
}

Result<ScanEnd> OfflineDb::Scan(const StoreRange& range, KvStore::ScanVisit visit) const {
  rocksdb::ReadOptions read = OfflineReadOptions();
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
  if (!it->status().ok()) return OfflineFailure(it->status());
  return ScanEnd::kExhausted;
}

std::string OfflineDb::NameOf(const std::string& file) const {
  return folder_ == kMapFolder ? file : folder_ + "/" + file;
}

std::string OfflineDb::PathOf(const TableFile& file) const {
  return path_ + "/" + fs::path(file.name).filename().string();
}

std::vector<TableFile> OfflineDb::TableFiles() const {
  std::vector<TableFile> files;
  for (const rocksdb::LiveFileMetaData& file : files_) {
    files.push_back({NameOf(file.relative_filename), file.level, file.size, file.num_entries});
  }
  return files;
}

std::vector<FileFinding> OfflineDb::StrayFiles() const {
  std::vector<FileFinding> stray;
  std::set<std::string> live;
  for (const rocksdb::LiveFileMetaData& file : files_) live.insert(file.relative_filename);
  for (const std::string& name : NamesIn(path_)) {
    if (live.contains(name) || IsOwnFileOfDatabase(name)) continue;
    const bool leftover = IsNumbered(name, ".sst") || IsNumbered(name, ".dbtmp");
    stray.push_back(
        {folder_ + "/" + name, leftover ? "is not part of the database (left of an interrupted "
                                          "flush or compaction); goes when a server opens"
                                        : "is not a file of the database"});
  }
  return stray;
}

Result<void> OfflineDb::Verify(const TableFile& file) const {
  std::error_code error;
  const uint64_t bytes = fs::file_size(PathOf(file), error);
  if (error)
    return Fail(StatusCode::kCorruption, "is missing or cannot be read: " + error.message());
  if (bytes != file.bytes) {
    return Fail(StatusCode::kCorruption,
                "has " + std::to_string(bytes) + " bytes instead of " + std::to_string(file.bytes));
  }
  return VerifyFile(PathOf(file));
}

std::string OfflineDb::FileWith(std::string_view key) const {
  rocksdb::PinnableSlice value;
  const rocksdb::Status found =
      db_->Get(OfflineReadOptions(), db_->DefaultColumnFamily(), ToSlice(key), &value);
  if (found.IsNotFound()) return "";
  for (const rocksdb::LiveFileMetaData& file : files_) {
    if (key < file.smallestkey || key > file.largestkey) continue;
    rocksdb::SstFileReader reader(ReadingOptions());
    if (!reader.Open(path_ + "/" + file.relative_filename).ok()) continue;
    const std::unique_ptr<rocksdb::Iterator> it(reader.NewIterator(OfflineReadOptions()));
    it->Seek(ToSlice(key));
    if (!it->Valid() || ToView(it->key()) != key) continue;
    if (found.ok() && it->value() != value) break;  // an older one: the newest is in the log
    return NameOf(file.relative_filename);
  }
  return found.ok() ? "the log" : "";
}

uint64_t OfflineDb::BytesOnDisk(std::string_view begin, std::string_view end) const {
  // No key of ours begins so.
  static const std::string kEnd(16, '\xFF');
  const rocksdb::Range range(ToSlice(begin), end.empty() ? rocksdb::Slice(kEnd) : ToSlice(end));
  uint64_t bytes = 0;
  if (!db_->GetApproximateSizes(&range, 1, &bytes).ok()) return 0;
  return bytes;
}

void OfflineDb::AddCompressions(std::set<std::string>* names) const {
  rocksdb::TablePropertiesCollection all;
  if (!db_->GetPropertiesOfAllTables(&all).ok()) return;
  for (const auto& [file, properties] : all) names->insert(properties->compression_name);
}

void OfflineDb::VerifyLooseTableFiles(const std::string& dir, const std::string& folder,
                                      std::vector<FileFinding>* findings) {
  for (const std::string& name : NamesIn(dir + "/" + folder)) {
    if (!IsNumbered(name, ".sst")) continue;
    const Result<void> verified = VerifyFile(dir + "/" + folder + "/" + name);
    if (!verified) findings->push_back({folder + "/" + name, verified.error().message});
  }
}

}  // namespace stator
