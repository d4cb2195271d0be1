// What the Streams API names: ARNs of streams, and shard iterators (facts 8.1, 8.2).
#ifndef STATOR_API_STREAM_NAMES_H_
#define STATOR_API_STREAM_NAMES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/service.h"
#include "model/api_error.h"
#include "table/change_log.h"
#include "table/table_definition.h"

namespace stator {

class Catalog;

// A stream that exists, of a table that exists or did.
struct FoundStream {
  TablePtr table;
  const StreamDefinition* stream = nullptr;  // one of table's
};

// Errors: ValidationException for what is no ARN of a stream; ResourceNotFoundException.
ApiResult<FoundStream> FindStreamByArn(const Catalog& catalog, std::string_view arn,
                                       const Caller& caller);

// The shard of that stream; nullptr if there is none, or not any more.
const LogShard* FindShardByName(const FoundStream& found, std::string_view name);

// Where a reader of a shard goes on.
struct ShardIterator {
  std::string stream_arn;
  uint64_t shard_id = 0;
  // The first record to be read; nullopt: the oldest that is there.
  std::optional<LogPosition> from;
  int64_t created_micros = 0;
};

// "<stream arn>|1|<base64>", opaque to clients.
std::string EncodeShardIterator(const ShardIterator& iterator);
// nullopt if it is not one that EncodeShardIterator writes.
std::optional<ShardIterator> DecodeShardIterator(std::string_view text);

Unexpected<ApiError> NoSuchStream(std::string_view arn);
Unexpected<ApiError> NoSuchShard(std::string_view shard, std::string_view arn);
Unexpected<ApiError> TrimmedData();

}  // namespace stator

#endif  // STATOR_API_STREAM_NAMES_H_
