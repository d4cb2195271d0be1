#include "expr/placeholders.h"

#include <gtest/gtest.h>

#include "expr/condition.h"
#include "expr/expr_test_util.h"
#include "expr/projection.h"

namespace stator {
namespace {

using namespace test;  // NOLINT

TEST(PlaceholdersTest, EmptyMaps) {
  EXPECT_EQ(ErrorOf(Placeholders::Create(Placeholders::Names{}, std::nullopt)),
            "ExpressionAttributeNames must not be empty");
  EXPECT_EQ(ErrorOf(Placeholders::Create(std::nullopt, AttributeMap{})),
            "ExpressionAttributeValues must not be empty");
  EXPECT_TRUE(Placeholders::Create(std::nullopt, std::nullopt));
}

TEST(PlaceholdersTest, InvalidKeys) {
  for (const char* key : {"a", "#", "", ":a", "#a b", "#a-", "##a", "#\xC3\xA4"}) {
    EXPECT_EQ(ErrorOf(Placeholders::Create(Placeholders::Names{{key, "x"}}, std::nullopt)),
              "ExpressionAttributeNames contains invalid key: Syntax error; key: \"" +
                  std::string(key) + "\"");
  }
  EXPECT_EQ(ErrorOf(Placeholders::Create(std::nullopt, Map({{"b", N(1)}}))),
            "ExpressionAttributeValues contains invalid key: Syntax error; key: \"b\"");
  // Names first.
  EXPECT_EQ(ErrorOf(Placeholders::Create(Placeholders::Names{{"x", "x"}}, Map({{"y", N(1)}}))),
            "ExpressionAttributeNames contains invalid key: Syntax error; key: \"x\"");
  EXPECT_TRUE(Placeholders::Create(Placeholders::Names{{"#1_a", "x"}}, Map({{":_0", N(1)}})));
}

TEST(PlaceholdersTest, Limits) {
  const std::string longest = "#" + std::string(254, 'a');
  EXPECT_TRUE(Placeholders::Create(Placeholders::Names{{longest, "x"}}, std::nullopt));
  EXPECT_FALSE(Placeholders::Create(Placeholders::Names{{longest + "a", "x"}}, std::nullopt));
  const std::string megabyte(1 << 20, 'x');
  EXPECT_TRUE(Placeholders::Create(std::nullopt, Map({{":a", S(megabyte)}})));
  EXPECT_FALSE(Placeholders::Create(std::nullopt, Map({{":a", S(megabyte)}, {":b", S(megabyte)}})));
  EXPECT_NE(ErrorOf(Placeholders::Create(Placeholders::Names{{"#a", ""}}, std::nullopt))
                .find("Empty attribute name"),
            std::string::npos);
}

TEST(PlaceholdersTest, UnusedCountsAllExpressionsTogether) {
  Placeholders p = Bind({{"#b", "b"}, {"#a", "a"}, {"#c", "c"}},
                        Map({{":v", N(1)}, {":w", N(2)}, {":u", N(3)}}));
  EXPECT_EQ(ErrorOf(p.CheckAllUsed()),
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #b, #c}");
  ASSERT_TRUE(ParseCondition("#b = :v", ExpressionKind::kFilter, &p));
  EXPECT_EQ(ErrorOf(p.CheckAllUsed()),
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #c}");
  ASSERT_TRUE(ParseProjection("#a, #c", &p));
  EXPECT_EQ(ErrorOf(p.CheckAllUsed()),
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:u, :w}");
  ASSERT_TRUE(ParseCondition("x IN (:u, :w)", ExpressionKind::kCondition, &p));
  EXPECT_TRUE(p.CheckAllUsed());
}

TEST(PlaceholdersTest, BoundExpressionOutlivesThem) {
  std::optional<Placeholders> p = Bind({{"#a", "a"}}, Map({{":v", S(std::string(100, 'x'))}}));
  auto condition = ParseCondition("#a = :v", ExpressionKind::kCondition, &*p);
  p.reset();
  ASSERT_TRUE(condition);
  const Item item = Map({{"a", S(std::string(100, 'x'))}});
  EXPECT_TRUE(Evaluate(*condition, &item));
}

TEST(PlaceholdersTest, NameWithDotsIsOneElement) {
  Placeholders p = Bind({{"#a", "x.y"}}, {});
  auto condition = ParseCondition("attribute_exists(#a)", ExpressionKind::kCondition, &p);
  ASSERT_TRUE(condition);
  const Item flat = Map({{"x.y", N(1)}});
  const Item nested = Map({{"x", M({{"y", N(1)}})}});
  EXPECT_TRUE(Evaluate(*condition, &flat));
  EXPECT_FALSE(Evaluate(*condition, &nested));
}

TEST(PlaceholdersTest, NeedExpressions) {
  const ExpressionParameter none[] = {{"ConditionExpression", false}};
  const ExpressionParameter update[] = {{"UpdateExpression", false},
                                        {"ConditionExpression", false}};
  const ExpressionParameter query[] = {{"ProjectionExpression", true},
                                       {"FilterExpression", false},
                                       {"KeyConditionExpression", false}};
  EXPECT_EQ(ErrorOf(CheckNamesAllowed(true, none)),
            "ExpressionAttributeNames can only be specified when using expressions");
  EXPECT_TRUE(CheckNamesAllowed(false, none));
  EXPECT_TRUE(CheckNamesAllowed(true, query));
  EXPECT_EQ(ErrorOf(CheckValuesAllowed(true, none)),
            "ExpressionAttributeValues can only be specified when using expressions: "
            "ConditionExpression is null");
  EXPECT_EQ(ErrorOf(CheckValuesAllowed(true, update)),
            "ExpressionAttributeValues can only be specified when using expressions: "
            "UpdateExpression and ConditionExpression are null");
  EXPECT_EQ(ErrorOf(CheckValuesAllowed(true, query)),
            "ExpressionAttributeValues can only be specified when using expressions: "
            "FilterExpression and KeyConditionExpression are null");
  EXPECT_EQ(ErrorOf(CheckValuesAllowed(true, none, /*newer_wording=*/true)),
            "ExpressionAttributeValues can only be specified when using expressions");
  EXPECT_TRUE(CheckValuesAllowed(false, none));
}

TEST(PlaceholdersTest, Mixing) {
  const ExpressionParameter legacy[] = {{"AttributeUpdates", true}, {"Expected", true}};
  const ExpressionParameter expression[] = {{"UpdateExpression", false},
                                            {"ConditionExpression", true}};
  EXPECT_EQ(ErrorOf(CheckNotMixed(legacy, expression)),
            "Can not use both expression and non-expression parameters in the same request: "
            "Non-expression parameters: {AttributeUpdates, Expected} "
            "Expression parameters: {ConditionExpression}");
  const ExpressionParameter absent[] = {{"Expected", false}};
  EXPECT_TRUE(CheckNotMixed(absent, expression));
  EXPECT_TRUE(CheckNotMixed(legacy, absent));
}

}  // namespace
}  // namespace stator
