#include "expr/condition.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/base64.h"
#include "expr/binder.h"
#include "expr/condition_parser.h"

namespace stator {
namespace {

using syntax::Node;
using syntax::NodeKind;
using Type = AttributeValue::Type;

ConditionOp OpOfFunction(std::string_view name) {
  if (name == "attribute_exists") return ConditionOp::kAttributeExists;
  if (name == "attribute_not_exists") return ConditionOp::kAttributeNotExists;
  if (name == "attribute_type") return ConditionOp::kAttributeType;
  if (name == "begins_with") return ConditionOp::kBeginsWith;
  return ConditionOp::kContains;
}

ConditionOp OpOf(const Node& node) {
  switch (node.kind) {
    case NodeKind::kNot:
      return ConditionOp::kNot;
    case NodeKind::kOr:
      return ConditionOp::kOr;
    case NodeKind::kEqual:
      return ConditionOp::kEqual;
    case NodeKind::kNotEqual:
      return ConditionOp::kNotEqual;
    case NodeKind::kLess:
      return ConditionOp::kLess;
    case NodeKind::kLessOrEqual:
      return ConditionOp::kLessOrEqual;
    case NodeKind::kGreater:
      return ConditionOp::kGreater;
    case NodeKind::kGreaterOrEqual:
      return ConditionOp::kGreaterOrEqual;
    case NodeKind::kBetween:
      return ConditionOp::kBetween;
    case NodeKind::kIn:
      return ConditionOp::kIn;
    case NodeKind::kFunction:
      return OpOfFunction(node.text);
    default:
      return ConditionOp::kAnd;
  }
}

bool IsLogical(ConditionOp op) {
  return op == ConditionOp::kAnd || op == ConditionOp::kOr || op == ConditionOp::kNot;
}

Operand BindOperand(const Node& node, Binder* binder) {
  Operand operand;
  if (node.kind == NodeKind::kPath) {
    operand.kind = Operand::Kind::kPath;
    operand.path = binder->BindPath(node.path);
  } else if (node.kind == NodeKind::kValue) {
    operand.kind = Operand::Kind::kValue;
    operand.value = binder->BindValue(node.text);
  } else {
    // The parser lets no function but size() stand here.
    operand.kind = Operand::Kind::kSize;
    for (const Node& child : node.children) operand.arguments.push_back(BindOperand(child, binder));
  }
  return operand;
}

Condition BindNode(const Node& node, Binder* binder) {
  Condition condition;
  condition.op = OpOf(node);
  for (const Node& child : node.children) {
    if (IsLogical(condition.op)) {
      condition.conditions.push_back(BindNode(child, binder));
    } else {
      condition.operands.push_back(BindOperand(child, binder));
    }
  }
  return condition;
}

// -- static checks
// ---------------------------------------------------------------------------------------
//
// Each check walks the whole tree before the next one begins, because any error of an earlier sort
// wins over any error of a later one (facts 3.4).

using Fault = std::optional<std::string>;
using TestCheck = Fault (*)(const Condition& test);
using OperandCheck = Fault (*)(const Operand& operand);

Fault CheckOperands(const std::vector<Operand>& operands, OperandCheck check) {
  for (const Operand& operand : operands) {
    if (auto fault = CheckOperands(operand.arguments, check)) return fault;
    if (auto fault = check(operand)) return fault;
  }
  return std::nullopt;
}

Fault CheckTree(const Condition& condition, OperandCheck check_operand, TestCheck check_test) {
  for (const Condition& child : condition.conditions) {
    if (auto fault = CheckTree(child, check_operand, check_test)) return fault;
  }
  if (IsLogical(condition.op)) return std::nullopt;
  if (check_operand != nullptr) {
    if (auto fault = CheckOperands(condition.operands, check_operand)) return fault;
  }
  return check_test(condition);
}

// The type known without an item, if any.
std::optional<Type> StaticType(const Operand& operand) {
  switch (operand.kind) {
    case Operand::Kind::kValue:
      return operand.value->type();
    case Operand::Kind::kSize:
      return Type::kN;
    case Operand::Kind::kPath:
      break;
  }
  return std::nullopt;
}

bool IsOrdered(Type type) { return type == Type::kS || type == Type::kN || type == Type::kB; }

Fault CheckSizeCount(const Operand& operand) {
  if (operand.kind != Operand::Kind::kSize || operand.arguments.size() == 1) return std::nullopt;
  return OperandCountText("size", operand.arguments.size());
}

Fault CheckCount(const Condition& test) {
  size_t expected = 0;
  switch (test.op) {
    case ConditionOp::kAttributeExists:
    case ConditionOp::kAttributeNotExists:
      expected = 1;
      break;
    case ConditionOp::kAttributeType:
    case ConditionOp::kBeginsWith:
    case ConditionOp::kContains:
      expected = 2;
      break;
    default:
      return std::nullopt;  // the grammar sees to it
  }
  if (test.operands.size() == expected) return std::nullopt;
  return OperandCountText(NameOf(test.op), test.operands.size());
}

Fault CheckSizeType(const Operand& operand) {
  if (operand.kind != Operand::Kind::kSize) return std::nullopt;
  const auto type = StaticType(operand.arguments[0]);
  if (type != Type::kN && type != Type::kBool && type != Type::kNull) return std::nullopt;
  return OperandTypeText("size", TypeName(*type));
}

Fault CheckAttributeType(const Condition& test) {
  const auto type = StaticType(test.operands[1]);
  if (!type) return OperandTypeText("attribute_type", "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}");
  if (*type != Type::kS) return OperandTypeText("attribute_type", TypeName(*type));
  const std::string& wanted = test.operands[1].value->s();
  for (int i = 0; i <= static_cast<int>(Type::kM); ++i) {
    if (wanted == TypeName(static_cast<Type>(i))) return std::nullopt;
  }
  return "Invalid attribute type name found; type: " + wanted +
         ", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}";
}

Fault CheckType(const Condition& test) {
  switch (test.op) {
    case ConditionOp::kAttributeExists:
    case ConditionOp::kAttributeNotExists:
      if (test.operands[0].kind != Operand::Kind::kPath) return RequiresPathText(NameOf(test.op));
      return std::nullopt;
    case ConditionOp::kAttributeType:
      return CheckAttributeType(test);
    case ConditionOp::kBeginsWith:
      for (const Operand& operand : test.operands) {
        const auto type = StaticType(operand);
        if (type && *type != Type::kS && *type != Type::kB) {
          return OperandTypeText("begins_with", TypeName(*type));
        }
      }
      return std::nullopt;
    case ConditionOp::kLess:
    case ConditionOp::kLessOrEqual:
    case ConditionOp::kGreater:
    case ConditionOp::kGreaterOrEqual:
    case ConditionOp::kBetween:
      for (const Operand& operand : test.operands) {
        const auto type = StaticType(operand);
        if (type && !IsOrdered(*type)) return OperandTypeText(NameOf(test.op), TypeName(*type));
      }
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

Fault CheckDistinct(const Condition& test) {
  if (test.operands.size() != 2 || test.op == ConditionOp::kIn) return std::nullopt;
  const Operand& first = test.operands[0];
  const Operand& second = test.operands[1];
  if (first.kind != Operand::Kind::kPath || second.kind != Operand::Kind::kPath ||
      first.path != second.path) {
    return std::nullopt;
  }
  return "The first operand must be distinct from the remaining operands for this operator or "
         "function; operator: " +
         std::string(NameOf(test.op)) + ", first operand: " + first.path.ToString();
}

// "AttributeValue: {N:1}". REQUIRES: IsOrdered(value.type()).
std::string PrintBound(const AttributeValue& value) {
  std::string out = "AttributeValue: {" + std::string(TypeName(value.type())) + ":";
  if (value.is(Type::kS)) out += value.s();
  if (value.is(Type::kN)) value.n().AppendTo(&out);
  if (value.is(Type::kB)) out += Base64Encode(value.b());
  return out + "}";
}

bool IsGreater(const AttributeValue& a, const AttributeValue& b) {
  if (a.is(Type::kS)) return a.s() > b.s();
  if (a.is(Type::kN)) return a.n() > b.n();
  return a.b() > b.b();
}

Fault CheckBounds(const Condition& test) {
  if (test.op != ConditionOp::kBetween) return std::nullopt;
  const Operand& lower = test.operands[1];
  const Operand& upper = test.operands[2];
  if (lower.kind != Operand::Kind::kValue || upper.kind != Operand::Kind::kValue) {
    return std::nullopt;
  }
  const bool same_type = lower.value->type() == upper.value->type();
  if (same_type && !IsGreater(*lower.value, *upper.value)) return std::nullopt;
  return "The BETWEEN operator requires " +
         std::string(same_type ? "upper bound to be greater than or equal to lower bound"
                               : "same data type for lower and upper bounds") +
         "; lower bound operand: " + PrintBound(*lower.value) +
         ", upper bound operand: " + PrintBound(*upper.value);
}

Fault CheckCondition(const Condition& condition) {
  if (auto fault = CheckTree(condition, CheckSizeCount, CheckCount)) return fault;
  if (auto fault = CheckTree(condition, CheckSizeType, CheckType)) return fault;
  if (auto fault = CheckTree(condition, nullptr, CheckDistinct)) return fault;
  return CheckTree(condition, nullptr, CheckBounds);
}

void VisitOperandPaths(const std::vector<Operand>& operands,
                       const std::function<void(const DocumentPath&)>& visit) {
  for (const Operand& operand : operands) {
    if (operand.kind == Operand::Kind::kPath) visit(operand.path);
    VisitOperandPaths(operand.arguments, visit);
  }
}

}  // namespace

ApiResult<Condition> ParseCondition(std::string_view text, ExpressionKind kind,
                                    Placeholders* placeholders) {
  auto parsed = ParseConditionSyntax(text, kind);
  if (!parsed) return Unexpected<ApiError>(std::move(parsed).error());
  return BindCondition(**parsed, kind, placeholders);
}

ApiResult<Condition> BindCondition(const Node& root, ExpressionKind kind,
                                   Placeholders* placeholders) {
  Binder binder(placeholders);
  Condition condition = BindNode(root, &binder);
  if (binder.undefined()) return InvalidExpression(kind, *binder.undefined());
  if (auto fault = CheckCondition(condition)) return InvalidExpression(kind, *fault);
  return condition;
}

void VisitPaths(const Condition& condition, const std::function<void(const DocumentPath&)>& visit) {
  for (const Condition& child : condition.conditions) VisitPaths(child, visit);
  VisitOperandPaths(condition.operands, visit);
}

std::string_view NameOf(ConditionOp op) {
  switch (op) {
    case ConditionOp::kAnd:
      return "AND";
    case ConditionOp::kOr:
      return "OR";
    case ConditionOp::kNot:
      return "NOT";
    case ConditionOp::kEqual:
      return "=";
    case ConditionOp::kNotEqual:
      return "<>";
    case ConditionOp::kLess:
      return "<";
    case ConditionOp::kLessOrEqual:
      return "<=";
    case ConditionOp::kGreater:
      return ">";
    case ConditionOp::kGreaterOrEqual:
      return ">=";
    case ConditionOp::kBetween:
      return "BETWEEN";
    case ConditionOp::kIn:
      return "IN";
    case ConditionOp::kAttributeExists:
      return "attribute_exists";
    case ConditionOp::kAttributeNotExists:
      return "attribute_not_exists";
    case ConditionOp::kAttributeType:
      return "attribute_type";
    case ConditionOp::kBeginsWith:
      return "begins_with";
    case ConditionOp::kContains:
      return "contains";
    case ConditionOp::kNotContains:
      return "NOT_CONTAINS";
  }
  return "";
}

}  // namespace stator
