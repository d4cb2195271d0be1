#include "table/export_record.h"

#include "model/item_codec.h"
#include "model/stored_fields.h"

namespace stator {
namespace {

AttributeValue Text(std::string value) { return AttributeValue::S(std::move(value)); }

template <class Number>
AttributeValue Number64(Number value) {
  return AttributeValue::N(static_cast<int64_t>(value));
}

AttributeValue FilterValue(const ExportFilterText& filter) {
  AttributeMap map;
  if (filter.key_condition) map.Set("key_condition", Text(*filter.key_condition));
  if (filter.filter) map.Set("filter", Text(*filter.filter));
  if (filter.projection) map.Set("projection", Text(*filter.projection));
  if (filter.names) {
    AttributeValue::List names;
    for (const auto& [placeholder, name] : *filter.names) {
      names.push_back(Text(placeholder));
      names.push_back(Text(name));
    }
    map.Set("names", AttributeValue::L(std::move(names)));
  }
  if (filter.values) map.Set("values", AttributeValue::M(*filter.values));
  return AttributeValue::M(std::move(map));
}

std::optional<ExportFilterText> ReadFilter(const AttributeValue* value) {
  if (!value->is(AttributeValue::Type::kM)) return std::nullopt;
  StoredFields in(value->m());
  ExportFilterText filter;
  if (in.Has("key_condition")) filter.key_condition = in.Text("key_condition");
  if (in.Has("filter")) filter.filter = in.Text("filter");
  if (in.Has("projection")) filter.projection = in.Text("projection");
  if (in.Has("names")) {
    const std::vector<std::string> names = in.Texts("names");
    filter.names.emplace();
    for (size_t i = 0; i + 1 < names.size(); i += 2) {
      filter.names->emplace_back(names[i], names[i + 1]);
    }
  }
  if (const AttributeValue* values = value->m().Find("values")) {
    if (!values->is(AttributeValue::Type::kM)) return std::nullopt;
    filter.values = values->m();
  }
  return in.ok() ? std::optional(std::move(filter)) : std::nullopt;
}

Unexpected<Status> Unreadable() {
  return Fail(StatusCode::kCorruption, "the record of an export cannot be read");
}

}  // namespace

std::string ExportRecord::Arn() const { return table.Arn() + "/export/" + id; }

std::string ExportRecord::Folder() const {
  std::string folder = target.prefix;
  if (!folder.empty() && !folder.ends_with('/')) folder += '/';
  return folder.append("AWSDynamoDB/").append(id).append("/");
}

std::string ExportRecord::Manifest() const { return Folder() + "manifest-summary.json"; }

std::string_view NameOf(ExportStatus status) {
  constexpr std::string_view kNames[] = {"IN_PROGRESS", "COMPLETED", "FAILED"};
  return kNames[static_cast<size_t>(status)];
}

std::string_view NameOf(ExportType type) {
  return type == ExportType::kFull ? "FULL_EXPORT" : "INCREMENTAL_EXPORT";
}

std::string_view NameOf(ExportFormat format) {
  return format == ExportFormat::kIon ? "ION" : "DYNAMODB_JSON";
}

std::string_view NameOf(ExportView view) {
  return view == ExportView::kNewImage ? "NEW_IMAGE" : "NEW_AND_OLD_IMAGES";
}

std::string_view NameOf(ExportEncryption encryption) {
  return encryption == ExportEncryption::kKms ? "KMS" : "AES256";
}

std::string EncodeExportRecord(const ExportRecord& record) {
  AttributeMap map;
  map.Set("account", Text(record.scope.account_id));
  map.Set("region", Text(record.scope.region));
  map.Set("id", Text(record.id));
  map.Set("token", Text(record.client_token));
  map.Set("hash", Number64(record.request_hash));
  map.Set("table", AttributeValue::B(EncodeTableDefinition(record.table)));
  map.Set("type", Number64(record.type));
  map.Set("type_was_given", AttributeValue::Bool(record.type_was_given));
  map.Set("format", Number64(record.format));
  map.Set("view", Number64(record.view));
  map.Set("after", Number64(record.after));
  map.Set("last", Number64(record.last));
  map.Set("first_shard", Number64(record.first_shard));
  map.Set("time", Number64(record.time_micros));
  map.Set("from", Number64(record.from_micros));
  map.Set("to", Number64(record.to_micros));
  if (record.filter) map.Set("filter", FilterValue(*record.filter));
  map.Set("bucket", Text(record.target.bucket));
  map.Set("prefix", Text(record.target.prefix));
  map.Set("owner", Text(record.target.owner));
  if (record.target.encryption) map.Set("encryption", Number64(*record.target.encryption));
  map.Set("kms_key", Text(record.target.kms_key_id));
  map.Set("status", Number64(record.status));
  map.Set("started", Number64(record.started_micros));
  map.Set("ended", Number64(record.ended_micros));
  map.Set("items", Number64(record.items));
  map.Set("billed_bytes", Number64(record.billed_bytes));
  map.Set("failure_code", Text(record.failure_code));
  map.Set("failure_message", Text(record.failure_message));
  std::string bytes;
  EncodeItem(map, &bytes);
  return bytes;
}

Result<ExportRecord> DecodeExportRecord(std::string_view bytes) {
  auto map = DecodeItem(bytes);
  if (!map) return Unexpected<Status>(map.error());
  StoredFields in(*map);
  ExportRecord record;
  record.scope = {in.Text("account"), in.Text("region")};
  record.id = in.Text("id");
  record.client_token = in.Text("token");
  record.request_hash = static_cast<uint64_t>(in.Int("hash"));
  record.type = in.EnumUpTo("type", ExportType::kIncremental);
  record.type_was_given = in.Bool("type_was_given");
  record.format = in.EnumUpTo("format", ExportFormat::kIon);
  record.view = in.EnumUpTo("view", ExportView::kNewAndOldImages);
  record.after = static_cast<uint64_t>(in.Int("after"));
  record.last = static_cast<uint64_t>(in.Int("last"));
  record.first_shard = static_cast<uint64_t>(in.Int("first_shard"));
  record.time_micros = in.Int("time");
  record.from_micros = in.Int("from");
  record.to_micros = in.Int("to");
  if (const AttributeValue* filter = map->Find("filter")) {
    record.filter = ReadFilter(filter);
    if (!record.filter) return Unreadable();
  }
  record.target.bucket = in.Text("bucket");
  record.target.prefix = in.Text("prefix");
  record.target.owner = in.Text("owner");
  if (in.Has("encryption")) {
    record.target.encryption = in.EnumUpTo("encryption", ExportEncryption::kKms);
  }
  record.target.kms_key_id = in.Text("kms_key");
  record.status = in.EnumUpTo("status", ExportStatus::kFailed);
  record.started_micros = in.Int("started");
  record.ended_micros = in.Int("ended");
  record.items = in.Int("items");
  record.billed_bytes = in.Int("billed_bytes");
  record.failure_code = in.Text("failure_code");
  record.failure_message = in.Text("failure_message");
  const AttributeValue* table = map->Find("table");
  if (!in.ok() || table == nullptr || !table->is(AttributeValue::Type::kB)) return Unreadable();
  auto definition = DecodeTableDefinition(table->b());
  if (!definition) return Unexpected<Status>(std::move(definition).error());
  record.table = *std::move(definition);
  return record;
}

}  // namespace stator
