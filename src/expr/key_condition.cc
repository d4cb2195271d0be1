#include "expr/key_condition.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "expr/condition.h"
#include "expr/condition_parser.h"

namespace stator {
namespace {

std::optional<KeyOperator> KeyOperatorOf(ConditionOp op) {
  switch (op) {
    case ConditionOp::kEqual:
      return KeyOperator::kEqual;
    case ConditionOp::kLess:
      return KeyOperator::kLess;
    case ConditionOp::kLessOrEqual:
      return KeyOperator::kLessOrEqual;
    case ConditionOp::kGreater:
      return KeyOperator::kGreater;
    case ConditionOp::kGreaterOrEqual:
      return KeyOperator::kGreaterOrEqual;
    case ConditionOp::kBetween:
      return KeyOperator::kBetween;
    case ConditionOp::kBeginsWith:
      return KeyOperator::kBeginsWith;
    default:
      return std::nullopt;
  }
}

// `:v < k` is `k > :v`.
KeyOperator Mirrored(KeyOperator op) {
  switch (op) {
    case KeyOperator::kLess:
      return KeyOperator::kGreater;
    case KeyOperator::kLessOrEqual:
      return KeyOperator::kGreaterOrEqual;
    case KeyOperator::kGreater:
      return KeyOperator::kLess;
    case KeyOperator::kGreaterOrEqual:
      return KeyOperator::kLessOrEqual;
    default:
      return op;
  }
}

Unexpected<ApiError> InvalidKeyTest(std::string_view text) {
  return Invalid("Invalid condition in KeyConditionExpression: " + std::string(text));
}

// REQUIRES: `test` has exactly one path, and it is the first operand where the operator wants it
// there.
KeyTest MakeKeyTest(const Condition& test, KeyOperator op) {
  KeyTest key_test;
  key_test.op = test.operands[0].kind == Operand::Kind::kPath ? op : Mirrored(op);
  for (const Operand& operand : test.operands) {
    if (operand.kind == Operand::Kind::kPath) {
      key_test.attribute = operand.path.attribute();
    } else {
      key_test.values.push_back(*operand.value);
    }
  }
  return key_test;
}

// Conjunctions may nest in any way; their order is kept.
ApiResult<void> CollectTests(const Condition& condition, KeyCondition* out) {
  if (condition.op == ConditionOp::kAnd) {
    for (const Condition& child : condition.conditions) {
      if (auto ok = CollectTests(child, out); !ok) return ok;
    }
    return {};
  }
  const auto op = KeyOperatorOf(condition.op);
  if (!op) {
    return Invalid("Invalid operator used in KeyConditionExpression: " +
                   std::string(NameOf(condition.op)));
  }
  const auto is_path = [](const Operand& o) { return o.kind == Operand::Kind::kPath; };
  const auto is_nested = [&](const Operand& o) { return is_path(o) && o.path.is_nested(); };
  const auto& operands = condition.operands;
  if (std::any_of(operands.begin(), operands.end(),
                  [](const Operand& o) { return o.kind == Operand::Kind::kSize; })) {
    return Invalid("KeyConditionExpressions cannot contain nested operations");
  }
  if ((*op == KeyOperator::kBetween || *op == KeyOperator::kBeginsWith) && !is_path(operands[0])) {
    return InvalidKeyTest(std::string(NameOf(condition.op)) +
                          " operator must have the key attribute as its first operand");
  }
  const auto paths = std::count_if(operands.begin(), operands.end(), is_path);
  if (paths > 1) return InvalidKeyTest("Multiple attribute names used in one condition");
  if (paths == 0) return InvalidKeyTest("No key attribute specified");
  if (std::any_of(operands.begin(), operands.end(), is_nested)) {
    return InvalidExpression(ExpressionKind::kKeyCondition,
                             "KeyConditionExpressions cannot have conditions on nested attributes");
  }
  KeyTest test = MakeKeyTest(condition, *op);
  for (const KeyTest& other : out->tests) {
    if (other.attribute == test.attribute) {
      return Invalid("KeyConditionExpressions must only contain one condition per key");
    }
  }
  out->tests.push_back(std::move(test));
  return {};
}

}  // namespace

ApiResult<KeyCondition> ParseKeyCondition(std::string_view text, Placeholders* placeholders) {
  auto parsed = ParseConditionSyntax(text, ExpressionKind::kKeyCondition);
  if (!parsed) return Unexpected<ApiError>(std::move(parsed).error());
  return BindKeyCondition(**parsed, placeholders);
}

ApiResult<KeyCondition> BindKeyCondition(const syntax::Node& root, Placeholders* placeholders) {
  auto condition = BindCondition(root, ExpressionKind::kKeyCondition, placeholders);
  if (!condition) return Unexpected<ApiError>(std::move(condition).error());
  KeyCondition key_condition;
  if (auto ok = CollectTests(*condition, &key_condition); !ok) {
    return Unexpected<ApiError>(std::move(ok).error());
  }
  return key_condition;
}

}  // namespace stator
