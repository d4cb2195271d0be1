// Puts entries that come in any order into the order of their keys, in bounded memory: for what is
// then ingested (Engine::Ingest). What does not fit is written to a folder, in sorted runs, of
// which no more than some are open at a time: where there are more, some are merged into one first.
#ifndef STATOR_STORAGE_ENTRY_SORTER_H_
#define STATOR_STORAGE_ENTRY_SORTER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
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
  // one that was added last, or first, go.
  enum class Equal { kRefused, kLastCounts, kFirstCounts };

  // The runs are the files run-N of `folder`, which must be there, and go with it. `space` outlives
  // the sorter. REQUIRES: most_open >= 2.
  EntrySorter(FileSpace* space, std::string folder, size_t memory_bytes = size_t{32} << 20,
              Equal equal = Equal::kRefused, size_t most_open = 64);
  ~EntrySorter();

  Result<void> Add(std::string key, std::string value);
  // No more come. Does the next part of what is to be done before Next; true once that is all.
  // After an error the sorter is of no more use.
  Result<bool> Finish();
  // False at the end, and after an error. REQUIRES: Finish() was true.
  bool Next(std::string* key, std::string* value);
  // Of Next.
  const Result<void>& error() const;

  // As many as were added.
  uint64_t entries() const { return entries_; }

 private:
  using Entry = std::pair<std::string, std::string>;
  class Merge;

  Result<void> NewRun();
  Result<void> EndRun(size_t place);
  Result<void> WriteRun();
  Result<void> SortBuffer();
  Result<void> OpenRuns(size_t first, size_t count);
  Result<void> BeginMerge();
  Result<void> StepMerge();
  Result<void> EndMerge();

  FileSpace* const space_;
  const std::string folder_;
  const size_t memory_bytes_;
  const Equal equal_;
  const size_t most_open_;
  std::vector<Entry> buffer_;
  size_t buffer_bytes_ = 0;
  size_t next_ = 0;  // of the buffer, if there is no run
  uint64_t entries_ = 0;
  uint64_t written_ = 0;                      // runs, for the name of the next
  std::vector<SortedFileInfo> runs_;          // in the order in which their entries were added
  std::unique_ptr<SortedFileWriter> writer_;  // of the run that is being written
  // Of the `merging_` runs from `at_` on into one, or of all that are left, for Next.
  std::unique_ptr<Merge> merge_;
  size_t at_ = 0;  // those before it were merged already
  size_t merging_ = 0;
  bool finished_ = false;
};

}  // namespace stator

#endif  // STATOR_STORAGE_ENTRY_SORTER_H_
