#include "table/import_record.h"

#include <utility>

#include "model/item_codec.h"
#include "model/stored_fields.h"
#include "table/job_fields.h"

namespace stator {

std::string ImportRecord::Arn() const { return table.Arn() + "/import/" + id; }

std::string_view NameOf(ImportStatus status) {
  constexpr std::string_view kNames[] = {"IN_PROGRESS", "COMPLETED", "FAILED"};
  return kNames[static_cast<size_t>(status)];
}

std::string_view NameOf(ImportFormat format) {
  constexpr std::string_view kNames[] = {"DYNAMODB_JSON", "ION", "CSV"};
  return kNames[static_cast<size_t>(format)];
}

std::string_view NameOf(ImportCompression compression) {
  constexpr std::string_view kNames[] = {"NONE", "GZIP", "ZSTD"};
  return kNames[static_cast<size_t>(compression)];
}

std::string EncodeImportRecord(const ImportRecord& record) {
  AttributeMap map;
  AddJobFields(record, &map);
  map.Set("bucket", TextField(record.source.bucket));
  map.Set("prefix", TextField(record.source.prefix));
  map.Set("owner", TextField(record.source.owner));
  map.Set("format", NumberField(record.source.format));
  map.Set("compression", NumberField(record.source.compression));
  if (record.source.delimiter) map.Set("delimiter", TextField(*record.source.delimiter));
  AttributeValue::List header;
  for (const std::string& name : record.source.header) header.push_back(TextField(name));
  map.Set("header", AttributeValue::L(std::move(header)));
  map.Set("status", NumberField(record.status));
  map.Set("processed_bytes", NumberField(record.processed_bytes));
  map.Set("processed_items", NumberField(record.processed_items));
  map.Set("imported_items", NumberField(record.imported_items));
  map.Set("errors", NumberField(record.errors));
  map.Set("drops_table", AttributeValue::Bool(record.drops_table));
  std::string bytes;
  EncodeItem(map, &bytes);
  return bytes;
}

Result<ImportRecord> DecodeImportRecord(std::string_view bytes) {
  auto map = DecodeItem(bytes);
  if (!map) return Unexpected<Status>(map.error());
  StoredFields in(*map);
  ImportRecord record;
  ReadJobFields(&in, &record);
  record.source.bucket = in.Text("bucket");
  record.source.prefix = in.Text("prefix");
  record.source.owner = in.Text("owner");
  record.source.format = in.EnumUpTo("format", ImportFormat::kCsv);
  record.source.compression = in.EnumUpTo("compression", ImportCompression::kZstd);
  if (map->Contains("delimiter")) record.source.delimiter = in.Text("delimiter");
  record.source.header = in.Texts("header");
  record.status = in.EnumUpTo("status", ImportStatus::kFailed);
  record.processed_bytes = in.Int("processed_bytes");
  record.processed_items = in.Int("processed_items");
  record.imported_items = in.Int("imported_items");
  record.errors = in.Int("errors");
  record.drops_table = in.Bool("drops_table");
  const auto unreadable = Fail(StatusCode::kCorruption, "the record of an import cannot be read");
  if (!in.ok()) return unreadable;
  return WithJobTable(std::move(record), *map, unreadable);
}

}  // namespace stator
