// GetShardIterator of a DynamoDB stream (facts 8.2).
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "api/handlers.h"
#include "api/json_object.h"
#include "api/stream_names.h"
#include "table/database.h"
#include "table/log_reader.h"

namespace stator {
namespace {

std::string AnswerOf(const ShardIterator& iterator) {
  std::string json;
  JsonObject answer(&json);
  answer.String("ShardIterator", EncodeShardIterator(iterator));
  answer.Close();
  return json;
}

}  // namespace

void GetShardIterator(const OperationContext& context, const Members& in, Respond done) {
  Database* const database = context.database;
  const std::string arn(in.String("StreamArn").value_or(""));
  auto found = FindStreamByArn(database->catalog(), arn, context.caller);
  if (!found) return done(Unexpected<ApiError>(found.error()));
  const std::string_view type = in.String("ShardIteratorType").value_or("");
  const auto number = in.String("SequenceNumber");
  const bool at = type == "AT_SEQUENCE_NUMBER", after = type == "AFTER_SEQUENCE_NUMBER";
  if ((at || after) && !number) {
    return done(Invalid("SequenceNumber is required for ShardIteratorType " + std::string(type)));
  }
  if (!at && !after && number) {
    return done(
        Invalid("SequenceNumber must not be given for ShardIteratorType " + std::string(type)));
  }
  const std::string shard_name(in.String("ShardId").value_or(""));
  const LogShard* shard = FindShardByName(*found, shard_name);
  if (shard == nullptr) return done(NoSuchShard(shard_name, arn));

  const int64_t now = database->clock().NowMicros();
  ShardIterator iterator{arn, shard->id, std::nullopt, now};
  const uint64_t table_id = found->table->id;
  if (type == "TRIM_HORIZON") return done(AnswerOf(iterator));
  if (type == "LATEST") {
    return ReadLastPositions(&database->engine(), table_id, {shard->id},
                             [iterator = std::move(iterator), done = std::move(done)](
                                 Result<std::vector<std::optional<LogPosition>>> last) mutable {
                               if (!last)
                                 return done(Unexpected<ApiError>(ToApiError(last.error())));
                               iterator.from = (*last)[0] ? (*last)[0]->Next() : LogPosition{};
                               done(AnswerOf(iterator));
                             });
  }
  const auto position = ParseSequenceNumber(*number);
  if (!position) return done(Invalid("Invalid SequenceNumber: " + std::string(*number)));
  iterator.from = after ? position->Next() : *position;
  // Where the shard starts: its first records may stand a little before, if the clock was set back.
  if (at && *position == shard->Start()) iterator.from = LogPosition{};
  // What follows must all be there still.
  const auto horizon = static_cast<uint64_t>(now - database->options().log.retention_micros);
  ReadLog(&database->engine(), {table_id, shard->id, *iterator.from, /*max_records=*/1},
          [iterator = std::move(iterator), horizon,
           done = std::move(done)](Result<LogBatch> batch) mutable {
            if (!batch) return done(Unexpected<ApiError>(ToApiError(batch.error())));
            if (!batch->entries.empty() && batch->entries[0].position.micros < horizon) {
              return done(TrimmedData());
            }
            done(AnswerOf(iterator));
          });
}

}  // namespace stator
