#include "api/table_requests.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/table_name.h"

namespace stator {
namespace {

std::string Text(const Members& in, std::string_view name) {
  return std::string(in.String(name).value_or(""));
}

std::vector<KeyAttribute> DecodeAttributes(simdjson::dom::array list) {
  std::vector<KeyAttribute> attributes;
  for (const auto element : list) {
    const Members in(element);
    const std::string type = Text(in, "AttributeType");
    attributes.push_back({Text(in, "AttributeName"), type == "N"   ? AttributeValue::Type::kN
                                                     : type == "B" ? AttributeValue::Type::kB
                                                                   : AttributeValue::Type::kS});
  }
  return attributes;
}

std::vector<KeySchemaEntry> DecodeKeySchema(const Members& in) {
  std::vector<KeySchemaEntry> keys;
  const auto list = in.List("KeySchema");
  if (!list) return keys;
  for (const auto element : *list) {
    const Members entry(element);
    keys.push_back({Text(entry, "AttributeName"), entry.String("KeyType") == "HASH"});
  }
  return keys;
}

ProjectionRequest DecodeProjection(const Members& in) {
  ProjectionRequest projection;
  const auto members = in.Struct("Projection");
  if (!members) return projection;
  if (const auto type = members->String("ProjectionType")) {
    projection.type = *type == "ALL"       ? IndexProjection::Type::kAll
                      : *type == "INCLUDE" ? IndexProjection::Type::kInclude
                                           : IndexProjection::Type::kKeysOnly;
  }
  if (const auto names = members->Strings("NonKeyAttributes")) {
    projection.non_key_attributes.emplace(names->begin(), names->end());
  }
  return projection;
}

std::optional<ThroughputRequest> DecodeThroughput(const Members& in, std::string_view member,
                                                  std::string_view read, std::string_view write) {
  const auto members = in.Struct(member);
  if (!members) return std::nullopt;
  return ThroughputRequest{members->Int(read), members->Int(write)};
}

// Fills the three throughput members that tables, new indexes and updates of indexes have alike.
template <class Request>
void DecodeThroughputs(const Members& in, Request* request) {
  request->provisioned =
      DecodeThroughput(in, "ProvisionedThroughput", "ReadCapacityUnits", "WriteCapacityUnits");
  request->on_demand =
      DecodeThroughput(in, "OnDemandThroughput", "MaxReadRequestUnits", "MaxWriteRequestUnits");
  request->warm =
      DecodeThroughput(in, "WarmThroughput", "ReadUnitsPerSecond", "WriteUnitsPerSecond");
}

IndexRequest DecodeIndex(const Members& in) {
  IndexRequest index;
  index.name = Text(in, "IndexName");
  index.keys = DecodeKeySchema(in);
  index.projection = DecodeProjection(in);
  DecodeThroughputs(in, &index);
  return index;
}

std::optional<std::vector<IndexRequest>> DecodeIndexes(const Members& in, std::string_view member) {
  const auto list = in.List(member);
  if (!list) return std::nullopt;
  std::vector<IndexRequest> indexes;
  for (const auto element : *list) indexes.push_back(DecodeIndex(Members(element)));
  return indexes;
}

IndexUpdateRequest DecodeIndexUpdate(const Members& in) {
  IndexUpdateRequest update;
  if (const auto create = in.Struct("Create")) update.create = DecodeIndex(*create);
  if (const auto change = in.Struct("Update")) {
    update.update.emplace();
    update.update->name = Text(*change, "IndexName");
    DecodeThroughputs(*change, &*update.update);
  }
  if (const auto remove = in.Struct("Delete")) update.remove = Text(*remove, "IndexName");
  return update;
}

std::optional<BillingMode> DecodeBilling(const Members& in, std::string_view member) {
  const auto mode = in.String(member);
  if (!mode) return std::nullopt;
  return *mode == "PAY_PER_REQUEST" ? BillingMode::kPayPerRequest : BillingMode::kProvisioned;
}

std::optional<SseRequest> DecodeSse(const Members& in, std::string_view member) {
  const auto sse = in.Struct(member);
  if (!sse) return std::nullopt;
  SseRequest request;
  request.enabled = sse->Bool("Enabled").value_or(false);
  if (const auto type = sse->String("SSEType")) request.type = std::string(*type);
  request.has_key_id = sse->Has("KMSMasterKeyId");
  return request;
}

// What both requests have beside throughput.
template <class Request>
void DecodeCommon(const Members& in, Request* request) {
  request->billing = DecodeBilling(in, "BillingMode");
  DecodeThroughputs(in, request);
  if (const auto stream = in.Struct("StreamSpecification")) {
    request->stream.emplace();
    request->stream->enabled = stream->Bool("StreamEnabled").value_or(false);
    if (const auto view = stream->String("StreamViewType")) {
      request->stream->view = ParseStreamViewType(*view);
    }
  }
  request->sse = DecodeSse(in, "SSESpecification");
  if (const auto table_class = in.String("TableClass"))
    request->table_class = std::string(*table_class);
}

}  // namespace

TagList DecodeTags(simdjson::dom::array tags) {
  TagList list;
  for (const auto element : tags) {
    const Members tag(element);
    list.emplace_back(Text(tag, "Key"), Text(tag, "Value"));
  }
  return list;
}

RestoreOverrides DecodeRestoreOverrides(const Members& in) {
  return {.billing = DecodeBilling(in, "BillingModeOverride"),
          .local_indexes = DecodeIndexes(in, "LocalSecondaryIndexOverride"),
          .global_indexes = DecodeIndexes(in, "GlobalSecondaryIndexOverride"),
          .provisioned = DecodeThroughput(in, "ProvisionedThroughputOverride", "ReadCapacityUnits",
                                          "WriteCapacityUnits"),
          .on_demand = DecodeThroughput(in, "OnDemandThroughputOverride", "MaxReadRequestUnits",
                                        "MaxWriteRequestUnits"),
          .sse = DecodeSse(in, "SSESpecificationOverride")};
}

ApiResult<CreateTableRequest> DecodeCreateTable(const Members& in, const Caller& caller) {
  CreateTableRequest request;
  auto name = ResolveTableName(in.String("TableName").value_or(""), caller);
  if (!name) return Unexpected<ApiError>(name.error());
  request.name = std::move(*name);
  if (const auto attributes = in.List("AttributeDefinitions"))
    request.attributes = DecodeAttributes(*attributes);
  request.keys = DecodeKeySchema(in);
  request.local_indexes = DecodeIndexes(in, "LocalSecondaryIndexes");
  request.global_indexes = DecodeIndexes(in, "GlobalSecondaryIndexes");
  DecodeCommon(in, &request);
  request.deletion_protection = in.Bool("DeletionProtectionEnabled").value_or(false);
  if (const auto tags = in.List("Tags")) request.tags = DecodeTags(*tags);
  return request;
}

ApiResult<UpdateTableRequest> DecodeUpdateTable(const Members& in, const Caller& caller) {
  UpdateTableRequest request;
  auto name = ResolveTableName(in.String("TableName").value_or(""), caller);
  if (!name) return Unexpected<ApiError>(name.error());
  request.name = std::move(*name);
  if (const auto attributes = in.List("AttributeDefinitions"))
    request.attributes = DecodeAttributes(*attributes);
  if (const auto updates = in.List("GlobalSecondaryIndexUpdates")) {
    request.index_updates.emplace();
    for (const auto element : *updates)
      request.index_updates->push_back(DecodeIndexUpdate(Members(element)));
  }
  DecodeCommon(in, &request);
  request.deletion_protection = in.Bool("DeletionProtectionEnabled");
  return request;
}

}  // namespace stator
