#include "storage/ingest_files.h"

#include <rocksdb/env.h>
#include <rocksdb/options.h>
#include <rocksdb/sst_file_writer.h>

#include <filesystem>
#include <memory>

#include "storage/rocksdb_errors.h"

namespace stator {
namespace {

constexpr size_t kFileBytes = size_t{256} << 20;

}  // namespace

Result<void> WriteIngestFiles(const rocksdb::Options& options, const std::string& directory,
                              FunctionRef<std::string()> name, IngestNext& next,
                              std::vector<std::string>* files) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    return Fail(StatusCode::kIoError, "cannot create " + directory + ": " + error.message());
  }
  std::unique_ptr<rocksdb::SstFileWriter> writer;
  std::string key, value, last;
  while (next(&key, &value)) {
    if (!files->empty() && key <= last) {
      return Fail(StatusCode::kInvalidArgument, "ingested keys do not ascend");
    }
    rocksdb::Status status;
    if (writer && writer->FileSize() >= kFileBytes) {
      status = writer->Finish();
      writer.reset();
      if (!status.ok()) return Failure(status);
    }
    if (!writer) {
      files->push_back(directory + "/" + name());
      writer = std::make_unique<rocksdb::SstFileWriter>(
          rocksdb::EnvOptions(rocksdb::DBOptions(options)), options);
      status = writer->Open(files->back());
      if (!status.ok()) return Failure(status);
    }
    status = writer->Put(key, value);
    if (!status.ok()) return Failure(status);
    last = key;
  }
  if (!writer) return {};
  if (const rocksdb::Status status = writer->Finish(); !status.ok()) return Failure(status);
  return {};
}

}  // namespace stator
