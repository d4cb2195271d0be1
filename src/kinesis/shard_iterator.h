// Shard iterators: where in which shard reading goes on, and when the iterator was given out. The
// text is opaque to clients and says all there is to know, so the server keeps nothing for them.
#ifndef STATOR_KINESIS_SHARD_ITERATOR_H_
#define STATOR_KINESIS_SHARD_ITERATOR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kinesis/sequence_number.h"

namespace stator::kinesis {

struct ShardIterator {
  int64_t created_millis = 0;
  uint64_t stream_id = 0;
  uint32_t shard = 0;
  RecordPosition position;  // the next record is the first one not before this
  std::string stream_name;  // for errors
  bool operator==(const ShardIterator&) const = default;

  std::string ToString() const;
};

// nullopt if it is none that ToString made.
std::optional<ShardIterator> ParseShardIterator(std::string_view text);

}  // namespace stator::kinesis

#endif  // STATOR_KINESIS_SHARD_ITERATOR_H_
