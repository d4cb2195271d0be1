#include "table/change_record.h"

#include <algorithm>

#include "base/bytes.h"
#include "model/attribute_value_json.h"
#include "model/item_codec.h"
#include "model/item_size.h"
#include "table/image_difference.h"
#include "table/layout.h"
#include "table/storage_key.h"

namespace stator {
namespace {

constexpr uint8_t kRecordVersion = 1;

enum Flag : uint8_t {
  kHadOld = 1,
  kHasNew = 2,
  kByTimeToLive = 4,
  kOldImage = 8,
  kNewImage = 16,
  kDifference = 32,  // the old image is here as what differs from the new one
};

// Of a storage key: what is before the hash.
constexpr size_t kItemKeyAt = 1 + 8 + 4;

bool HasDifference(const ChangeRecord& record) { return record.old_image && record.new_image; }

// All but the new image, which comes last.
std::string EncodeBeginning(const ChangeRecord& record, size_t room) {
  uint8_t flags = 0;
  if (record.had_old) flags |= kHadOld;
  if (record.has_new) flags |= kHasNew;
  if (record.actor == Actor::kTimeToLive) flags |= kByTimeToLive;
  if (record.old_image) flags |= HasDifference(record) ? kDifference : kOldImage;
  if (record.new_image) flags |= kNewImage;
  std::string bytes;
  const bool whole = record.old_image && !HasDifference(record);
  bytes.reserve(16 + record.item_key.size() + (whole ? record.old_image->size() : 0) + room);
  AppendU8(kRecordVersion, &bytes);
  AppendU8(flags, &bytes);
  AppendLengthPrefixed(record.item_key, &bytes);
  if (whole) AppendLengthPrefixed(*record.old_image, &bytes);
  if (HasDifference(record)) {
    AppendDifference(DifferenceOf(*record.old_image, *record.new_image), &bytes);
  }
  return bytes;
}

// What EncodeBeginning() makes.
bool ReadBeginning(ByteReader* in, ChangeRecord* record, uint8_t* flags,
                   ImageDifference* difference) {
  uint8_t version = 0;
  if (!in->ReadU8(&version) || version != kRecordVersion || !in->ReadU8(flags) ||
      !in->ReadLengthPrefixed(&record->item_key)) {
    return false;
  }
  if ((*flags & kOldImage) != 0) {
    std::string_view image;
    if (!in->ReadLengthPrefixed(&image)) return false;
    record->old_image = image;
  }
  return (*flags & kDifference) == 0 || ReadDifference(in, difference);
}

// The part of the old image that is in the bytes of a record as it is, if it is worth anything.
std::optional<Append::Former> OldPart(std::string_view bytes, size_t mutation) {
  constexpr size_t kWorthIt = 64;
  ByteReader in(bytes);
  ChangeRecord record;
  uint8_t flags = 0;
  ImageDifference difference;
  if (!ReadBeginning(&in, &record, &flags, &difference)) return std::nullopt;
  const std::string_view part = record.old_image.value_or(difference.middle);
  if (part.size() < kWorthIt) return std::nullopt;
  return Append::Former{.mutation = mutation,
                        .at = static_cast<size_t>(part.data() - bytes.data()),
                        .from = difference.header.size() + difference.front,
                        .length = part.size()};
}

}  // namespace

std::string EncodeChangeRecord(const ChangeRecord& record) {
  const std::string_view end = record.new_image.value_or(std::string_view());
  return EncodeBeginning(record, end.size()).append(end);
}

Result<ChangeRecord> DecodeChangeRecord(std::string_view bytes) {
  ByteReader in(bytes);
  ChangeRecord record;
  uint8_t flags = 0;
  ImageDifference difference;
  bool ok = ReadBeginning(&in, &record, &flags, &difference);
  record.had_old = (flags & kHadOld) != 0;
  record.has_new = (flags & kHasNew) != 0;
  if ((flags & kByTimeToLive) != 0) record.actor = Actor::kTimeToLive;
  if (ok && (flags & kNewImage) != 0) {
    record.new_image = in.rest();
  } else if (!in.empty()) {
    ok = false;
  }
  if (ok && (flags & kDifference) != 0) {
    std::optional<std::string> image;
    if (record.new_image && !record.old_image) {
      image = ApplyDifference(difference, *record.new_image);
    }
    ok = image.has_value();
    if (ok) {
      record.rebuilt = std::make_shared<const std::string>(std::move(*image));
      record.old_image = *record.rebuilt;
    }
  }
  if (!ok) return Fail(StatusCode::kCorruption, "a change record cannot be read");
  return record;
}

size_t WholeSize(std::string_view bytes) {
  ByteReader in(bytes);
  ChangeRecord record;
  uint8_t flags = 0;
  ImageDifference difference;
  if (!ReadBeginning(&in, &record, &flags, &difference)) return bytes.size();
  const size_t most = in.remaining();  // the new image's
  return bytes.size() + std::min(difference.front, most) + std::min(difference.back, most);
}

Append ChangeAppend(const TableDefinition& table, std::string_view storage_key,
                    const std::optional<std::string_view>& old_item,
                    const std::optional<std::string_view>& new_item, Actor actor,
                    std::optional<size_t> item_in) {
  ChangeRecord record;
  record.actor = actor;
  record.had_old = old_item.has_value();
  record.has_new = new_item.has_value();
  record.item_key = storage_key.substr(kItemKeyAt);
  if (table.log.KeepsOld()) record.old_image = old_item;
  if (table.log.KeepsNew()) record.new_image = new_item;
  const LogShard& shard = *table.log.OpenShard(PartitionHashOf(record));
  Append append{ShardPrefix(table.id, shard.id), {}};
  if (record.new_image) append.ends_with = item_in;
  append.value = append.ends_with ? EncodeBeginning(record, 0) : EncodeChangeRecord(record);
  if (record.old_image && item_in) append.former = OldPart(append.value, *item_in);
  return append;
}

uint64_t PartitionHashOf(const ChangeRecord& record) {
  uint64_t hash = 0;
  (void)ByteReader(record.item_key).ReadU64(&hash);
  return hash;
}

std::string_view EventNameOf(const ChangeRecord& record) {
  if (!record.has_new) return "REMOVE";
  return record.had_old ? "MODIFY" : "INSERT";
}

Result<void> AppendImages(const TableDefinition& table, const ChangeRecord& record, bool show_new,
                          bool show_old, std::string* json) {
  const auto keys = KeysOf(table, record);
  if (!keys) return Fail(StatusCode::kCorruption, "a change record has no key of its table");
  json->append("\"Keys\":");
  AppendJson(*keys, json);
  size_t size = SizeOf(*keys);
  const auto append = [&](std::string_view name, bool shown,
                          const std::optional<std::string_view>& image) -> Result<void> {
    if (!shown || !image) return {};
    auto bytes = EncodedItemSize(*image);
    if (!bytes) return Unexpected<Status>(std::move(bytes.error()));
    size += *bytes;
    json->append(",\"").append(name).append("\":");
    return AppendItemJson(*image, json);
  };
  if (auto added = append("NewImage", show_new, record.new_image); !added) return added;
  if (auto added = append("OldImage", show_old, record.old_image); !added) return added;
  json->append(",\"SizeBytes\":").append(std::to_string(size));
  return {};
}

std::optional<AttributeMap> KeysOf(const TableDefinition& table, const ChangeRecord& record) {
  std::string key = AllEntries(table, nullptr).begin;
  return DecodeDataKey(table, nullptr, key.append(record.item_key));
}

}  // namespace stator
