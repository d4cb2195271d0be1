#include "table/bulk_record.h"

#include <utility>

#include "model/item_codec.h"
#include "model/stored_fields.h"
#include "table/job_fields.h"

namespace stator {
namespace {

using Type = AttributeValue::Type;

AttributeValue BytesValue(const std::map<std::string, int64_t>& bytes) {
  AttributeMap map;
  for (const auto& [index, number] : bytes) map.Set(index, NumberField(number));
  return AttributeValue::M(std::move(map));
}

AttributeValue ReportValue(const BulkReport& report) {
  AttributeValue::List files;
  for (const BulkReportFile& file : report.files) {
    AttributeMap map;
    map.Set("key", TextField(file.key));
    map.Set("lines", NumberField(file.lines));
    map.Set("md5", TextField(file.md5));
    map.Set("etag", TextField(file.etag));
    files.push_back(AttributeValue::M(std::move(map)));
  }
  AttributeMap map;
  map.Set("wanted", AttributeValue::Bool(report.wanted));
  map.Set("files", AttributeValue::L(std::move(files)));
  map.Set("text", TextField(report.text));
  map.Set("lines", NumberField(report.lines));
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
  AddJobFields(record, &map);
  map.Set("source_bucket", TextField(record.source.bucket));
  map.Set("source_prefix", TextField(record.source.prefix));
  map.Set("source_owner", TextField(record.source.owner));
  map.Set("format", NumberField(record.source.format));
  map.Set("compression", NumberField(record.source.compression));
  AddTarget(record.target, &map);
  if (record.max_write_units) map.Set("max_write_units", NumberField(*record.max_write_units));
  map.Set("tier", NumberField(record.tier));
  map.Set("status", NumberField(record.status));
  map.Set("processed_items", NumberField(record.processed_items));
  map.Set("failed_items", NumberField(record.failed_items));
  map.Set("unmet_items", NumberField(record.unmet_items));
  map.Set("processed_bytes", NumberField(record.processed_bytes));
  map.Set("total_bytes", NumberField(record.total_bytes));
  map.Set("table_bytes", NumberField(record.usage.table));
  map.Set("local_bytes", BytesValue(record.usage.local_indexes));
  map.Set("global_bytes", BytesValue(record.usage.global_indexes));
  map.Set("errors", ReportValue(record.errors));
  map.Set("condition_failures", ReportValue(record.condition_failures));
  map.Set("object", TextField(record.object));
  map.Set("object_items", NumberField(record.object_items));
  std::string bytes;
  EncodeItem(map, &bytes);
  return bytes;
}

Result<BulkRecord> DecodeBulkRecord(std::string_view bytes) {
  auto map = DecodeItem(bytes);
  if (!map) return Unexpected<Status>(map.error());
  StoredFields in(*map);
  BulkRecord record;
  ReadJobFields(&in, &record);
  record.source.bucket = in.Text("source_bucket");
  record.source.prefix = in.Text("source_prefix");
  record.source.owner = in.Text("source_owner");
  record.source.format = in.EnumUpTo("format", ImportFormat::kCsv);
  record.source.compression = in.EnumUpTo("compression", ImportCompression::kZstd);
  ReadTarget(&in, &record.target);
  if (in.Has("max_write_units")) record.max_write_units = in.Int("max_write_units");
  record.tier = in.EnumUpTo("tier", BulkTier::kAccelerated);
  record.status = in.EnumUpTo("status", BulkStatus::kFailed);
  record.processed_items = in.Int("processed_items");
  record.failed_items = in.Int("failed_items");
  record.unmet_items = in.Int("unmet_items");
  record.processed_bytes = in.Int("processed_bytes");
  record.total_bytes = in.Int("total_bytes");
  record.usage.table = in.Int("table_bytes");
  record.object = in.Text("object");
  record.object_items = in.Int("object_items");
  const auto unreadable =
      Fail(StatusCode::kCorruption, "the record of a bulk operation cannot be read");
  const bool whole = in.ok() && ReadBytes(*map, "local_bytes", &record.usage.local_indexes) &&
                     ReadBytes(*map, "global_bytes", &record.usage.global_indexes) &&
                     ReadReport(*map, "errors", &record.errors) &&
                     ReadReport(*map, "condition_failures", &record.condition_failures);
  if (!whole) return unreadable;
  return WithJobTable(std::move(record), *map, unreadable);
}

}  // namespace stator
