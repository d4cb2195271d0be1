// An event source mapping: which records of which stream go to which function, and how.
#ifndef STATOR_EVENTS_MAPPING_H_
#define STATOR_EVENTS_MAPPING_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stator {

struct Mapping {
  std::string uuid;  // "91eaeb7e-c976-1234-9451-8709db01f137"
  std::string account;
  std::string region;
  std::string stream_arn;
  std::string function;  // its name
  bool enabled = true;
  int64_t batch_size = 100;
  int64_t window_seconds = 0;
  int64_t lanes = 1;  // ParallelizationFactor
  std::string starting_position;
  // Records up to this sequence number, of any shard, are not wanted; empty: all are.
  std::string start_after;
  std::vector<std::string> filters;  // patterns
  std::string on_failure;            // ARN; empty: records that cannot be delivered are dropped
  int64_t max_age_seconds = -1;      // -1: any age
  int64_t max_retries = -1;          // -1: until they succeed
  bool bisect = false;
  bool report_item_failures = false;
  int64_t modified_micros = 0;
  // Why it was ended by the server, as it had to be: empty if it was not.
  std::string failure;

  bool runs() const { return enabled && failure.empty(); }
  std::string FunctionArn() const;

  bool operator==(const Mapping&) const = default;
};
using MappingPtr = std::shared_ptr<const Mapping>;

// The stored form (docs/format.md). Errors: kCorruption; kUnsupported for a newer version.
std::string EncodeMapping(const Mapping& mapping);
Result<Mapping> DecodeMapping(std::string_view bytes);

// The JSON of an EventSourceMappingConfiguration.
std::string DescribeMapping(const Mapping& mapping, std::string_view state,
                            std::string_view last_result);

// How far a shard of a mapping's stream was delivered: for each lane the sequence number up to
// which its records are done; empty: none are.
struct ShardProgress {
  std::vector<std::string> lanes;
  bool finished = false;  // all of a closed shard

  bool operator==(const ShardProgress&) const = default;
};
std::string EncodeProgress(const ShardProgress& progress);
Result<ShardProgress> DecodeProgress(std::string_view bytes);

// Sequence numbers are decimal numbers without leading zeros; empty is before all of them.
bool SequenceLess(std::string_view a, std::string_view b);

}  // namespace stator

#endif  // STATOR_EVENTS_MAPPING_H_
