#include "api/type_check.h"

#include <gtest/gtest.h>

#include <string>

#include "api/operations.h"
#include "api/test_json.h"

namespace stator {
namespace {

// "" if the types are right.
std::string TypeError(std::string_view operation, std::string_view body) {
  const OperationInfo* info = FindOperation("DynamoDB_20120810." + std::string(operation));
  EXPECT_NE(info, nullptr) << operation;
  const TestJson json(body);
  auto result = CheckTypes(*info->input, json.object());
  if (result) return "";
  EXPECT_EQ(result.error().type, ErrorType::kSerialization);
  return *result.error().message;
}

constexpr std::string_view kStructure = "Start of structure or map found where not expected";

TEST(TypeCheck, Strings) {
  EXPECT_EQ(TypeError("GetItem", R"({"TableName":"a"})"), "");
  EXPECT_EQ(TypeError("GetItem", R"({"TableName":true})"), "TRUE_VALUE cannot be converted to String");
  EXPECT_EQ(TypeError("GetItem", R"({"TableName":false})"), "FALSE_VALUE cannot be converted to String");
  EXPECT_EQ(TypeError("GetItem", R"({"TableName":23})"), "NUMBER_VALUE cannot be converted to String");
  EXPECT_EQ(TypeError("GetItem", R"({"TableName":18446744073709551615})"),
            "NUMBER_VALUE cannot be converted to String");
  EXPECT_EQ(TypeError("GetItem", R"({"TableName":23.5})"), "DECIMAL_VALUE cannot be converted to String");
  EXPECT_EQ(TypeError("GetItem", R"({"TableName":[]})"), "Unrecognized collection type class java.lang.String");
  EXPECT_EQ(TypeError("GetItem", R"({"TableName":{}})"), kStructure);
}

TEST(TypeCheck, Booleans) {
  for (const std::string text : {"true", "\"TRUE\"", "\"1\"", "\"yes\"", "\"No\"", "\"0\"", "\"false\""}) {
    EXPECT_EQ(TypeError("GetItem", "{\"ConsistentRead\":" + text + "}"), "") << text;
  }
  EXPECT_EQ(TypeError("GetItem", R"({"ConsistentRead":"maybe"})"), "Unexpected token received from parser");
  EXPECT_EQ(TypeError("GetItem", R"({"ConsistentRead":1})"), "NUMBER_VALUE cannot be converted to Boolean");
  EXPECT_EQ(TypeError("GetItem", R"({"ConsistentRead":1.5})"), "DECIMAL_VALUE cannot be converted to Boolean");
  EXPECT_EQ(TypeError("GetItem", R"({"ConsistentRead":[]})"),
            "Unrecognized collection type class java.lang.Boolean");
  EXPECT_EQ(TypeError("GetItem", R"({"ConsistentRead":{}})"), kStructure);
}

TEST(TypeCheck, Numbers) {
  EXPECT_EQ(TypeError("Scan", R"({"Limit":1.7})"), "");
  EXPECT_EQ(TypeError("Scan", R"({"Limit":"5"})"), "STRING_VALUE cannot be converted to Integer");
  EXPECT_EQ(TypeError("Scan", R"({"Limit":true})"), "TRUE_VALUE cannot be converted to Integer");
  EXPECT_EQ(TypeError("Scan", R"({"Limit":[]})"), "Unrecognized collection type class java.lang.Integer");
  EXPECT_EQ(TypeError("Scan", R"({"Limit":2147483647})"), "");
  EXPECT_EQ(TypeError("Scan", R"({"Limit":-2147483648})"), "");
  EXPECT_EQ(TypeError("Scan", R"({"Limit":-2147483649})"), "NUMBER_VALUE cannot be converted to Integer");
  EXPECT_EQ(TypeError("Scan", R"({"Limit":2147483648})"), "NUMBER_VALUE cannot be converted to Integer");
  EXPECT_EQ(TypeError("Scan", R"({"Limit":1e300})"), "DECIMAL_VALUE cannot be converted to Integer");
  EXPECT_EQ(TypeError("CreateTable", R"({"ProvisionedThroughput":{"ReadCapacityUnits":"1"}})"),
            "STRING_VALUE cannot be converted to Long");
  EXPECT_EQ(TypeError("CreateTable", R"({"ProvisionedThroughput":{"ReadCapacityUnits":9223372036854775807}})"),
            "");
  EXPECT_EQ(TypeError("CreateTable", R"({"ProvisionedThroughput":{"ReadCapacityUnits":9223372036854775808}})"),
            "NUMBER_VALUE cannot be converted to Long");
  EXPECT_EQ(TypeError("ListBackups", R"({"TimeRangeLowerBound":1363728078.5})"), "");
}

TEST(TypeCheck, Blobs) {
  const auto error = [](const std::string& value) {
    return TypeError("GetItem", "{\"Key\":{\"a\":{\"B\":" + value + "}}}");
  };
  EXPECT_EQ(error("\"AQI=\""), "");
  EXPECT_EQ(error("\"\""), "");
  EXPECT_EQ(error("true"), "only base-64-encoded strings are convertible to bytes");
  EXPECT_EQ(error("1"), "only base-64-encoded strings are convertible to bytes");
  EXPECT_EQ(error("[]"), "Unrecognized collection type class java.nio.ByteBuffer");
  EXPECT_EQ(error("{}"), kStructure);
  EXPECT_EQ(error("\"abcde\""), "Base64 encoded length is expected a multiple of 4 bytes but found: 5");
  EXPECT_EQ(error("\"YR==\""), "Invalid last non-pad Base64 character dectected");
  EXPECT_EQ(error("\"a_bc\""), "Invalid base 64 character: '_'");
  EXPECT_EQ(error("\"a\u00e9b\""), "Invalid base 64 character: '?'");
}

TEST(TypeCheck, ListsMapsAndStructures) {
  EXPECT_EQ(TypeError("Scan", R"({"AttributesToGet":"a"})"), "Unexpected field type");
  EXPECT_EQ(TypeError("Scan", R"({"AttributesToGet":{}})"), kStructure);
  EXPECT_EQ(TypeError("Scan", R"({"AttributesToGet":[1]})"), "NUMBER_VALUE cannot be converted to String");
  EXPECT_EQ(TypeError("GetItem", R"({"Key":"a"})"), "Unexpected field type");
  EXPECT_EQ(TypeError("GetItem", R"({"Key":[]})"),
            "Unrecognized collection type java.util.Map<java.lang.String, "
            "com.amazonaws.dynamodb.v20120810.AttributeValue>");
  EXPECT_EQ(TypeError("GetItem", R"({"ExpressionAttributeNames":[]})"),
            "Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>");
  EXPECT_EQ(TypeError("BatchWriteItem", R"({"RequestItems":[]})"),
            "Unrecognized collection type java.util.Map<java.lang.String, "
            "java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>>");
  EXPECT_EQ(TypeError("CreateTable", R"({"KeySchema":["a"]})"), "Unexpected value type in payload");
  EXPECT_EQ(TypeError("CreateTable", R"({"KeySchema":[[]]})"),
            "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.KeySchemaElement");
  EXPECT_EQ(TypeError("CreateTable", R"({"ProvisionedThroughput":1})"), "Unexpected field type");
  EXPECT_EQ(TypeError("CreateTable", R"({"ProvisionedThroughput":[]})"),
            "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.ProvisionedThroughput");
}

TEST(TypeCheck, CollectionsInsideCollections) {
  const std::string text =
      "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class "
      "java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in "
      "module java.base of loader 'bootstrap')";
  EXPECT_EQ(TypeError("BatchGetItem", R"({"RequestItems":{"t":{"Keys":["a"]}}})"), text);
  EXPECT_EQ(TypeError("BatchWriteItem", R"({"RequestItems":{"t":1}})"), text);
  EXPECT_EQ(TypeError("BatchWriteItem", R"({"RequestItems":{"t":{}}})"), kStructure);
  EXPECT_EQ(TypeError("BatchGetItem", R"({"RequestItems":{"t":{"Keys":[[]]}}})"),
            "Unrecognized collection type java.util.Map<java.lang.String, "
            "com.amazonaws.dynamodb.v20120810.AttributeValue>");
}

TEST(TypeCheck, AttributeValues) {
  const auto error = [](const std::string& value) {
    return TypeError("PutItem", "{\"Item\":{\"a\":" + value + "}}");
  };
  EXPECT_EQ(error(R"({"N":1})"), "NUMBER_VALUE cannot be converted to String");
  EXPECT_EQ(error(R"("a")"), "Unexpected value type in payload");
  EXPECT_EQ(error("[]"), "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue");
  EXPECT_EQ(error(R"({"SS":"a"})"), "Unexpected field type");
  EXPECT_EQ(error(R"({"NS":[1.5]})"), "DECIMAL_VALUE cannot be converted to String");
  EXPECT_EQ(error(R"({"BS":["a"]})"), "Base64 encoded length is expected a multiple of 4 bytes but found: 1");
  EXPECT_EQ(error(R"({"L":["a"]})"), "Unexpected value type in payload");
  EXPECT_EQ(error(R"({"M":{"x":{"L":[{"BOOL":2}]}}})"), "NUMBER_VALUE cannot be converted to Boolean");
  EXPECT_EQ(error(R"({"NULL":"maybe"})"), "Unexpected token received from parser");
  EXPECT_EQ(error(R"({"S":null,"unknown":[[1]]})"), "");
  // Containers come before scalars.
  EXPECT_EQ(error(R"({"S":1,"L":[2]})"), "Unexpected value type in payload");
  // As a member of a structure a scalar is another error.
  EXPECT_EQ(TypeError("PutItem", R"({"Expected":{"a":{"Value":1}}})"), "Unexpected field type");
}

TEST(TypeCheck, DeepValuesAreLeftToTheDecoder) {
  std::string body = "{\"Item\":{\"a\":";
  constexpr int kDepth = kMaxCheckedDepth + 50;
  for (int i = 0; i < kDepth; ++i) body += "{\"L\":[";
  body += "{\"N\":1}";
  for (int i = 0; i < kDepth; ++i) body += "]}";
  body += "}}";
  EXPECT_EQ(TypeError("PutItem", body), "");
}

TEST(TypeCheck, NestedMembersBeforeScalars) {
  EXPECT_EQ(TypeError("GetItem", R"({"TableName":1,"Key":{"a":{"S":true}}})"),
            "TRUE_VALUE cannot be converted to String");
}

TEST(TypeCheck, NullAndUnknownMembersAndDuplicates) {
  EXPECT_EQ(TypeError("GetItem", R"({"TableName":null,"Key":null,"Nonsense":[{}]})"), "");
  EXPECT_EQ(TypeError("GetItem", R"({"TableName":1,"TableName":"a"})"), "");
  EXPECT_EQ(TypeError("GetItem", R"({"TableName":1,"TableName":null})"), "");
}

}  // namespace
}  // namespace stator
