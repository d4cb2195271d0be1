#include "table/layout.h"

#include "base/bytes.h"
#include "base/hash.h"
#include "model/key_codec.h"
#include "storage/engine.h"

namespace stator {
namespace {

using enum KeySpace;

static_assert(static_cast<uint8_t>(kChangeRecord) == kFirstAppended &&
              static_cast<uint8_t>(kKinesisRecord) < kFirstAfterAppended &&
              static_cast<uint8_t>(kBulk) < kFirstAppended);

char ByteOf(KeySpace space) { return static_cast<char>(space); }

std::string TablePrefix(KeySpace space, uint64_t table_id) {
  std::string key(1, ByteOf(space));
  AppendU64(table_id, &key);
  return key;
}

std::string DataPrefix(uint64_t table_id, uint32_t index_id) {
  std::string key = TablePrefix(kData, table_id);
  AppendU32(index_id, &key);
  return key;
}

// What comes before the hash in the key of an item: the space and the numbers of table and index.
constexpr size_t kIdsBytes = 1 + sizeof(uint64_t) + sizeof(uint32_t);

std::string TimeToLivePrefix(uint64_t table_id, uint32_t ttl_id) {
  std::string key = TablePrefix(kTimeToLive, table_id);
  AppendU32(ttl_id, &key);
  return key;
}

KeyRange EverythingUnder(std::string prefix) {
  std::string end = PrefixEnd(prefix);
  return {std::move(prefix), std::move(end)};
}

const KeySchema& SchemaOf(const TableDefinition& table, const IndexDefinition* index) {
  return index == nullptr ? table.keys : index->keys;
}

uint32_t IdOf(const IndexDefinition* index) { return index == nullptr ? 0 : index->id; }

void AppendParts(const std::vector<KeyAttribute>& attributes, const AttributeMap& item, std::string* out) {
  for (const KeyAttribute& attribute : attributes) AppendKeyPart(*item.Find(attribute.name), out);
}

// Appends hash and encoded hash-key parts.
void AppendHashed(const std::vector<KeyAttribute>& attributes, const AttributeMap& item, std::string* key) {
  std::string parts;
  AppendParts(attributes, item, &parts);
  AppendU64(StableHash64(parts), key);
  key->append(parts);
}

// The hash at which segment `segment` of `total` begins.
uint64_t SegmentStart(uint32_t segment, uint32_t total) {
  return static_cast<uint64_t>((static_cast<unsigned __int128>(segment) << 64) / total);
}

std::string ScopePrefix(KeySpace space, const Scope& scope) {
  std::string key(1, ByteOf(space));
  key.append(scope.account_id).push_back('\0');
  key.append(scope.region).push_back('\0');
  return key;
}

}  // namespace

std::string ItemKey(const TableDefinition& table, const AttributeMap& item_or_key) {
  std::string key = DataPrefix(table.id, 0);
  AppendHashed(table.keys.hash, item_or_key, &key);
  AppendParts(table.keys.range, item_or_key, &key);
  return key;
}

std::string IndexEntryKey(const TableDefinition& table, const IndexDefinition& index,
                          const AttributeMap& item) {
  std::string key = DataPrefix(table.id, index.id);
  AppendHashed(index.keys.hash, item, &key);
  AppendParts(index.keys.range, item, &key);
  if (index.global) AppendParts(table.keys.hash, item, &key);
  AppendParts(table.keys.range, item, &key);
  return key;
}

std::string CursorKey(const TableDefinition& table, const IndexDefinition* index, const AttributeMap& key) {
  return index == nullptr ? ItemKey(table, key) : IndexEntryKey(table, *index, key);
}

KeyRange AllEntries(const TableDefinition& table, const IndexDefinition* index) {
  return EverythingUnder(DataPrefix(table.id, IdOf(index)));
}

KeyRange SegmentEntries(const TableDefinition& table, const IndexDefinition* index, uint32_t segment,
                        uint32_t total) {
  KeyRange range = AllEntries(table, index);
  const std::string prefix = range.begin;
  AppendU64(SegmentStart(segment, total), &range.begin);
  if (segment + 1 < total) {
    range.end = prefix;
    AppendU64(SegmentStart(segment + 1, total), &range.end);
  }
  return range;
}

bool InSegment(const TableDefinition& table, const IndexDefinition* index, const AttributeMap& key,
               uint32_t segment, uint32_t total) {
  std::string parts;
  AppendParts(SchemaOf(table, index).hash, key, &parts);
  const uint64_t hash = StableHash64(parts);
  return hash >= SegmentStart(segment, total) &&
         (segment + 1 == total || hash < SegmentStart(segment + 1, total));
}

std::string PartitionPrefix(const TableDefinition& table, const IndexDefinition* index,
                            const std::vector<AttributeValue>& hash_values) {
  std::string key = DataPrefix(table.id, IdOf(index));
  std::string parts;
  for (const AttributeValue& value : hash_values) AppendKeyPart(value, &parts);
  AppendU64(StableHash64(parts), &key);
  return key.append(parts);
}

KeyRange AllKeys(KeySpace space) { return EverythingUnder(std::string(1, ByteOf(space))); }

KeyRange TableData(uint64_t table_id) { return EverythingUnder(TablePrefix(kData, table_id)); }
KeyRange IndexData(uint64_t table_id, uint32_t index_id) {
  return EverythingUnder(DataPrefix(table_id, index_id));
}
KeyRange TableCounters(uint64_t table_id) { return EverythingUnder(TablePrefix(kSizeCounter, table_id)); }
KeyRange CollectionCounters(uint64_t table_id) {
  return EverythingUnder(TablePrefix(kCollectionCounter, table_id));
}

std::string CatalogKey(const Scope& scope, std::string_view table_name) {
  return ScopePrefix(kCatalog, scope).append(table_name);
}
KeyRange AllCatalogKeys() { return AllKeys(kCatalog); }

std::string TableGuardKey(uint64_t table_id) { return TablePrefix(kGuard, table_id); }
std::string NextTableIdKey() { return std::string(1, ByteOf(kNextTableId)); }

std::string SizeCounterKey(uint64_t table_id, uint32_t index_id) {
  std::string key = TablePrefix(kSizeCounter, table_id);
  AppendU32(index_id, &key);
  return key;
}

std::string BackfillKey(uint64_t table_id, uint32_t index_id) {
  std::string key = TablePrefix(kBackfill, table_id);
  AppendU32(index_id, &key);
  return key;
}

KeyRange TableBackfills(uint64_t table_id) { return EverythingUnder(TablePrefix(kBackfill, table_id)); }

std::string TimeToLiveKey(uint64_t table_id, uint32_t ttl_id, uint64_t expiry_seconds, std::string_view item_key) {
  std::string key = TimeToLivePrefix(table_id, ttl_id);
  AppendU64(expiry_seconds, &key);
  return key.append(item_key.substr(kIdsBytes));
}

std::string ItemKeyOfTimeToLive(std::string_view entry_key) {
  std::string key(1, ByteOf(kData));
  key.append(entry_key.substr(1, sizeof(uint64_t)));
  AppendU32(0, &key);
  return key.append(entry_key.substr(kIdsBytes + sizeof(uint64_t)));
}

KeyRange TimeToLiveData(uint64_t table_id) { return EverythingUnder(TablePrefix(kTimeToLive, table_id)); }
KeyRange TimeToLiveData(uint64_t table_id, uint32_t ttl_id) {
  return EverythingUnder(TimeToLivePrefix(table_id, ttl_id));
}
KeyRange TimeToLiveDue(uint64_t table_id, uint32_t ttl_id, uint64_t begin_seconds, uint64_t end_seconds) {
  KeyRange range{TimeToLivePrefix(table_id, ttl_id), TimeToLivePrefix(table_id, ttl_id)};
  AppendU64(begin_seconds, &range.begin);
  AppendU64(end_seconds, &range.end);
  return range;
}

std::string DroppedTableKey(uint64_t table_id) { return TablePrefix(kDroppedTable, table_id); }

std::string ShardPrefix(uint64_t table_id, uint64_t shard_id) {
  std::string key = TablePrefix(kChangeRecord, table_id);
  AppendU64(shard_id, &key);
  return key;
}
KeyRange ShardRecords(uint64_t table_id, uint64_t shard_id) {
  return EverythingUnder(ShardPrefix(table_id, shard_id));
}
KeyRange TableRecords(uint64_t table_id) { return EverythingUnder(TablePrefix(kChangeRecord, table_id)); }

std::string ReaderPositionKey(uint64_t table_id, std::string_view reader, uint64_t shard_id) {
  std::string key = ReaderPositions(table_id, reader).begin;
  AppendU64(shard_id, &key);
  return key;
}
KeyRange ReaderPositions(uint64_t table_id, std::string_view reader) {
  std::string prefix = TablePrefix(kReaderPosition, table_id);
  prefix.append(reader).push_back('\0');
  return EverythingUnder(std::move(prefix));
}
KeyRange TableReaderPositions(uint64_t table_id) {
  return EverythingUnder(TablePrefix(kReaderPosition, table_id));
}

std::string CollectionCounterKey(const TableDefinition& table, const AttributeMap& item_or_key) {
  std::string key = TablePrefix(kCollectionCounter, table.id);
  AppendParts(table.keys.hash, item_or_key, &key);
  return key;
}

std::string TokenKey(const Scope& scope, std::string_view operation, std::string_view token) {
  std::string key = ScopePrefix(kToken, scope);
  key.append(operation).push_back('\0');
  return key.append(token);
}

std::string TokenExpiryKey(int64_t expires_micros, std::string_view token_key) {
  std::string key(1, ByteOf(kTokenExpiry));
  AppendU64(static_cast<uint64_t>(expires_micros), &key);
  return key.append(token_key);
}

KeyRange TokenExpiryUpTo(int64_t now_micros) {
  std::string begin(1, ByteOf(kTokenExpiry));
  std::string end = begin;
  AppendU64(static_cast<uint64_t>(now_micros) + 1, &end);
  return {std::move(begin), std::move(end)};
}

std::string KinesisStreamKey(const Scope& scope, std::string_view stream_name) {
  return ScopePrefix(kKinesisStream, scope).append(stream_name);
}

std::string KinesisDroppedKey(uint64_t stream_id) { return TablePrefix(kKinesisDropped, stream_id); }

std::string KinesisShardPrefix(uint64_t stream_id, uint32_t shard) {
  std::string key = TablePrefix(kKinesisRecord, stream_id);
  AppendU32(shard, &key);
  return key;
}

std::string KinesisRecordKey(uint64_t stream_id, uint32_t shard, uint64_t micros, uint16_t place) {
  std::string key = KinesisShardPrefix(stream_id, shard);
  AppendU64(micros, &key);
  AppendU16(place, &key);
  return key;
}

KeyRange KinesisRecords(uint64_t stream_id) {
  return EverythingUnder(TablePrefix(kKinesisRecord, stream_id));
}

std::string BackupKey(const Scope& scope, std::string_view backup_id) {
  return ScopePrefix(kBackup, scope).append(backup_id);
}
std::string BackupJobKey(uint64_t table_id, std::string_view backup_id) {
  return TablePrefix(kBackupJob, table_id).append(backup_id);
}
KeyRange TableBackupJobs(uint64_t table_id) {
  return EverythingUnder(TablePrefix(kBackupJob, table_id));
}

std::string ImportKey(const Scope& scope, std::string_view import_id) {
  return ScopePrefix(kImport, scope).append(import_id);
}

std::string ExportKey(const Scope& scope, std::string_view export_id) {
  return ScopePrefix(kExport, scope).append(export_id);
}

std::string BulkKey(const Scope& scope, std::string_view bulk_id) {
  return ScopePrefix(kBulk, scope).append(bulk_id);
}

std::string MappingKey(std::string_view uuid) { return std::string(1, ByteOf(kMapping)).append(uuid); }

std::string MappingProgressKey(std::string_view uuid, std::string_view shard_name) {
  return MappingProgress(uuid).begin.append(shard_name);
}

KeyRange MappingProgress(std::string_view uuid) {
  return EverythingUnder(std::string(1, ByteOf(kMappingProgress)).append(uuid));
}

}  // namespace stator
