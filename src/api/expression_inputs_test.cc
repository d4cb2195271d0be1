#include "api/expression_inputs.h"

#include <gtest/gtest.h>

#include <string>

#include "api/test_json.h"

namespace stator {
namespace {

std::string PlaceholderError(const ExpressionMembers& members, std::string_view body,
                             Wording wording = Wording::kBare) {
  const TestJson json(body);
  auto result = DecodePlaceholders(json.members(), members, wording);
  if (result) return "";
  EXPECT_EQ(result.error().type, ErrorType::kValidation);
  return *result.error().message;
}

constexpr std::string_view kMixed =
    "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: ";

TEST(ExpressionInputs, Mixing) {
  EXPECT_EQ(PlaceholderError(kPutMembers, R"({"ConditionExpression":"a","Expected":{}})"),
            std::string(kMixed) + "{Expected} Expression parameters: {ConditionExpression}");
  EXPECT_EQ(PlaceholderError(kUpdateMembers, R"({"ConditionExpression":"a","Expected":{},"AttributeUpdates":{}})"),
            std::string(kMixed) + "{AttributeUpdates, Expected} Expression parameters: {ConditionExpression}");
  EXPECT_EQ(PlaceholderError(kQueryMembers, R"({"KeyConditions":{},"QueryFilter":{},"AttributesToGet":["a"],
      "ConditionalOperator":"OR","KeyConditionExpression":"a","FilterExpression":"b","ProjectionExpression":"c"})"),
            std::string(kMixed) +
                "{AttributesToGet, QueryFilter, ConditionalOperator, KeyConditions} Expression parameters: "
                "{ProjectionExpression, FilterExpression, KeyConditionExpression}");
  EXPECT_EQ(PlaceholderError(kGetMembers, R"({"AttributesToGet":["a"],"ProjectionExpression":"c"})"),
            std::string(kMixed) + "{AttributesToGet} Expression parameters: {ProjectionExpression}");
  // Mixing comes before the placeholders, null is absent.
  EXPECT_EQ(PlaceholderError(kPutMembers, R"({"ConditionExpression":"a","Expected":null})"), "");
  EXPECT_TRUE(PlaceholderError(kPutMembers, R"({"ConditionExpression":"a","Expected":{},
      "ExpressionAttributeNames":{}})").starts_with(kMixed));
}

TEST(ExpressionInputs, KeyConditionsWithExpressions) {
  EXPECT_EQ(PlaceholderError(kQueryMembers, R"({"KeyConditions":{},"FilterExpression":"b"})"), "");
}

TEST(ExpressionInputs, PlaceholdersWithoutExpressions) {
  EXPECT_EQ(PlaceholderError(kPutMembers, R"({"ExpressionAttributeNames":{"#a":"b"}})"),
            "ExpressionAttributeNames can only be specified when using expressions");
  const std::string values = R"({"ExpressionAttributeValues":{":a":{"S":"b"}}})";
  EXPECT_EQ(PlaceholderError(kPutMembers, values),
            "ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null");
  EXPECT_EQ(PlaceholderError(kUpdateMembers, values),
            "ExpressionAttributeValues can only be specified when using expressions: UpdateExpression and "
            "ConditionExpression are null");
  EXPECT_EQ(PlaceholderError(kQueryMembers, values),
            "ExpressionAttributeValues can only be specified when using expressions: FilterExpression and "
            "KeyConditionExpression are null");
  EXPECT_EQ(PlaceholderError(kScanMembers, values),
            "ExpressionAttributeValues can only be specified when using expressions: FilterExpression is null");
  EXPECT_EQ(PlaceholderError(kPutMembers, values, Wording::kEnveloped),
            "1 validation error detected: ExpressionAttributeValues can only be specified when using expressions");
  // GetItem has no such member.
  EXPECT_EQ(PlaceholderError(kGetMembers, values), "");
}

TEST(ExpressionInputs, Keys) {
  EXPECT_EQ(PlaceholderError(kPutMembers, R"({"ConditionExpression":"a","ExpressionAttributeNames":{"a":"b"},
      "ExpressionAttributeValues":{"b":{"S":"b"}}})"),
            "ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\"");
  EXPECT_EQ(PlaceholderError(kPutMembers, R"({"ConditionExpression":"a",
      "ExpressionAttributeValues":{":a":{"N":"x"},"b":{"S":"b"}}})"),
            "ExpressionAttributeValues contains invalid key: Syntax error; key: \"b\"");
  EXPECT_EQ(PlaceholderError(kPutMembers, R"({"ConditionExpression":"a","ExpressionAttributeNames":{}})"),
            "ExpressionAttributeNames must not be empty");
  EXPECT_EQ(PlaceholderError(kPutMembers, R"({"ConditionExpression":"a","ExpressionAttributeValues":{}})",
                             Wording::kEnveloped),
            "1 validation error detected: ExpressionAttributeValues must not be empty");
}

