// Arbitrary bytes as a stored item: all readers agree, and what they accept is written back the
// same.
#include "model/item_codec.h"

#include <optional>
#include <string>

#include "model/attribute_value_json.h"
#include "model/item_size.h"
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stator;
  const std::string_view bytes = FuzzInput(data, size);
  const Result<Item> item = DecodeItem(bytes);
  std::string json;
  FUZZ_CHECK(AppendItemJson(bytes, &json).has_value() == item.has_value());
  if (!item) {
    FUZZ_CHECK(json.empty());
    (void)EncodedItemSize(bytes);
    (void)FindInEncoded(bytes, "a");
    return 0;
  }

  std::string tree_json;
  AppendJson(*item, &tree_json);
  FUZZ_CHECK(json == tree_json);

  std::string again;
  EncodeItem(*item, &again);
  const Result<Item> decoded = DecodeItem(again);
  FUZZ_CHECK(decoded && *decoded == *item);
  FUZZ_CHECK(EncodedItemSize(again).value() == SizeOf(*item));
  // Only the size in the header, which readers believe, may differ.
  if (EncodedItemSize(bytes).value() == SizeOf(*item)) FUZZ_CHECK(again == bytes);

  for (const auto& [name, value] : *item) {
    const Result<std::optional<AttributeValue>> found = FindInEncoded(bytes, name);
    FUZZ_CHECK(found && *found && **found == value);
  }
  return 0;
}
