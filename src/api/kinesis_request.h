// What the operations of Kinesis have in common: which stream a request means, errors, the parts of
// answers.
#ifndef STATOR_API_KINESIS_REQUEST_H_
#define STATOR_API_KINESIS_REQUEST_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "api/json_object.h"
#include "api/members.h"
#include "api/operations.h"
#include "base/result.h"
#include "kinesis/stream.h"
#include "kinesis/streams.h"
#include "model/api_error.h"

namespace stator::kinesis {

Scope ScopeOf(const OperationContext& context);

// InvalidArgumentException with this text.
Unexpected<ApiError> InvalidArgument(std::string message);
// What went wrong in the store, as Kinesis says it.
ApiError ErrorOf(const Status& status, const Stream& stream);

// The name in StreamName or StreamARN, of a stream of the caller's own account and region.
ApiResult<std::string> StreamNameOf(const OperationContext& context, const Members& in);
// The same for an ARN that is called ResourceARN.
ApiResult<std::string> ResourceNameOf(const OperationContext& context, const Members& in);
ApiResult<StreamPtr> FindStream(const OperationContext& context, const Members& in);

// "Shard <id> in stream <name> under account <account> does not exist".
Unexpected<ApiError> NoSuchShard(const Scope& scope, std::string_view shard_id,
                                 std::string_view stream_name);

void AppendShard(const Stream& stream, uint32_t shard, std::string* out);
void AppendMode(const Stream& stream, JsonObject* answer);

// How long shard iterators and the tokens of ListShards are good.
inline constexpr int64_t kIteratorMillis = 300'000;

}  // namespace stator::kinesis

#endif  // STATOR_API_KINESIS_REQUEST_H_
