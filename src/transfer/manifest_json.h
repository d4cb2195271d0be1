// What the manifests of exports and of bulk operations are made of.
#ifndef STATOR_TRANSFER_MANIFEST_JSON_H_
#define STATOR_TRANSFER_MANIFEST_JSON_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace stator {

// One JSON object, member by member.
class ManifestJson {
 public:
  void Text(std::string_view name, std::string_view value);
  void TextOrNull(std::string_view name, std::string_view value);  // null: it is empty
  void Int(std::string_view name, int64_t value);
  void Time(std::string_view name, int64_t micros);
  std::string Close() { return std::move(json_) + "}"; }

 private:
  void Name(std::string_view name);

  std::string json_ = "{";
};

// The name of an object among others, 26 letters and digits: always the same for a text, another
// one for another text.
std::string ObjectNameOf(std::string_view text);

}  // namespace stator

#endif  // STATOR_TRANSFER_MANIFEST_JSON_H_
