#include "transfer/put_condition.h"

#include <utility>

#include "expr/condition.h"

namespace stator {
namespace {

template <class T>
Unexpected<ApiError> FailAs(ApiResult<T> failed) {
  return Unexpected<ApiError>(std::move(failed).error());
}

}  // namespace

ApiResult<std::optional<Condition>> ParsePutCondition(const PutConditionText& text) {
  const ExpressionParameter parameters[] = {{kPutCondition, text.expression.has_value()}};
  if (auto ok = CheckNamesAllowed(text.names.has_value(), parameters); !ok) {
    return FailAs(std::move(ok));
  }
  if (auto ok = CheckValuesAllowed(text.values.has_value(), parameters); !ok) {
    return FailAs(std::move(ok));
  }
  auto placeholders = Placeholders::Create(text.names, text.values);
  if (!placeholders) return FailAs(std::move(placeholders));
  std::optional<Condition> condition;
  if (text.expression) {
    auto parsed = ParseCondition(*text.expression, ExpressionKind::kCondition, &*placeholders);
    if (!parsed) return FailAs(std::move(parsed));
    condition = *std::move(parsed);
  }
  if (auto used = placeholders->CheckAllUsed(); !used) return FailAs(std::move(used));
  return condition;
}

}  // namespace stator
