#include "expr/key_condition.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "expr/expr_test_util.h"
#include "expr/key_condition_match.h"

namespace stator {
namespace {

using namespace test;  // NOLINT
using Type = AttributeValue::Type;

AttributeMap Values() { return Map({{":v", S("v")}, {":w", S("w")}, {":n", N(1)}}); }

std::string Error(const std::string& text) {
  Placeholders placeholders = Bind({{"#p", "p"}}, Values());
  return ErrorOf(ParseKeyCondition(text, &placeholders));
}

KeyCondition Parse(const std::string& text) {
  Placeholders placeholders = Bind({{"#p", "p"}}, Values());
  auto parsed = ParseKeyCondition(text, &placeholders);
  EXPECT_TRUE(parsed) << text << ": " << ErrorOf(parsed);
  return parsed ? *parsed : KeyCondition{};
}

TEST(KeyConditionTest, Operators) {
  const auto op = [](const std::string& text) { return Parse("p = :v AND " + text).tests[1].op; };
  EXPECT_EQ(op("s = :v"), KeyOperator::kEqual);
  EXPECT_EQ(op("s < :v"), KeyOperator::kLess);
  EXPECT_EQ(op("s <= :v"), KeyOperator::kLessOrEqual);
  EXPECT_EQ(op("s > :v"), KeyOperator::kGreater);
  EXPECT_EQ(op("s >= :v"), KeyOperator::kGreaterOrEqual);
  EXPECT_EQ(op("s BETWEEN :v AND :w"), KeyOperator::kBetween);
  EXPECT_EQ(op("begins_with(s, :v)"), KeyOperator::kBeginsWith);
  // The value may stand on the left.
  EXPECT_EQ(op(":v <= s"), KeyOperator::kGreaterOrEqual);
  EXPECT_EQ(op(":v > s"), KeyOperator::kLess);
  EXPECT_EQ(op(":v = s"), KeyOperator::kEqual);
}

TEST(KeyConditionTest, Structure) {
  const KeyCondition parsed = Parse("(s BETWEEN :v AND :w) and (#p = :n)");
  ASSERT_EQ(parsed.tests.size(), 2u);
  EXPECT_EQ(parsed.tests[0].attribute, "s");
  EXPECT_EQ(parsed.tests[0].values, (std::vector<AV>{S("v"), S("w")}));
  EXPECT_EQ(parsed.tests[1].attribute, "p");
  EXPECT_EQ(parsed.tests[1].values, (std::vector<AV>{N(1)}));
  EXPECT_EQ(
      Parse("(a=:v AND (b=:v AND c=:v)) AND d=:v AND e=:v AND f=:v AND g=:v AND h>:v").tests.size(),
      8u);
  EXPECT_EQ(Parse("(p = :v)").tests.size(), 1u);
}

TEST(KeyConditionTest, Errors) {
  const std::string invalid_operator = "Invalid operator used in KeyConditionExpression: ";
  EXPECT_EQ(Error("p = :v OR s = :v"), invalid_operator + "OR");
  EXPECT_EQ(Error("NOT p = :v"), invalid_operator + "NOT");
  EXPECT_EQ(Error("p IN (:v)"), invalid_operator + "IN");
  EXPECT_EQ(Error("p <> :v"), invalid_operator + "<>");
  EXPECT_EQ(Error("attribute_exists(p)"), invalid_operator + "attribute_exists");
  EXPECT_EQ(Error("attribute_not_exists(p)"), invalid_operator + "attribute_not_exists");
  EXPECT_EQ(Error("p = :v AND contains(s, :v)"), invalid_operator + "contains");
  Placeholders type = Bind({}, Map({{":t", S("S")}}));
  EXPECT_EQ(ErrorOf(ParseKeyCondition("attribute_type(p, :t)", &type)),
            invalid_operator + "attribute_type");
  EXPECT_EQ(Error("size(p) = :n"), "KeyConditionExpressions cannot contain nested operations");
  EXPECT_EQ(Error("p = size(s)"), "KeyConditionExpressions cannot contain nested operations");
  const std::string invalid_condition = "Invalid condition in KeyConditionExpression: ";
  EXPECT_EQ(
      Error(":v BETWEEN p AND :w"),
      invalid_condition + "BETWEEN operator must have the key attribute as its first operand");
  EXPECT_EQ(
      Error("begins_with(:v, p)"),
      invalid_condition + "begins_with operator must have the key attribute as its first operand");
  EXPECT_EQ(Error("p = s"), invalid_condition + "Multiple attribute names used in one condition");
  EXPECT_EQ(Error("p BETWEEN :v AND s"),
            invalid_condition + "Multiple attribute names used in one condition");
  EXPECT_EQ(Error(":v = :w"), invalid_condition + "No key attribute specified");
  EXPECT_EQ(Error("p.a = :v"),
            "Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on "
            "nested attributes");
  EXPECT_EQ(Error("p = :v AND #p > :w"),
            "KeyConditionExpressions must only contain one condition per key");
  EXPECT_EQ(Error("((p = :v))"),
            "Invalid KeyConditionExpression: The expression has redundant parentheses;");
  EXPECT_EQ(Error("p = :x"),
            "Invalid KeyConditionExpression: An expression attribute value used in expression is "
            "not defined; attribute value: :x");
}

const std::vector<KeySchemaElement> kHash = {{"p", Type::kS}};
const std::vector<KeySchemaElement> kRange = {{"s", Type::kS}};

std::string MatchError(const std::string& text, const std::vector<KeySchemaElement>& hash,
                       const std::vector<KeySchemaElement>& range) {
  return ErrorOf(MatchKeySchema(Parse(text), hash, range));
}

TEST(MatchKeySchemaTest, Simple) {
  auto matched = MatchKeySchema(Parse("s > :w AND p = :v"), kHash, kRange);
  ASSERT_TRUE(matched);
  EXPECT_EQ(matched->hash_values, (std::vector<AV>{S("v")}));
  ASSERT_EQ(matched->range_tests.size(), 1u);
  EXPECT_EQ(matched->range_tests[0].op, KeyOperator::kGreater);
  matched = MatchKeySchema(Parse("p = :v"), kHash, kRange);
  ASSERT_TRUE(matched);
  EXPECT_TRUE(matched->range_tests.empty());
}

TEST(MatchKeySchemaTest, Errors) {
  const std::string missed = "Query condition missed key schema element: ";
  const std::string unsupported = "Query key condition not supported";
  const std::string type =
      "One or more parameter values were invalid: Condition parameter type does not match schema "
      "type";
  EXPECT_EQ(MatchError("s = :v", kHash, kRange), missed + "p");
  EXPECT_EQ(MatchError("p = :v AND x = :v", kHash, kRange), missed + "s");
  EXPECT_EQ(MatchError("p > :v", kHash, kRange), unsupported);
  EXPECT_EQ(MatchError("p = :v AND s = :v", kHash, {}), unsupported);
  EXPECT_EQ(MatchError("p = :n", kHash, kRange), type);
  EXPECT_EQ(MatchError("p = :v AND s > :n", kHash, kRange), type);
  EXPECT_EQ(MatchError("p = :v AND begins_with(s, :v)", kHash, {{{"s", Type::kN}}}), type);
  EXPECT_EQ(MatchError("p = :v AND s = :v AND x = :v", kHash, kRange),
            "Conditions can be of length 1 or 2 only");
  KeyCondition legacy;
  legacy.tests = {{"p", KeyOperator::kEqual, {S("v")}}, {"s", KeyOperator::kNotIndexable, {}}};
  EXPECT_EQ(ErrorOf(MatchKeySchema(legacy, kHash, kRange)),
            "Attempted conditional constraint is not an indexable operation");
}

TEST(MatchKeySchemaTest, MultipleAttributes) {
  const std::vector<KeySchemaElement> hash = {{"h1", Type::kS}, {"h2", Type::kN}};
  const std::vector<KeySchemaElement> range = {
      {"r1", Type::kS}, {"r2", Type::kS}, {"r3", Type::kN}};
  auto matched = MatchKeySchema(Parse("r2 < :w AND h2 = :n AND r1 = :v AND h1 = :v"), hash, range);
  ASSERT_TRUE(matched);
  EXPECT_EQ(matched->hash_values, (std::vector<AV>{S("v"), N(1)}));
  ASSERT_EQ(matched->range_tests.size(), 2u);
  EXPECT_EQ(matched->range_tests[0].attribute, "r1");
  EXPECT_EQ(matched->range_tests[1].attribute, "r2");
  EXPECT_EQ(matched->range_tests[1].op, KeyOperator::kLess);

  const std::string missed = "Query condition missed key schema element: ";
  EXPECT_EQ(MatchError("h1 = :v", hash, range), missed + "h2");
  EXPECT_EQ(MatchError("h1 = :v AND h2 = :n AND r2 = :v", hash, range), missed + "r1");
  EXPECT_EQ(MatchError("h1 = :v AND h2 = :n AND r1 = :v AND r3 = :n", hash, range), missed + "r2");
  EXPECT_EQ(MatchError("h1 = :v AND h2 = :n AND r1 > :v AND r2 = :v", hash, range),
            "Query key condition not supported");
  EXPECT_EQ(MatchError("h1 = :v AND h2 > :n", hash, range), "Query key condition not supported");
  EXPECT_TRUE(MatchKeySchema(
      Parse("h1 = :v AND h2 = :n AND r1 = :v AND r2 = :v AND r3 BETWEEN :n AND :n"), hash, range));
  EXPECT_EQ(MatchError("h1=:v AND h2=:n AND r1=:v AND r2=:v AND r3=:n AND x=:v", hash, range),
            "Conditions can be of length 1 or 2 only");
}

}  // namespace
}  // namespace stator
