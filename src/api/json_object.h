// Writes one JSON object member by member, straight into a string.
#ifndef STATOR_API_JSON_OBJECT_H_
#define STATOR_API_JSON_OBJECT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_string.h"

namespace stator {

// The object is open from construction to Close; nested values are appended to the string that Name
// returns.
class JsonObject {
 public:
  explicit JsonObject(std::string* out) : out_(out) { out_->push_back('{'); }

  std::string* Name(std::string_view name) {
    if (out_->back() != '{') out_->push_back(',');
    AppendJsonString(name, out_);
    out_->push_back(':');
    return out_;
  }
  void String(std::string_view name, std::string_view value) {
    AppendJsonString(value, Name(name));
  }
  void Int(std::string_view name, int64_t value) { Name(name)->append(std::to_string(value)); }
  void Bool(std::string_view name, bool value) { Name(name)->append(value ? "true" : "false"); }
  // Epoch seconds with milliseconds.
  void Time(std::string_view name, int64_t micros) {
    const int64_t millis = micros / 1000;
    const std::string fraction = std::to_string(1000 + millis % 1000);
    Name(name)->append(std::to_string(millis / 1000)).append(".").append(fraction, 1);
  }
  void Close() { out_->push_back('}'); }

 private:
  std::string* const out_;
};

// "[...]" of what `append` writes for each element.
template <class Range, class Append>
void AppendJsonArray(const Range& range, std::string* out, Append append) {
  out->push_back('[');
  bool first = true;
  for (const auto& element : range) {
    if (!first) out->push_back(',');
    first = false;
    append(element, out);
  }
  out->push_back(']');
}

}  // namespace stator

#endif  // STATOR_API_JSON_OBJECT_H_
