#include "storage/sorted_file.h"

#include <rocksdb/convenience.h>
#include <rocksdb/env.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/options.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "storage/rocksdb_errors.h"
#include "storage/rocksdb_options.h"
#include "storage/rocksdb_slice.h"

namespace stator {
namespace {

// A reader needs no use: each block says how it is compressed.
rocksdb::Options FileOptions(const FileSpace& space, SortedFileUse use = SortedFileUse::kKept) {
  rocksdb::Options options;
  options.env = space.env();
  options.compression = use == SortedFileUse::kOnce
                            ? rocksdb::kNoCompression
                            : FirstSupportedCompression({rocksdb::kZSTD, rocksdb::kLZ4Compression});
  options.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
  // Written to the device bit by bit: a sync of much at the end would hold up those of the log.
  options.bytes_per_sync = uint64_t{1} << 20;
  rocksdb::BlockBasedTableOptions table;
  table.block_size = size_t{32} << 10;
  table.format_version = 5;
  table.no_block_cache = true;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

class Writer final : public SortedFileWriter {
 public:
  Writer(const FileSpace& space, std::string name, SortedFileUse use)
      : name_(std::move(name)),
        options_(FileOptions(space, use)),
        writer_(rocksdb::EnvOptions(rocksdb::DBOptions(options_)), options_,
                /*column_family=*/nullptr,
                /*invalidate_page_cache=*/use == SortedFileUse::kKept) {}

  Result<void> Open(const std::string& path) {
    const rocksdb::Status status = writer_.Open(path);
    if (!status.ok()) return Failure(status);
    return {};
  }

  Result<void> Add(std::string_view key, std::string_view value) override {
    const rocksdb::Status status = writer_.Put(ToSlice(key), ToSlice(value));
    if (!status.ok()) return Failure(status);
    ++entries_;
    return {};
  }

  Result<SortedFileInfo> Finish() override {
    rocksdb::ExternalSstFileInfo written;
    const rocksdb::Status status = writer_.Finish(&written);
    if (!status.ok()) return Failure(status);
    SortedFileInfo info{.name = name_, .bytes = written.file_size, .entries = entries_};
    if (!ByteReader(written.file_checksum).ReadU32(&info.crc32c)) {
      return Fail(StatusCode::kIoError, name_ + ": its checksum was not computed");
    }
    return info;
  }

 private:
  const std::string name_;
  const rocksdb::Options options_;
  rocksdb::SstFileWriter writer_;
  uint64_t entries_ = 0;
};

class Reader final : public SortedFileReader {
 public:
  explicit Reader(const FileSpace& space) : reader_(FileOptions(space)) {}

  Result<void> Open(const std::string& path) {
    const rocksdb::Status status = reader_.Open(path);
    if (!status.ok()) return Failure(status);
    rocksdb::ReadOptions read;
    read.verify_checksums = true;
    read.readahead_size = size_t{1} << 20;
    read.total_order_seek = true;
    entries_.reset(reader_.NewIterator(read));
    entries_->SeekToFirst();
    return {};
  }

  bool Valid() const override { return entries_->Valid(); }
  std::string_view key() const override { return ToView(entries_->key()); }
  std::string_view value() const override { return ToView(entries_->value()); }
  void Next() override { entries_->Next(); }
  Result<void> Ended() const override {
    if (!entries_->status().ok()) return Failure(entries_->status());
    return {};
  }

 private:
  rocksdb::SstFileReader reader_;
  std::unique_ptr<rocksdb::Iterator> entries_;  // before the reader it goes
};

Result<void> CheckSize(const FileSpace& space, const std::string& path, uint64_t expected) {
  uint64_t size = 0;
  const rocksdb::Status status = space.env()->GetFileSize(path, &size);
  if (status.IsNotFound() || status.IsPathNotFound()) {
    return Fail(StatusCode::kCorruption, path + " is missing");
  }
  if (!status.ok()) return Failure(status);
  if (size == expected) return {};
  return Fail(StatusCode::kCorruption,
              path + " has " + std::to_string(size) + " bytes, not " + std::to_string(expected));
}

Result<uint32_t> Crc32cOf(const FileSpace& space, const std::string& path) {
  std::unique_ptr<rocksdb::SequentialFile> file;
  rocksdb::Status status = space.env()->NewSequentialFile(path, &file, rocksdb::EnvOptions());
  std::string buffer(size_t{1} << 20, '\0');
  uint32_t crc = 0;
  while (status.ok()) {
    rocksdb::Slice bytes;
    status = file->Read(buffer.size(), &bytes, buffer.data());
    if (status.ok() && bytes.empty()) return crc;
    crc = ExtendCrc32c(crc, ToView(bytes));
  }
  return Failure(status);
}

}  // namespace

Result<std::unique_ptr<SortedFileWriter>> SortedFileWriter::Create(FileSpace* space,
                                                                   const std::string& folder,
                                                                   const std::string& name,
                                                                   SortedFileUse use) {
  auto writer = std::make_unique<Writer>(*space, name, use);
  if (auto opened = writer->Open(space->PathOf(folder + "/" + name)); !opened) {
    return Unexpected<Status>(std::move(opened).error());
  }
  return std::unique_ptr<SortedFileWriter>(std::move(writer));
}

Result<std::unique_ptr<SortedFileReader>> SortedFileReader::Open(FileSpace* space,
                                                                 const std::string& folder,
                                                                 const SortedFileInfo& info) {
  const std::string path = space->PathOf(folder + "/" + info.name);
  auto reader = std::make_unique<Reader>(*space);
  auto opened = CheckSize(*space, path, info.bytes);
  if (opened) opened = reader->Open(path);
  if (!opened) return Unexpected<Status>(std::move(opened).error());
  return std::unique_ptr<SortedFileReader>(std::move(reader));
}

Result<void> VerifySortedFile(FileSpace* space, const std::string& folder,
                              const SortedFileInfo& info) {
  const std::string path = space->PathOf(folder + "/" + info.name);
  if (auto size = CheckSize(*space, path, info.bytes); !size) return size;
  auto crc = Crc32cOf(*space, path);
  if (!crc) return Unexpected<Status>(std::move(crc).error());
  if (*crc == info.crc32c) return {};
  return Fail(StatusCode::kCorruption, path + ": its checksum is wrong");
}

}  // namespace stator
