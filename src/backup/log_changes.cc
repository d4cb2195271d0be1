#include "backup/log_changes.h"

#include <utility>

namespace stator {
namespace {

constexpr char kThere = 1;

}  // namespace

LogChanges::LogChanges(Engine* engine, FileSpace* space, std::string folder,
                       const TableDefinition& table, uint64_t after, uint64_t last,
                       const LogChangesOptions& options)
    : walk_(engine, table, after, last, /*first_shard=*/0, options.step_bytes),
      sorter_(space, std::move(folder), options.sort_bytes, EntrySorter::Equal::kLastCounts) {}

Result<bool> LogChanges::Step() {
  auto walked = walk_.Step([this](const LogEntry&, const ChangeRecord& record) -> Result<void> {
    if (record.has_new && !record.new_image) {
      return Fail(StatusCode::kCorruption, "a change record lacks the new form of its item");
    }
    std::string value;
    if (record.new_image) value.append(1, kThere).append(*record.new_image);
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
