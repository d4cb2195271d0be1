#include "table/storage_key.h"

#include "base/bytes.h"
#include "model/key_codec.h"
#include "storage/format.h"

namespace stator {
namespace {

Unexpected<Status> NotOurs() {
  return Fail(StatusCode::kCorruption, "is not a storage key of this format");
}

// Up to the next zero byte, which is taken, too.
bool ReadText(std::string_view* in, std::string* out) {
  const size_t end = in->find('\0');
  if (end == std::string_view::npos) return false;
  out->assign(in->substr(0, end));
  in->remove_prefix(end + 1);
  return true;
}

bool ReadParts(std::string_view in, std::vector<AttributeValue>* parts) {
  while (!in.empty()) {
    auto part = ReadKeyPart(&in);
    if (!part) return false;
    parts->push_back(std::move(*part));
  }
  return !parts->empty();
}

bool ReadScoped(std::string_view rest, StorageKey* key) {
  if (!ReadText(&rest, &key->scope.account_id) || !ReadText(&rest, &key->scope.region))
    return false;
  if (key->space == KeySpace::kToken) {
    if (!ReadText(&rest, &key->name)) return false;
    key->token = rest;
    return !key->token.empty();
  }
  key->name = rest;
  return !key->name.empty();
}

bool ReadReader(std::string_view rest, StorageKey* key) {
  if (!ReadText(&rest, &key->name) || key->name.empty()) return false;
  ByteReader reader(rest);
  return reader.ReadU64(&key->shard_id) && reader.empty();
}

bool ReadLogSize(std::string_view rest, StorageKey* key) {
  constexpr std::string_view kMark = kLogSizeKey.substr(1);
  if (!rest.starts_with(kMark) || rest.size() <= kMark.size() + kAppendStampBytes) return false;
  const std::string_view first = rest.substr(kMark.size());
  key->log_prefix = first.substr(0, first.size() - kAppendStampBytes);
  return ByteReader(first.substr(key->log_prefix.size())).ReadU64(&key->position) &&
         FirstRecordOf(LogSizeKey(key->log_prefix, key->position)) == first;
}

bool ReadDropped(std::string_view rest, StorageKey* key) {
  std::string whole(1, static_cast<char>(KeySpace::kEngine));
  whole.append(rest);
  std::string_view begin, end;
  if (!DecodeDroppedKey(whole, &begin, &end)) return false;
  key->dropped_begin = begin;
  key->dropped_end = end;
  return true;
}

bool ReadBody(std::string_view rest, StorageKey* key) {
  ByteReader reader(rest);
  switch (key->space) {
    case KeySpace::kCatalog:
    case KeySpace::kKinesisStream:
    case KeySpace::kBackup:
    case KeySpace::kImport:
    case KeySpace::kExport:
    case KeySpace::kBulk:
    case KeySpace::kToken:
      return ReadScoped(rest, key);
    case KeySpace::kGuard:
    case KeySpace::kKinesisDropped:
    case KeySpace::kDroppedTable:
      return reader.ReadU64(&key->table_id) && reader.empty();
    case KeySpace::kTokenExpiry: {
      uint64_t expires = 0;
      if (!reader.ReadU64(&expires)) return false;
      key->expires_micros = static_cast<int64_t>(expires);
      key->token_key = reader.rest();
      auto token = ParseStorageKey(key->token_key);
      return token && token->space == KeySpace::kToken;
    }
    case KeySpace::kSizeCounter:
    case KeySpace::kBackfill:
      return reader.ReadU64(&key->table_id) && reader.ReadU32(&key->index_id) && reader.empty();
    case KeySpace::kCollectionCounter:
      return reader.ReadU64(&key->table_id) && ReadParts(reader.rest(), &key->parts) &&
             key->parts.size() == 1;
    case KeySpace::kBackupJob:
      if (!reader.ReadU64(&key->table_id)) return false;
      key->name = reader.rest();
      return !key->name.empty();
    case KeySpace::kMapping:
      key->name = rest;
      return rest.size() == kMappingUuidBytes;
    case KeySpace::kMappingProgress:
      key->name = rest.substr(0, kMappingUuidBytes);
      if (rest.size() <= kMappingUuidBytes) return false;
      key->shard_name = rest.substr(kMappingUuidBytes);
      return true;
    case KeySpace::kEngine:
      return rest == kPositionKey.substr(1) || ReadLogSize(rest, key) || ReadDropped(rest, key);
    case KeySpace::kNextTableId:
      return reader.empty();
    case KeySpace::kKinesisRecord:
      return reader.ReadU64(&key->table_id) && reader.ReadU32(&key->shard) &&
             reader.ReadU64(&key->position) && reader.ReadU16(&key->place) && reader.empty();
    case KeySpace::kReaderPosition:
      return reader.ReadU64(&key->table_id) && ReadReader(reader.rest(), key);
    case KeySpace::kChangeRecord:
      return reader.ReadU64(&key->table_id) && reader.ReadU64(&key->shard_id) &&
             reader.remaining() == kAppendStampBytes;
    case KeySpace::kData:
    case KeySpace::kTimeToLive: {
      uint64_t hash = 0;
      return reader.ReadU64(&key->table_id) && reader.ReadU32(&key->index_id) &&
             (key->space == KeySpace::kData || reader.ReadU64(&key->expiry_seconds)) &&
             reader.ReadU64(&hash) && ReadParts(reader.rest(), &key->parts);
    }
  }
  return false;
}

// Gives the parts the names of `attributes`, one after the other; false if a type differs or parts
// are missing.
bool NameParts(const std::vector<KeyAttribute>& attributes,
               const std::vector<AttributeValue>& parts, size_t* next, AttributeMap* out) {
  for (const KeyAttribute& attribute : attributes) {
    if (*next == parts.size() || !parts[*next].is(attribute.type)) return false;
    out->Set(attribute.name, parts[(*next)++]);
  }
  return true;
}

}  // namespace

Result<StorageKey> ParseStorageKey(std::string_view bytes) {
  if (bytes.empty()) return NotOurs();
  StorageKey key;
  // A byte that names no space falls through the switch.
  key.space = static_cast<KeySpace>(bytes.front());
  if (!ReadBody(bytes.substr(1), &key)) return NotOurs();
  return key;
}

std::optional<AttributeMap> DecodeDataKey(const TableDefinition& table,
                                          const IndexDefinition* index, std::string_view bytes) {
  const auto key = ParseStorageKey(bytes);
  if (!key) return std::nullopt;
  AttributeMap map;
  size_t next = 0;
  const auto name = [&](const std::vector<KeyAttribute>& attributes) {
    return NameParts(attributes, key->parts, &next, &map);
  };
  const bool fits = index == nullptr
                        ? name(table.keys.hash) && name(table.keys.range)
                        : name(index->keys.hash) && name(index->keys.range) &&
                              (!index->global || name(table.keys.hash)) && name(table.keys.range);
  if (!fits || next != key->parts.size()) return std::nullopt;
  // Says the rest: the ids, the hash, and an attribute that stands in two places.
  if (CursorKey(table, index, map) != bytes) return std::nullopt;
  return map;
}

std::optional<AttributeMap> DecodeCollectionKey(const TableDefinition& table,
                                                std::string_view bytes) {
  const auto key = ParseStorageKey(bytes);
  AttributeMap map;
  size_t next = 0;
  if (!key || !NameParts(table.keys.hash, key->parts, &next, &map)) return std::nullopt;
  if (CollectionCounterKey(table, map) != bytes) return std::nullopt;
  return map;
}

std::string HexOf(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "0x";
  for (const char c : bytes) {
    text.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
    text.push_back(kDigits[static_cast<unsigned char>(c) & 15]);
  }
  return text;
}

}  // namespace stator
