// Keeps the file SYNCED true while RocksDB writes.
#ifndef STATOR_STORAGE_SYNC_TRACKER_H_
#define STATOR_STORAGE_SYNC_TRACKER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "storage/engine_options.h"
#include "storage/synced_file.h"

namespace rocksdb {
class DB;
}

namespace stator {

// Not thread-safe: one call at a time, and no write of the database during it.
class SyncTracker {
 public:
  // What was noted of logs that the database has taken over when it was opened is dropped. Errors:
  // as SyncedFile::Open. REQUIRES: `db`, just opened, and `options` outlive it.
  static Result<std::unique_ptr<SyncTracker>> Start(const std::string& path, rocksdb::DB* db,
                                                    const EngineOptions& options);

  // A synced write was done.
  void Wrote();

  // Whether the last write went to a log of which nothing is noted.
  bool InNewLog();

  // Around a sync of all that was written: what has to be noted if it succeeds, and that it did.
  void BeforeSync();
  void AfterSync();

  // The tables that there are have changed by more than what the database does by itself, or
  // nothing will be written for a while: notes it durably.
  void Settle();

 private:
  SyncTracker(rocksdb::DB* db, const EngineOptions& options) : db_(db), options_(options) {}

  // False if nothing is in the newest log.
  bool Newest(SyncedLog* log);
  void AddOlder(uint64_t newest);
  void AddManifest();
  bool IsCurrent(const std::string& manifest);
  void Write(bool durably);

  rocksdb::DB* const db_;
  const EngineOptions& options_;
  std::unique_ptr<SyncedFile> file_;
  SyncedState state_;
  SyncedState after_sync_;
  bool reported_ = false;
};

}  // namespace stator

#endif  // STATOR_STORAGE_SYNC_TRACKER_H_
