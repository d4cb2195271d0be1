#include "backup/net_changes.h"

#include <utility>

#include "base/bytes.h"

namespace stator {
namespace {

constexpr size_t kPositionBytes = 10;  // AppendPosition

std::string_view ItemKeyOf(std::string_view sorted) {
  return sorted.substr(0, sorted.size() - kPositionBytes);
}

std::optional<std::string> Copied(const std::optional<std::string_view>& bytes) {
  return bytes ? std::optional<std::string>(*bytes) : std::nullopt;
}

}  // namespace

NetChanges::NetChanges(Engine* engine, FileSpace* space, std::string folder,
                       const TableDefinition& table, uint64_t after, uint64_t last,
                       uint64_t first_shard, const LogChangesOptions& options)
    : walk_(engine, table, after, last, first_shard, options.step_bytes),
      sorter_(space, std::move(folder), options.sort_bytes) {}

// The keys of items are no prefixes of one another, and the positions of an item's changes ascend:
// so they come together, in their order.
Result<bool> NetChanges::Step() {
  auto walked = walk_.Step([this](const LogEntry& entry, const ChangeRecord& record) {
    std::string key(record.item_key);
    AppendPosition(entry.position, &key);
    return sorter_.Add(std::move(key), entry.record);
  });
  if (!walked || !*walked) return walked;
  return sorter_.Finish();
}

bool NetChanges::Advance() {
  has_next_ = sorter_.Next(&key_, &value_);
  if (!has_next_ && !sorter_.error()) error_ = sorter_.error();
  return has_next_;
}

bool NetChanges::AddRecord(bool first) {
  auto record = DecodeChangeRecord(value_);
  if (!record) {
    error_ = Unexpected<Status>(std::move(record).error());
    return false;
  }
  if (record->had_old != record->old_image.has_value() ||
      record->has_new != record->new_image.has_value()) {
    error_ = Fail(StatusCode::kCorruption, "a change record lacks a form of its item");
    return false;
  }
  if (first) old_image_ = Copied(record->old_image);
  new_image_ = Copied(record->new_image);
  LogPosition position;
  ByteReader stamp(std::string_view(key_).substr(key_.size() - kPositionBytes));
  if (!ReadPosition(&stamp, &position)) {
    error_ = Fail(StatusCode::kCorruption, "a sorted change has no position");
    return false;
  }
  micros_ = position.micros;
  return true;
}

bool NetChanges::Next(NetChange* change) {
  if (!std::exchange(begun_, true)) Advance();
  while (has_next_) {
    item_key_ = ItemKeyOf(key_);
    bool first = true;
    do {
      if (!AddRecord(std::exchange(first, false))) return false;
    } while (Advance() && ItemKeyOf(key_) == item_key_);
    if (!error_) return false;
    if (!old_image_ && !new_image_) continue;
    *change = {
        .item_key = item_key_, .old_image = old_image_, .new_image = new_image_, .micros = micros_};
    return true;
  }
  return false;
}

}  // namespace stator
