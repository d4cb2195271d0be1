// PutRecord, PutRecords.
#include <string>
#include <utility>
#include <vector>

#include "api/json_view.h"
#include "api/kinesis_handlers.h"
#include "api/kinesis_request.h"
#include "base/base64.h"
#include "kinesis/hash_key.h"

namespace stator::kinesis {
namespace {

constexpr size_t kMaxRecord = 1 << 20;   // the data
constexpr size_t kMaxRequest = 5 << 20;  // data and partition keys

// `path` is that of the record: "", "records.1.member.". Adds its size to *total.
ApiResult<NewRecord> DecodeRecordOf(const Stream& stream, const Members& in,
                                    const std::string& path, size_t* total) {
  const std::string_view key = in.String("PartitionKey").value_or("");
  std::string data;
  AppendBase64Decoded(in.String("Data").value_or(""), &data);  // the type check has seen it
  if (data.size() > kMaxRecord) {
    return Invalid("1 validation error detected: Value at '" + path +
                   "data' failed to satisfy constraint: Member must have length less than or equal "
                   "to 1048576");
  }
  *total += data.size() + key.size();
  HashKey hash = 0;
  if (const auto explicit_key = in.String("ExplicitHashKey")) {
    const auto parsed = ParseHashKey(*explicit_key);
    if (!parsed) {
      return InvalidArgument(
          "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified "
          "value was " +
          std::string(*explicit_key));
    }
    hash = *parsed;
  } else {
    hash = HashKeyOf(key);
  }
  return NewRecord{ShardOf(hash, stream.shard_count), EncodeRecord(key, data)};
}

void AppendPlace(const Stream& stream, uint32_t shard, RecordPosition position, std::string* out) {
  JsonObject object(out);
  object.String("SequenceNumber", stream.NumberOf(shard, position).ToString());
  object.String("ShardId", ShardIdText(shard));
  object.Close();
}

ApiResult<void> CheckOrdering(const Stream& stream, const Members& in) {
  const auto number = in.String("SequenceNumberForOrdering");
  if (!number || ParseSequenceNumber(*number)) return {};
  return InvalidArgument("ExclusiveMinimumSequenceNumber " + std::string(*number) +
                         " used in PutRecord on stream " + stream.name + " under account " +
                         stream.scope.account_id + " is invalid.");
}

}  // namespace

void PutRecord(const OperationContext& context, const Members& in, Respond done) {
  auto stream = FindStream(context, in);
  if (!stream) return done(Unexpected<ApiError>(std::move(stream.error())));
  // Sequence numbers ascend in any case, so this only has to be one.
  if (auto ordering = CheckOrdering(**stream, in); !ordering) {
    return done(Unexpected<ApiError>(std::move(ordering.error())));
  }
  size_t total = 0;
  auto record = DecodeRecordOf(**stream, in, "", &total);
  if (!record) return done(Unexpected<ApiError>(std::move(record.error())));
  const uint32_t shard = record->shard;
  std::vector<NewRecord> records;
  records.push_back(*std::move(record));
  context.streams->Put(**stream, std::move(records),
                       [stream = *stream, shard, done = std::move(done)](
                           Result<std::vector<RecordPosition>> positions) mutable {
                         if (!positions) {
                           return done(Unexpected<ApiError>(ErrorOf(positions.error(), *stream)));
                         }
                         std::string json;
                         AppendPlace(*stream, shard, positions->front(), &json);
                         done(std::move(json));
                       });
}

void PutRecords(const OperationContext& context, const Members& in, Respond done) {
  auto stream = FindStream(context, in);
  if (!stream) return done(Unexpected<ApiError>(std::move(stream.error())));
  std::vector<NewRecord> records;
  std::vector<uint32_t> shards;
  size_t total = 0;
  const auto list = *in.List("Records");
  for (const simdjson::dom::element element : list) {
    const std::string path = "records." + std::to_string(records.size() + 1) + ".member.";
    auto record = DecodeRecordOf(**stream, Members(element), path, &total);
    if (!record) return done(Unexpected<ApiError>(std::move(record.error())));
    if (total > kMaxRequest) return done(InvalidArgument("Records size exceeds 5 MB limit"));
    shards.push_back(record->shard);
    records.push_back(*std::move(record));
  }
  context.streams->Put(
      **stream, std::move(records),
      [stream = *stream, shards = std::move(shards),
       done = std::move(done)](Result<std::vector<RecordPosition>> positions) mutable {
        if (!positions && positions.error().code == StatusCode::kNotFound) {
          return done(Unexpected<ApiError>(ErrorOf(positions.error(), *stream)));
        }
        std::string json;
        JsonObject answer(&json);
        // They are stored all or none.
        answer.Int("FailedRecordCount", positions ? 0 : static_cast<int64_t>(shards.size()));
        size_t i = 0;
        AppendJsonArray(shards, answer.Name("Records"), [&](uint32_t shard, std::string* out) {
          if (positions) return AppendPlace(*stream, shard, (*positions)[i++], out);
          const ApiError error = ErrorOf(positions.error(), *stream);
          JsonObject failure(out);
          failure.String("ErrorCode", InfoOf(error.type).name);
          failure.String("ErrorMessage", *error.message);
          failure.Close();
        });
        answer.Close();
        done(std::move(json));
      });
}

}  // namespace stator::kinesis
