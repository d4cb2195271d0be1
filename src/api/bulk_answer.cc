#include "api/bulk_answer.h"

#include <map>

#include "api/json_object.h"
#include "api/table_part_arn.h"
#include "transfer/bulk_puts.h"

namespace stator {
namespace {

void AddText(std::string_view name, const std::string& text, JsonObject* object) {
  if (!text.empty()) object->String(name, text);
}

void AppendInput(const ImportSource& source, std::string* json) {
  JsonObject object(json);
  AddText("S3BucketOwner", source.owner, &object);
  object.String("S3Bucket", source.bucket);
  AddText("S3KeyPrefix", source.prefix, &object);
  object.String("InputFormat", NameOf(source.format));
  object.String("InputCompressionType", NameOf(source.compression));
  object.Close();
}

void AppendOutput(const BulkRecord& record, std::string* json) {
  const ExportTarget& target = record.target;
  JsonObject object(json);
  AddText("S3BucketOwner", target.owner, &object);
  object.String("S3Bucket", target.bucket);
  AddText("S3KeyPrefix", target.prefix, &object);
  object.String("S3SseAlgorithm", NameOf(target.encryption.value_or(ExportEncryption::kAes256)));
  AddText("S3SseKmsKeyId", target.kms_key_id, &object);
  std::vector<std::string> types;
  if (record.errors.wanted) types.push_back("ERROR");
  if (record.condition_failures.wanted) types.push_back("CONDITION_CHECK_FAILURE");
  AppendJsonArray(types, object.Name("OutputType"), AppendJsonString);
  object.Close();
}

void AppendBytes(int64_t bytes, std::string* json) {
  JsonObject object(json);
  object.Int("BulkPutBytes", bytes);
  object.Close();
}

void AddIndexes(std::string_view name, const std::map<std::string, int64_t>& indexes,
                JsonObject* object) {
  if (indexes.empty()) return;
  JsonObject map(object->Name(name));
  for (const auto& [index, bytes] : indexes) AppendBytes(bytes, map.Name(index));
  map.Close();
}

void AppendUsage(const BulkRecord& record, std::string* json) {
  const BulkUsage& usage = record.usage;
  json->push_back('[');
  JsonObject object(json);
  object.String("TableName", record.table.name);
  object.Int("BulkPutBytes", usage.Total());
  AppendBytes(usage.table, object.Name("Table"));
  AddIndexes("LocalSecondaryIndexes", usage.local_indexes, &object);
  AddIndexes("GlobalSecondaryIndexes", usage.global_indexes, &object);
  object.Close();
  json->push_back(']');
}

}  // namespace

std::string BulkAnswer(const BulkRecord& record) {
  std::string json;
  JsonObject answer(&json);
  JsonObject object(answer.Name("BulkOperationDescription"));
  object.String("BulkOperationArn", record.Arn());
  object.String("BulkOperationStatus", NameOf(record.status));
  std::string* const tables = object.Name("TableDetails");
  tables->push_back('[');
  JsonObject table(tables);
  table.String("TableName", record.table.name);
  table.String("TableId", record.table.uuid);
  table.Close();
  tables->push_back(']');
  AddText("ClientToken", record.client_token, &object);
  AppendInput(record.source, object.Name("InputS3Configuration"));
  AppendOutput(record, object.Name("OutputS3Configuration"));
  object.Time("StartTime", record.started_micros);
  if (record.ended_micros != 0) object.Time("EndTime", record.ended_micros);
  object.Int("ProcessedItemCount", record.processed_items);
  object.Int("FailedItemCount", record.failed_items);
  object.Int("ProcessedInputBytes", record.processed_bytes);
  object.Int("TotalInputBytes", record.total_bytes);
  AppendUsage(record, object.Name("BulkOperationUsage"));
  AddText("FailureCode", record.failure_code, &object);
  AddText("FailureMessage", record.failure_message, &object);
  if (record.max_write_units) object.Int("MaxWriteRequestUnits", *record.max_write_units);
  object.String("PerformanceTier", NameOf(record.tier));
  object.Close();
  answer.Close();
  return json;
}

ApiResult<BulkPtr> FindBulkOperation(const OperationContext& context, const Members& in) {
  const std::string_view arn = in.String("BulkOperationArn").value_or("");
  const auto parsed = ParseTablePartArn(arn, "bulk-operation");
  if (!parsed) return Invalid("Invalid BulkOperation ARN");
  if (parsed->account != context.caller.account_id) {
    return Invalid(
        "This action is only supported by accounts that match the resource owner’s account.");
  }
  BulkPtr found = context.bulk_puts->Find({context.caller.account_id, context.caller.region},
                                          parsed->table, parsed->id);
  if (found == nullptr) {
    return ApiFail(ErrorType::kResourceNotFound, "Requested resource not found: BulkOperation: " +
                                                     std::string(arn) + " not found");
  }
  return found;
}

}  // namespace stator
