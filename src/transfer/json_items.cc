#include <simdjson.h>

#include <cstring>

#include "model/attribute_value_json.h"
#include "transfer/item_reader.h"

namespace stator {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

// The length of the object that begins there, as far as its braces and quotes go; npos: it is cut
// off.
size_t ObjectSize(std::string_view text) {
  size_t depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
      case '{':
        ++depth;
        break;
      case '}':
        if (--depth == 0) return i + 1;
        break;
      case '"':
        for (;;) {
          const auto* end =
              static_cast<const char*>(std::memchr(text.data() + i + 1, '"', text.size() - i - 1));
          if (end == nullptr) return std::string_view::npos;
          const size_t from = i + 1;
          i = static_cast<size_t>(end - text.data());
          size_t backslashes = 0;
          while (i - backslashes > from && text[i - backslashes - 1] == '\\') ++backslashes;
          if (backslashes % 2 == 0) break;
        }
        break;
      default:
        break;
    }
  }
  return std::string_view::npos;
}

class JsonItems final : public ItemReader {
 private:
  Parsed Parse(std::string_view rest, size_t* taken, Item* item, std::string* why) override {
    const size_t begin = rest.find_first_not_of(kBlank);
    if (begin != 0) {
      *taken = std::min(begin, rest.size());
      return Parsed::kNothing;
    }
    if (rest[0] != '{') {
      *why = "The data is not an item in DynamoDB JSON: it is no JSON object";
      return Parsed::kBad;
    }
    const size_t size = ObjectSize(rest);
    if (size == std::string_view::npos) return Parsed::kCut;
    simdjson::dom::object object;
    const auto parsed = parser_.parse(rest.data(), size, /*realloc_if_needed=*/false).get(object);
    if (parsed != simdjson::SUCCESS) {
      *why = std::string("The data is not JSON: ") + simdjson::error_message(parsed);
      return Parsed::kBad;
    }
    *taken = size;
    simdjson::dom::object attributes;
    if (object["Item"].get(attributes) != simdjson::SUCCESS) {
      *why = "The data has no member Item that is an object";
      return Parsed::kBad;
    }
    auto read = AttributeMapFromJson(attributes);
    if (!read) {
      *why = std::move(read.error().message);
      return Parsed::kBad;
    }
    *item = *std::move(read);
    return Parsed::kItem;
  }

  static_assert(kTail >= simdjson::SIMDJSON_PADDING);
  simdjson::dom::parser parser_;
};

}  // namespace

std::unique_ptr<ItemReader> NewJsonItems() { return std::make_unique<JsonItems>(); }

}  // namespace stator
