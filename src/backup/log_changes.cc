#include "backup/log_changes.h"

#include <utility>

#include "table/change_record.h"
#include "table/log_reader.h"

namespace stator {
namespace {

constexpr char kThere = 1;

}  // namespace

LogChanges::LogChanges(Engine* engine, FileSpace* space, std::string folder,
                       const TableDefinition& table, uint64_t after, uint64_t last,
                       const LogChangesOptions& options)
    : engine_(engine),
      table_id_(table.id),
      from_{after + 1, 0},
      last_(last),
      step_bytes_(options.step_bytes),
      next_(from_),
      sorter_(space, std::move(folder), options.sort_bytes, EntrySorter::Equal::kLastCounts) {
  for (const LogShard& shard : table.log.shards) shards_.push_back(shard.id);
}

// Shards come after their parents, so that of each item the last change is added last.
Result<bool> LogChanges::Step() {
  if (shard_ == shards_.size()) {
    if (auto finished = sorter_.Finish(); !finished) {
      return Unexpected<Status>(std::move(finished).error());
    }
    return true;
  }
  auto batch = ReadLogAndWait(*engine_, {.table_id = table_id_,
                                         .shard_id = shards_[shard_],
                                         .from = next_,
                                         .max_bytes = step_bytes_});
  if (!batch) return Unexpected<Status>(std::move(batch).error());
  bool ended = batch->exhausted;
  for (const LogEntry& entry : batch->entries) {
    if (entry.position.micros > last_) {
      ended = true;
      break;
    }
    next_ = entry.position.Next();
    auto record = DecodeChangeRecord(entry.record);
    if (!record) return Unexpected<Status>(std::move(record).error());
    if (record->has_new && !record->new_image) {
      return Fail(StatusCode::kCorruption, "a change record lacks the new form of its item");
    }
    std::string value;
    if (record->new_image) value.append(1, kThere).append(*record->new_image);
    auto added = sorter_.Add(std::string(record->item_key), std::move(value));
    if (!added) return Unexpected<Status>(std::move(added).error());
  }
  if (ended) {
    ++shard_;
    next_ = from_;
  }
  return false;
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
