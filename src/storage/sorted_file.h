// A file of entries in the order of their keys: how much of a table is kept outside the map, in
// backups and bases of point-in-time recovery; also what is being sorted (entry_sorter.h).
//
// The format is that of RocksDB's table files (SST), which its own tools read; blocks have
// checksums, and the whole file has one.
#ifndef STATOR_STORAGE_SORTED_FILE_H_
#define STATOR_STORAGE_SORTED_FILE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "storage/file_space.h"

namespace stator {

struct SortedFileInfo {
  std::string name;  // in its folder
  uint64_t bytes = 0;
  uint64_t entries = 0;
  uint32_t crc32c = 0;  // of the whole file
  bool operator==(const SortedFileInfo&) const = default;
};

// Whether the file is kept, and compressed for it, or read once, soon, and removed: from the
// system's cache then, as far as that is large enough.
enum class SortedFileUse { kKept, kOnce };

// Not thread-safe. What was not finished is no sorted file; who created it removes it.
class SortedFileWriter {
 public:
  // REQUIRES: the folder is there; `space` outlives the writer.
  static Result<std::unique_ptr<SortedFileWriter>> Create(FileSpace* space,
                                                          const std::string& folder,
                                                          const std::string& name,
                                                          SortedFileUse use);
  virtual ~SortedFileWriter() = default;

  // kInvalidArgument: the key is not above the last one.
  virtual Result<void> Add(std::string_view key, std::string_view value) = 0;
  // The content is durable then; the file's name once the folder is synced (FileSpace::WriteWhole).
  // REQUIRES: something was added.
  virtual Result<SortedFileInfo> Finish() = 0;
};

// Not thread-safe.
class SortedFileReader {
 public:
  // kCorruption: the file is missing, or has another size than `info` says. `space` outlives the
  // reader.
  static Result<std::unique_ptr<SortedFileReader>> Open(FileSpace* space, const std::string& folder,
                                                        const SortedFileInfo& info);
  virtual ~SortedFileReader() = default;

  // The entry it stands at, until Next(); at first that of the lowest key. Checksums are verified.
  virtual bool Valid() const = 0;
  virtual std::string_view key() const = 0;
  virtual std::string_view value() const = 0;
  virtual void Next() = 0;
  // Once it is not Valid: whether that is the end, or kCorruption, kIoError.
  virtual Result<void> Ended() const = 0;
};

// Reads the whole file: kCorruption, with its name, if it is not as it was written.
Result<void> VerifySortedFile(FileSpace* space, const std::string& folder,
                              const SortedFileInfo& info);

}  // namespace stator

#endif  // STATOR_STORAGE_SORTED_FILE_H_
