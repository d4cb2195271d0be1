#include "transfer/manifest_json.h"

#include "base/date_text.h"
#include "base/json_string.h"
#include "objects/md5.h"

namespace stator {

void ManifestJson::Name(std::string_view name) {
  if (json_.size() > 1) json_ += ',';
  AppendJsonString(name, &json_);
  json_ += ':';
}

void ManifestJson::Text(std::string_view name, std::string_view value) {
  Name(name);
  AppendJsonString(value, &json_);
}

void ManifestJson::TextOrNull(std::string_view name, std::string_view value) {
  if (!value.empty()) return Text(name, value);
  Name(name);
  json_ += "null";
}

void ManifestJson::Int(std::string_view name, int64_t value) {
  Name(name);
  json_ += std::to_string(value);
}

void ManifestJson::Time(std::string_view name, int64_t micros) {
  Text(name, FormatIsoMillis(micros / 1000) + "Z");
}

// Base32 in lower case without padding.
std::string ObjectNameOf(std::string_view text) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz234567";
  std::string name;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : Md5Of(text)) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 5; count -= 5) name.push_back(kLetters[bits >> (count - 5) & 31]);
  }
  if (count > 0) name.push_back(kLetters[bits << (5 - count) & 31]);
  return name;
}

}  // namespace stator
