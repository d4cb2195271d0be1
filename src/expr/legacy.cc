#include "expr/legacy.h"

#include <algorithm>
#include <set>
#include <utility>

namespace stator {
namespace {

using Type = AttributeValue::Type;
using Values = std::vector<AttributeValue>;

struct ComparisonName {
  std::string_view name;
  LegacyComparison comparison;
};
constexpr ComparisonName kComparisons[] = {
    {"EQ", LegacyComparison::kEq},
    {"NE", LegacyComparison::kNe},
    {"LE", LegacyComparison::kLe},
    {"LT", LegacyComparison::kLt},
    {"GE", LegacyComparison::kGe},
    {"GT", LegacyComparison::kGt},
    {"NOT_NULL", LegacyComparison::kNotNull},
    {"NULL", LegacyComparison::kNull},
    {"CONTAINS", LegacyComparison::kContains},
    {"NOT_CONTAINS", LegacyComparison::kNotContains},
    {"BEGINS_WITH", LegacyComparison::kBeginsWith},
    {"IN", LegacyComparison::kIn},
    {"BETWEEN", LegacyComparison::kBetween},
};

bool IsArgumentCountValid(LegacyComparison comparison, size_t count) {
  switch (comparison) {
    case LegacyComparison::kNull:
    case LegacyComparison::kNotNull:
      return count == 0;
    case LegacyComparison::kIn:
      return count >= 1;
    case LegacyComparison::kBetween:
      return count == 2;
    default:
      return count == 1;
  }
}

bool IsTypeValid(LegacyComparison comparison, Type type) {
  switch (comparison) {
    case LegacyComparison::kEq:
    case LegacyComparison::kNe:
    case LegacyComparison::kNull:
    case LegacyComparison::kNotNull:
      return true;
    case LegacyComparison::kBeginsWith:
      return type == Type::kS || type == Type::kB;
    default:
      return type == Type::kS || type == Type::kN || type == Type::kB;
  }
}

// REQUIRES: both of the same type, which is S, N or B.
bool IsGreater(const AttributeValue& a, const AttributeValue& b) {
  if (a.is(Type::kS)) return a.s() > b.s();
  if (a.is(Type::kN)) return a.n() > b.n();
  return a.b() > b.b();
}

ApiResult<void> CheckArguments(LegacyComparison comparison, const Values& values) {
  const std::string name(NameOf(comparison));
  if (!IsArgumentCountValid(comparison, values.size())) {
    return InvalidParameter("Invalid number of argument(s) for the " + name +
                            " ComparisonOperator");
  }
  for (const AttributeValue& value : values) {
    if (value.type() != values[0].type()) {
      return InvalidParameter("AttributeValues inside AttributeValueList must be of same type");
    }
  }
  if (!values.empty() && !IsTypeValid(comparison, values[0].type())) {
    return InvalidParameter("ComparisonOperator " + name + " is not valid for " +
                            std::string(TypeName(values[0].type())) + " AttributeValue type");
  }
  if (comparison == LegacyComparison::kBetween && IsGreater(values[0], values[1])) {
    return Invalid(
        "The BETWEEN condition was provided a range where the lower bound is greater than the "
        "upper bound");
  }
  return {};
}

ConditionOp OpOf(LegacyComparison comparison) {
  switch (comparison) {
    case LegacyComparison::kEq:
      return ConditionOp::kEqual;
    case LegacyComparison::kNe:
      return ConditionOp::kNotEqual;
    case LegacyComparison::kLe:
      return ConditionOp::kLessOrEqual;
    case LegacyComparison::kLt:
      return ConditionOp::kLess;
    case LegacyComparison::kGe:
      return ConditionOp::kGreaterOrEqual;
    case LegacyComparison::kGt:
      return ConditionOp::kGreater;
    case LegacyComparison::kNotNull:
      return ConditionOp::kAttributeExists;
    case LegacyComparison::kNull:
      return ConditionOp::kAttributeNotExists;
    case LegacyComparison::kContains:
      return ConditionOp::kContains;
    case LegacyComparison::kNotContains:
      return ConditionOp::kNotContains;
    case LegacyComparison::kBeginsWith:
      return ConditionOp::kBeginsWith;
    case LegacyComparison::kIn:
      return ConditionOp::kIn;
    case LegacyComparison::kBetween:
      return ConditionOp::kBetween;
  }
  return ConditionOp::kEqual;
}

KeyOperator KeyOperatorOf(LegacyComparison comparison) {
  switch (comparison) {
    case LegacyComparison::kEq:
      return KeyOperator::kEqual;
    case LegacyComparison::kLe:
      return KeyOperator::kLessOrEqual;
    case LegacyComparison::kLt:
      return KeyOperator::kLess;
    case LegacyComparison::kGe:
      return KeyOperator::kGreaterOrEqual;
    case LegacyComparison::kGt:
      return KeyOperator::kGreater;
    case LegacyComparison::kBeginsWith:
      return KeyOperator::kBeginsWith;
    case LegacyComparison::kBetween:
      return KeyOperator::kBetween;
    default:
      return KeyOperator::kNotIndexable;
  }
}

DocumentPath TopLevel(const std::string& name) { return {{PathElement::Name(name)}}; }

Condition MakeTest(const std::string& attribute, ConditionOp op, const Values& values) {
  Condition test;
  test.op = op;
  test.operands.push_back(Operand::Path(TopLevel(attribute)));
  for (const AttributeValue& value : values) test.operands.push_back(Operand::Value(value));
  return test;
}

Condition Join(std::vector<Condition> tests, ConditionalOperator joined_by) {
  Condition all;
  // An OR of nothing would be false.
  const bool is_or = joined_by == ConditionalOperator::kOr && !tests.empty();
  all.op = is_or ? ConditionOp::kOr : ConditionOp::kAnd;
  all.conditions = std::move(tests);
  return all;
}

Unexpected<ApiError> InvalidExpected(std::string_view text, const std::string& attribute) {
  return InvalidParameter(std::string(text) + " for Attribute: " + attribute);
}

// The form with a ComparisonOperator.
ApiResult<Condition> TranslateComparison(const LegacyExpected& expected) {
  const LegacyComparison comparison = *expected.comparison;
  if (expected.exists) {
    return InvalidExpected("Exists and ComparisonOperator cannot be used together",
                           expected.attribute);
  }
  const bool has_arguments = expected.value || expected.attribute_value_list;
  if (!has_arguments && !IsArgumentCountValid(comparison, 0)) {
    return InvalidExpected("Value or AttributeValueList must be used with ComparisonOperator: " +
                               std::string(NameOf(comparison)),
                           expected.attribute);
  }
  Values values;
  if (expected.attribute_value_list) values = *expected.attribute_value_list;
  if (expected.value) values.push_back(*expected.value);
  if (auto ok = CheckArguments(comparison, values); !ok) {
    return Unexpected<ApiError>(std::move(ok).error());
  }
  return MakeTest(expected.attribute, OpOf(comparison), values);
}

ApiResult<Condition> TranslateOneExpected(const LegacyExpected& expected) {
  if (expected.value && expected.attribute_value_list) {
    return InvalidExpected("Value and AttributeValueList cannot be used together",
                           expected.attribute);
  }
  if (expected.comparison) return TranslateComparison(expected);
  if (expected.attribute_value_list) {
    return InvalidExpected("AttributeValueList can only be used with a ComparisonOperator",
                           expected.attribute);
  }
  if (expected.exists.value_or(true)) {
    if (!expected.value) {
      return InvalidExpected(
          "Value must be provided when Exists is " + std::string(expected.exists ? "true" : "null"),
          expected.attribute);
    }
    return MakeTest(expected.attribute, ConditionOp::kEqual, {*expected.value});
  }
  if (expected.value) {
    return InvalidExpected("Value cannot be used when Exists is false", expected.attribute);
  }
  return MakeTest(expected.attribute, ConditionOp::kAttributeNotExists, {});
}

ApiResult<UpdateAction> TranslateOneUpdate(const LegacyAttributeUpdate& update) {
  const LegacyAction legacy_action = update.action.value_or(LegacyAction::kPut);
  UpdateAction action;
  action.path = TopLevel(update.attribute);
  if (!update.value) {
    if (legacy_action != LegacyAction::kDelete) {
      return InvalidParameter("Only DELETE action is allowed when no attribute value is specified");
    }
    action.kind = UpdateAction::Kind::kRemove;
    return action;
  }
  const Type type = update.value->type();
  const bool is_set = type == Type::kSS || type == Type::kNS || type == Type::kBS;
  if (legacy_action == LegacyAction::kDelete && !is_set) {
    return InvalidParameter("DELETE action with value is not supported for the type " +
                            std::string(TypeName(type)));
  }
  if (legacy_action == LegacyAction::kAdd && !is_set && type != Type::kN && type != Type::kL) {
    return InvalidParameter("ADD action is not supported for the type " +
                            std::string(TypeName(type)));
  }
  action.kind = legacy_action == LegacyAction::kPut   ? UpdateAction::Kind::kSet
                : legacy_action == LegacyAction::kAdd ? UpdateAction::Kind::kAdd
                                                      : UpdateAction::Kind::kDelete;
  action.value.kind = UpdateValue::Kind::kValue;
  action.value.value = std::make_shared<const AttributeValue>(*update.value);
  return action;
}

}  // namespace

std::optional<LegacyComparison> ParseLegacyComparison(std::string_view name) {
  for (const ComparisonName& entry : kComparisons) {
    if (entry.name == name) return entry.comparison;
  }
  return std::nullopt;
}

std::string_view NameOf(LegacyComparison comparison) {
  for (const ComparisonName& entry : kComparisons) {
    if (entry.comparison == comparison) return entry.name;
  }
  return "";
}

std::optional<LegacyAction> ParseLegacyAction(std::string_view name) {
  if (name == "PUT") return LegacyAction::kPut;
  if (name == "ADD") return LegacyAction::kAdd;
  if (name == "DELETE") return LegacyAction::kDelete;
  return std::nullopt;
}

std::optional<ConditionalOperator> ParseConditionalOperator(std::string_view name) {
  if (name == "AND") return ConditionalOperator::kAnd;
  if (name == "OR") return ConditionalOperator::kOr;
  return std::nullopt;
}

ApiResult<Condition> TranslateExpected(const std::vector<LegacyExpected>& expected,
                                       ConditionalOperator joined_by) {
  std::vector<Condition> tests;
  for (const LegacyExpected& entry : expected) {
    auto test = TranslateOneExpected(entry);
    if (!test) return test;
    tests.push_back(std::move(*test));
  }
  return Join(std::move(tests), joined_by);
}

ApiResult<Condition> TranslateFilter(const std::vector<LegacyCondition>& filter,
                                     ConditionalOperator joined_by) {
  std::vector<Condition> tests;
  for (const LegacyCondition& entry : filter) {
    const Values values = entry.attribute_value_list.value_or(Values());
    if (auto ok = CheckArguments(entry.comparison, values); !ok) {
      return Unexpected<ApiError>(std::move(ok).error());
    }
    tests.push_back(MakeTest(entry.attribute, OpOf(entry.comparison), values));
  }
  return Join(std::move(tests), joined_by);
}

ApiResult<KeyCondition> TranslateKeyConditions(const std::vector<LegacyCondition>& conditions) {
  KeyCondition key_condition;
  for (const LegacyCondition& entry : conditions) {
    Values values = entry.attribute_value_list.value_or(Values());
    if (auto ok = CheckArguments(entry.comparison, values); !ok) {
      return Unexpected<ApiError>(std::move(ok).error());
    }
    key_condition.tests.push_back(
        {entry.attribute, KeyOperatorOf(entry.comparison), std::move(values)});
  }
  return key_condition;
}

ApiResult<UpdateExpression> TranslateAttributeUpdates(
    const std::vector<LegacyAttributeUpdate>& updates) {
  UpdateExpression expression;
  expression.is_legacy = true;
  for (const LegacyAttributeUpdate& update : updates) {
    auto action = TranslateOneUpdate(update);
    if (!action) return Unexpected<ApiError>(std::move(action).error());
    expression.actions.push_back(std::move(*action));
  }
  return expression;
}

ApiResult<Projection> TranslateAttributesToGet(const std::vector<std::string>& names) {
  std::set<std::string_view> seen;
  std::vector<DocumentPath> paths;
  for (const std::string& name : names) {
    if (!seen.insert(name).second) {
      return InvalidParameter("Duplicate value in attribute name: " + name);
    }
    paths.push_back(TopLevel(name));
  }
  return MakeProjection(std::move(paths));
}

}  // namespace stator
