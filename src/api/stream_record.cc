#include "api/stream_record.h"

#include <array>
#include <cstdio>

#include "api/json_object.h"
#include "base/hash.h"
#include "model/attribute_value_json.h"
#include "model/item_codec.h"
#include "model/item_size.h"

namespace stator {
namespace {

constexpr std::string_view kServicePrincipal = "dynamodb.amazonaws.com";

Result<void> AddImages(const TableDefinition& table, const ChangeRecord& record,
                       StreamViewType view, JsonObject* object) {
  const auto keys = KeysOf(table, record);
  if (!keys) return Fail(StatusCode::kCorruption, "a change record has no key of its table");
  AppendJson(*keys, object->Name("Keys"));
  size_t size = SizeOf(*keys);
  const auto add = [&](std::string_view name, bool shown,
                       const std::optional<std::string_view>& image) -> Result<void> {
    if (!shown || !image) return {};
    auto image_size = EncodedItemSize(*image);
    if (!image_size) return Unexpected<Status>(image_size.error());
    size += *image_size;
    return AppendItemJson(*image, object->Name(name));
  };
  if (auto added = add("NewImage", ShowsNew(view), record.new_image); !added) return added;
  if (auto added = add("OldImage", ShowsOld(view), record.old_image); !added) return added;
  object->Int("SizeBytes", static_cast<int64_t>(size));
  return {};
}

}  // namespace

std::string EventIdOf(std::string_view log_name, const LogPosition& position) {
  const std::string name = std::string(log_name) + "#" + SequenceNumberOf(position);
  std::array<char, 40> text;
  const int length = std::snprintf(text.data(), text.size(), "%016llx%016llx",
                                   static_cast<unsigned long long>(StableHash64(name)),
                                   static_cast<unsigned long long>(StableHash64(name + "#")));
  return {text.data(), static_cast<size_t>(length)};
}

Result<void> AppendImages(const TableDefinition& table, const ChangeRecord& record,
                          StreamViewType view, std::string* json) {
  std::string members;
  JsonObject object(&members);
  if (auto added = AddImages(table, record, view, &object); !added) return added;
  json->append(members, 1);
  return {};
}

Result<void> AppendStreamRecord(const TableDefinition& table, const StreamDefinition& stream,
                                const LogEntry& entry, RecordForm form, std::string* json) {
  const auto record = DecodeChangeRecord(entry.record);
  if (!record) return Unexpected<Status>(record.error());
  const std::string arn = table.StreamArn(stream);
  const bool event = form == RecordForm::kEvent;

  JsonObject object(json);
  object.String("awsRegion", table.scope.region);
  JsonObject change(object.Name("dynamodb"));
  change.Int("ApproximateCreationDateTime",
             static_cast<int64_t>(entry.position.micros / 1'000'000));
  if (auto added = AddImages(table, *record, stream.view, &change); !added) return added;
  change.String("SequenceNumber", SequenceNumberOf(entry.position));
  change.String("StreamViewType", NameOf(stream.view));
  change.Close();
  object.String("eventID", EventIdOf(arn, entry.position));
  object.String("eventName", EventNameOf(*record));
  object.String("eventSource", "aws:dynamodb");
  if (event) object.String("eventSourceARN", arn);
  object.String("eventVersion", "1.1");
  if (record->actor == Actor::kTimeToLive) {
    JsonObject identity(object.Name("userIdentity"));
    identity.String(event ? "principalId" : "PrincipalId", kServicePrincipal);
    identity.String(event ? "type" : "Type", "Service");
    identity.Close();
  }
  object.Close();
  return {};
}

}  // namespace stator
