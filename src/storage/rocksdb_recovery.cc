#include "storage/rocksdb_recovery.h"

#include <chrono>
#include <string>
#include <thread>

namespace stator {
namespace {

uint64_t Property(rocksdb::DB* db, const std::string& name) {
  uint64_t value = 0;
  db->GetIntProperty(name, &value);
  return value;
}

// To be called when the manifest has been written.
rocksdb::Status AllowDeletions(rocksdb::DB* db) {
  // Not for nothing: it lists the directory.
  if (Property(db, rocksdb::DB::Properties::kIsFileDeletionsEnabled) == 0) {
    return rocksdb::Status::OK();
  }
  return db->EnableFileDeletions(/*force=*/true);
}

}  // namespace

rocksdb::Status ResumeAfterError(rocksdb::DB* db) {
  rocksdb::Status status = db->DisableFileDeletions();
  if (!status.ok()) return status;
  status = db->Resume();
  // What else forbade it still does, unless there was something to recover from.
  db->EnableFileDeletions(/*force=*/false).PermitUncheckedError();
  return status;
}

rocksdb::Status FlushAndWait(rocksdb::DB* db) {
  const uint64_t errors = Property(db, rocksdb::DB::Properties::kBackgroundErrors);
  rocksdb::FlushOptions flush;
  flush.allow_write_stall = true;
  rocksdb::Status status = db->Flush(flush);
  // It does not wait once its is_db_stopped_ was set, which stays.
  while (status.ok() && Property(db, rocksdb::DB::Properties::kNumImmutableMemTable) > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (Property(db, rocksdb::DB::Properties::kBackgroundErrors) != errors) {
      status = rocksdb::Status::Aborted("background work failed");
    }
  }
  return status.ok() ? AllowDeletions(db) : status;
}

rocksdb::Status DeleteTablesIn(rocksdb::DB* db, std::span<const rocksdb::RangePtr> ranges) {
  const auto version = [db] {
    return Property(db, rocksdb::DB::Properties::kCurrentSuperVersionNumber);
  };
  const uint64_t before = version();
  rocksdb::Status status = rocksdb::DeleteFilesInRanges(
      db, db->DefaultColumnFamily(), ranges.data(), ranges.size(), /*include_end=*/false);
  if (!status.ok()) {
    db->DisableFileDeletions().PermitUncheckedError();
    return status;
  }
  return version() == before ? status : AllowDeletions(db);
}

rocksdb::Status TakeInTables(rocksdb::DB* db, const std::vector<std::string>& files) {
  rocksdb::IngestExternalFileOptions ingest;
  ingest.move_files = true;
  ingest.write_global_seqno = false;
  return db->IngestExternalFile(files, ingest);
}

}  // namespace stator
