// The pieces of which the JSON of values is made, for the two that write it: from a tree
// (attribute_value_json.cc) and from stored bytes (item_codec.cc).
#ifndef STATOR_MODEL_JSON_PARTS_H_
#define STATOR_MODEL_JSON_PARTS_H_

#include <string>
#include <string_view>

#include "base/base64.h"
#include "model/attribute_value.h"
#include "model/decimal.h"

namespace stator {

// {"S":  The value's JSON and a } must follow.
inline void AppendTypeOpening(AttributeValue::Type type, std::string* out) {
  constexpr std::string_view kOpenings[] = {
      R"({"S":)",  R"({"N":)",  R"({"B":)",  R"({"BOOL":)", R"({"NULL":)",
      R"({"SS":)", R"({"NS":)", R"({"BS":)", R"({"L":)",    R"({"M":)",
  };
  out->append(kOpenings[static_cast<size_t>(type)]);
}

inline void AppendJsonNumber(Decimal number, std::string* out) {
  out->push_back('"');
  number.AppendTo(out);
  out->push_back('"');
}

inline void AppendJsonBinary(std::string_view bytes, std::string* out) {
  out->push_back('"');
  AppendBase64(bytes, out);
  out->push_back('"');
}

}  // namespace stator

#endif  // STATOR_MODEL_JSON_PARTS_H_
