// Sequence numbers: decimal numbers of 56 digits that ascend within a shard.
//
// They say where a record lies. In hexadecimal: 2, the seconds at which the stream was created (9
// digits), the last digit of the shard, microseconds of the record's commit (16), its place in that
// commit (4), 0 (7), the shard (8), 2.
#ifndef STATOR_KINESIS_SEQUENCE_NUMBER_H_
#define STATOR_KINESIS_SEQUENCE_NUMBER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "table/change_log.h"

namespace stator::kinesis {

// All zero is before every record.
using RecordPosition = LogPosition;

struct SequenceNumber {
  int64_t created_seconds = 0;  // of the stream
  uint32_t shard = 0;
  RecordPosition position;
  bool operator==(const SequenceNumber&) const = default;

  std::string ToString() const;
};

// nullopt if it is not one that ToString makes.
std::optional<SequenceNumber> ParseSequenceNumber(std::string_view text);

// "shardId-000000000012".
std::string ShardIdText(uint32_t shard);
// Also takes "12" and "shardId-12", as the service does.
std::optional<uint32_t> ParseShardId(std::string_view text);

}  // namespace stator::kinesis

#endif  // STATOR_KINESIS_SEQUENCE_NUMBER_H_
