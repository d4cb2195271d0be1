// What a stream is: the definition that is stored and cached. A value; a change makes a new one
// with a higher version.
#ifndef STATOR_KINESIS_STREAM_H_
#define STATOR_KINESIS_STREAM_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "kinesis/sequence_number.h"
#include "table/table_definition.h"

namespace stator::kinesis {

inline constexpr int64_t kMinRetentionHours = 24;
inline constexpr int64_t kMaxRetentionHours = 8760;
inline constexpr uint32_t kOnDemandShards = 4;

struct Stream {
  Scope scope;
  std::string name;
  uint64_t id = 0;       // part of the storage keys; from the same numbers as tables' ids
  uint64_t version = 0;  // raised by each change
  int64_t created_micros = 0;
  uint32_t shard_count = 1;  // they never change
  bool on_demand = false;
  int64_t retention_hours = kMinRetentionHours;
  std::map<std::string, std::string> tags;
  bool operator==(const Stream&) const = default;

  std::string Arn() const;  // arn:aws:kinesis:<region>:<account>:stream/<name>
  SequenceNumber NumberOf(uint32_t shard, RecordPosition position) const {
    return {created_micros / 1'000'000, shard, position};
  }
  // Before every record that `now` finds still there.
  RecordPosition TrimHorizon(int64_t now_micros) const;
};
using StreamPtr = std::shared_ptr<const Stream>;

std::string EncodeStream(const Stream& stream);
Result<Stream> DecodeStream(std::string_view bytes);

// The parts of a stream's ARN; views into `arn`. nullopt if it is none.
struct StreamArn {
  std::string_view region;
  std::string_view account_id;
  std::string_view name;
};
std::optional<StreamArn> ParseStreamArn(std::string_view arn);

// A stored record: a partition key and data.
struct StoredRecord {
  std::string_view partition_key;
  std::string_view data;
};
std::string EncodeRecord(std::string_view partition_key, std::string_view data);
Result<StoredRecord> DecodeRecord(std::string_view bytes);

}  // namespace stator::kinesis

#endif  // STATOR_KINESIS_STREAM_H_
