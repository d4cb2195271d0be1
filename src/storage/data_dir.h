// The directory that holds a server's data:
//   FORMAT  what wrote it, and in which version of the format (storage/format.h)
//   LOCK    locked while a server uses the directory
//   SYNCED  up to where the store's logs were synced (storage/synced_file.h)
//   RESERVE room for deletes on a full disk (storage/disk_reserve.h)
//   db/     the store's own files
//   logs/   those of the store of logs, once there is one (storage/log_store.h)
//   ingest/ files of a bulk load that was not completed; emptied when the store is opened
//   given-up/  what `stator repair` took out of db/
#ifndef STATOR_STORAGE_DATA_DIR_H_
#define STATOR_STORAGE_DATA_DIR_H_

#include <memory>
#include <string>

#include "base/result.h"

namespace stator {

class DataDir {
 public:
  // Creates it if it does not exist. Errors: kUnsupported for a newer format, kConflict if another
  // server uses it, kInvalidArgument for a directory that holds something else, kIoError,
  // kCorruption.
  static Result<std::unique_ptr<DataDir>> Open(const std::string& path);
  // Changes nothing, and keeps servers out while it is held; others may read it, too. Errors as
  // above, and kNotFound if no server's data is there.
  static Result<std::unique_ptr<DataDir>> OpenForReading(const std::string& path);
  ~DataDir();

  DataDir(const DataDir&) = delete;
  DataDir& operator=(const DataDir&) = delete;

  // No store was completely created here yet.
  bool fresh() const { return format_ == 0; }
  uint32_t format() const { return format_; }  // 0: fresh
  // Makes it a data directory, durably. To be called once the store exists: a FORMAT file without a store
  // beside it is then a loss that opening reports.
  Result<void> WriteFormat();
  // Removes what is left of a bulk load. REQUIRES: opened for writing, none is under way.
  Result<void> EmptyIngest();

  const std::string& path() const { return path_; }
  std::string synced_path() const { return path_ + "/SYNCED"; }
  std::string reserve_path() const { return path_ + "/RESERVE"; }
  std::string given_up_path() const { return path_ + "/given-up"; }
  std::string db_path() const { return path_ + "/db"; }
  std::string logs_path() const { return path_ + "/logs"; }
  std::string ingest_path() const { return path_ + "/ingest"; }

 private:
  explicit DataDir(std::string path) : path_(std::move(path)) {}

  Result<void> Lock();
  Result<void> LockForReading();
  Result<void> Inspect();

  const std::string path_;
  uint32_t format_ = 0;
  int lock_ = -1;
};

}  // namespace stator

#endif  // STATOR_STORAGE_DATA_DIR_H_
