#include "storage/rocksdb_files.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <string>
#include <utility>

namespace stator {
namespace {

class RocksFiles final : public rocksdb::FileSystemWrapper {
 public:
  using FileSystemWrapper::FileSystemWrapper;
  const char* Name() const override { return "StatorFiles"; }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* dbg) override {
    return Passing(target()->NewWritableFile(name, options, file, dbg));
  }
  rocksdb::IOStatus NewRandomAccessFile(const std::string& name,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                        rocksdb::IODebugContext* dbg) override {
    return Passing(target()->NewRandomAccessFile(name, options, file, dbg));
  }
  rocksdb::IOStatus NewRandomRWFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                                    rocksdb::IODebugContext* dbg) override {
    return Passing(target()->NewRandomRWFile(name, options, file, dbg));
  }
  rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory,
                                 rocksdb::IODebugContext* dbg) override {
    return Passing(target()->NewDirectory(name, options, directory, dbg));
  }

 private:
  // What RocksDB calls retryable leaves it in a state from which Resume() leads out.
  static rocksdb::IOStatus Passing(rocksdb::IOStatus status) {
    if (status.IsIOError() || status.IsNoSpace()) status.SetRetryable(true);
    return status;
  }
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> NewRocksFiles(std::shared_ptr<rocksdb::FileSystem> below) {
  return std::make_shared<RocksFiles>(std::move(below));
}

rocksdb::Env* DefaultRocksEnv() {
  static rocksdb::Env* const env =
      rocksdb::NewCompositeEnv(NewRocksFiles(rocksdb::FileSystem::Default())).release();
  return env;
}

}  // namespace stator
