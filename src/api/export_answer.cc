#include "api/export_answer.h"

#include "api/json_object.h"
#include "model/attribute_value_json.h"

namespace stator {
namespace {

void AddText(std::string_view name, const std::string& text, JsonObject* object) {
  if (!text.empty()) object->String(name, text);
}

void AppendFilter(const ExportFilterText& filter, std::string* json) {
  JsonObject object(json);
  if (filter.filter) object.String("FilterExpression", *filter.filter);
  if (filter.projection) object.String("ProjectionExpression", *filter.projection);
  if (filter.key_condition) object.String("KeyConditionExpression", *filter.key_condition);
  if (filter.names) {
    JsonObject names(object.Name("ExpressionAttributeNames"));
    for (const auto& [placeholder, name] : *filter.names) names.String(placeholder, name);
    names.Close();
  }
  if (filter.values) AppendJson(*filter.values, object.Name("ExpressionAttributeValues"));
  object.Close();
}

// Which times there are depends on the type.
void AddTimes(const ExportRecord& record, JsonObject* object) {
  if (record.type == ExportType::kFull) return object->Time("ExportTime", record.time_micros);
  JsonObject incremental(object->Name("IncrementalExportSpecification"));
  incremental.Time("ExportFromTime", record.from_micros);
  incremental.Time("ExportToTime", record.to_micros);
  incremental.String("ExportViewType", NameOf(record.view));
  incremental.Close();
}

}  // namespace

std::string ExportAnswer(const ExportRecord& record) {
  const bool completed = record.status == ExportStatus::kCompleted;
  const ExportTarget& target = record.target;
  std::string json;
  JsonObject answer(&json);
  JsonObject object(answer.Name("ExportDescription"));
  object.String("ExportArn", record.Arn());
  object.String("ExportStatus", NameOf(record.status));
  object.Time("StartTime", record.started_micros);
  if (record.ended_micros != 0) object.Time("EndTime", record.ended_micros);
  if (completed) object.String("ExportManifest", record.Manifest());
  object.String("TableArn", record.table.Arn());
  object.String("TableId", record.table.uuid);
  AddText("ClientToken", record.client_token, &object);
  object.String("DestinationType", "S3");
  object.String("S3Bucket", target.bucket);
  AddText("S3BucketOwner", target.owner, &object);
  AddText("S3Prefix", target.prefix, &object);
  object.String("S3SseAlgorithm", NameOf(target.encryption.value_or(ExportEncryption::kAes256)));
  AddText("S3SseKmsKeyId", target.kms_key_id, &object);
  AddText("FailureCode", record.failure_code, &object);
  AddText("FailureMessage", record.failure_message, &object);
  object.String("ExportFormat", NameOf(record.format));
  if (completed || record.billed_bytes > 0) {
    object.Int("BilledSizeBytes", record.billed_bytes);
    object.Int("ItemCount", record.items);
  }
  if (record.type_was_given) object.String("ExportType", NameOf(record.type));
  AddTimes(record, &object);
  if (record.filter) AppendFilter(*record.filter, object.Name("FilterSpecification"));
  object.Close();
  answer.Close();
  return json;
}

}  // namespace stator