TEST(ExpressionInputs, Values) {
  const auto error = [](const std::string& value, Wording wording = Wording::kBare) {
    return PlaceholderError(
        kPutMembers, R"({"ConditionExpression":"a","ExpressionAttributeValues":{":b":)" + value + "}}", wording);
  };
  EXPECT_EQ(error(R"({"N":"b"})"),
            "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric "
            "value: b for key :b");
  EXPECT_EQ(error(R"({"SS":[]})"),
            "ExpressionAttributeValues contains invalid value: One or more parameter values were invalid: An string "
            "set  may not be empty for key :b");
  EXPECT_EQ(error(R"({"SS":[]})", Wording::kEnveloped),
            "1 validation error detected: ExpressionAttributeValues contains invalid value: One or more parameter "
            "values were invalid: An string set  may not be empty for key :b");
  EXPECT_EQ(error(R"({"NULL":false})"),
            "One or more parameter values were invalid: Null attribute value types must have the value of true");
  std::string deep;
  for (int i = 0; i < 33; ++i) deep += "{\"L\":[";
  deep += "{\"S\":\"\"}";
  for (int i = 0; i < 33; ++i) deep += "]}";
  EXPECT_EQ(error(deep),
            "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond "
            "supported limit");
  EXPECT_TRUE(error(deep, Wording::kEnveloped).starts_with("1 validation error detected: Nesting Levels"));
}

TEST(ExpressionInputs, ItemValues) {
  const TestJson json(R"({"Item":{"a":{"BS":[]}},"Key":{"a":{"N":"x"}},"Good":{"a":{"S":"x"}}})");
  const Members in = json.members();
  EXPECT_EQ(DecodeAttributes(in, "Item", Wording::kEnveloped).error().message,
            "1 validation error detected: One or more parameter values were invalid: Binary sets should not be "
            "empty");
  EXPECT_EQ(DecodeAttributes(in, "Key", Wording::kEnveloped).error().message,
            "The parameter cannot be converted to a numeric value: x");
  ASSERT_TRUE(DecodeAttributes(in, "Good"));
  EXPECT_EQ(DecodeAttributes(in, "Good")->Find("a")->s(), "x");
}

TEST(ExpressionInputs, GoodPlaceholders) {
  const TestJson json(R"({"ConditionExpression":"#a = :b","ExpressionAttributeNames":{"#a":"x.y"},
      "ExpressionAttributeValues":{":b":{"N":"1.0"}}})");
  auto placeholders = DecodePlaceholders(json.members(), kPutMembers);
  ASSERT_TRUE(placeholders);
  ASSERT_NE(placeholders->UseName("#a"), nullptr);
  EXPECT_EQ(*placeholders->UseName("#a"), "x.y");
  ASSERT_NE(placeholders->UseValue(":b"), nullptr);
  EXPECT_EQ(placeholders->UseName("#b"), nullptr);
}

TEST(ExpressionInputs, Enums) {
  const TestJson json(R"({"ReturnValues":"UPDATED_NEW","Select":"COUNT","ReturnConsumedCapacity":"INDEXES",
      "ReturnItemCollectionMetrics":"SIZE","ReturnValuesOnConditionCheckFailure":"ALL_OLD"})");
  EXPECT_EQ(DecodeReturnValues(json.members()), ReturnValues::kUpdatedNew);
  EXPECT_EQ(DecodeSelect(json.members()), Select::kCount);
  EXPECT_EQ(DecodeReturnConsumedCapacity(json.members()), ReturnConsumedCapacity::kIndexes);
  EXPECT_TRUE(WantsItemCollectionMetrics(json.members()));
  EXPECT_TRUE(WantsItemOnConditionFailure(json.members()));
  const TestJson none("{}");
  EXPECT_EQ(DecodeReturnValues(none.members()), ReturnValues::kNone);
  EXPECT_EQ(DecodeSelect(none.members()), std::nullopt);
  EXPECT_EQ(DecodeReturnConsumedCapacity(none.members()), ReturnConsumedCapacity::kNone);
  EXPECT_FALSE(WantsItemCollectionMetrics(none.members()));
  EXPECT_FALSE(WantsItemOnConditionFailure(none.members()));
}

}  // namespace
}  // namespace stator
