// The store on disk: RocksDB, in the db/ of a data directory.
//
// Its write-ahead log is read, when it is opened, so that only an incomplete record at its end is
// dropped (one that was never synced); any other damage to the log or a table refuses to open, or
// to be read.
#ifndef STATOR_STORAGE_ROCKSDB_STORE_H_
#define STATOR_STORAGE_ROCKSDB_STORE_H_

#include <memory>
#include <string>

#include "storage/engine_options.h"
#include "storage/kv_store.h"

namespace rocksdb {
class Env;
}

namespace stator {

// `env`: null for the system's; must outlive the store. Errors as DataDir::Open, and what RocksDB
// says.
Result<std::unique_ptr<KvStore>> OpenRocksStore(const std::string& dir,
                                                const EngineOptions& options,
                                                rocksdb::Env* env = nullptr);

}  // namespace stator

#endif  // STATOR_STORAGE_ROCKSDB_STORE_H_
