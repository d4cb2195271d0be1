#include "storage/rocksdb_recovery.h"

#include <chrono>
#include <string>
#include <thread>

namespace stator {

rocksdb::Status ResumeAfterError(rocksdb::DB* db) {
  rocksdb::Status status = db->DisableFileDeletions();
  if (status.ok()) status = db->Resume();
  if (status.ok()) status = db->EnableFileDeletions(/*force=*/true);
  return status;
}

rocksdb::Status FlushAndWait(rocksdb::DB* db) {
  const auto property = [db](const std::string& name) {
    uint64_t value = 0;
    db->GetIntProperty(name, &value);
    return value;
  };
  const uint64_t errors = property(rocksdb::DB::Properties::kBackgroundErrors);
  rocksdb::FlushOptions flush;
  flush.allow_write_stall = true;
  rocksdb::Status status = db->Flush(flush);
  // It does not wait once its is_db_stopped_ was set, which stays.
  while (status.ok() && property(rocksdb::DB::Properties::kNumImmutableMemTable) > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (property(rocksdb::DB::Properties::kBackgroundErrors) != errors) {
      status = rocksdb::Status::Aborted("background work failed");
    }
  }
  return status;
}

rocksdb::Status DeleteTablesIn(rocksdb::DB* db, std::span<const rocksdb::RangePtr> ranges) {
  rocksdb::Status status = rocksdb::DeleteFilesInRanges(
      db, db->DefaultColumnFamily(), ranges.data(), ranges.size(), /*include_end=*/false);
  if (!status.ok()) db->DisableFileDeletions().PermitUncheckedError();
  return status;
}

}  // namespace stator
