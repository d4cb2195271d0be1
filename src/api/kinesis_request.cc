#include "api/kinesis_request.h"


#include "kinesis/hash_key.h"

namespace stator::kinesis {

Scope ScopeOf(const OperationContext& context) {
  return {context.caller.account_id, context.caller.region};
}

Unexpected<ApiError> InvalidArgument(std::string message) {
  return ApiFail(ErrorType::kInvalidArgument, std::move(message));
}

ApiError ErrorOf(const Status& status, const Stream& stream) {
  switch (status.code) {
    case StatusCode::kNotFound:
      return Streams::NotFound(stream.scope, stream.name).error();
    case StatusCode::kOverloaded:
      return {.type = ErrorType::kProvisionedThroughputExceeded,
              .message = "Rate exceeded for stream " + stream.name + " under account " +
                         stream.scope.account_id + "."};
    default:
      return {.type = ErrorType::kInternalFailure, .message = "Internal service failure."};
  }
}

namespace {

ApiResult<std::string> NameOfArn(const OperationContext& context, std::string_view text) {
  const auto arn = ParseStreamArn(text);
  if (!arn) return InvalidArgument("StreamARN " + std::string(text) + " is invalid.");
  if (arn->account_id != context.caller.account_id || arn->region != context.caller.region) {
    return Streams::NotFound({std::string(arn->account_id), {}}, arn->name);
  }
  return std::string(arn->name);
}

}  // namespace

ApiResult<std::string> StreamNameOf(const OperationContext& context, const Members& in) {
  const auto name = in.String("StreamName");
  const auto arn = in.String("StreamARN");
  if (!name && !arn) {
    return InvalidArgument("Either StreamName or StreamARN should be provided.");
  }
  if (!arn) return std::string(*name);
  auto named = NameOfArn(context, *arn);
  if (named && name && *name != *named) {
    return InvalidArgument("StreamName " + std::string(*name) + " does not match StreamARN " +
                           std::string(*arn) + ".");
  }
  return named;
}

ApiResult<std::string> ResourceNameOf(const OperationContext& context, const Members& in) {
  return NameOfArn(context, in.String("ResourceARN").value_or(""));
}

ApiResult<StreamPtr> FindStream(const OperationContext& context, const Members& in) {
  auto name = StreamNameOf(context, in);
  if (!name) return Unexpected<ApiError>(std::move(name.error()));
  const Scope scope = ScopeOf(context);
  StreamPtr stream = context.streams->Find(scope, *name);
  if (stream == nullptr) return Streams::NotFound(scope, *name);
  return stream;
}

Unexpected<ApiError> NoSuchShard(const Scope& scope, std::string_view shard_id,
                                 std::string_view stream_name) {
  std::string message = "Shard ";
  message.append(shard_id).append(" in stream ").append(stream_name);
  message.append(" under account ").append(scope.account_id).append(" does not exist");
  return ApiFail(ErrorType::kResourceNotFound, std::move(message));
}

void AppendShard(const Stream& stream, uint32_t shard, std::string* out) {
  const HashKeyRange range = RangeOfShard(shard, stream.shard_count);
  JsonObject object(out);
  object.String("ShardId", ShardIdText(shard));
  JsonObject hashes(object.Name("HashKeyRange"));
  hashes.String("StartingHashKey", HashKeyText(range.begin));
  hashes.String("EndingHashKey", HashKeyText(range.end));
  hashes.Close();
  JsonObject numbers(object.Name("SequenceNumberRange"));
  numbers.String("StartingSequenceNumber", stream.NumberOf(shard, {}).ToString());
  numbers.Close();
  object.Close();
}

void AppendMode(const Stream& stream, JsonObject* answer) {
  JsonObject mode(answer->Name("StreamModeDetails"));
  mode.String("StreamMode", stream.on_demand ? "ON_DEMAND" : "PROVISIONED");
  mode.Close();
}

}  // namespace stator::kinesis
