// The databases in a data directory, from when it is opened: that of the map and, once something
// was appended, that of the logs. Internal to rocksdb_store.
#ifndef STATOR_STORAGE_ROCKSDB_OPEN_H_
#define STATOR_STORAGE_ROCKSDB_OPEN_H_

#include <rocksdb/cache.h>
#include <rocksdb/db.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "storage/data_dir.h"
#include "storage/disk_reserve.h"
#include "storage/engine_options.h"
#include "storage/log_files.h"
#include "storage/log_store.h"
#include "storage/rocksdb_errors.h"

namespace stator {

// Shared by the store and its snapshots, so that one that is forgotten does no harm.
struct OpenDb {
  explicit OpenDb(ReportEvent report) : reporter(std::move(report)) {}

  // The store of logs, made if there is none. REQUIRES: one call at a time.
  Result<LogStore*> GetOrMakeLogs(const EngineOptions& options);
  // The last one of a commit (kPositionKey). Errors: also if `read` is of the cache only, and it is
  // not there.
  Result<uint64_t> Position(const rocksdb::ReadOptions& read) const;

  // Adds to `batch` the note that a range of the logs was dropped, which is looked at when they are
  // opened again. It replaces those that say no more.
  Result<void> NoteDrop(std::string_view begin, std::string_view end, uint64_t position,
                        rocksdb::WriteBatch* batch) const;

  Reporter reporter;
  std::unique_ptr<DataDir> dir;
  std::unique_ptr<LogEnv> env;
  std::shared_ptr<rocksdb::Cache> cache;
  std::shared_ptr<ErrorListener> listener;
  std::optional<DiskReserve> reserve;    // of the store, once it is open
  std::unique_ptr<LogStore> owned_logs;  // outlives `db`, whose flushes call it
  std::atomic<LogStore*> logs{nullptr};  // for those that read while the first append makes it
  std::unique_ptr<rocksdb::DB> db;
  std::atomic<size_t> snapshots{0};
};

// What was appended by an older server is moved to the store of logs. FORMAT is not written yet if
// the directory is fresh or of a format since then. Errors: as OpenRocksStore.
Result<std::shared_ptr<OpenDb>> OpenDatabases(const std::string& dir, const EngineOptions& options,
                                              rocksdb::Env* env);

}  // namespace stator

#endif  // STATOR_STORAGE_ROCKSDB_OPEN_H_
