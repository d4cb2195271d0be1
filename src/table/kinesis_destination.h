// To which Kinesis stream the changes of a table go (facts 8.4, 14.5): part of its
// definition. Each one that is live is a reader of the table's change log.
#ifndef STATOR_TABLE_KINESIS_DESTINATION_H_
#define STATOR_TABLE_KINESIS_DESTINATION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/attribute_value.h"

namespace stator {

// A destination is ENABLING until the stream was looked for, and the other states last no time.
enum class DestinationStatus { kEnabling, kActive, kDisabled, kEnableFailed };
std::string_view NameOf(DestinationStatus status);  // "ACTIVE"

enum class TimePrecision { kMillisecond, kMicrosecond };
std::string_view NameOf(TimePrecision precision);  // "MILLISECOND"

struct KinesisDestination {
  std::string stream_arn;
  std::string reader;  // its name in the change log; unique within the table
  DestinationStatus status = DestinationStatus::kEnabling;
  TimePrecision precision = TimePrecision::kMillisecond;
  std::string description;     // why it failed
  int64_t changed_micros = 0;  // when its status last did
  bool operator==(const KinesisDestination&) const = default;

  // Changes are sent, or are about to be.
  bool live() const {
    return status == DestinationStatus::kEnabling || status == DestinationStatus::kActive;
  }
};

// As a definition stores them.
AttributeValue DestinationsValue(const std::vector<KinesisDestination>& destinations);
std::optional<std::vector<KinesisDestination>> ReadDestinations(const AttributeValue& value);

}  // namespace stator

#endif  // STATOR_TABLE_KINESIS_DESTINATION_H_
