// What RocksDB 7.8 needs of those who recover it from an error, besides Resume().
#ifndef STATOR_STORAGE_ROCKSDB_RECOVERY_H_
#define STATOR_STORAGE_ROCKSDB_RECOVERY_H_

#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/status.h>

#include <span>

namespace stator {

// As DB::Resume(). That ends the process if a write of the manifest had failed and files may be
// deleted, which RocksDB forgets to forbid in some places.
rocksdb::Status ResumeAfterError(rocksdb::DB* db);

// Flushes all there is to tables; also after a Resume(), when DB::Flush() begins and does not wait.
// REQUIRES: nothing is written meanwhile.
rocksdb::Status FlushAndWait(rocksdb::DB* db);

// Deletes the tables that are wholly in the ranges, without their ends. After a failure no file is
// deleted until ResumeAfterError().
rocksdb::Status DeleteTablesIn(rocksdb::DB* db, std::span<const rocksdb::RangePtr> ranges);

}  // namespace stator

#endif  // STATOR_STORAGE_ROCKSDB_RECOVERY_H_
