// Arbitrary bytes as storage keys, of a table with a local and a global index: what is read is what
// layout.h makes, to the byte.
#include "table/storage_key.h"

#include <string>

#include "fuzz.h"
#include "storage/format.h"
#include "table/test_tables.h"

namespace {

using namespace stator;

std::string Again(const StorageKey& key) {
  switch (key.space) {
    case KeySpace::kEngine:
      if (!key.dropped_end.empty()) return DroppedKey(key.dropped_begin, key.dropped_end);
      return key.is_log_size() ? LogSizeKey(key.log_prefix, key.position)
                               : std::string(kPositionKey);
    case KeySpace::kCatalog:
      return CatalogKey(key.scope, key.name);
    case KeySpace::kGuard:
      return TableGuardKey(key.table_id);
    case KeySpace::kToken:
      return TokenKey(key.scope, key.name, key.token);
    case KeySpace::kTokenExpiry:
      return TokenExpiryKey(key.expires_micros, key.token_key);
    case KeySpace::kSizeCounter:
      return SizeCounterKey(key.table_id, key.index_id);
    case KeySpace::kNextTableId:
      return NextTableIdKey();
    case KeySpace::kBackfill:
      return BackfillKey(key.table_id, key.index_id);
    case KeySpace::kKinesisStream:
      return KinesisStreamKey(key.scope, key.name);
    case KeySpace::kKinesisDropped:
      return KinesisDroppedKey(key.table_id);
    case KeySpace::kKinesisRecord:
      return KinesisRecordKey(key.table_id, key.shard, key.position, key.place);
    case KeySpace::kDroppedTable:
      return DroppedTableKey(key.table_id);
    case KeySpace::kReaderPosition:
      return ReaderPositionKey(key.table_id, key.name, key.shard_id);
    case KeySpace::kBackup:
      return BackupKey(key.scope, key.name);
    case KeySpace::kImport:
      return ImportKey(key.scope, key.name);
    case KeySpace::kExport:
      return ExportKey(key.scope, key.name);
    case KeySpace::kBulk:
      return BulkKey(key.scope, key.name);
    case KeySpace::kBackupJob:
      return BackupJobKey(key.table_id, key.name);
    case KeySpace::kMapping:
      return MappingKey(key.name);
    case KeySpace::kMappingProgress:
      return MappingProgressKey(key.name, key.shard_name);
    case KeySpace::kCollectionCounter:
    case KeySpace::kChangeRecord:
    case KeySpace::kData:
    case KeySpace::kTimeToLive:
      break;
  }
  return "";
}

void CheckData(const TableDefinition& table, const IndexDefinition* index, std::string_view bytes) {
  const auto attributes = DecodeDataKey(table, index, bytes);
  if (attributes) FUZZ_CHECK(CursorKey(table, index, *attributes) == bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const TableDefinition table =
      testing::TestTable({testing::LocalIndex("local", 1, "l"),
                          testing::GlobalIndex("global", 2, {{"g", AttributeValue::Type::kB}},
                                               {{"r", AttributeValue::Type::kN}})});
  const std::string_view bytes = FuzzInput(data, size);
  const auto key = ParseStorageKey(bytes);
  if (!key) return 0;
  if (key->space == KeySpace::kData) {
    CheckData(table, nullptr, bytes);
    for (const IndexDefinition& index : table.indexes) CheckData(table, &index, bytes);
  } else if (key->space == KeySpace::kTimeToLive) {
    const std::string item = ItemKeyOfTimeToLive(bytes);
    FUZZ_CHECK(TimeToLiveKey(key->table_id, key->index_id, key->expiry_seconds, item) == bytes);
  } else if (key->space == KeySpace::kCollectionCounter) {
    const auto attributes = DecodeCollectionKey(table, bytes);
    if (attributes) FUZZ_CHECK(CollectionCounterKey(table, *attributes) == bytes);
  } else if (key->space == KeySpace::kChangeRecord) {
    FUZZ_CHECK(bytes.substr(0, bytes.size() - kAppendStampBytes) == ShardPrefix(key->table_id, key->shard_id));
  } else {
    FUZZ_CHECK(Again(*key) == bytes);
  }
  return 0;
}
