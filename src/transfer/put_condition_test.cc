#include "transfer/put_condition.h"

#include <gtest/gtest.h>

#include "expr/condition.h"

namespace stator {
namespace {

AttributeMap Values(std::string_view name) {
  AttributeMap values;
  values.Set(name, AttributeValue::N(1));
  return values;
}

std::string ErrorOf(const PutConditionText& text) {
  const auto parsed = ParsePutCondition(text);
  return parsed ? "" : parsed.error().message.value_or("");
}

TEST(PutCondition, NoneIsNone) {
  const auto parsed = ParsePutCondition({});
  ASSERT_TRUE(parsed);
  EXPECT_FALSE(*parsed);
}

TEST(PutCondition, IsThatOfPutItem) {
  const auto parsed = ParsePutCondition(
      {.expression = "#a = :v", .names = {{{"#a", "a"}}}, .values = Values(":v")});
  ASSERT_TRUE(parsed && *parsed);
  Item item;
  item.Set("a", AttributeValue::N(1));
  EXPECT_TRUE(Evaluate(**parsed, &item));
  EXPECT_FALSE(Evaluate(**parsed, nullptr));
}

TEST(PutCondition, HasTheErrorsOfPutItem) {
  EXPECT_EQ(ErrorOf({.names = {{{"#a", "a"}}}}),
            "ExpressionAttributeNames can only be specified when using expressions");
  EXPECT_EQ(ErrorOf({.values = Values(":v")}),
            "ExpressionAttributeValues can only be specified when using expressions: "
            "ConditionExpression is null");
  EXPECT_EQ(ErrorOf({.expression = "attribute_exists(a)", .values = Values(":v")}),
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}");
  EXPECT_EQ(ErrorOf({.expression = "a = :v"}),
            "Invalid ConditionExpression: An expression attribute value used in expression is not "
            "defined; attribute value: :v");
}

}  // namespace
}  // namespace stator
