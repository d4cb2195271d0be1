// How the two RocksDBs of the store are set up. Internal to rocksdb_store.
#ifndef STATOR_STORAGE_ROCKSDB_OPTIONS_H_
#define STATOR_STORAGE_ROCKSDB_OPTIONS_H_

#include <rocksdb/cache.h>
#include <rocksdb/options.h>

#include <initializer_list>
#include <memory>

#include "storage/engine_options.h"

namespace stator {

// Filters hold whole keys and this many of their first bytes: of a key of data, all up to the hash
// of its partition (docs/format.md).
inline constexpr size_t kFilteredPrefix = 21;

// In so few shards that the filter of a whole table file fits one: a block that is larger than its
// shard is never kept, and would be read again for each key.
std::shared_ptr<rocksdb::Cache> NewBlockCache(size_t bytes);

// The first of `wanted` that there is, which is decided when the library is built.
rocksdb::CompressionType FirstSupportedCompression(
    std::initializer_list<rocksdb::CompressionType> wanted);

// `env` outlives the database.
rocksdb::Options MakeRocksOptions(const EngineOptions& options, rocksdb::Env* env, bool create,
                                  std::shared_ptr<rocksdb::Cache> cache);

// To read ranges over many prefixes, each once.
rocksdb::ReadOptions WalkOptions();

// Of the store of logs (log_store.h), which is made if it is not there.
rocksdb::Options MakeLogOptions(const EngineOptions& options, rocksdb::Env* env,
                                std::shared_ptr<rocksdb::Cache> cache);

}  // namespace stator

#endif  // STATOR_STORAGE_ROCKSDB_OPTIONS_H_
