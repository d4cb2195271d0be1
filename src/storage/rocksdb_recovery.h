// What RocksDB 7.8 needs of those who recover it from an error, besides Resume().
#ifndef STATOR_STORAGE_ROCKSDB_RECOVERY_H_
#define STATOR_STORAGE_ROCKSDB_RECOVERY_H_

#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/status.h>

#include <span>
#include <string>
#include <vector>

namespace stator {

// When a write of the manifest has failed, RocksDB deletes no files until it has recovered, and
// ends the process if it comes to recover and they may be deleted. Where it forgets to see to that,
// this does.

// As DB::Resume(). It waits for ever if a flush had been scheduled before the error and began after
// it, as RocksDB leaves that one in its queue and schedules no other: within microseconds, after an
// error that RocksDB does not recover from by itself.
rocksdb::Status ResumeAfterError(rocksdb::DB* db);

// Flushes all there is to tables; also after a Resume(), when DB::Flush() begins and does not wait.
// REQUIRES: there is something, and nothing is written meanwhile.
rocksdb::Status FlushAndWait(rocksdb::DB* db);

// Deletes the tables that are wholly in the ranges, without their ends. After a failure no file is
// deleted until FlushAndWait() or the next one succeeds.
rocksdb::Status DeleteTablesIn(rocksdb::DB* db, std::span<const rocksdb::RangePtr> ranges);

// Moves table files into the database. RocksDB ends the process if one cannot be read.
rocksdb::Status TakeInTables(rocksdb::DB* db, const std::vector<std::string>& files);

}  // namespace stator

#endif  // STATOR_STORAGE_ROCKSDB_RECOVERY_H_
