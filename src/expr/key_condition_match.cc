#include "expr/key_condition_match.h"

#include <algorithm>
#include <string>
#include <utility>

namespace stator {
namespace {

const KeyTest* FindTest(const KeyCondition& condition, std::string_view attribute) {
  for (const KeyTest& test : condition.tests) {
    if (test.attribute == attribute) return &test;
  }
  return nullptr;
}

Unexpected<ApiError> Missed(const KeySchemaElement& element) {
  return Invalid("Query condition missed key schema element: " + std::string(element.name));
}

Unexpected<ApiError> NotSupported() { return Invalid("Query key condition not supported"); }

// What one test must fulfil wherever its attribute stands in the key.
ApiResult<void> CheckTest(const KeyTest& test, const KeySchemaElement& element,
                          bool must_be_equality) {
  if (test.op == KeyOperator::kNotIndexable) {
    return Invalid("Attempted conditional constraint is not an indexable operation");
  }
  if (must_be_equality && test.op != KeyOperator::kEqual) return NotSupported();
  for (const AttributeValue& value : test.values) {
    if (!value.is(element.type)) {
      return InvalidParameter("Condition parameter type does not match schema type");
    }
  }
  // Numbers have no prefixes.
  if (test.op == KeyOperator::kBeginsWith && element.type == AttributeValue::Type::kN) {
    return InvalidParameter("Condition parameter type does not match schema type");
  }
  return {};
}

}  // namespace

ApiResult<MatchedKeyCondition> MatchKeySchema(const KeyCondition& condition,
                                              std::span<const KeySchemaElement> hash,
                                              std::span<const KeySchemaElement> range) {
  // Two is allowed for any schema; that a hash-only key has no use for the second is found below.
  if (condition.tests.size() > std::max<size_t>(2, hash.size() + range.size())) {
    return Invalid("Conditions can be of length 1 or 2 only");
  }
  MatchedKeyCondition matched;
  for (const KeySchemaElement& element : hash) {
    const KeyTest* test = FindTest(condition, element.name);
    if (test == nullptr) return Missed(element);
    if (auto ok = CheckTest(*test, element, true); !ok) {
      return Unexpected<ApiError>(std::move(ok).error());
    }
    matched.hash_values.push_back(test->values[0]);
  }
  size_t remaining = condition.tests.size() - hash.size();
  for (const KeySchemaElement& element : range) {
    if (remaining == 0) break;
    const KeyTest* test = FindTest(condition, element.name);
    // A gap in the range attributes, or a condition on something that is no key attribute.
    if (test == nullptr) return Missed(element);
    --remaining;
    if (auto ok = CheckTest(*test, element, remaining > 0); !ok) {
      return Unexpected<ApiError>(std::move(ok).error());
    }
    matched.range_tests.push_back(*test);
  }
  if (remaining > 0) return NotSupported();
  return matched;
}

}  // namespace stator
