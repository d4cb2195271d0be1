// Shorthand for the tests of this folder.
#ifndef STATOR_EXPR_EXPR_TEST_UTIL_H_
#define STATOR_EXPR_EXPR_TEST_UTIL_H_

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "expr/placeholders.h"
#include "model/attribute_value.h"

namespace stator::test {

using AV = AttributeValue;

inline AV S(std::string v) { return AV::S(std::move(v)); }
inline AV N(int64_t v) { return AV::N(v); }
inline AV Num(std::string_view text) { return AV::N(*Decimal::Parse(text)); }
inline AV B(std::string v) { return AV::B(std::move(v)); }
inline AV SS(std::vector<std::string> v) { return AV::SS(std::move(v)); }
inline AV NS(std::vector<int64_t> v) {
  std::vector<Decimal> members;
  for (const int64_t n : v) members.push_back(Decimal::FromInt(n));
  return AV::NS(std::move(members));
}
inline AV L(std::vector<AV> v) { return AV::L(std::move(v)); }

inline AttributeMap Map(std::initializer_list<std::pair<std::string, AV>> entries) {
  AttributeMap map;
  for (const auto& [name, value] : entries) map.Set(name, value);
  return map;
}
inline AV M(std::initializer_list<std::pair<std::string, AV>> entries) {
  return AV::M(Map(entries));
}

// REQUIRES: the keys are well formed.
inline Placeholders Bind(Placeholders::Names names, AttributeMap values) {
  auto made = Placeholders::Create(
      names.empty() ? std::nullopt : std::optional<Placeholders::Names>(std::move(names)),
      values.empty() ? std::nullopt : std::optional<AttributeMap>(std::move(values)));
  return std::move(*made);
}

template <class T>
std::string ErrorOf(const ApiResult<T>& result) {
  if (result) return "(no error)";
  return result.error().message.value_or("(no message)");
}

}  // namespace stator::test

#endif  // STATOR_EXPR_EXPR_TEST_UTIL_H_
