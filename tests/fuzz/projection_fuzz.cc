// Texts of projections: parsing must not crash, and what is selected is part of the item.
#include "expr/projection.h"
#include "expression_fixture.h"
#include "fuzz.h"
#include "model/item_size.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stator;  // NOLINT
  const std::string_view text = FuzzInput(data, size);
  Placeholders placeholders = fuzz::MakePlaceholders();
  auto projection = ParseProjection(text, &placeholders);
  if (!projection) {
    FUZZ_CHECK((fuzz::IsRefusal(projection)) && "refusals have a text");
    return 0;
  }
  const Item item = fuzz::EveryType();
  const Item selected = Project(*projection, item);
  FUZZ_CHECK((SizeOf(selected) <= SizeOf(item)) && "a projection is no larger than its item");
  for (const auto& [name, value] : selected) {
    const AttributeValue* whole = item.Find(name);
    FUZZ_CHECK((whole != nullptr && whole->type() == value.type()) && "attributes keep their type");
  }
  for (const DocumentPath& path : projection->paths) {
    if (!path.is_nested()) {
      FUZZ_CHECK((selected.Contains(path.attribute()) == item.Contains(path.attribute())) &&
                 "a whole attribute is selected if it exists");
    }
  }
  return 0;
}
