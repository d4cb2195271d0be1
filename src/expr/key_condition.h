// Key conditions: which part of a table or index a Query reads (facts 3.8, 3.12). This is what can
// be said without the key schema; key_condition_match.h takes it from there.
#ifndef STATOR_EXPR_KEY_CONDITION_H_
#define STATOR_EXPR_KEY_CONDITION_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "expr/ast.h"
#include "expr/placeholders.h"
#include "expr/syntax.h"
#include "model/api_error.h"

namespace stator {

enum class KeyOperator : uint8_t {
  kEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kBetween,
  kBeginsWith,
  // A legacy operator that is legal in a filter only. Reported when the schema is known, as the
  // service does.
  kNotIndexable,
};

struct KeyTest {
  std::string attribute;
  KeyOperator op = KeyOperator::kEqual;
  std::vector<AttributeValue> values;  // two for kBetween, one otherwise; any for kNotIndexable
};

struct KeyCondition {
  std::vector<KeyTest> tests;  // not empty, at most one an attribute, in the order of the text
};

// All errors that do not need the schema. How many tests are allowed depends on it.
ApiResult<KeyCondition> ParseKeyCondition(std::string_view text, Placeholders* placeholders);

// The second half, for texts whose tree was kept (expr/condition_parser.h).
ApiResult<KeyCondition> BindKeyCondition(const syntax::Node& root, Placeholders* placeholders);

}  // namespace stator

#endif  // STATOR_EXPR_KEY_CONDITION_H_
