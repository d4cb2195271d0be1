#include <simdjson.h>

#include <cstring>

#include "model/attribute_value_json.h"
#include "transfer/item_reader.h"
#include "transfer/put_condition.h"

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

// The members next to the Item. False: `why` says what is wrong.
bool ReadCondition(const simdjson::dom::object& record, PutConditionText* condition,
                   std::string* why) {
  const auto wrong = [&](std::string_view member, std::string_view type) {
    *why = "The data's member " + std::string(member) + " is no " + std::string(type);
    return false;
  };
  for (const auto [name, value] : record) {
    if (name == "Item" || value.is_null()) continue;
    if (name == kPutCondition) {
      std::string_view text;
      if (value.get(text) != simdjson::SUCCESS) return wrong(name, "string");
      condition->expression = text;
    } else if (name == kPutConditionNames) {
      simdjson::dom::object names;
      if (value.get(names) != simdjson::SUCCESS) return wrong(name, "object");
      condition->names.emplace();
      for (const auto [placeholder, json] : names) {
        std::string_view attribute;
        if (json.get(attribute) != simdjson::SUCCESS) return wrong(name, "object of strings");
        condition->names->emplace_back(placeholder, attribute);
      }
    } else if (name == kPutConditionValues) {
      simdjson::dom::object values;
      if (value.get(values) != simdjson::SUCCESS) return wrong(name, "object");
      condition->values.emplace();
      for (const auto [placeholder, json] : values) {
        auto read = AttributeValueFromJson(json);
        if (!read) {
          *why = "ExpressionAttributeValues contains invalid value: " + read.error().message +
                 " for key " + std::string(placeholder);
          return false;
        }
        condition->values->Set(placeholder, *std::move(read));
      }
    } else {
      *why = "The data has a member that a put does not have: " + std::string(name);
      return false;
    }
  }
  return true;
}

class JsonItems final : public ItemReader {
 public:
  explicit JsonItems(bool puts) : puts_(puts) {}

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
    if (puts_ && !ReadCondition(object, put_condition(), why)) return Parsed::kBad;
    *item = *std::move(read);
    return Parsed::kItem;
  }

  static_assert(kTail >= simdjson::SIMDJSON_PADDING);
  const bool puts_;
  simdjson::dom::parser parser_;
};

}  // namespace

std::unique_ptr<ItemReader> NewJsonItems() { return std::make_unique<JsonItems>(false); }
std::unique_ptr<ItemReader> NewJsonPuts() { return std::make_unique<JsonItems>(true); }

}  // namespace stator
