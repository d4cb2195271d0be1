// The file system that RocksDB is given: the one below it, but for two things.
//
// RocksDB gets over a file that cannot be created or opened. It takes that for the loss of data when
// it was to be its next log or table (no descriptors or inodes are left, say), and takes no writes
// until it is opened anew. Nothing is lost, though: nothing was written yet.
//
// No table is deleted after a write of the manifest that failed, until there is a new manifest: the
// failed one may name it after all, and such a directory cannot be opened. RocksDB 7.8 deletes those
// that it failed to ingest. What is kept goes when the database is opened again.
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
