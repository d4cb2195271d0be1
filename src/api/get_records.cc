// GetRecords of a DynamoDB stream (facts 8.2, 8.3).
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "api/handlers.h"
#include "api/json_object.h"
#include "api/stream_names.h"
#include "api/stream_record.h"
#include "base/date_text.h"
#include "table/database.h"
#include "table/log_reader.h"

namespace stator {
namespace {

constexpr int64_t kMaxRecords = 1000;
constexpr size_t kMaxBytes = size_t{1} << 20;
constexpr int64_t kLifetimeMicros = 15ll * 60 * 1'000'000;

struct Reading {
  FoundStream found;
  ShardIterator iterator;
  int64_t closed_micros = 0;  // of the shard, when it was looked up; 0: it was open
  uint64_t horizon = 0;
  int64_t now = 0;
};

Unexpected<ApiError> Expired(int64_t created, int64_t now) {
  return ApiFail(
      ErrorType::kExpiredShardIterator,
      "Iterator expired. The iterator was created at time " + FormatJavaDate(created / 1'000'000) +
          " while right now it is " + FormatJavaDate(now / 1'000'000) +
          " which is further in the future than the tolerated delay of 900000 milliseconds.");
}

ApiResult<std::string> AnswerOf(const Reading& reading, const LogBatch& batch) {
  std::string json;
  JsonObject answer(&json);
  const bool ends = reading.closed_micros != 0 && batch.exhausted;
  if (!ends) {
    ShardIterator next = reading.iterator;
    next.created_micros = reading.now;
    if (!batch.entries.empty()) next.from = batch.entries.back().position.Next();
    answer.String("NextShardIterator", EncodeShardIterator(next));
  }
  Result<void> appended;
  AppendJsonArray(batch.entries, answer.Name("Records"),
                  [&](const LogEntry& entry, std::string* out) {
                    if (appended) {
                      appended = AppendStreamRecord(*reading.found.table, *reading.found.stream,
                                                    entry, RecordForm::kStreams, out);
                    }
                  });
  answer.Close();
  if (!appended) return Unexpected<ApiError>(ToApiError(appended.error()));
  return json;
}

}  // namespace

void GetRecords(const OperationContext& context, const Members& in, Respond done) {
  Database* const database = context.database;
  auto iterator = DecodeShardIterator(in.String("ShardIterator").value_or(""));
  if (!iterator) return done(Invalid("Invalid ShardIterator"));
  auto reading = std::make_shared<Reading>();
  reading->now = database->clock().NowMicros();
  if (iterator->created_micros + kLifetimeMicros < reading->now) {
    return done(Expired(iterator->created_micros, reading->now));
  }
  // Before the log is read: what is closed in this definition has all its records.
  auto found = FindStreamByArn(database->catalog(), iterator->stream_arn, context.caller);
  if (!found) return done(Unexpected<ApiError>(found.error()));
  reading->found = *std::move(found);
  reading->iterator = *std::move(iterator);
  const LogShard* shard = reading->found.table->log.FindShard(reading->iterator.shard_id);
  if (shard == nullptr || !reading->found.stream->Has(*shard)) return done(TrimmedData());
  reading->closed_micros = shard->closed_micros;
  reading->horizon = static_cast<uint64_t>(reading->now - database->options().log.retention_micros);

  LogRead read{reading->found.table->id, shard->id};
  read.from = reading->iterator.from.value_or(LogPosition{reading->horizon, 0});
  read.max_records = static_cast<size_t>(in.Int("Limit").value_or(kMaxRecords));
  read.max_bytes = kMaxBytes;
  ReadLog(&database->engine(), read,
          [database, reading, done = std::move(done)](Result<LogBatch> batch) mutable {
            // Records go before the definition says so: of a shard that is too old, what was read
            // says nothing.
            const int64_t horizon =
                database->clock().NowMicros() - database->options().log.retention_micros;
            if (reading->closed_micros != 0 && reading->closed_micros < horizon)
              return done(TrimmedData());
            if (!batch) return done(Unexpected<ApiError>(ToApiError(batch.error())));
            if (!batch->entries.empty() && batch->entries[0].position.micros < reading->horizon)
              return done(TrimmedData());
            done(AnswerOf(*reading, *batch));
          });
}

}  // namespace stator
