// Texts of updates: parsing and applying must not crash, be deterministic, keep the invariants of
// values and change only what the update says it touches.
#include <algorithm>

#include "expr/update.h"
#include "expression_fixture.h"
#include "fuzz.h"
#include "model/item_size.h"
#include "model/limits.h"

namespace stator::fuzz {
namespace {

template <class T>
void CheckSet(const std::vector<T>& members) {
  FUZZ_CHECK((!members.empty()) && "sets are not empty");
  FUZZ_CHECK(
      (std::adjacent_find(members.begin(), members.end(),
                          [](const T& a, const T& b) { return !(a < b); }) == members.end()) &&
      "sets are sorted and without duplicates");
}

void CheckValue(const AttributeValue& value);

void CheckMap(const AttributeMap& map) {
  const std::string* last = nullptr;
  for (const auto& [name, value] : map) {
    FUZZ_CHECK((last == nullptr || *last < name) && "maps are sorted");
    last = &name;
    CheckValue(value);
  }
}

void CheckValue(const AttributeValue& value) {
  using Type = AttributeValue::Type;
  if (value.is(Type::kSS)) CheckSet(value.ss());
  if (value.is(Type::kNS)) CheckSet(value.ns());
  if (value.is(Type::kBS)) CheckSet(value.bs());
  if (value.is(Type::kM)) CheckMap(value.m());
  if (value.is(Type::kL)) {
    for (const AttributeValue& element : value.l()) CheckValue(element);
  }
}

bool Same(const AttributeValue* a, const AttributeValue* b) {
  if (a == nullptr || b == nullptr) return a == b;
  return *a == *b;
}

void CheckApplied(const UpdateExpression& update, const Item* old_item, const Item& key) {
  auto result = ApplyUpdate(update, old_item, key);
  if (!result) {
    FUZZ_CHECK((IsRefusal(result)) && "refusals have a text");
    return;
  }
  auto again = ApplyUpdate(update, old_item, key);
  FUZZ_CHECK((again.has_value() && *again == *result) && "updates are deterministic");
  if (!*result) {
    FUZZ_CHECK((old_item == nullptr) && "an existing item stays");
    return;
  }
  const Item& item = **result;
  CheckMap(item);
  for (const auto& [name, value] : item) {
    FUZZ_CHECK((NestingLevels(value) <= kMaxNestingLevels) && "nesting is bounded");
  }
  const auto touched = TouchedAttributes(update);
  const auto is_touched = [&](std::string_view name) {
    return std::find(touched.begin(), touched.end(), name) != touched.end();
  };
  const Item& before = old_item != nullptr ? *old_item : key;
  for (const Item* side : {&before, &item}) {
    for (const auto& [name, value] : *side) {
      FUZZ_CHECK((is_touched(name) || Same(before.Find(name), item.Find(name))) &&
                 "untouched attributes stay");
    }
  }
  for (const auto& [name, value] : UpdatedNew(update, item)) {
    FUZZ_CHECK((is_touched(name) && item.Contains(name)) && "UPDATED_NEW shows touched attributes");
  }
  for (const auto& [name, value] : UpdatedOld(update, old_item)) {
    FUZZ_CHECK((is_touched(name) && before.Contains(name)) &&
               "UPDATED_OLD shows touched attributes");
  }
}

}  // namespace
}  // namespace stator::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stator;  // NOLINT
  const std::string_view text = FuzzInput(data, size);
  Placeholders placeholders = fuzz::MakePlaceholders();
  auto update = ParseUpdate(text, &placeholders);
  if (!update) {
    FUZZ_CHECK((fuzz::IsRefusal(update)) && "refusals have a text");
    return 0;
  }
  Item key;
  key.Set("pk", AttributeValue::S("k"));
  Item item = fuzz::EveryType();
  item.Set("pk", AttributeValue::S("k"));
  fuzz::CheckApplied(*update, nullptr, key);
  fuzz::CheckApplied(*update, &item, key);
  FUZZ_CHECK((CostOf(*update).Total() > 3) && "every action costs");
  return 0;
}
