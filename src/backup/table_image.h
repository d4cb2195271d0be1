// A table's items at one moment, in files: what a backup consists of, a base of point-in-time
// recovery begins from, and an export is made of.
//
// An image is a folder of a FileSpace: sorted files 0.sst, 1.sst, ... one after the other in key
// order, and MANIFEST, which is written last. Without that there is no image. An entry's key is the
// item's storage key without space, table and index (as ChangeRecord::item_key has it), so that the
// items can be put under another table id; its value is the item as it is stored.
//
// Not thread-safe. Functions block; errors are kCorruption, kIoError and kNoSpace, and what is said
// beside a function.
#ifndef STATOR_BACKUP_TABLE_IMAGE_H_
#define STATOR_BACKUP_TABLE_IMAGE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backup/item_source.h"
#include "base/result.h"
#include "storage/file_space.h"
#include "storage/long_snapshot.h"
#include "storage/sorted_file.h"
#include "table/table_definition.h"

namespace stator {

// The manifest.
struct TableImage {
  TableDefinition table;  // at that moment
  // Change records of the table with greater positions are exactly the changes the image lacks.
  uint64_t position = 0;
  int64_t items = 0;
  int64_t bytes = 0;  // of the items, as DynamoDB counts
  std::vector<SortedFileInfo> files;
  bool operator==(const TableImage&) const = default;
};

std::string EncodeTableImage(const TableImage& image);
// kUnsupported for a newer format.
Result<TableImage> DecodeTableImage(std::string_view bytes);

// kNotFound: there is none, or it was not finished.
Result<TableImage> ReadTableImage(const FileSpace& space, const std::string& folder);

// Reads everything: whether the files are as they were written.
Result<void> VerifyTableImage(FileSpace* space, const std::string& folder);

struct TableImageOptions {
  // Read at a step: a fraction of a millisecond. For as long, whatever their priorities, threads
  // that wake may have to wait for the processor.
  size_t step_bytes = size_t{32} << 10;
  size_t file_bytes = size_t{256} << 20;  // of keys and items, from which on another file is begun
};

class TableImageWriter {
 public:
  // What is in the folder goes. `space` outlives the writer.
  TableImageWriter(LongSnapshot snapshot, const TableDefinition& table, FileSpace* space,
                   std::string folder, const TableImageOptions& options = {});

  // The next items; true once all are written and the manifest is durable. kNotFound: the table is
  // not in the snapshot. After an error it is of no more use.
  Result<bool> Step();

  // REQUIRES: Step() was true.
  const TableImage& image() const { return image_; }

 private:
  Result<void> Begin();
  Result<void> Add(std::string_view key, std::string_view item);
  Result<void> EndFile();

  const LongSnapshot snapshot_;
  const Scope scope_;
  const std::string table_name_;
  const uint64_t table_id_;
  FileSpace* const space_;
  const std::string folder_;
  const TableImageOptions options_;
  TableImage image_;
  std::optional<std::string> position_;  // first key of the next step; unset: not begun
  std::string end_;                      // of the items
  size_t prefix_bytes_ = 0;              // of a storage key, left out in the files
  std::unique_ptr<SortedFileWriter> file_;
  size_t bytes_in_file_ = 0;
};

class TableImageReader final : public ItemSource {
 public:
  // `space` outlives the reader.
  TableImageReader(FileSpace* space, std::string folder, TableImage image);

  bool Next(std::string_view* key, std::string_view* item) override;
  // kCorruption also if there are fewer or more items than the manifest says.
  const Result<void>& error() const override { return error_; }

 private:
  bool NextFile();

  FileSpace* const space_;
  const std::string folder_;
  const TableImage image_;
  size_t next_file_ = 0;
  std::unique_ptr<SortedFileReader> file_;
  int64_t items_ = 0;
  Result<void> error_;
};

// kNotFound: there is no image, or it was not finished.
Result<std::unique_ptr<ItemSource>> OpenTableImage(FileSpace* space, const std::string& folder);

}  // namespace stator

#endif  // STATOR_BACKUP_TABLE_IMAGE_H_
