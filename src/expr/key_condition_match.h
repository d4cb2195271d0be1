// A key condition against the key schema of the table or index that is queried (facts 3.8, 4.9).
#ifndef STATOR_EXPR_KEY_CONDITION_MATCH_H_
#define STATOR_EXPR_KEY_CONDITION_MATCH_H_

#include <span>
#include <string_view>
#include <vector>

#include "expr/key_condition.h"
#include "model/api_error.h"

namespace stator {

// One attribute of a key schema, as far as matching needs it.
struct KeySchemaElement {
  std::string_view name;
  AttributeValue::Type type;  // S, N or B
};

// The condition in the order of the schema.
struct MatchedKeyCondition {
  std::vector<AttributeValue> hash_values;  // one for every hash attribute
  // For the range attributes from the left: equalities, of which the last may be any other test but
  // kNotIndexable. Possibly empty.
  std::vector<KeyTest> range_tests;
};

// Errors: "Query condition missed key schema element", "Query key condition not supported" and the
// like. That a key value is not empty is for the caller to check.
ApiResult<MatchedKeyCondition> MatchKeySchema(const KeyCondition& condition,
                                              std::span<const KeySchemaElement> hash,
                                              std::span<const KeySchemaElement> range);

}  // namespace stator

#endif  // STATOR_EXPR_KEY_CONDITION_MATCH_H_
