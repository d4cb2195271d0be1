#include "stream_records.h"

#include <charconv>
#include <map>

#include "base/base64.h"

namespace stator::sim {
namespace {

constexpr size_t kPlaceDigits = 5;

std::string CanonicalValue(simdjson::dom::element value) {
  JsonObject object;
  if (value.get(object) == simdjson::SUCCESS) return Canonical(object);
  simdjson::dom::array array;
  if (value.get(array) != simdjson::SUCCESS) return simdjson::minify(value);
  std::string text = "[";
  for (simdjson::dom::element member : array) text += CanonicalValue(member) + ",";
  return text + "]";
}

// What both forms have.
StreamRecord RecordOf(std::string_view table, JsonObject record, JsonObject change) {
  StreamRecord made;
  made.table = table;
  made.event = TextOf(record, "eventName");
  const auto keys = Member(change, "Keys");
  if (!keys) throw WrongAnswer{"a record without its keys"};
  made.key = KeyOf(table, *keys).Name();
  if (const auto image = Member(change, "OldImage")) made.before = ImageOf(*image);
  if (const auto image = Member(change, "NewImage")) made.after = ImageOf(*image);
  if (const auto who = Member(record, "userIdentity")) {
    made.by_service = Canonical(*who).find("dynamodb.amazonaws.com") != std::string::npos;
    if (!made.by_service) throw WrongAnswer{"a record with an unknown identity"};
  }
  made.text = Canonical(record);
  return made;
}

}  // namespace

std::string TextOf(JsonObject object, std::string_view name) {
  std::string_view text;
  if (object[name].get(text) != simdjson::SUCCESS)
    throw WrongAnswer{"no " + std::string(name) + " in an answer"};
  return std::string(text);
}

std::string Canonical(JsonObject object) {
  std::map<std::string, std::string> members;
  for (const auto& [name, member] : object) members[std::string(name)] = CanonicalValue(member);
  std::string text = "{";
  for (const auto& [name, member] : members) text += name + ":" + member + ",";
  return text + "}";
}

Image ImageOf(JsonObject item) {
  Image image{.text = Canonical(item), .seen = SeenIn(item), .expires = {}};
  if (Member(item, "t")) image.expires = Number(item, "t");
  return image;
}

uint64_t MicrosOf(std::string_view sequence_number) {
  uint64_t micros = 0;
  if (sequence_number.size() < kPlaceDigits) throw WrongAnswer{"no sequence number"};
  sequence_number.remove_suffix(kPlaceDigits);
  std::from_chars(sequence_number.data(), sequence_number.data() + sequence_number.size(), micros);
  return micros;
}

StreamRecord StreamRecordOf(std::string_view table, JsonObject record) {
  const auto change = Member(record, "dynamodb");
  if (!change) throw WrongAnswer{"a record without a change"};
  StreamRecord made = RecordOf(table, record, *change);
  made.place = TextOf(*change, "SequenceNumber");
  made.micros = MicrosOf(made.place);
  return made;
}

StreamRecord KinesisRecordOf(JsonObject record) {
  std::string data;
  if (!AppendBase64Decoded(TextOf(record, "Data"), &data)) throw WrongAnswer{"no base64"};
  simdjson::dom::parser parser;
  JsonObject event;
  if (parser.parse(data).get(event) != simdjson::SUCCESS) throw WrongAnswer{"no JSON in a record"};
  const auto change = Member(event, "dynamodb");
  if (!change) throw WrongAnswer{"a record without a change"};
  StreamRecord made = RecordOf(TextOf(event, "tableName"), event, *change);
  made.place = TextOf(record, "SequenceNumber");
  if ((*change)["ApproximateCreationDateTime"].get(made.micros) != simdjson::SUCCESS)
    throw WrongAnswer{"a record without its time"};
  return made;
}

}  // namespace stator::sim
