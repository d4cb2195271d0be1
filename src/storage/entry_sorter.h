// Puts entries that come in any order into the order of their keys, in bounded memory: for what is
// then ingested (Engine::Ingest). What does not fit is written to a folder, in sorted runs.
#ifndef STATOR_STORAGE_ENTRY_SORTER_H_
#define STATOR_STORAGE_ENTRY_SORTER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "storage/file_space.h"
#include "storage/sorted_file.h"

namespace stator {

// Not thread-safe. All functions block.
class EntrySorter {
 public:
  // What becomes of entries with equal keys: kInvalidArgument from Finish or Next, or all but the
  // one that was added last go.
  enum class Equal { kRefused, kLastCounts };

  // The runs are the files run-N of `folder`, which must be there, and go with it. `space` outlives
  // the sorter.
  EntrySorter(FileSpace* space, std::string folder, size_t memory_bytes = size_t{32} << 20,
              Equal equal = Equal::kRefused);

  Result<void> Add(std::string key, std::string value);
  // No more come. To be called once, before Next.
  Result<void> Finish();
  // False at the end, and after an error.
  bool Next(std::string* key, std::string* value);
  // Of Next.
  const Result<void>& error() const { return error_; }

  // As many as were added.
  uint64_t entries() const { return entries_; }

 private:
  using Entry = std::pair<std::string, std::string>;

  Result<void> WriteRun();
  Result<void> SortBuffer();
  void Advance(size_t reader);
  bool NextOfRuns(std::string* key, std::string* value);

  FileSpace* const space_;
  const std::string folder_;
  const size_t memory_bytes_;
  const Equal equal_;
  std::vector<Entry> buffer_;
  size_t buffer_bytes_ = 0;
  size_t next_ = 0;  // of the buffer, if there is no run
  uint64_t entries_ = 0;
  std::vector<SortedFileInfo> runs_;
  std::vector<std::unique_ptr<SortedFileReader>> readers_;
  std::vector<size_t>
      heap_;  // of readers that are not at their end; the lowest key is at the front
  std::optional<std::string> last_;
  Result<void> error_;
};

}  // namespace stator

#endif  // STATOR_STORAGE_ENTRY_SORTER_H_
