#include "api/backup_answer.h"

#include <optional>
#include <vector>

#include "api/table_description.h"

namespace stator {
namespace {

struct BackupArn {
  std::string_view account;
  std::string_view table;
  std::string_view id;
};

// arn:<partition>:dynamodb:<region>:<account>:table/<table>/backup/<id>
std::optional<BackupArn> ParseBackupArn(std::string_view text) {
  std::string_view fields[5];
  for (std::string_view& field : fields) {
    const size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    field = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  constexpr std::string_view kTable = "table/", kBackup = "/backup/";
  const size_t at = text.find(kBackup);
  if (fields[0] != "arn" || fields[2] != "dynamodb" || !text.starts_with(kTable) ||
      at == std::string_view::npos || at <= kTable.size()) {
    return std::nullopt;
  }
  BackupArn arn{fields[4], text.substr(kTable.size(), at - kTable.size()),
                text.substr(at + kBackup.size())};
  if (arn.id.empty() || arn.id.find('/') != std::string_view::npos) return std::nullopt;
  return arn;
}

void AppendUnits(const Throughput& units, std::string* json) {
  JsonObject object(json);
  object.Int("ReadCapacityUnits", units.read);
  object.Int("WriteCapacityUnits", units.write);
  object.Close();
}

void AddOnDemand(const std::optional<Throughput>& ceilings, JsonObject* parent) {
  if (!ceilings || (ceilings->read < 1 && ceilings->write < 1)) return;
  JsonObject object(parent->Name("OnDemandThroughput"));
  if (ceilings->read > 0) object.Int("MaxReadRequestUnits", ceilings->read);
  if (ceilings->write > 0) object.Int("MaxWriteRequestUnits", ceilings->write);
  object.Close();
}

void AppendSource(const BackupRecord& backup, std::string* json) {
  const TableDefinition& table = backup.table;
  JsonObject object(json);
  object.String("TableName", table.name);
  object.String("TableId", table.uuid);
  object.String("TableArn", table.Arn());
  object.Int("TableSizeBytes", backup.bytes);
  AppendKeySchema(table.keys, object.Name("KeySchema"));
  object.Time("TableCreationDateTime", table.created_micros);
  AppendUnits(table.provisioned.units, object.Name("ProvisionedThroughput"));
  AddOnDemand(table.on_demand, &object);
  object.Int("ItemCount", backup.items);
  object.String("BillingMode", NameOf(table.billing));
  object.Close();
}

void AppendIndexInfo(const IndexDefinition& index, std::string* json) {
  JsonObject object(json);
  object.String("IndexName", index.name);
  AppendKeySchema(index.keys, object.Name("KeySchema"));
  AppendProjection(index.projection, object.Name("Projection"));
  if (index.global) {
    AppendUnits(index.provisioned.units, object.Name("ProvisionedThroughput"));
    AddOnDemand(index.on_demand, &object);
  }
  object.Close();
}

void AddIndexInfos(const TableDefinition& table, std::string_view member, bool global,
                   JsonObject* object) {
  std::vector<const IndexDefinition*> indexes;
  for (const IndexDefinition& index : table.indexes) {
    if (index.global == global && index.status != IndexStatus::kDeleting) indexes.push_back(&index);
  }
  if (indexes.empty()) return;
  AppendJsonArray(
      indexes, object->Name(member),
      [](const IndexDefinition* index, std::string* out) { AppendIndexInfo(*index, out); });
}

void AppendFeatures(const TableDefinition& table, std::string* json) {
  JsonObject object(json);
  AddIndexInfos(table, "LocalSecondaryIndexes", false, &object);
  AddIndexInfos(table, "GlobalSecondaryIndexes", true, &object);
  if (const StreamDefinition* stream = table.log.EnabledStream()) {
    JsonObject specification(object.Name("StreamDescription"));
    specification.Bool("StreamEnabled", true);
    specification.String("StreamViewType", NameOf(stream->view));
    specification.Close();
  }
  if (table.ttl) {
    JsonObject ttl(object.Name("TimeToLiveDescription"));
    ttl.String("TimeToLiveStatus", NameOf(table.ttl->status));
    ttl.String("AttributeName", table.ttl->attribute);
    ttl.Close();
  }
  object.Close();
}

}  // namespace

std::string_view BackupIdOf(std::string_view arn) {
  const auto parsed = ParseBackupArn(arn);
  return parsed ? parsed->id : std::string_view();
}

ApiResult<BackupPtr> FindBackupByArn(const OperationContext& context, std::string_view arn) {
  const auto parsed = ParseBackupArn(arn);
  if (!parsed) return Invalid("Invalid Backup ARN");
  if (parsed->account != context.caller.account_id) {
    return Invalid(
        "This action is only supported by accounts that match the resource owner’s account.");
  }
  BackupPtr backup = context.backups->Find({context.caller.account_id, context.caller.region},
                                           parsed->table, parsed->id);
  if (backup) return backup;
  return ApiFail(ErrorType::kBackupNotFound, "Backup not found: " + std::string(arn));
}

void AddBackupDetails(const BackupRecord& backup, BackupView view, JsonObject* object) {
  object->String("BackupArn", backup.Arn());
  object->String("BackupName", backup.name);
  object->Int("BackupSizeBytes", backup.bytes);
  object->String("BackupStatus", view == BackupView::kDeleted ? "DELETED" : NameOf(backup.status));
  object->String("BackupType", NameOf(backup.type));
  object->Time("BackupCreationDateTime", backup.created_micros);
  if (backup.expires_micros != 0) object->Time("BackupExpiryDateTime", backup.expires_micros);
}

void AppendBackupDescription(const BackupRecord& backup, BackupView view, std::string* json) {
  JsonObject description(json);
  JsonObject details(description.Name("BackupDetails"));
  AddBackupDetails(backup, view, &details);
  details.Close();
  AppendSource(backup, description.Name("SourceTableDetails"));
  AppendFeatures(backup.table, description.Name("SourceTableFeatureDetails"));
  description.Close();
}

}  // namespace stator
