#include "table/bulk_record.h"

#include <utility>

#include "model/item_codec.h"
#include "model/stored_fields.h"

namespace stator {
namespace {

using Type = AttributeValue::Type;

AttributeValue Text(std::string value) { return AttributeValue::S(std::move(value)); }

template <class Number>
AttributeValue Number64(Number value) {
  return AttributeValue::N(static_cast<int64_t>(value));
}

AttributeValue BytesValue(const std::map<std::string, int64_t>& bytes) {
  AttributeMap map;
  for (const auto& [index, number] : bytes) map.Set(index, Number64(number));
  return AttributeValue::M(std::move(map));
}

AttributeValue ReportValue(const BulkReport& report) {
  AttributeValue::List files;
  for (const BulkReportFile& file : report.files) {
    AttributeMap map;
    map.Set("key", Text(file.key));
    map.Set("lines", Number64(file.lines));
    map.Set("md5", Text(file.md5));
    map.Set("etag", Text(file.etag));
    files.push_back(AttributeValue::M(std::move(map)));
  }
  AttributeMap map;
  map.Set("wanted", AttributeValue::Bool(report.wanted));
  map.Set("files", AttributeValue::L(std::move(files)));
  map.Set("text", Text(report.text));
  map.Set("lines", Number64(report.lines));
  return AttributeValue::M(std::move(map));
}

bool ReadBytes(const AttributeMap& in, std::string_view name,
               std::map<std::string, int64_t>* bytes) {
  const AttributeValue* value = in.Find(name);
  if (value == nullptr || !value->is(Type::kM)) return false;
  for (const auto& [index, number] : value->m()) {
    const auto read = StoredInt(&number);
    if (!read) return false;
    (*bytes)[index] = *read;
  }
  return true;
}

bool ReadReport(const AttributeMap& in, std::string_view name, BulkReport* report) {
  const AttributeValue* value = in.Find(name);
  if (value == nullptr || !value->is(Type::kM)) return false;
  StoredFields fields(value->m());
  report->wanted = fields.Bool("wanted");
  report->text = fields.Text("text");
  report->lines = fields.Int("lines");
  const AttributeValue* files = value->m().Find("files");
  if (!fields.ok() || files == nullptr || !files->is(Type::kL)) return false;
  for (const AttributeValue& file : files->l()) {
    if (!file.is(Type::kM)) return false;
    StoredFields of_file(file.m());
    report->files.push_back({.key = of_file.Text("key"),
                             .lines = of_file.Int("lines"),
                             .md5 = of_file.Text("md5"),
                             .etag = of_file.Text("etag")});
    if (!of_file.ok()) return false;
  }
  return true;
}

}  // namespace

int64_t BulkUsage::Total() const {
  int64_t total = table;
  for (const auto& [index, bytes] : local_indexes) total += bytes;
  for (const auto& [index, bytes] : global_indexes) total += bytes;
  return total;
}

std::string BulkRecord::Arn() const { return table.Arn() + "/bulk-operation/" + id; }

std::string BulkRecord::Folder() const {
  return ExportRecord{.id = id, .target = {.prefix = target.prefix}}.Folder();
}

std::string_view NameOf(BulkStatus status) {
  constexpr std::string_view kNames[] = {"IN_PROGRESS", "COMPLETED", "COMPLETED_WITH_ERRORS",
                                         "CANCELLING",  "CANCELLED", "FAILED"};
  return kNames[static_cast<size_t>(status)];
}

std::string_view NameOf(BulkTier tier) {
  return tier == BulkTier::kAccelerated ? "ACCELERATED" : "STANDARD";
}

std::string EncodeBulkRecord(const BulkRecord& record) {
  AttributeMap map;
  map.Set("account", Text(record.scope.account_id));
  map.Set("region", Text(record.scope.region));
  map.Set("id", Text(record.id));
  map.Set("token", Text(record.client_token));
  map.Set("hash", Number64(record.request_hash));
  map.Set("table", AttributeValue::B(EncodeTableDefinition(record.table)));
  map.Set("source_bucket", Text(record.source.bucket));
  map.Set("source_prefix", Text(record.source.prefix));
  map.Set("source_owner", Text(record.source.owner));
  map.Set("format", Number64(record.source.format));
  map.Set("compression", Number64(record.source.compression));
  map.Set("bucket", Text(record.target.bucket));
  map.Set("prefix", Text(record.target.prefix));
  map.Set("owner", Text(record.target.owner));
  if (record.target.encryption) map.Set("encryption", Number64(*record.target.encryption));
  map.Set("kms_key", Text(record.target.kms_key_id));
  if (record.max_write_units) map.Set("max_write_units", Number64(*record.max_write_units));
  map.Set("tier", Number64(record.tier));
  map.Set("status", Number64(record.status));
  map.Set("started", Number64(record.started_micros));
  map.Set("ended", Number64(record.ended_micros));
  map.Set("processed_items", Number64(record.processed_items));
  map.Set("failed_items", Number64(record.failed_items));
  map.Set("unmet_items", Number64(record.unmet_items));
  map.Set("processed_bytes", Number64(record.processed_bytes));
  map.Set("total_bytes", Number64(record.total_bytes));
  map.Set("table_bytes", Number64(record.usage.table));
  map.Set("local_bytes", BytesValue(record.usage.local_indexes));
  map.Set("global_bytes", BytesValue(record.usage.global_indexes));
  map.Set("errors", ReportValue(record.errors));
  map.Set("condition_failures", ReportValue(record.condition_failures));
  map.Set("failure_code", Text(record.failure_code));
  map.Set("failure_message", Text(record.failure_message));
  map.Set("object", Text(record.object));
  map.Set("object_items", Number64(record.object_items));
  std::string bytes;
  EncodeItem(map, &bytes);
  return bytes;
}

Result<BulkRecord> DecodeBulkRecord(std::string_view bytes) {
  auto map = DecodeItem(bytes);
  if (!map) return Unexpected<Status>(map.error());
  StoredFields in(*map);
  BulkRecord record;
  record.scope = {in.Text("account"), in.Text("region")};
  record.id = in.Text("id");
  record.client_token = in.Text("token");
  record.request_hash = static_cast<uint64_t>(in.Int("hash"));
  record.source.bucket = in.Text("source_bucket");
  record.source.prefix = in.Text("source_prefix");
  record.source.owner = in.Text("source_owner");
  record.source.format = in.EnumUpTo("format", ImportFormat::kCsv);
  record.source.compression = in.EnumUpTo("compression", ImportCompression::kZstd);
  record.target.bucket = in.Text("bucket");
  record.target.prefix = in.Text("prefix");
  record.target.owner = in.Text("owner");
  if (in.Has("encryption")) {
    record.target.encryption = in.EnumUpTo("encryption", ExportEncryption::kKms);
  }
  record.target.kms_key_id = in.Text("kms_key");
  if (in.Has("max_write_units")) record.max_write_units = in.Int("max_write_units");
  record.tier = in.EnumUpTo("tier", BulkTier::kAccelerated);
  record.status = in.EnumUpTo("status", BulkStatus::kFailed);
  record.started_micros = in.Int("started");
  record.ended_micros = in.Int("ended");
  record.processed_items = in.Int("processed_items");
  record.failed_items = in.Int("failed_items");
  record.unmet_items = in.Int("unmet_items");
  record.processed_bytes = in.Int("processed_bytes");
  record.total_bytes = in.Int("total_bytes");
  record.usage.table = in.Int("table_bytes");
  record.failure_code = in.Text("failure_code");
  record.failure_message = in.Text("failure_message");
  record.object = in.Text("object");
  record.object_items = in.Int("object_items");
  const AttributeValue* table = map->Find("table");
  const bool whole = in.ok() && table != nullptr && table->is(Type::kB) &&
                     ReadBytes(*map, "local_bytes", &record.usage.local_indexes) &&
                     ReadBytes(*map, "global_bytes", &record.usage.global_indexes) &&
                     ReadReport(*map, "errors", &record.errors) &&
                     ReadReport(*map, "condition_failures", &record.condition_failures);
  if (!whole) return Fail(StatusCode::kCorruption, "the record of a bulk operation cannot be read");
  auto definition = DecodeTableDefinition(table->b());
  if (!definition) return Unexpected<Status>(std::move(definition).error());
  record.table = *std::move(definition);
  return record;
}

}  // namespace stator
