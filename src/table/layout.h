// The one place that knows how tables, items, index entries and the server's own records become storage keys
// (format.md, "Key layout").
//
//   data      0x10 | table id u64 | index id u32 (0 = the table) | hash u64 | key parts
//
//   expiry    0x11 | table id u64 | time-to-live id u32 | seconds u64 | what follows the ids in the item's key
//
// `hash` is StableHash64 of the encoded hash-key parts, so that parallel scan segments are hash ranges. Key
// parts are those of model/key_codec.h: for an item its hash and range key; for an index entry the index's hash
// and range parts, then the table's (its range part only, for a local index).
#ifndef STATOR_TABLE_LAYOUT_H_
#define STATOR_TABLE_LAYOUT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "model/attribute_value.h"
#include "table/table_definition.h"

namespace stator {

// First byte of every storage key: what kind of record it is. Part of the format.
enum class KeySpace : uint8_t {
  kEngine = 0x00,  // its own (storage/format.h)
  kCatalog = 0x01,
  kGuard = 0x02,
  kToken = 0x03,
  kTokenExpiry = 0x04,
  kSizeCounter = 0x05,
  kCollectionCounter = 0x06,
  kNextTableId = 0x07,
  kBackfill = 0x08,
  kDroppedTable = 0x09,
  kReaderPosition = 0x0b,
  kKinesisStream = 0x0c,
  kKinesisDropped = 0x0d,
  kMapping = 0x0e,          // event source mappings (events/mapping_store.h)
  kMappingProgress = 0x0f,  // how far each has come
  kData = 0x10,
  kTimeToLive = 0x11,
  kBackup = 0x12,     // table/backup_record.h
  kBackupJob = 0x13,  // its table is being read for it
  kImport = 0x14,     // table/import_record.h
  kExport = 0x15,     // table/export_record.h
  kBulk = 0x16,       // table/bulk_record.h
  kChangeRecord = 0x20,  // from here on: logs
  kKinesisRecord = 0x21,
};

struct KeyRange {
  std::string begin;  // inclusive
  std::string end;    // exclusive
};

// REQUIRES (all functions that take an item): the named key attributes are present with the declared types.
std::string ItemKey(const TableDefinition& table, const AttributeMap& item_or_key);
std::string IndexEntryKey(const TableDefinition& table, const IndexDefinition& index, const AttributeMap& item);
// The storage key that `key` (a LastEvaluatedKey: table key, plus index key if `index` is not null) denotes.
std::string CursorKey(const TableDefinition& table, const IndexDefinition* index, const AttributeMap& key);

// All entries of the table itself (index null) or of one index.
KeyRange AllEntries(const TableDefinition& table, const IndexDefinition* index);
// The entries of segment `segment` of `total` (facts 4.3): an even part of the hash space.
KeyRange SegmentEntries(const TableDefinition& table, const IndexDefinition* index, uint32_t segment,
                        uint32_t total);
// True if the hash-key values of `key` fall into that segment.
bool InSegment(const TableDefinition& table, const IndexDefinition* index, const AttributeMap& key,
               uint32_t segment, uint32_t total);
// Common prefix of all entries whose hash attributes have these values (values in schema order).
std::string PartitionPrefix(const TableDefinition& table, const IndexDefinition* index,
                            const std::vector<AttributeValue>& hash_values);

KeyRange AllKeys(KeySpace space);

// Everything the table owns: items and index entries; and its counters.
KeyRange TableData(uint64_t table_id);
KeyRange IndexData(uint64_t table_id, uint32_t index_id);
KeyRange TableCounters(uint64_t table_id);
KeyRange CollectionCounters(uint64_t table_id);

// Catalog record of a table; the range of all catalog records; that of one scope, in name order.
std::string CatalogKey(const Scope& scope, std::string_view table_name);
KeyRange AllCatalogKeys();

std::string TableGuardKey(uint64_t table_id);
std::string NextTableIdKey();
// ItemCount and TableSizeBytes (index id 0), or those of an index.
std::string SizeCounterKey(uint64_t table_id, uint32_t index_id);
// Size of an item collection, its local index entries included (tables with local indexes only).
std::string CollectionCounterKey(const TableDefinition& table, const AttributeMap& item_or_key);

// How far the backfill of an index has come: its value is the first item key not looked at yet.
std::string BackfillKey(uint64_t table_id, uint32_t index_id);

// All positions of backfills of a table.
KeyRange TableBackfills(uint64_t table_id);

// The entry by which the item of that storage key is found when it has expired, and the item's key read back.
// REQUIRES: the keys are ItemKey's and TimeToLiveKey's.
std::string TimeToLiveKey(uint64_t table_id, uint32_t ttl_id, uint64_t expiry_seconds, std::string_view item_key);
std::string ItemKeyOfTimeToLive(std::string_view entry_key);
// Entries of a table, of one of its times to live, or of those that expire in [begin_seconds, end_seconds).
KeyRange TimeToLiveData(uint64_t table_id);
KeyRange TimeToLiveData(uint64_t table_id, uint32_t ttl_id);
KeyRange TimeToLiveDue(uint64_t table_id, uint32_t ttl_id, uint64_t begin_seconds, uint64_t end_seconds);
// The definition of a table that is gone, while its streams can still be read.
std::string DroppedTableKey(uint64_t table_id);

// Prefix of the change records of a shard: the engine adds position and place (storage/engine.h, Append).
std::string ShardPrefix(uint64_t table_id, uint64_t shard_id);
KeyRange ShardRecords(uint64_t table_id, uint64_t shard_id);
KeyRange TableRecords(uint64_t table_id);
// How far a reader has come in a shard; all of a table's readers.
std::string ReaderPositionKey(uint64_t table_id, std::string_view reader, uint64_t shard_id);
KeyRange ReaderPositions(uint64_t table_id, std::string_view reader);
KeyRange TableReaderPositions(uint64_t table_id);

// ClientRequestToken records, and the expiry-ordered list by which old ones are found.
std::string TokenKey(const Scope& scope, std::string_view operation, std::string_view token);
std::string TokenExpiryKey(int64_t expires_micros, std::string_view token_key);
KeyRange TokenExpiryUpTo(int64_t now_micros);

// Kinesis: the definition of a stream; a note that the records of a stream that was deleted have to be dropped; the
// records of a shard, by position (storage/engine.h, Append).
std::string KinesisStreamKey(const Scope& scope, std::string_view stream_name);
std::string KinesisDroppedKey(uint64_t stream_id);
std::string KinesisShardPrefix(uint64_t stream_id, uint32_t shard);
std::string KinesisRecordKey(uint64_t stream_id, uint32_t shard, uint64_t micros, uint16_t place);
KeyRange KinesisRecords(uint64_t stream_id);

// The record of a backup; notes that backups of a table are being made, which hold up its removal.
std::string BackupKey(const Scope& scope, std::string_view backup_id);
std::string BackupJobKey(uint64_t table_id, std::string_view backup_id);
KeyRange TableBackupJobs(uint64_t table_id);

// The record of an import.
std::string ImportKey(const Scope& scope, std::string_view import_id);
// The record of an export.
std::string ExportKey(const Scope& scope, std::string_view export_id);
// The record of a bulk operation.
std::string BulkKey(const Scope& scope, std::string_view bulk_id);

// Event source mappings, by UUID; how far each has come in a shard, and in all of its shards.
inline constexpr size_t kMappingUuidBytes = 36;
std::string MappingKey(std::string_view uuid);
std::string MappingProgressKey(std::string_view uuid, std::string_view shard_name);
KeyRange MappingProgress(std::string_view uuid);

}  // namespace stator

#endif  // STATOR_TABLE_LAYOUT_H_
