#include "api/stream_record.h"

#include <array>
#include <cstdio>

#include "api/json_object.h"
#include "base/hash.h"

namespace stator {
namespace {

constexpr std::string_view kServicePrincipal = "dynamodb.amazonaws.com";

// 32 hexadecimal digits that name a record of a stream.
std::string EventIdOf(std::string_view stream_arn, const LogPosition& position) {
  const std::string name = std::string(stream_arn) + "#" + SequenceNumberOf(position);
  std::array<char, 40> text;
  const int length = std::snprintf(text.data(), text.size(), "%016llx%016llx",
                                   static_cast<unsigned long long>(StableHash64(name)),
                                   static_cast<unsigned long long>(StableHash64(name + "#")));
  return {text.data(), static_cast<size_t>(length)};
}

}  // namespace

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
  json->push_back(',');
  if (auto added = AppendImages(table, *record, ShowsNew(stream.view), ShowsOld(stream.view), json);
      !added) {
    return added;
  }
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
