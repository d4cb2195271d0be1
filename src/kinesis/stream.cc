#include "kinesis/stream.h"

#include <algorithm>

#include "base/arn.h"
#include "base/bytes.h"
#include "model/item_codec.h"
#include "model/stored_fields.h"

namespace stator::kinesis {
namespace {

constexpr char kRecordVersion = 1;

}  // namespace

std::string Stream::Arn() const {
  return "arn:aws:kinesis:" + scope.region + ":" + scope.account_id + ":stream/" + name;
}

RecordPosition Stream::TrimHorizon(int64_t now_micros) const {
  const int64_t oldest = now_micros - retention_hours * 3'600'000'000;
  return {static_cast<uint64_t>(std::max<int64_t>(oldest, 0)), 0};
}

std::string EncodeStream(const Stream& stream) {
  AttributeMap map;
  map.Set("account", AttributeValue::S(stream.scope.account_id));
  map.Set("region", AttributeValue::S(stream.scope.region));
  map.Set("name", AttributeValue::S(stream.name));
  map.Set("id", AttributeValue::N(static_cast<int64_t>(stream.id)));
  map.Set("version", AttributeValue::N(static_cast<int64_t>(stream.version)));
  map.Set("created", AttributeValue::N(stream.created_micros));
  map.Set("shards", AttributeValue::N(static_cast<int64_t>(stream.shard_count)));
  map.Set("on_demand", AttributeValue::Bool(stream.on_demand));
  map.Set("retention", AttributeValue::N(stream.retention_hours));
  AttributeMap tags;
  for (const auto& [key, value] : stream.tags) tags.Append(key, AttributeValue::S(value));
  map.Set("tags", AttributeValue::M(std::move(tags)));
  std::string bytes;
  EncodeItem(map, &bytes);
  return bytes;
}

Result<Stream> DecodeStream(std::string_view bytes) {
  auto map = DecodeItem(bytes);
  if (!map) return Unexpected<Status>(map.error());
  const auto account = StoredText(map->Find("account")), region = StoredText(map->Find("region")),
             name = StoredText(map->Find("name"));
  const auto id = StoredInt(map->Find("id")), version = StoredInt(map->Find("version")),
             created = StoredInt(map->Find("created")), shards = StoredInt(map->Find("shards")),
             retention = StoredInt(map->Find("retention"));
  const AttributeValue* on_demand = map->Find("on_demand");
  const AttributeValue* tags = map->Find("tags");
  if (!account || !region || !name || !id || !version || !created || !shards || !retention ||
      *shards < 1 || on_demand == nullptr || !on_demand->is(AttributeValue::Type::kBool) ||
      tags == nullptr || !tags->is(AttributeValue::Type::kM)) {
    return Fail(StatusCode::kCorruption, "the definition of a stream cannot be read");
  }
  Stream stream{.scope = {*account, *region},
                .name = *name,
                .id = static_cast<uint64_t>(*id),
                .version = static_cast<uint64_t>(*version),
                .created_micros = *created,
                .shard_count = static_cast<uint32_t>(*shards),
                .on_demand = on_demand->boolean(),
                .retention_hours = *retention};
  for (const auto& [key, value] : tags->m()) {
    if (value.is(AttributeValue::Type::kS)) stream.tags.emplace(key, value.s());
  }
  return stream;
}

std::optional<StreamArn> ParseStreamArn(std::string_view text) {
  const auto arn = ParseArn(text);
  constexpr std::string_view kStream = "stream/";
  if (!arn || arn->service != "kinesis" || !arn->resource.starts_with(kStream)) return std::nullopt;
  const std::string_view name = arn->resource.substr(kStream.size());
  if (name.empty() || name.find('/') != std::string_view::npos) return std::nullopt;
  return StreamArn{arn->region, arn->account, name};
}

std::string EncodeRecord(std::string_view partition_key, std::string_view data) {
  std::string bytes(1, kRecordVersion);
  bytes.reserve(partition_key.size() + data.size() + 4);
  AppendLengthPrefixed(partition_key, &bytes);
  return bytes.append(data);
}

Result<StoredRecord> DecodeRecord(std::string_view bytes) {
  StoredRecord record;
  if (bytes.empty()) return Fail(StatusCode::kCorruption, "an empty record");
  if (bytes.front() != kRecordVersion) {
    return Fail(StatusCode::kUnsupported, "a record of a stream in a newer format");
  }
  ByteReader reader(bytes.substr(1));
  if (!reader.ReadLengthPrefixed(&record.partition_key)) {
    return Fail(StatusCode::kCorruption, "a record of a stream cannot be read");
  }
  record.data = reader.rest();
  return record;
}

}  // namespace stator::kinesis
