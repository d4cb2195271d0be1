// Values from the texts of formats other than JSON, with the errors that JSON's get
// (model/attribute_value_json.cc).
#ifndef STATOR_TRANSFER_VALUE_PARTS_H_
#define STATOR_TRANSFER_VALUE_PARTS_H_

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/attribute_value.h"
#include "model/decimal.h"

namespace stator {

template <class T>
using ValueText = Expected<T, std::string>;

inline ValueText<Decimal> NumberFromText(std::string_view text) {
  auto number = Decimal::Parse(text);
  if (number) return *number;
  std::string message(DecimalErrorText(number.error()));
  if (number.error() == DecimalError::kSyntax && !text.empty()) message.append(": ").append(text);
  return Unexpected<std::string>(std::move(message));
}

template <class T>
bool HasEqualMembers(std::vector<T> members) {
  std::sort(members.begin(), members.end());
  return std::adjacent_find(members.begin(), members.end()) != members.end();
}

}  // namespace stator

#endif  // STATOR_TRANSFER_VALUE_PARTS_H_
