// DescribeStream, DescribeStreamSummary, ListStreams, ListShards.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "api/kinesis_handlers.h"
#include "api/kinesis_request.h"
#include "base/base64.h"
#include "base/date_text.h"
#include "kinesis/shard_iterator.h"

namespace stator::kinesis {
namespace {

constexpr int64_t kDescribedShards = 100;
constexpr int64_t kListedStreams = 100;
constexpr int64_t kListedShards = 1000;
// What distinguishes a ListShards token from a shard iterator: no shard has such a position.
constexpr RecordPosition kTokenMark{UINT64_MAX, UINT16_MAX};

// What the two descriptions have in common.
void AppendCommon(const Stream& stream, JsonObject* object) {
  object->String("StreamName", stream.name);
  object->String("StreamARN", stream.Arn());
  object->String("StreamStatus", "ACTIVE");
  AppendMode(stream, object);
  object->Int("RetentionPeriodHours", stream.retention_hours);
  object->Time("StreamCreationTimestamp", stream.created_micros);
  object->Name("EnhancedMonitoring")->append(R"([{"ShardLevelMetrics":[]}])");
  object->String("EncryptionType", "NONE");
}

// Shards [from, to).
void AppendShards(const Stream& stream, uint32_t from, uint32_t to, std::string* out) {
  out->push_back('[');
  for (uint32_t shard = from; shard < to; ++shard) {
    if (shard > from) out->push_back(',');
    AppendShard(stream, shard, out);
  }
  out->push_back(']');
}

// The shard after the one that `name` names; 0 without it.
ApiResult<uint32_t> ShardAfter(const Stream& stream, const Members& in, std::string_view name) {
  const auto id = in.String(name);
  if (!id) return uint32_t{0};
  const auto shard = ParseShardId(*id);
  if (!shard) {
    return InvalidArgument(std::string(name) + " " + std::string(*id) + " used for stream " +
                           stream.name + " under account " + stream.scope.account_id +
                           " is invalid.");
  }
  return std::min(*shard + 1, stream.shard_count);
}

// From which shard on a filter lets shards through. As shards are never closed, most let all.
ApiResult<uint32_t> FirstOf(const Stream& stream, const Members& filter) {
  const std::string_view type = filter.String("Type").value_or("");
  const bool after = type == "AFTER_SHARD_ID";
  const bool at_time = type == "AT_TIMESTAMP" || type == "FROM_TIMESTAMP";
  const auto wrong = [&](const char* member, bool has) {
    return InvalidArgument(std::string("ShardFilter of type ") + std::string(type) +
                           (has ? " must have a " : " must not have a ") + member + ".");
  };
  if (filter.Has("ShardId") != after) return wrong("ShardId", after);
  if (filter.Has("Timestamp") != at_time) return wrong("Timestamp", at_time);
  if (after) return ShardAfter(stream, filter, "ShardId");
  if (type == "AT_TIMESTAMP" &&
      *filter.Double("Timestamp") < static_cast<double>(stream.created_micros / 1'000'000)) {
    return stream.shard_count;
  }
  return uint32_t{0};
}

struct ShardPage {
  StreamPtr stream;
  uint32_t first = 0;
};

ApiResult<ShardPage> PageOfToken(const OperationContext& context, const Members& in,
                                 std::string_view text) {
  for (const char* other : {"StreamName", "StreamARN", "ExclusiveStartShardId", "ShardFilter",
                            "StreamCreationTimestamp"}) {
    if (in.Has(other)) {
      return InvalidArgument("NextToken and " + std::string(other) +
                             " cannot be provided together.");
    }
  }
  const auto token = ParseShardIterator(text);
  if (!token || token->position != kTokenMark) return InvalidArgument("Invalid NextToken.");
  const int64_t now = context.streams->NowMicros() / 1000;
  if (now - token->created_millis > kIteratorMillis) {
    return ApiFail(ErrorType::kExpiredNextToken,
                   "NextToken expired. The token was created at time " +
                       FormatJavaDate(token->created_millis / 1000) + " while right now it is " +
                       FormatJavaDate(now / 1000) +
                       " which is further in the future than the tolerated delay of 300000 "
                       "milliseconds.");
  }
  const Scope scope = ScopeOf(context);
  StreamPtr stream = context.streams->Find(scope, token->stream_name);
  if (stream == nullptr || stream->id != token->stream_id) {
    return Streams::NotFound(scope, token->stream_name);
  }
  return ShardPage{stream, token->shard};
}

ApiResult<ShardPage> PageOf(const OperationContext& context, const Members& in) {
  if (const auto token = in.String("NextToken")) return PageOfToken(context, in, *token);
  auto stream = FindStream(context, in);
  if (!stream) return Unexpected<ApiError>(std::move(stream.error()));
  // It tells streams of the same name apart.
  if (const auto created = in.Double("StreamCreationTimestamp");
      created && std::abs(*created - static_cast<double>((*stream)->created_micros) / 1e6) >= 1) {
    return Streams::NotFound((*stream)->scope, (*stream)->name);
  }
  auto first = ShardAfter(**stream, in, "ExclusiveStartShardId");
  if (!first) return Unexpected<ApiError>(std::move(first.error()));
  if (const auto filter = in.Struct("ShardFilter")) {
    auto filtered = FirstOf(**stream, *filter);
    if (!filtered) return Unexpected<ApiError>(std::move(filtered.error()));
    *first = std::max(*first, *filtered);
  }
  return ShardPage{*std::move(stream), *first};
}

}  // namespace

void DescribeStream(const OperationContext& context, const Members& in, Respond done) {
  auto stream = FindStream(context, in);
  if (!stream) return done(Unexpected<ApiError>(std::move(stream.error())));
  const auto first = ShardAfter(**stream, in, "ExclusiveStartShardId");
  if (!first) return done(Unexpected<ApiError>(ApiResult<uint32_t>(first).error()));
  const int64_t limit = std::min(in.Int("Limit").value_or(kDescribedShards), kDescribedShards);
  const uint32_t end = std::min((*stream)->shard_count, *first + static_cast<uint32_t>(limit));
  std::string json;
  JsonObject answer(&json);
  JsonObject description(answer.Name("StreamDescription"));
  AppendCommon(**stream, &description);
  AppendShards(**stream, *first, end, description.Name("Shards"));
  description.Bool("HasMoreShards", end < (*stream)->shard_count);
  description.Close();
  answer.Close();
  done(std::move(json));
}

void DescribeStreamSummary(const OperationContext& context, const Members& in, Respond done) {
  auto stream = FindStream(context, in);
  if (!stream) return done(Unexpected<ApiError>(std::move(stream.error())));
  std::string json;
  JsonObject answer(&json);
  JsonObject summary(answer.Name("StreamDescriptionSummary"));
  AppendCommon(**stream, &summary);
  summary.Int("OpenShardCount", (*stream)->shard_count);
  summary.Int("ConsumerCount", 0);
  summary.Close();
  answer.Close();
  done(std::move(json));
}

void ListStreams(const OperationContext& context, const Members& in, Respond done) {
  std::string after(in.String("ExclusiveStartStreamName").value_or(""));
  if (const auto token = in.String("NextToken")) {
    after.clear();
    if (!AppendBase64Decoded(*token, &after)) return done(InvalidArgument("Invalid NextToken."));
  }
  std::vector<StreamPtr> streams = context.streams->List(ScopeOf(context));
  std::erase_if(streams, [&](const StreamPtr& stream) { return stream->name <= after; });
  const auto limit = static_cast<size_t>(in.Int("Limit").value_or(kListedStreams));
  const bool more = streams.size() > limit;
  if (more) streams.resize(limit);
  std::string json;
  JsonObject answer(&json);
  AppendJsonArray(
      streams, answer.Name("StreamNames"),
      [](const StreamPtr& stream, std::string* out) { AppendJsonString(stream->name, out); });
  AppendJsonArray(streams, answer.Name("StreamSummaries"),
                  [](const StreamPtr& stream, std::string* out) {
                    JsonObject summary(out);
                    summary.String("StreamName", stream->name);
                    summary.String("StreamARN", stream->Arn());
                    summary.String("StreamStatus", "ACTIVE");
                    AppendMode(*stream, &summary);
                    summary.Time("StreamCreationTimestamp", stream->created_micros);
                    summary.Close();
                  });
  answer.Bool("HasMoreStreams", more);
  if (more) answer.String("NextToken", Base64Encode(streams.back()->name));
  answer.Close();
  done(std::move(json));
}

void ListShards(const OperationContext& context, const Members& in, Respond done) {
  auto page = PageOf(context, in);
  if (!page) return done(Unexpected<ApiError>(std::move(page.error())));
  const Stream& stream = *page->stream;
  const int64_t limit = std::min(in.Int("MaxResults").value_or(kListedShards), kListedShards);
  const uint32_t end = std::min(stream.shard_count, page->first + static_cast<uint32_t>(limit));
  std::string json;
  JsonObject answer(&json);
  AppendShards(stream, page->first, end, answer.Name("Shards"));
  if (end < stream.shard_count) {
    answer.String("NextToken", ShardIterator{.created_millis = context.streams->NowMicros() / 1000,
                                             .stream_id = stream.id,
                                             .shard = end,
                                             .position = kTokenMark,
                                             .stream_name = stream.name}
                                   .ToString());
  }
  answer.Close();
  done(std::move(json));
}

}  // namespace stator::kinesis
