// The condition of a put as a line of a bulk operation states it, in the words of PutItem.
#ifndef STATOR_TRANSFER_PUT_CONDITION_H_
#define STATOR_TRANSFER_PUT_CONDITION_H_

#include <optional>
#include <string>
#include <string_view>

#include "expr/ast.h"
#include "expr/placeholders.h"
#include "model/api_error.h"
#include "model/attribute_value.h"

namespace stator {

inline constexpr std::string_view kPutCondition = "ConditionExpression";
inline constexpr std::string_view kPutConditionNames = "ExpressionAttributeNames";
inline constexpr std::string_view kPutConditionValues = "ExpressionAttributeValues";

// Members that are absent were not given.
struct PutConditionText {
  std::optional<std::string> expression;
  std::optional<Placeholders::Names> names;
  std::optional<AttributeMap> values;
  bool operator==(const PutConditionText&) const = default;
};

// nullopt: there is none. Errors: those of PutItem, in its order. Pure.
ApiResult<std::optional<Condition>> ParsePutCondition(const PutConditionText& text);

}  // namespace stator

#endif  // STATOR_TRANSFER_PUT_CONDITION_H_
