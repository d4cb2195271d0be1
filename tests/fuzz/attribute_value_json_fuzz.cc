// Arbitrary JSON as an item: what is accepted keeps its invariants, and comes back the same through
// JSON and through the stored form.
#include "model/attribute_value_json.h"

#include <simdjson.h>

#include <string>

#include "model/item_codec.h"
#include "model/item_size.h"
#include "model/limits.h"
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stator;
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  const simdjson::padded_string text(FuzzInput(data, size));
  if (parser.parse(text).get(object) != simdjson::SUCCESS) return 0;
  const auto item = AttributeMapFromJson(object);
  if (!item) {
    FUZZ_CHECK(!item.error().message.empty());
    return 0;
  }

  for (const auto& [name, value] : *item) FUZZ_CHECK(NestingLevels(value) <= kMaxNestingLevels);

  std::string json;
  AppendJson(*item, &json);
  simdjson::dom::parser again;
  simdjson::dom::object rewritten;
  FUZZ_CHECK(again.parse(json).get(rewritten) == simdjson::SUCCESS);
  const auto same = AttributeMapFromJson(rewritten);
  FUZZ_CHECK(same && *same == *item);

  std::string bytes;
  EncodeItem(*item, &bytes);
  const Result<Item> decoded = DecodeItem(bytes);
  FUZZ_CHECK(decoded && *decoded == *item);
  std::string stored_json;
  FUZZ_CHECK(AppendItemJson(bytes, &stored_json).has_value() && stored_json == json);
  return 0;
}
