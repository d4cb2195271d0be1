#include "table/export_record.h"

#include "model/item_codec.h"
#include "model/stored_fields.h"
#include "table/job_fields.h"

namespace stator {
namespace {

AttributeValue FilterValue(const ExportFilterText& filter) {
  AttributeMap map;
  if (filter.key_condition) map.Set("key_condition", TextField(*filter.key_condition));
  if (filter.filter) map.Set("filter", TextField(*filter.filter));
  if (filter.projection) map.Set("projection", TextField(*filter.projection));
  if (filter.names) {
    AttributeValue::List names;
    for (const auto& [placeholder, name] : *filter.names) {
      names.push_back(TextField(placeholder));
      names.push_back(TextField(name));
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
  AddJobFields(record, &map);
  map.Set("type", NumberField(record.type));
  map.Set("type_was_given", AttributeValue::Bool(record.type_was_given));
  map.Set("format", NumberField(record.format));
  map.Set("view", NumberField(record.view));
  map.Set("after", NumberField(record.after));
  map.Set("last", NumberField(record.last));
  map.Set("first_shard", NumberField(record.first_shard));
  map.Set("time", NumberField(record.time_micros));
  map.Set("from", NumberField(record.from_micros));
  map.Set("to", NumberField(record.to_micros));
  if (record.filter) map.Set("filter", FilterValue(*record.filter));
  AddTarget(record.target, &map);
  map.Set("status", NumberField(record.status));
  map.Set("items", NumberField(record.items));
  map.Set("billed_bytes", NumberField(record.billed_bytes));
  std::string bytes;
  EncodeItem(map, &bytes);
  return bytes;
}

Result<ExportRecord> DecodeExportRecord(std::string_view bytes) {
  auto map = DecodeItem(bytes);
  if (!map) return Unexpected<Status>(map.error());
  StoredFields in(*map);
  ExportRecord record;
  ReadJobFields(&in, &record);
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
  ReadTarget(&in, &record.target);
  record.status = in.EnumUpTo("status", ExportStatus::kFailed);
  record.items = in.Int("items");
  record.billed_bytes = in.Int("billed_bytes");
  if (!in.ok()) return Unreadable();
  return WithJobTable(std::move(record), *map, Unreadable());
}

}  // namespace stator
