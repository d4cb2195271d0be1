// What the fuzz targets for expressions share: placeholders of every type under one-letter names,
// and an item to work on.
#ifndef STATOR_TESTS_FUZZ_EXPRESSION_FIXTURE_H_
#define STATOR_TESTS_FUZZ_EXPRESSION_FIXTURE_H_

#include <optional>
#include <string>
#include <utility>

#include "expr/placeholders.h"
#include "fuzz.h"
#include "model/attribute_value.h"

namespace stator::fuzz {

inline AttributeMap EveryType() {
  using AV = AttributeValue;
  AttributeMap nested;
  nested.Set("k", AV::S("v"));
  nested.Set("l", AV::L({AV::N(1), AV::N(2)}));
  AttributeMap map;
  map.Set("a", AV::N(1));
  map.Set("b", AV::S("text"));
  map.Set("c", AV::B("bytes"));
  map.Set("d", AV::Bool(true));
  map.Set("e", AV::NullValue());
  map.Set("f", AV::SS({"t", "u"}));
  map.Set("g", AV::NS({Decimal::FromInt(1), Decimal::FromInt(2)}));
  map.Set("h", AV::BS({"x", "y"}));
  map.Set("l", AV::L({AV::N(0), AV::M(nested), AV::L({AV::S("s")}), AV::N(3), AV::N(4)}));
  map.Set("m", AV::M(nested));
  map.Set("n", AV::N(2));
  map.Set("t", AV::S("N"));
  return map;
}

inline Placeholders MakePlaceholders() {
  AttributeMap values;
  Placeholders::Names names;
  for (const auto& [name, value] : EveryType()) {
    names.emplace_back("#" + name, name);
    values.Set(":" + name, value);
  }
  auto made = Placeholders::Create(std::move(names), std::move(values));
  FUZZ_CHECK(made.has_value() && "the fixture's placeholders are legal");
  return std::move(*made);
}

// Every refusal is a ValidationException with a text.
template <class T>
bool IsRefusal(const ApiResult<T>& result) {
  return !result && result.error().type == ErrorType::kValidation && result.error().message &&
         !result.error().message->empty();
}

}  // namespace stator::fuzz

#endif  // STATOR_TESTS_FUZZ_EXPRESSION_FIXTURE_H_
