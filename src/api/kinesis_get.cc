// GetShardIterator, GetRecords.
#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "api/kinesis_handlers.h"
#include "api/kinesis_request.h"
#include "base/date_text.h"
#include "base/base64.h"
#include "kinesis/shard_iterator.h"

namespace stator::kinesis {
namespace {

constexpr int64_t kMaxRecords = 10'000;
constexpr size_t kMaxAnswer = 10 << 20;  // data and partition keys

std::string IteratorAt(const Streams& streams, const Stream& stream, uint32_t shard,
                       RecordPosition position) {
  return ShardIterator{.created_millis = streams.NowMicros() / 1000,
                       .stream_id = stream.id,
                       .shard = shard,
                       .position = position,
                       .stream_name = stream.name}
      .ToString();
}

Unexpected<ApiError> WrongCombination(std::string_view type, std::string_view what) {
  return InvalidArgument(
      "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and "
      "StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber or (3) "
      "AT_TIMESTAMP and Timestamp. Request specified " +
      std::string(type) + " and " + std::string(what) + ".");
}

ApiResult<RecordPosition> PositionOfNumber(const Stream& stream, uint32_t shard,
                                           std::string_view text) {
  const auto invalid = [&](const char* why) {
    return InvalidArgument("StartingSequenceNumber " + std::string(text) +
                           " used in GetShardIterator on shard " + ShardIdText(shard) +
                           " in stream " + stream.name + " under account " +
                           stream.scope.account_id + " is invalid" + why + ".");
  };
  const auto number = ParseSequenceNumber(text);
  if (!number) return invalid("");
  if (number->shard != shard) {
    return InvalidArgument("Invalid StartingSequenceNumber. It encodes " +
                           ShardIdText(number->shard) +
                           ", while it was used in a call to a shard with " + ShardIdText(shard));
  }
  if (number->created_seconds != stream.created_micros / 1'000'000) {
    return invalid(" because it did not come from this stream");
  }
  return number->position;
}

// Where an iterator starts; nullopt: LATEST, at the end of the shard.
ApiResult<std::optional<RecordPosition>> Start(const Stream& stream, uint32_t shard,
                                               const Members& in, int64_t now_millis) {
  const std::string_view type = in.String("ShardIteratorType").value_or("");
  const auto number = in.String("StartingSequenceNumber");
  const auto time = in.Double("Timestamp");
  const bool by_number = type == "AT_SEQUENCE_NUMBER" || type == "AFTER_SEQUENCE_NUMBER";
  if (by_number != number.has_value()) {
    return WrongCombination(type,
                            number ? "also a StartingSequenceNumber" : "no StartingSequenceNumber");
  }
  if (type == "AT_TIMESTAMP" && !time) return WrongCombination(type, "no Timestamp");
  if (by_number) {
    auto position = PositionOfNumber(stream, shard, *number);
    if (!position) return Unexpected<ApiError>(std::move(position.error()));
    return std::optional(type == "AT_SEQUENCE_NUMBER" ? *position : position->Next());
  }
  if (type == "LATEST") return std::optional<RecordPosition>();
  if (type == "TRIM_HORIZON") return std::optional(RecordPosition{});
  const double millis = std::round(*time * 1000);
  if (millis > static_cast<double>(now_millis)) {
    return InvalidArgument(
        "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. "
        "timestampInMillis: " +
        std::to_string(static_cast<int64_t>(std::min(millis, 9e18))) +
        ", currentTimestampInMillis: " + std::to_string(now_millis));
  }
  return std::optional(RecordPosition{static_cast<uint64_t>(std::max(millis, 0.0)) * 1000, 0});
}

ApiResult<ShardIterator> DecodeIterator(const OperationContext& context, const Members& in) {
  auto iterator = ParseShardIterator(in.String("ShardIterator").value_or(""));
  if (!iterator) return InvalidArgument("Invalid ShardIterator.");
  const int64_t now = context.streams->NowMicros() / 1000;
  if (now - iterator->created_millis > kIteratorMillis) {
    return ApiFail(ErrorType::kExpiredIterator,
                   "Iterator expired. The iterator was created at time " +
                       FormatJavaDate(iterator->created_millis / 1000) + " while right now it is " +
                       FormatJavaDate(now / 1000) +
                       " which is further in the future than the tolerated delay of 300000 "
                       "milliseconds.");
  }
  if (in.Has("StreamARN")) {
    auto name = StreamNameOf(context, in);
    if (!name) return Unexpected<ApiError>(std::move(name.error()));
    if (*name != iterator->stream_name) return InvalidArgument("Invalid ShardIterator.");
  }
  return *std::move(iterator);
}

// An answer of GetRecords that is being written.
struct Page {
  std::string json;
  size_t limit;
  size_t bytes = 0;
  size_t count = 0;
  RecordPosition next;                     // where the next iterator goes on
  std::optional<RecordPosition> left_out;  // the first record that had no room
};

bool AddRecord(const Stream& stream, uint32_t shard, RecordPosition position,
               const StoredRecord& record, Page* page) {
  const size_t bytes = record.partition_key.size() + record.data.size();
  if (page->count == page->limit || (page->count > 0 && page->bytes + bytes > kMaxAnswer)) {
    page->left_out = position;
    return false;
  }
  if (page->count++ > 0) page->json.push_back(',');
  page->bytes += bytes;
  page->next = position.Next();
  JsonObject object(&page->json);
  object.String("SequenceNumber", stream.NumberOf(shard, position).ToString());
  object.Time("ApproximateArrivalTimestamp", static_cast<int64_t>(position.micros));
  std::string* out = object.Name("Data");
  out->push_back('"');
  AppendBase64(record.data, out);
  out->push_back('"');
  object.String("PartitionKey", record.partition_key);
  object.Close();
  return true;
}

}  // namespace

void GetShardIterator(const OperationContext& context, const Members& in, Respond done) {
  auto name = StreamNameOf(context, in);
  if (!name) return done(Unexpected<ApiError>(std::move(name.error())));
  const Scope scope = ScopeOf(context);
  const std::string_view shard_id = in.String("ShardId").value_or("");
  const auto shard = ParseShardId(shard_id);
  if (!shard) {
    return done(ApiFail(ErrorType::kResourceNotFound,
                        "Could not find shard " + std::string(shard_id) + " in stream " + *name +
                            " under account " + scope.account_id + "."));
  }
  StreamPtr stream = context.streams->Find(scope, *name);
  if (stream == nullptr || *shard >= stream->shard_count) {
    return done(NoSuchShard(scope, ShardIdText(*shard), *name));
  }
  Streams* const streams = context.streams;
  auto start = Start(*stream, *shard, in, streams->NowMicros() / 1000);
  if (!start) return done(Unexpected<ApiError>(std::move(start.error())));
  const auto answer = [streams, stream, shard = *shard](RecordPosition position) {
    std::string json;
    JsonObject object(&json);
    object.String("ShardIterator", IteratorAt(*streams, *stream, shard, position));
    object.Close();
    return json;
  };
  if (*start) return done(answer(**start));
  streams->FindEnd(*stream, *shard,
                   [answer, stream, done = std::move(done)](Result<RecordPosition> end) mutable {
                     if (!end) return done(Unexpected<ApiError>(ErrorOf(end.error(), *stream)));
                     done(answer(*end));
                   });
}

void GetRecords(const OperationContext& context, const Members& in, Respond done) {
  auto iterator = DecodeIterator(context, in);
  if (!iterator) return done(Unexpected<ApiError>(std::move(iterator.error())));
  const Scope scope = ScopeOf(context);
  const uint32_t shard = iterator->shard;
  Streams* const streams = context.streams;
  StreamPtr stream = streams->Find(scope, iterator->stream_name);
  if (stream == nullptr || stream->id != iterator->stream_id || shard >= stream->shard_count) {
    return done(NoSuchShard(scope, ShardIdText(shard), iterator->stream_name));
  }
  auto page = std::make_shared<Page>();
  page->limit = static_cast<size_t>(in.Int("Limit").value_or(kMaxRecords));
  page->next = iterator->position;
  page->json = R"({"Records":[)";
  streams->Read(
      *stream, shard, iterator->position,
      [page, stream, shard](RecordPosition position, const StoredRecord& record) {
        return AddRecord(*stream, shard, position, record, page.get());
      },
      [page, stream, shard, streams, done = std::move(done)](Result<void> read) mutable {
        if (!read) return done(Unexpected<ApiError>(ErrorOf(read.error(), *stream)));
        int64_t behind = 0;
        if (page->left_out) {
          const int64_t arrived = static_cast<int64_t>(page->left_out->micros);
          behind = std::max<int64_t>(1, (streams->NowMicros() - arrived) / 1000);
        }
        page->json += "],\"NextShardIterator\":";
        AppendJsonString(IteratorAt(*streams, *stream, shard, page->next), &page->json);
        page->json += ",\"MillisBehindLatest\":" + std::to_string(behind) + "}";
        done(std::move(page->json));
      });
}

}  // namespace stator::kinesis
