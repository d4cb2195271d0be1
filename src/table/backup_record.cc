#include "table/backup_record.h"

#include <utility>

#include "model/item_codec.h"
#include "model/stored_fields.h"

namespace stator {

std::string BackupRecord::Arn() const { return table.Arn() + "/backup/" + id; }

std::string_view NameOf(BackupStatus status) {
  return status == BackupStatus::kCreating ? "CREATING" : "AVAILABLE";
}

std::string_view NameOf(BackupType type) { return type == BackupType::kUser ? "USER" : "SYSTEM"; }

std::string EncodeBackupRecord(const BackupRecord& record) {
  AttributeMap map;
  map.Set("account", AttributeValue::S(record.scope.account_id));
  map.Set("region", AttributeValue::S(record.scope.region));
  map.Set("id", AttributeValue::S(record.id));
  map.Set("name", AttributeValue::S(record.name));
  map.Set("type", AttributeValue::N(static_cast<int64_t>(record.type)));
  map.Set("status", AttributeValue::N(static_cast<int64_t>(record.status)));
  map.Set("created", AttributeValue::N(record.created_micros));
  map.Set("expires", AttributeValue::N(record.expires_micros));
  map.Set("items", AttributeValue::N(record.items));
  map.Set("bytes", AttributeValue::N(record.bytes));
  map.Set("table", AttributeValue::B(EncodeTableDefinition(record.table)));
  std::string bytes;
  EncodeItem(map, &bytes);
  return bytes;
}

Result<BackupRecord> DecodeBackupRecord(std::string_view bytes) {
  auto map = DecodeItem(bytes);
  if (!map) return Unexpected<Status>(map.error());
  const auto account = StoredText(map->Find("account")), region = StoredText(map->Find("region")),
             id = StoredText(map->Find("id")), name = StoredText(map->Find("name"));
  const auto type = StoredInt(map->Find("type")), status = StoredInt(map->Find("status")),
             created = StoredInt(map->Find("created")), expires = StoredInt(map->Find("expires")),
             items = StoredInt(map->Find("items")), size = StoredInt(map->Find("bytes"));
  const AttributeValue* table = map->Find("table");
  if (!account || !region || !id || !name || !type || !status || !created || !expires || !items ||
      !size || *type < 0 || *type > 1 || *status < 0 || *status > 1 || table == nullptr ||
      !table->is(AttributeValue::Type::kB)) {
    return Fail(StatusCode::kCorruption, "the record of a backup cannot be read");
  }
  auto definition = DecodeTableDefinition(table->b());
  if (!definition) return Unexpected<Status>(std::move(definition).error());
  return BackupRecord{.scope = {*account, *region},
                      .id = *id,
                      .name = *name,
                      .type = static_cast<BackupType>(*type),
                      .status = static_cast<BackupStatus>(*status),
                      .created_micros = *created,
                      .expires_micros = *expires,
                      .table = *std::move(definition),
                      .items = *items,
                      .bytes = *size};
}

}  // namespace stator
