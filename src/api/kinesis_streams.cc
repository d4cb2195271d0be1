// CreateStream, DeleteStream, IncreaseStreamRetentionPeriod, DecreaseStreamRetentionPeriod.
#include <string>
#include <utility>

#include "api/kinesis_handlers.h"
#include "api/kinesis_request.h"

namespace stator::kinesis {
namespace {

// All the shards of an account in a region.
constexpr int64_t kMaxShards = 20'000;
constexpr size_t kMaxTags = 50;

// The answer to what answers nothing.
Streams::ChangeDone AnswerNothing(Respond done) {
  return [done = std::move(done)](ApiResult<StreamPtr> result) mutable {
    if (!result) return done(Unexpected<ApiError>(std::move(result.error())));
    done(std::string());
  };
}

ApiResult<Stream> DecodeCreate(const OperationContext& context, const Members& in) {
  Stream stream{.scope = ScopeOf(context),
                .name = std::string(in.String("StreamName").value_or(""))};
  if (const auto mode = in.Struct("StreamModeDetails")) {
    stream.on_demand = mode->String("StreamMode") == "ON_DEMAND";
  }
  const auto shards = in.Int("ShardCount");
  if (!shards && !stream.on_demand) {
    return Invalid("ShardCount should be provided for a stream in PROVISIONED mode.");
  }
  int64_t present = 0;
  for (const StreamPtr& other : context.streams->List(stream.scope)) present += other->shard_count;
  const int64_t count = stream.on_demand ? kOnDemandShards : *shards;
  if (present + count > kMaxShards) {
    return ApiFail(
        ErrorType::kLimitExceeded,
        "This request would exceed the shard limit for the account " + stream.scope.account_id +
            " in " + stream.scope.region + ". Current shard count for the account: " +
            std::to_string(present) + ". Limit: " + std::to_string(kMaxShards) +
            ". Number of additional shards that would have resulted from this request: " +
            std::to_string(count) + ".");
  }
  stream.shard_count = static_cast<uint32_t>(count);
  if (const auto tags = in.Map("Tags")) {
    for (const auto& [key, value] : *tags) stream.tags.emplace(key, TextOf(value));
    if (stream.tags.size() > kMaxTags) {
      return InvalidArgument(
          "Failed to create stream " + stream.name + " under account " + stream.scope.account_id +
          " because a given stream cannot have more than 50 tags associated with it.");
    }
  }
  return stream;
}

void SetRetention(const OperationContext& context, const Members& in, bool up, Respond done) {
  auto name = StreamNameOf(context, in);
  if (!name) return done(Unexpected<ApiError>(std::move(name.error())));
  const int64_t hours = in.Int("RetentionPeriodHours").value_or(0);
  const auto bound = [&](const char* which, int64_t limit, const char* how) {
    return InvalidArgument(std::string(which) + " allowed retention period is " +
                           std::to_string(limit) + " hours. Requested retention period (" +
                           std::to_string(hours) + " hours) is too " + how + ".");
  };
  if (hours < kMinRetentionHours) return done(bound("Minimum", kMinRetentionHours, "short"));
  if (hours > kMaxRetentionHours) return done(bound("Maximum", kMaxRetentionHours, "long"));
  context.streams->Change(
      ScopeOf(context), *std::move(name),
      [hours, up](const Stream& current) -> ApiResult<Stream> {
        if (up ? current.retention_hours > hours : current.retention_hours < hours) {
          return InvalidArgument("Requested retention period (" + std::to_string(hours) +
                                 " hours) for stream " + current.name + " can not be " +
                                 (up ? "shorter" : "longer") + " than existing retention period (" +
                                 std::to_string(current.retention_hours) + " hours). Use " +
                                 (up ? "Decrease" : "Increase") + "RetentionPeriod API.");
        }
        Stream next = current;
        next.retention_hours = hours;
        return next;
      },
      AnswerNothing(std::move(done)));
}

}  // namespace

void CreateStream(const OperationContext& context, const Members& in, Respond done) {
  auto stream = DecodeCreate(context, in);
  if (!stream) return done(Unexpected<ApiError>(std::move(stream.error())));
  context.streams->Create(*std::move(stream), AnswerNothing(std::move(done)));
}

void DeleteStream(const OperationContext& context, const Members& in, Respond done) {
  auto name = StreamNameOf(context, in);
  if (!name) return done(Unexpected<ApiError>(std::move(name.error())));
  context.streams->Delete(ScopeOf(context), *std::move(name), AnswerNothing(std::move(done)));
}

void IncreaseStreamRetentionPeriod(const OperationContext& context, const Members& in,
                                   Respond done) {
  SetRetention(context, in, true, std::move(done));
}

void DecreaseStreamRetentionPeriod(const OperationContext& context, const Members& in,
                                   Respond done) {
  SetRetention(context, in, false, std::move(done));
}

}  // namespace stator::kinesis
