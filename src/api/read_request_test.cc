#include "api/read_request.h"

#include <gtest/gtest.h>

#include "api/test_json.h"

namespace stator {
namespace {

const Caller& Someone() {
  static const Caller caller{"000000000000", "us-east-1", "AKID"};
  return caller;
}

// The members are given without the braces; TableName is added.
ApiResult<ReadRequest> Query(const std::string& members) {
  const TestJson json("{\"TableName\":\"t\"" + (members.empty() ? "" : "," + members) + "}");
  return DecodeQuery(json.members(), Someone());
}
ApiResult<ReadRequest> Scan(const std::string& members) {
  const TestJson json("{\"TableName\":\"t\"" + (members.empty() ? "" : "," + members) + "}");
  return DecodeScan(json.members(), Someone());
}

std::string TextOf(ApiResult<ReadRequest> result) {
  if (result) return "";
  EXPECT_EQ(result.error().type, ErrorType::kValidation);
  return *result.error().message;
}
std::string QueryError(const std::string& members) { return TextOf(Query(members)); }
std::string ScanError(const std::string& members) { return TextOf(Scan(members)); }

// A key condition, for queries about something else.
const char kKey[] =
    R"("KeyConditions":{"p":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"x"}]}})";
std::string WithKey(const std::string& members) { return std::string(kKey) + "," + members; }

TEST(ReadRequestTest, PlainMembers) {
  auto request = Query(WithKey(
      R"("IndexName":"i","Limit":7,"ConsistentRead":true,"ScanIndexForward":false,"Select":"COUNT",
         "ReturnConsumedCapacity":"INDEXES","ExclusiveStartKey":{"p":{"S":"x"}})"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->table_name, "t");
  EXPECT_EQ(request->index_name, "i");
  EXPECT_EQ(request->limit, 7u);
  EXPECT_TRUE(request->consistent);
  EXPECT_TRUE(request->reverse);
  EXPECT_EQ(request->select, Select::kCount);
  EXPECT_EQ(request->consumed_capacity, ReturnConsumedCapacity::kIndexes);
  ASSERT_TRUE(request->start_key);
  EXPECT_EQ(*request->start_key->Find("p"), AttributeValue::S("x"));
}

TEST(ReadRequestTest, Defaults) {
  auto query = Query(kKey);
  ASSERT_TRUE(query);
  EXPECT_FALSE(query->reverse);
  EXPECT_FALSE(query->consistent);
  EXPECT_EQ(query->limit, 0u);
  EXPECT_FALSE(query->select || query->projection || query->filter || query->start_key ||
               query->index_name);
  auto scan = Scan("");
  ASSERT_TRUE(scan);
  EXPECT_FALSE(scan->key_condition);
  EXPECT_EQ(scan->segment, 0u);
  EXPECT_EQ(scan->total_segments, 1u);
}

TEST(ReadRequestTest, TableArnsAreKeptAsGiven) {
  const TestJson json(R"({"TableName":"arn:aws:dynamodb:us-east-1:000000000000:table/books"})");
  auto request = DecodeScan(json.members(), Someone());
  ASSERT_TRUE(request);
  EXPECT_EQ(request->table_name, "books");
  EXPECT_EQ(request->table_name_given, "arn:aws:dynamodb:us-east-1:000000000000:table/books");
}

TEST(ReadRequestTest, Expressions) {
  auto request = Query(
      R"j("KeyConditionExpression":"p = :p AND begins_with(#r, :r)","FilterExpression":"a > :a",
         "ProjectionExpression":"#r, b.c","ExpressionAttributeNames":{"#r":"r"},
         "ExpressionAttributeValues":{":p":{"S":"x"},":r":{"S":"y"},":a":{"N":"1"}})j");
  ASSERT_TRUE(request);
  ASSERT_EQ(request->key_condition->tests.size(), 2u);
  EXPECT_EQ(request->key_condition->tests[1].attribute, "r");
  EXPECT_EQ(request->key_condition->tests[1].op, KeyOperator::kBeginsWith);
  EXPECT_TRUE(request->filter);
  EXPECT_FALSE(request->legacy_filter);
  EXPECT_EQ(request->projection->paths.size(), 2u);
}

TEST(ReadRequestTest, LegacyParameters) {
  auto request = Query(WithKey(
      R"("QueryFilter":{"a.b":{"ComparisonOperator":"GT","AttributeValueList":[{"N":"1"}]},
                        "c":{"ComparisonOperator":"NOT_NULL"}},
         "ConditionalOperator":"OR","AttributesToGet":["p","a.b"])"));
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->legacy_filter);
  Item item;
  item.Set("a.b", AttributeValue::N(2));
  EXPECT_TRUE(Evaluate(*request->filter, &item));
  item.Set("a.b", AttributeValue::N(1));
  EXPECT_FALSE(Evaluate(*request->filter, &item));
  item.Set("c", AttributeValue::N(1));
  EXPECT_TRUE(Evaluate(*request->filter, &item));
  item.Set("p", AttributeValue::S("x"));
  EXPECT_EQ(Project(*request->projection, item).size(), 2u);
}

TEST(ReadRequestTest, LegacyFilterOfNothing) {
  auto request = Scan(R"("ScanFilter":{})");
  ASSERT_TRUE(request);
  EXPECT_FALSE(request->filter);
}

TEST(ReadRequestTest, MixingOldAndNew) {
  EXPECT_EQ(ScanError(R"("AttributesToGet":["a"],"FilterExpression":"a = :a")"),
            "Can not use both expression and non-expression parameters in the same request: "
            "Non-expression "
            "parameters: {AttributesToGet} Expression parameters: {FilterExpression}");
  EXPECT_EQ(QueryError(WithKey(R"("KeyConditionExpression":"p = :p")")),
            "Can not use both expression and non-expression parameters in the same request: "
            "Non-expression "
            "parameters: {KeyConditions} Expression parameters: {KeyConditionExpression}");
  EXPECT_EQ(QueryError(WithKey(
                R"j("FilterExpression":"attribute_exists(a)","ProjectionExpression":"a")j")),
            "");
}

TEST(ReadRequestTest, KeyConditionsAreRequired) {
  EXPECT_EQ(QueryError(""),
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
            "request.");
  EXPECT_EQ(QueryError(R"("KeyConditions":{})"), "Conditions can be of length 1 or 2 only");
}

TEST(ReadRequestTest, FaultsOfLegacyConditions) {
  EXPECT_EQ(
      QueryError(R"("KeyConditions":{"p":{"ComparisonOperator":"EQ","AttributeValueList":[]}})"),
      "One or more parameter values were invalid: Invalid number of argument(s) for the EQ "
      "ComparisonOperator");
  EXPECT_EQ(QueryError(R"("KeyConditions":{"p":{"ComparisonOperator":"BETWEEN",
                          "AttributeValueList":[{"N":"2"},{"N":"1"}]}})"),
            "The BETWEEN condition was provided a range where the lower bound is greater than the "
            "upper bound");
  EXPECT_EQ(
      ScanError(
          R"("ScanFilter":{"a":{"ComparisonOperator":"LT","AttributeValueList":[{"SS":["a"]}]}})"),
      "One or more parameter values were invalid: ComparisonOperator LT is not valid for SS "
      "AttributeValue type");
  EXPECT_EQ(
      ScanError(
          R"("ScanFilter":{"a":{"ComparisonOperator":"EQ","AttributeValueList":[{"N":"x"}]}})"),
      "The parameter cannot be converted to a numeric value: x");
  EXPECT_EQ(ScanError(R"("ConditionalOperator":"OR")"),
            "One or more parameter values were invalid: ConditionalOperator cannot be used without "
            "Filter or Expected");
  EXPECT_EQ(ScanError(R"("AttributesToGet":["a","b","a"])"),
            "One or more parameter values were invalid: Duplicate value in attribute name: a");
}

TEST(ReadRequestTest, Placeholders) {
  EXPECT_EQ(ScanError(R"("ExpressionAttributeNames":{"#a":"a"})"),
            "ExpressionAttributeNames can only be specified when using expressions");
  EXPECT_EQ(ScanError(R"("ExpressionAttributeValues":{":a":{"N":"1"}})"),
            "ExpressionAttributeValues can only be specified when using expressions: "
            "FilterExpression is null");
  EXPECT_EQ(QueryError(WithKey(R"("ExpressionAttributeValues":{":a":{"N":"1"}})")),
            "ExpressionAttributeValues can only be specified when using expressions: "
            "FilterExpression and "
            "KeyConditionExpression are null");
  EXPECT_EQ(ScanError(R"("ProjectionExpression":"a","ExpressionAttributeNames":{"#b":"b"})"),
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}");
  EXPECT_EQ(
      ScanError(
          R"("FilterExpression":"a = :a","ExpressionAttributeValues":{":a":{"N":"1"},":b":{"N":"1"}})"),
      "Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}");
}

TEST(ReadRequestTest, ExpressionsAreReadInTheServicesOrder) {
  const std::string bad_key = R"("KeyConditionExpression":"p <")",
                    bad_filter = R"("FilterExpression":"f <")",
                    bad_projection = R"("ProjectionExpression":"g <")";
  EXPECT_TRUE(QueryError(bad_projection + "," + bad_filter + "," + bad_key)
                  .starts_with("Invalid KeyConditionExpression: Syntax error; "));
  EXPECT_TRUE(QueryError(bad_projection + "," + bad_filter)
                  .starts_with("Invalid FilterExpression: Syntax error; "));
  EXPECT_TRUE(
      QueryError(bad_projection).starts_with("Invalid ProjectionExpression: Syntax error; "));
}

TEST(ReadRequestTest, Segments) {
  auto request = Scan(R"("Segment":3,"TotalSegments":4)");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->segment, 3u);
  EXPECT_EQ(request->total_segments, 4u);
  EXPECT_EQ(ScanError(R"("Segment":0)"),
            "The TotalSegments parameter is required but was not present in the request when "
            "Segment parameter is "
            "present");
  EXPECT_EQ(ScanError(R"("TotalSegments":5)"),
            "The Segment parameter is required but was not present in the request when parameter "
            "TotalSegments is "
            "present");
  EXPECT_EQ(ScanError(R"("Segment":5,"TotalSegments":5)"),
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
            "Segment: 5 is not less "
            "than TotalSegments: 5");
}

TEST(ReadRequestTest, Select) {
  const std::string projection = R"("ProjectionExpression":"a",)",
                    names = R"("AttributesToGet":["a"],)";
  EXPECT_EQ(ScanError(projection + R"("Select":"SPECIFIC_ATTRIBUTES")"), "");
  EXPECT_EQ(ScanError(projection + R"("Select":"ALL_ATTRIBUTES")"),
            "Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES");
  EXPECT_EQ(ScanError(projection + R"("Select":"COUNT")"),
            "Cannot specify the ProjectionExpression when choosing to get only the Count");
  EXPECT_EQ(QueryError(WithKey(names + R"("Select":"ALL_PROJECTED_ATTRIBUTES","IndexName":"i")")),
            "Cannot specify the AttributesToGet when choosing to get ALL_PROJECTED_ATTRIBUTES");
  EXPECT_EQ(ScanError(R"("Select":"SPECIFIC_ATTRIBUTES")"),
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
            "SPECIFIC_ATTRIBUTES");
  EXPECT_EQ(QueryError(WithKey(R"("Select":"SPECIFIC_ATTRIBUTES")")),
            "1 validation error detected: Must specify the AttributesToGet or ProjectionExpression "
            "when choosing to "
            "get SPECIFIC_ATTRIBUTES");
  EXPECT_EQ(ScanError(R"("Select":"ALL_PROJECTED_ATTRIBUTES")"),
            "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
  EXPECT_EQ(ScanError(R"("Select":"ALL_PROJECTED_ATTRIBUTES","IndexName":"i")"), "");
}

TEST(ReadRequestTest, StartKeysAreCheckedBeforeExpressions) {
  EXPECT_EQ(ScanError(R"("ExclusiveStartKey":{"p":{}},"FilterExpression":"a <")"),
            "The provided starting key is invalid: Supplied AttributeValue is empty, must contain "
            "exactly one of the "
            "supported datatypes");
}

}  // namespace
}  // namespace stator
