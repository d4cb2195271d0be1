// Storage keys read back into what they were made of: the reverse of table/layout.h.
#ifndef STATOR_TABLE_STORAGE_KEY_H_
#define STATOR_TABLE_STORAGE_KEY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/attribute_value.h"
#include "table/layout.h"
#include "table/table_definition.h"

namespace stator {

// Members that the key's space does not have are empty.
struct StorageKey {
  KeySpace space = KeySpace::kCatalog;
  uint64_t table_id = 0;
  uint32_t index_id = 0;  // kSizeCounter, kBackfill, kData; kTimeToLive: its number
  // kData, kTimeToLive, kCollectionCounter: encoded key values, as far as they can be read without
  // a schema.
  std::vector<AttributeValue> parts;
  Scope scope;       // kCatalog, kKinesisStream, kToken, kBackup, kImport, kExport, kBulk
  // Of the table, stream or reader; kToken: of the operation; kMapping, kMappingProgress: the UUID;
  // kBackup, kBackupJob, kImport, kExport, kBulk: the id.
  std::string name;
  std::string shard_name;  // kMappingProgress
  uint64_t shard_id = 0;  // kReaderPosition, kChangeRecord
  // kEngine: of the log whose size it is, at `position`; or a range that was dropped from the logs;
  // all empty: the last position.
  std::string log_prefix;
  std::string dropped_begin, dropped_end;
  bool is_log_size() const { return !log_prefix.empty(); }
  std::string token;
  int64_t expires_micros = 0;   // kTokenExpiry
  std::string token_key;        // kTokenExpiry
  uint64_t expiry_seconds = 0;  // kTimeToLive
  // kKinesisRecord, whose stream is table_id:
  uint32_t shard = 0;
  uint64_t position = 0;
  uint16_t place = 0;
};

// Safe on arbitrary bytes. Errors: kCorruption if layout.h makes no such key.
Result<StorageKey> ParseStorageKey(std::string_view key);

// The key attributes of an item (index null) or an index entry, by name; nullopt if `key` is not a
// key that layout.h makes for that table and index: the hash included. REQUIRES: it is one of
// kData.
std::optional<AttributeMap> DecodeDataKey(const TableDefinition& table,
                                          const IndexDefinition* index, std::string_view key);
// The hash-key attribute of an item collection. REQUIRES: `key` is one of kCollectionCounter.
std::optional<AttributeMap> DecodeCollectionKey(const TableDefinition& table, std::string_view key);

// For people: "0x10000000...".
std::string HexOf(std::string_view bytes);

}  // namespace stator

#endif  // STATOR_TABLE_STORAGE_KEY_H_
