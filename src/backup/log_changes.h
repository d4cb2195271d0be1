// What the log of a table says of its items between two positions: of each that was changed, what
// it was at the second. With an image of the first position that gives the items at the second,
// which may also be the earlier one: what is undone is what was changed after it.
//
// Not thread-safe. Functions block; errors are kCorruption, kIoError and kNoSpace.
#ifndef STATOR_BACKUP_LOG_CHANGES_H_
#define STATOR_BACKUP_LOG_CHANGES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "backup/item_source.h"
#include "backup/log_walk.h"
#include "base/result.h"
#include "storage/engine.h"
#include "storage/entry_sorter.h"
#include "storage/file_space.h"
#include "table/table_definition.h"

namespace stator {

struct LogChangesOptions {
  size_t step_bytes = size_t{1} << 20;
  size_t sort_bytes = size_t{32} << 20;  // of memory
};

// Reads the log, and sorts it by items.
class LogChanges {
 public:
  // Of the records with positions after one and up to the other, which have the images. `folder` is
  // there, and for this object alone. `engine` and `space` outlive it.
  LogChanges(Engine* engine, FileSpace* space, std::string folder, const TableDefinition& table,
             uint64_t from, uint64_t to, const LogChangesOptions& options = {});

  // The next part of the work; true once it is done.
  Result<bool> Step();

  // The next item that was changed, by item keys: its form at `to` after a byte 1, or nothing: it
  // was not there. False at the end, and after an error. REQUIRES: Step() was true.
  bool Next(std::string* item_key, std::string* value) { return sorter_.Next(item_key, value); }
  // Of Next.
  const Result<void>& error() const { return sorter_.error(); }

 private:
  const bool undo_;
  LogWalk walk_;
  EntrySorter sorter_;
};

// The items of an image as changes have left them.
class ChangedItems final : public ItemSource {
 public:
  // REQUIRES: the Step() of `changes` was true.
  ChangedItems(std::unique_ptr<ItemSource> base, std::unique_ptr<LogChanges> changes)
      : base_(std::move(base)), changes_(std::move(changes)) {}

  bool Next(std::string_view* key, std::string_view* item) override;
  const Result<void>& error() const override { return error_; }

 private:
  void NextOfBase();
  void NextChange();

  const std::unique_ptr<ItemSource> base_;
  const std::unique_ptr<LogChanges> changes_;
  // What was shown is passed at the next call: both at first.
  bool pass_base_ = true;
  bool pass_change_ = true;
  bool has_base_ = false;
  bool has_change_ = false;
  std::string_view base_key_, base_item_;
  std::string change_key_, change_;
  Result<void> error_;
};

}  // namespace stator

#endif  // STATOR_BACKUP_LOG_CHANGES_H_
