// The file system that RocksDB is given: the one below it, but that RocksDB gets over a file that
// cannot be created or opened.
//
// RocksDB takes that for the loss of data when it was to be its next log or table (no descriptors
// or inodes are left, say), and takes no writes until it is opened anew. Nothing is lost, though:
// nothing was written yet.
#ifndef STATOR_STORAGE_ROCKSDB_FILES_H_
#define STATOR_STORAGE_ROCKSDB_FILES_H_

#include <memory>

namespace rocksdb {
class Env;
class FileSystem;
}  // namespace rocksdb

namespace stator {

std::shared_ptr<rocksdb::FileSystem> NewRocksFiles(std::shared_ptr<rocksdb::FileSystem> below);

// The system's environment over such files. Lives for ever.
rocksdb::Env* DefaultRocksEnv();

}  // namespace stator

#endif  // STATOR_STORAGE_ROCKSDB_FILES_H_
