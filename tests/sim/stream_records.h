// Records of changes as their readers get them: of DynamoDB Streams, or of Kinesis.
#ifndef STATOR_SIM_STREAM_RECORDS_H_
#define STATOR_SIM_STREAM_RECORDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "answers.h"
#include "history.h"

namespace stator::sim {

struct Image {
  std::string text;  // members in the order of their names
  Seen seen;
  std::optional<int64_t> expires;  // "t"
};

struct StreamRecord {
  std::string table;
  std::string key;      // ItemKey::Name
  uint64_t micros = 0;  // the position of its commit
  std::string place;    // its sequence number: of the same length within a line, and ascending
  std::string text;     // all of it
  std::string event;    // "INSERT"
  bool by_service = false;
  std::optional<Image> before, after;
};

// The members of objects in the order of their names.
std::string Canonical(JsonObject object);
Image ImageOf(JsonObject item);

// All: throw WrongAnswer if it is not one.
StreamRecord StreamRecordOf(std::string_view table, JsonObject record);
// An element of "Records" of Kinesis, with its number.
StreamRecord KinesisRecordOf(JsonObject record);

// The position that a sequence number of DynamoDB Streams tells, in microseconds.
uint64_t MicrosOf(std::string_view sequence_number);
std::string TextOf(JsonObject object, std::string_view name);

}  // namespace stator::sim

#endif  // STATOR_SIM_STREAM_RECORDS_H_
