// A change of an item, as the log keeps it (facts 8.3; docs/format.md, "Change records").
#ifndef STATOR_TABLE_CHANGE_RECORD_H_
#define STATOR_TABLE_CHANGE_RECORD_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "storage/engine.h"
#include "table/table_definition.h"

namespace stator {

// Who made a change.
enum class Actor { kUser, kTimeToLive };

// Views into what it was made from or decoded from, or into itself.
struct ChangeRecord {
  Actor actor = Actor::kUser;
  bool had_old = false;  // there was an item before
  bool has_new = false;  // there is one now
  std::string_view
      item_key;  // the item's storage key without space, table and index: hash and key parts
  // In the item format. Kept only as far as the readers of the log need them.
  std::optional<std::string_view> old_image;
  std::optional<std::string_view> new_image;

  // Of a decoded one: where the old image is, if it is kept as what differs from the new one.
  std::shared_ptr<const std::string> rebuilt;
};

std::string EncodeChangeRecord(const ChangeRecord& record);
// kCorruption if these are not the bytes of one.
Result<ChangeRecord> DecodeChangeRecord(std::string_view bytes);
// How many bytes the record is with both images whole, which it may be kept without.
size_t WholeSize(std::string_view bytes);

// The record for the log of a table whose item under `storage_key` changes from `old_item` to
// `new_item` (item format; nullopt: none). `item_in`: the mutation of the commit that makes that
// change, if one does; the record then only says that it ends with the new item, and where it has a
// part of the old one. REQUIRES: table.log.active().
Append ChangeAppend(const TableDefinition& table, std::string_view storage_key,
                    const std::optional<std::string_view>& old_item,
                    const std::optional<std::string_view>& new_item, Actor actor,
                    std::optional<size_t> item_in = std::nullopt);

// "INSERT", "MODIFY", "REMOVE".
std::string_view EventNameOf(const ChangeRecord& record);

// The hash of the changed item's partition, which decides about its shard.
uint64_t PartitionHashOf(const ChangeRecord& record);

// Appends "Keys", "NewImage", "OldImage" and "SizeBytes" with their names, comma-separated, as they
// stand in every form of a record; the images that are to be shown and that the record has.
// Errors: kCorruption.
Result<void> AppendImages(const TableDefinition& table, const ChangeRecord& record, bool show_new,
                          bool show_old, std::string* json);

// The key attributes of the changed item; nullopt if the record is not one of that table.
std::optional<AttributeMap> KeysOf(const TableDefinition& table, const ChangeRecord& record);

}  // namespace stator

#endif  // STATOR_TABLE_CHANGE_RECORD_H_
