#include "backup/log_changes.h"

#include <algorithm>
#include <utility>

namespace stator {
namespace {

constexpr char kThere = 1;

}  // namespace

LogChanges::LogChanges(Engine* engine, FileSpace* space, std::string folder,
                       const TableDefinition& table, uint64_t from, uint64_t to,
                       const LogChangesOptions& options)
    : undo_(to < from),
      walk_(engine, table, std::min(from, to), std::max(from, to), /*first_shard=*/0,
            options.step_bytes),
      sorter_(space, std::move(folder), options.sort_bytes,
              undo_ ? EntrySorter::Equal::kFirstCounts : EntrySorter::Equal::kLastCounts) {}

Result<bool> LogChanges::Step() {
  auto walked = walk_.Step([this](const LogEntry&, const ChangeRecord& record) -> Result<void> {
    const auto& image = undo_ ? record.old_image : record.new_image;
    if (image.has_value() != (undo_ ? record.had_old : record.has_new)) {
      return Fail(StatusCode::kCorruption, "a change record lacks a form of its item");
    }
    std::string value;
    if (image) value.append(1, kThere).append(*image);
    return sorter_.Add(std::string(record.item_key), std::move(value));
  });
  if (!walked || !*walked) return walked;
  return sorter_.Finish();
}

void ChangedItems::NextOfBase() {
  has_base_ = base_->Next(&base_key_, &base_item_);
  if (!has_base_ && error_) error_ = base_->error();
}

void ChangedItems::NextChange() {
  has_change_ = changes_->Next(&change_key_, &change_);
  if (!has_change_ && error_) error_ = changes_->error();
}

bool ChangedItems::Next(std::string_view* key, std::string_view* item) {
  if (error_ && std::exchange(pass_base_, false)) NextOfBase();
  if (error_ && std::exchange(pass_change_, false)) NextChange();
  while (error_ && (has_base_ || has_change_)) {
    if (!has_change_ || (has_base_ && base_key_ < change_key_)) {
      *key = base_key_;
      *item = base_item_;
      return pass_base_ = true;
    }
    // What the base says of it is of the past.
    if (has_base_ && base_key_ == change_key_) NextOfBase();
    if (!error_) break;
    if (!change_.empty()) {
      *key = change_key_;
      *item = std::string_view(change_).substr(1);
      return pass_change_ = true;
    }
    NextChange();
  }
  return false;
}

}  // namespace stator
