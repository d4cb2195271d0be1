#include "api/import_answer.h"

#include "api/table_description.h"
#include "api/table_summary.h"

namespace stator {
namespace {

void AddTime(std::string_view name, int64_t micros, JsonObject* object) {
  if (micros != 0) object->Time(name, micros);
}
void AddText(std::string_view name, const std::string& text, JsonObject* object) {
  if (!text.empty()) object->String(name, text);
}

void AddOptions(const ImportSource& source, JsonObject* object) {
  if (!source.delimiter && source.header.empty()) return;
  JsonObject options(object->Name("InputFormatOptions"));
  JsonObject csv(options.Name("Csv"));
  if (source.delimiter) csv.String("Delimiter", *source.delimiter);
  if (!source.header.empty()) {
    AppendJsonArray(source.header, csv.Name("HeaderList"), AppendJsonString);
  }
  csv.Close();
  options.Close();
}

void AppendParameters(const TableDefinition& table, std::string* json) {
  JsonObject object(json);
  object.String("TableName", table.name);
  AppendAttributes(table.attributes, object.Name("AttributeDefinitions"));
  AppendKeySchema(table.keys, object.Name("KeySchema"));
  object.String("BillingMode", NameOf(table.billing));
  if (table.billing == BillingMode::kProvisioned) {
    AppendUnits(table.provisioned.units, object.Name("ProvisionedThroughput"));
  }
  AddOnDemand(table.on_demand, &object);
  AddIndexInfos(table, "GlobalSecondaryIndexes", true, &object);
  object.Close();
}

}  // namespace

void AddImportSummary(const ImportRecord& import, JsonObject* object) {
  object->String("ImportArn", import.Arn());
  object->String("ImportStatus", NameOf(import.status));
  object->String("TableArn", import.table.Arn());
  JsonObject source(object->Name("S3BucketSource"));
  AddText("S3BucketOwner", import.source.owner, &source);
  source.String("S3Bucket", import.source.bucket);
  AddText("S3KeyPrefix", import.source.prefix, &source);
  source.Close();
  // The service's form; docs/object-storage.md says where these logs are.
  object->String("CloudWatchLogGroupArn", "arn:aws:logs:" + import.scope.region + ":" +
                                              import.scope.account_id +
                                              ":log-group:/aws-dynamodb/imports:*");
  object->String("InputFormat", NameOf(import.source.format));
  AddTime("StartTime", import.started_micros, object);
  AddTime("EndTime", import.ended_micros, object);
}

std::string ImportAnswer(const ImportRecord& import) {
  std::string json;
  JsonObject answer(&json);
  JsonObject object(answer.Name("ImportTableDescription"));
  AddImportSummary(import, &object);
  object.String("TableId", import.table.uuid);
  AddText("ClientToken", import.client_token, &object);
  AddOptions(import.source, &object);
  object.String("InputCompressionType", NameOf(import.source.compression));
  AppendParameters(import.table, object.Name("TableCreationParameters"));
  object.Int("ErrorCount", import.errors);
  object.Int("ProcessedSizeBytes", import.processed_bytes);
  object.Int("ProcessedItemCount", import.processed_items);
  object.Int("ImportedItemCount", import.imported_items);
  AddText("FailureCode", import.failure_code, &object);
  AddText("FailureMessage", import.failure_message, &object);
  object.Close();
  answer.Close();
  return json;
}

}  // namespace stator
