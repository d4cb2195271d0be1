// The parameters that expressions have replaced, translated to the same core (facts 3.12):
// Expected, QueryFilter, ScanFilter, KeyConditions, AttributeUpdates, AttributesToGet and
// ConditionalOperator.
//
// Attribute names are literal here: a dot is part of the name. Inputs come in the order of the
// request's map, which is the order in which errors are looked for.
#ifndef STATOR_EXPR_LEGACY_H_
#define STATOR_EXPR_LEGACY_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expr/ast.h"
#include "expr/key_condition.h"
#include "expr/projection.h"
#include "expr/update.h"
#include "model/api_error.h"

namespace stator {

enum class LegacyComparison : uint8_t {
  kEq,
  kNe,
  kLe,
  kLt,
  kGe,
  kGt,
  kNotNull,
  kNull,
  kContains,
  kNotContains,
  kBeginsWith,
  kIn,
  kBetween,
};
// "EQ" and so on; nullopt for anything else.
std::optional<LegacyComparison> ParseLegacyComparison(std::string_view name);
std::string_view NameOf(LegacyComparison comparison);

enum class LegacyAction : uint8_t { kPut, kAdd, kDelete };
std::optional<LegacyAction> ParseLegacyAction(std::string_view name);

// How the tests of Expected or of a filter are joined; AND unless the request says otherwise.
enum class ConditionalOperator : uint8_t { kAnd, kOr };
std::optional<ConditionalOperator> ParseConditionalOperator(std::string_view name);

// Absent members are nullopt.
struct LegacyExpected {
  std::string attribute;
  std::optional<AttributeValue> value;
  std::optional<bool> exists;
  std::optional<LegacyComparison> comparison;
  std::optional<std::vector<AttributeValue>> attribute_value_list;
};

struct LegacyCondition {
  std::string attribute;
  LegacyComparison comparison = LegacyComparison::kEq;
  std::optional<std::vector<AttributeValue>> attribute_value_list;
};

struct LegacyAttributeUpdate {
  std::string attribute;
  std::optional<AttributeValue> value;
  std::optional<LegacyAction> action;
};

// Without any entry the condition is true.
ApiResult<Condition> TranslateExpected(const std::vector<LegacyExpected>& expected,
                                       ConditionalOperator joined_by = ConditionalOperator::kAnd);

// QueryFilter and ScanFilter.
ApiResult<Condition> TranslateFilter(const std::vector<LegacyCondition>& filter,
                                     ConditionalOperator joined_by = ConditionalOperator::kAnd);

ApiResult<KeyCondition> TranslateKeyConditions(const std::vector<LegacyCondition>& conditions);

ApiResult<UpdateExpression> TranslateAttributeUpdates(
    const std::vector<LegacyAttributeUpdate>& updates);

ApiResult<Projection> TranslateAttributesToGet(const std::vector<std::string>& names);

}  // namespace stator

#endif  // STATOR_EXPR_LEGACY_H_
