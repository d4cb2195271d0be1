// A full compaction of the store's RocksDB, piece by piece. Internal to rocksdb_store.
#ifndef STATOR_STORAGE_ROCKSDB_COMPACT_H_
#define STATOR_STORAGE_ROCKSDB_COMPACT_H_

#include <rocksdb/db.h>

#include "base/function_ref.h"

namespace stator {

// As KvStore::Compact.
rocksdb::Status CompactEverything(rocksdb::DB* db, FunctionRef<void(double)> progress);

}  // namespace stator

#endif  // STATOR_STORAGE_ROCKSDB_COMPACT_H_
