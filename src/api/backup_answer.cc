#include "api/backup_answer.h"

#include <optional>

#include "api/table_description.h"
#include "api/table_part_arn.h"
#include "api/table_summary.h"

namespace stator {
namespace {

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
  const auto parsed = ParseTablePartArn(arn, "backup");
  return parsed ? parsed->id : std::string_view();
}

ApiResult<BackupPtr> FindBackupByArn(const OperationContext& context, std::string_view arn) {
  const auto parsed = ParseTablePartArn(arn, "backup");
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
  object->Int("BackupSizeBytes",
              backup.status == BackupStatus::kCreating ? backup.made_bytes : backup.bytes);
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

std::string RestoreAnswer(const TableDefinition& table, int64_t now_micros) {
  std::string json;
  JsonObject answer(&json);
  AppendTableDescription(table, {}, DescriptionView::kCreated, now_micros,
                         answer.Name("TableDescription"));
  answer.Close();
  return json;
}

std::string ContinuousBackupsAnswer(const TableDefinition& table, int64_t now_micros) {
  std::string json;
  JsonObject answer(&json);
  JsonObject description(answer.Name("ContinuousBackupsDescription"));
  description.String("ContinuousBackupsStatus", "ENABLED");
  JsonObject recovery(description.Name("PointInTimeRecoveryDescription"));
  recovery.String("PointInTimeRecoveryStatus", table.recovery ? "ENABLED" : "DISABLED");
  if (table.recovery) {
    const RestorableTimes times = RestorableTimesOf(*table.recovery, now_micros);
    recovery.Int("RecoveryPeriodInDays", table.recovery->period_days);
    recovery.Time("EarliestRestorableDateTime", times.earliest * 1'000'000);
    recovery.Time("LatestRestorableDateTime", times.latest * 1'000'000);
  }
  recovery.Close();
  description.Close();
  answer.Close();
  return json;
}

}  // namespace stator
