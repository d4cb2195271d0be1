// Texts of key conditions, and their match with schemas of every size.
#include "expr/key_condition.h"
#include "expr/key_condition_match.h"
#include "expression_fixture.h"
#include "fuzz.h"

namespace stator::fuzz {
namespace {

void CheckMatch(const KeyCondition& condition, const std::vector<KeySchemaElement>& hash,
                const std::vector<KeySchemaElement>& range) {
  auto matched = MatchKeySchema(condition, hash, range);
  if (!matched) {
    FUZZ_CHECK((IsRefusal(matched)) && "refusals have a text");
    return;
  }
  FUZZ_CHECK((matched->hash_values.size() == hash.size()) && "every hash attribute has a value");
  FUZZ_CHECK(
      (matched->hash_values.size() + matched->range_tests.size() == condition.tests.size()) &&
      "no test is lost");
  for (size_t i = 0; i < matched->range_tests.size(); ++i) {
    const KeyTest& test = matched->range_tests[i];
    FUZZ_CHECK((test.attribute == range[i].name) && "tests come in the order of the schema");
    FUZZ_CHECK((test.op == KeyOperator::kEqual || i + 1 == matched->range_tests.size()) &&
               "only the last test is no equality");
    FUZZ_CHECK((test.values.size() == (test.op == KeyOperator::kBetween ? 2u : 1u)) &&
               "tests have their values");
    for (const AttributeValue& value : test.values)
      FUZZ_CHECK((value.is(range[i].type)) && "types match");
  }
}

}  // namespace
}  // namespace stator::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stator;  // NOLINT
  using Type = AttributeValue::Type;
  const std::string_view text = FuzzInput(data, size);
  Placeholders placeholders = fuzz::MakePlaceholders();
  auto condition = ParseKeyCondition(text, &placeholders);
  if (!condition) {
    FUZZ_CHECK((fuzz::IsRefusal(condition)) && "refusals have a text");
    return 0;
  }
  FUZZ_CHECK((!condition->tests.empty()) && "there is at least one test");
  const KeySchemaElement a{"a", Type::kN}, b{"b", Type::kS}, c{"c", Type::kB}, n{"n", Type::kN};
  fuzz::CheckMatch(*condition, {a}, {});
  fuzz::CheckMatch(*condition, {b}, {a});
  fuzz::CheckMatch(*condition, {a}, {b});
  fuzz::CheckMatch(*condition, {a, b}, {c, n});
  return 0;
}
