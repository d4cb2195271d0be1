#include "table/import_record.h"

#include <utility>

#include "model/item_codec.h"
#include "model/stored_fields.h"

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
  const auto text = [](const std::string& value) { return AttributeValue::S(value); };
  const auto number = [](auto value) { return AttributeValue::N(static_cast<int64_t>(value)); };
  AttributeMap map;
  map.Set("account", text(record.scope.account_id));
  map.Set("region", text(record.scope.region));
  map.Set("id", text(record.id));
  map.Set("token", text(record.client_token));
  map.Set("hash", number(record.request_hash));
  map.Set("bucket", text(record.source.bucket));
  map.Set("prefix", text(record.source.prefix));
  map.Set("owner", text(record.source.owner));
  map.Set("format", number(record.source.format));
  map.Set("compression", number(record.source.compression));
  if (record.source.delimiter) map.Set("delimiter", text(*record.source.delimiter));
  AttributeValue::List header;
  for (const std::string& name : record.source.header) header.push_back(text(name));
  map.Set("header", AttributeValue::L(std::move(header)));
  map.Set("table", AttributeValue::B(EncodeTableDefinition(record.table)));
  map.Set("status", number(record.status));
  map.Set("started", number(record.started_micros));
  map.Set("ended", number(record.ended_micros));
  map.Set("processed_bytes", number(record.processed_bytes));
  map.Set("processed_items", number(record.processed_items));
  map.Set("imported_items", number(record.imported_items));
  map.Set("errors", number(record.errors));
  map.Set("failure_code", text(record.failure_code));
  map.Set("failure_message", text(record.failure_message));
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
  record.scope = {in.Text("account"), in.Text("region")};
  record.id = in.Text("id");
  record.client_token = in.Text("token");
  record.request_hash = static_cast<uint64_t>(in.Int("hash"));
  record.source.bucket = in.Text("bucket");
  record.source.prefix = in.Text("prefix");
  record.source.owner = in.Text("owner");
  record.source.format = in.EnumUpTo("format", ImportFormat::kCsv);
  record.source.compression = in.EnumUpTo("compression", ImportCompression::kZstd);
  if (map->Contains("delimiter")) record.source.delimiter = in.Text("delimiter");
  record.source.header = in.Texts("header");
  record.status = in.EnumUpTo("status", ImportStatus::kFailed);
  record.started_micros = in.Int("started");
  record.ended_micros = in.Int("ended");
  record.processed_bytes = in.Int("processed_bytes");
  record.processed_items = in.Int("processed_items");
  record.imported_items = in.Int("imported_items");
  record.errors = in.Int("errors");
  record.failure_code = in.Text("failure_code");
  record.failure_message = in.Text("failure_message");
  const AttributeValue* drops = map->Find("drops_table");
  const AttributeValue* table = map->Find("table");
  if (!in.ok() || drops == nullptr || !drops->is(AttributeValue::Type::kBool) || table == nullptr ||
      !table->is(AttributeValue::Type::kB)) {
    return Fail(StatusCode::kCorruption, "the record of an import cannot be read");
  }
  record.drops_table = drops->boolean();
  auto definition = DecodeTableDefinition(table->b());
  if (!definition) return Unexpected<Status>(std::move(definition).error());
  record.table = *std::move(definition);
  return record;
}

}  // namespace stator
