// DescribeStream (facts 8.1, 8.2).
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/handlers.h"
#include "api/json_object.h"
#include "api/stream_names.h"
#include "api/table_description.h"
#include "table/database.h"
#include "table/log_reader.h"

namespace stator {
namespace {

constexpr int64_t kMaxShards = 100;

struct Described {
  FoundStream found;
  std::vector<LogShard> shards;
  bool more = false;
};

// The shards that the request asks for, in order.
ApiResult<void> ChooseShards(const Members& in, int64_t horizon, Described* described) {
  std::optional<std::string> parent;
  if (const auto filter = in.Struct("ShardFilter")) {
    const auto type = filter->String("Type");
    const auto shard = filter->String("ShardId");
    if (!type) return Invalid("ShardFilter must have a Type");
    if (!shard) return Invalid("ShardFilter of Type CHILD_SHARDS must have a ShardId");
    parent = std::string(*shard);
  }
  const auto start = in.String("ExclusiveStartShardId");
  const auto limit = static_cast<size_t>(in.Int("Limit").value_or(kMaxShards));
  const ChangeLog& log = described->found.table->log;
  for (const LogShard& shard : log.shards) {
    if (!described->found.stream->Has(shard)) continue;
    if (!shard.open() && shard.closed_micros < horizon) continue;  // about to go
    if (start && shard.Name() <= *start) continue;
    const LogShard* of = log.FindShard(shard.parent);
    if (parent && (of == nullptr || of->Name() != *parent)) continue;
    described->more = described->shards.size() == limit;
    if (described->more) break;
    described->shards.push_back(shard);
  }
  return {};
}

std::string AnswerOf(const Described& described,
                     const std::vector<std::optional<LogPosition>>& last) {
  const TableDefinition& table = *described.found.table;
  const StreamDefinition& stream = *described.found.stream;
  std::string json;
  JsonObject answer(&json);
  JsonObject description(answer.Name("StreamDescription"));
  description.Time("CreationRequestDateTime", stream.created_micros);
  AppendKeySchema(table.keys, description.Name("KeySchema"));
  if (described.more) description.String("LastEvaluatedShardId", described.shards.back().Name());
  size_t next = 0;
  AppendJsonArray(described.shards, description.Name("Shards"),
                  [&](const LogShard& shard, std::string* out) {
                    JsonObject element(out);
                    // A parent that belongs to an earlier stream is none.
                    if (shard.parent >= stream.first_shard && shard.parent != 0) {
                      element.String("ParentShardId", LogShard{.id = shard.parent}.Name());
                    }
                    JsonObject range(element.Name("SequenceNumberRange"));
                    if (!shard.open()) {
                      range.String("EndingSequenceNumber",
                                   SequenceNumberOf(last[next++].value_or(shard.Start())));
                    }
                    range.String("StartingSequenceNumber", SequenceNumberOf(shard.Start()));
                    range.Close();
                    element.String("ShardId", shard.Name());
                    element.Close();
                  });
  description.String("StreamArn", table.StreamArn(stream));
  description.String("StreamLabel", stream.label);
  description.String("StreamStatus", StatusOf(table, stream));
  description.String("StreamViewType", NameOf(stream.view));
  description.String("TableName", table.name);
  description.Close();
  answer.Close();
  return json;
}

}  // namespace

void DescribeStream(const OperationContext& context, const Members& in, Respond done) {
  Database* const database = context.database;
  auto described = std::make_shared<Described>();
  auto found =
      FindStreamByArn(database->catalog(), in.String("StreamArn").value_or(""), context.caller);
  if (!found) return done(Unexpected<ApiError>(found.error()));
  described->found = *std::move(found);
  const int64_t horizon = database->clock().NowMicros() - database->options().log.retention_micros;
  if (auto chosen = ChooseShards(in, horizon, described.get()); !chosen) {
    return done(Unexpected<ApiError>(chosen.error()));
  }
  std::vector<uint64_t> closed;
  for (const LogShard& shard : described->shards) {
    if (!shard.open()) closed.push_back(shard.id);
  }
  ReadLastPositions(&database->engine(), described->found.table->id, std::move(closed),
                    [described, done = std::move(done)](
                        Result<std::vector<std::optional<LogPosition>>> last) mutable {
                      if (!last) return done(Unexpected<ApiError>(ToApiError(last.error())));
                      done(AnswerOf(*described, *last));
                    });
}

}  // namespace stator
