#include "api/request_check.h"

#include <gtest/gtest.h>

#include <string>

#include "api/constraints.h"
#include "api/test_json.h"

namespace stator {
namespace {

// The message of the ValidationException, "" if there is none.
std::string CheckError(std::string_view operation, std::string_view body,
                       ValidationForm form = ValidationForm::kNew) {
  const OperationInfo* info = FindOperation("DynamoDB_20120810." + std::string(operation));
  EXPECT_NE(info, nullptr) << operation;
  const TestJson json(body);
  auto result = CheckRequest(*info, json.object(), form);
  if (result) return "";
  EXPECT_EQ(result.error().type, ErrorType::kValidation);
  return *result.error().message;
}

std::string OldError(std::string_view operation, std::string_view body) {
  return CheckError(operation, body, ValidationForm::kOld);
}

constexpr std::string_view kOne = "1 validation error detected: ";

std::string One(std::string_view text) { return std::string(kOne) + std::string(text); }

TEST(Constraints, DataPlaneTableNames) {
  const auto error = [](const std::string& name) {
    return CheckError("GetItem", "{\"TableName\":" + name + ",\"Key\":{}}");
  };
  EXPECT_EQ(error("null"), One("Value null at 'tableName' failed to satisfy constraint: Member must not be null"));
  EXPECT_EQ(error("\"\""), One("Value '' at 'tableName' failed to satisfy constraint: Member must have length "
                               "greater than or equal to 1"));
  EXPECT_EQ(error("\"a;\""), One("Value 'a;' at 'tableName' failed to satisfy constraint: Member must satisfy "
                                 "regular expression pattern: [a-zA-Z0-9_.-]+"));
  EXPECT_EQ(error("\"a\""), "");
  EXPECT_EQ(error("\"" + std::string(255, 'a') + "\""), "");
  EXPECT_EQ(error("\"" + std::string(256, 'a') + "\""),
            One("Value '" + std::string(256, 'a') +
                "' at 'tableName' failed to satisfy constraint: Member must have length less than or equal to 255"));
  EXPECT_EQ(error(R"("arn:aws:dynamodb:us-east-1:123456789012:table/)" + std::string(300, 'a') + "\""), "");
  EXPECT_NE(error("\"arn:" + std::string(1024, 'a') + "\""), "");
}

TEST(Constraints, SeveralErrorsInOneMessage) {
  EXPECT_EQ(CheckError("GetItem", R"({"TableName":"a;","ReturnConsumedCapacity":"x"})"),
            "3 validation errors detected: Value 'x' at 'returnConsumedCapacity' failed to satisfy constraint: "
            "Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; Value 'a;' at 'tableName' failed to "
            "satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value null at "
            "'key' failed to satisfy constraint: Member must not be null");
}

TEST(Constraints, AtMostTenErrors) {
  std::string body = R"({"TableName":"abc","AttributeDefinitions":[],"KeySchema":[)";
  for (int i = 0; i < 12; ++i) body += std::string(i > 0 ? "," : "") + "{\"KeyType\":\"X\"}";
  const std::string error = CheckError("CreateTable", body + "]}");
  EXPECT_TRUE(error.starts_with("10 validation errors detected: Value '[KeySchemaElement(keyType=X), ")) << error;
  size_t count = 0;
  for (size_t at = error.find("failed to satisfy"); at != std::string::npos;
       at = error.find("failed to satisfy", at + 1)) {
    ++count;
  }
  EXPECT_EQ(count, 10u);
}

TEST(Constraints, ListElements) {
  EXPECT_EQ(CheckError("CreateTable",
                       R"({"TableName":"abc","AttributeDefinitions":[],"KeySchema":[{"AttributeName":"a",
                           "KeyType":"HASH"},{"AttributeName":"","KeyType":"Q"}]})"),
            "2 validation errors detected: Value '' at 'keySchema.2.member.attributeName' failed to satisfy "
            "constraint: Member must have length greater than or equal to 1; Value 'Q' at "
            "'keySchema.2.member.keyType' failed to satisfy constraint: Member must satisfy enum value set: "
            "[HASH, RANGE]");
  EXPECT_EQ(CheckError("CreateTable", R"({"TableName":"abc","AttributeDefinitions":[],"KeySchema":[]})"),
            One("Value '[]' at 'keySchema' failed to satisfy constraint: Member must have length greater than or "
                "equal to 1"));
  EXPECT_EQ(CheckError("CreateTable", R"({"TableName":"abc","AttributeDefinitions":[],"KeySchema":[null]})"),
            One("Value null at 'keySchema.1.member' failed to satisfy constraint: Member must not be null"));
  EXPECT_EQ(CheckError("Scan", R"({"TableName":"abc","AttributesToGet":[]})"),
            One("Value '[]' at 'attributesToGet' failed to satisfy constraint: Member must have length greater "
                "than or equal to 1"));
  EXPECT_EQ(CheckError("UntagResource", R"({"ResourceArn":"a","TagKeys":["ok",""]})"),
            One("Value '[ok, ]' at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member "
                "must have length less than or equal to 128, Member must have length greater than or equal to "
                "1]"));
}

TEST(Constraints, KeySchemaSizes) {
  std::string elements;
  for (int i = 0; i < 3; ++i) {
    elements += std::string(i > 0 ? "," : "") + R"({"AttributeName":"a","KeyType":"HASH"})";
  }
  const std::string table = R"({"TableName":"abc","AttributeDefinitions":[],"KeySchema":[{"AttributeName":"a",
      "KeyType":"HASH"}],)";
  EXPECT_EQ(CheckError("CreateTable", table + R"("GlobalSecondaryIndexes":[{"IndexName":"abc","Projection":{},
      "KeySchema":[)" + elements + "]}]}"),
            "");
  EXPECT_NE(CheckError("CreateTable", table + R"("LocalSecondaryIndexes":[{"IndexName":"abc","Projection":{},
      "KeySchema":[)" + elements + "]}]}")
                .find("at 'localSecondaryIndexes.1.member.keySchema' failed to satisfy constraint: Member must have "
                      "length less than or equal to 2"),
            std::string::npos);
}

TEST(Constraints, Numbers) {
  EXPECT_EQ(CheckError("Scan", R"({"TableName":"abc","Limit":0})"),
            One("Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal "
                "to 1"));
  EXPECT_EQ(CheckError("Scan", R"({"TableName":"abc","Limit":0.9})"),
            One("Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal "
                "to 1"));
  EXPECT_EQ(CheckError("Scan", R"({"TableName":"abc","Segment":-1,"TotalSegments":1000001})"),
            "2 validation errors detected: Value '1000001' at 'totalSegments' failed to satisfy constraint: Member "
            "must have value less than or equal to 1000000; Value '-1' at 'segment' failed to satisfy constraint: "
            "Member must have value greater than or equal to 0");
  EXPECT_EQ(CheckError("ListTables", R"({"Limit":101})"),
            One("Value '101' at 'limit' failed to satisfy constraint: Member must have value less than or equal to "
                "100"));
}

TEST(Constraints, MapKeysAndValues) {
  EXPECT_EQ(CheckError("BatchWriteItem", R"({"RequestItems":{"abc":[]}})"),
            One("Value '{abc=[]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy "
                "constraint: [Member must have length less than or equal to 25, Member must have length greater "
                "than or equal to 1]"));
  EXPECT_EQ(CheckError("BatchWriteItem", R"({"RequestItems":{"a;":[{}]}})"),
            One("Value '{a;=[WriteRequest()]}' at 'requestItems' failed to satisfy constraint: Map keys must "
                "satisfy constraint: [Member must have length less than or equal to 255, Member must have length "
                "greater than or equal to 3, Member must satisfy regular expression pattern: "
                "[a-zA-Z0-9_.-]+]"));
  EXPECT_EQ(CheckError("BatchWriteItem", R"({"RequestItems":{"a":[{}]}})"), "");
  EXPECT_EQ(CheckError("BatchWriteItem", R"({"RequestItems":{"abc":[{"PutRequest":{}}]}})"),
            One("Value null at 'requestItems.abc.member.1.member.putRequest.item' failed to satisfy constraint: "
                "Member must not be null"));
  EXPECT_EQ(CheckError("BatchGetItem", R"({"RequestItems":{"abc":{}}})"),
            One("Value null at 'requestItems.abc.member.keys' failed to satisfy constraint: Member must not be "
                "null"));
  EXPECT_EQ(CheckError("UpdateItem", R"({"TableName":"a","Key":{},"AttributeUpdates":{"x":{"Action":"q"}}})"),
            One("Value 'q' at 'attributeUpdates.x.member.action' failed to satisfy constraint: Member must satisfy "
                "enum value set: [ADD, PUT, DELETE]"));
}

TEST(Constraints, LengthsAreUtf16) {
  EXPECT_EQ(Utf16Length("a\u00e9\u20ac"), 3u);
  EXPECT_EQ(Utf16Length("\U0001F600"), 2u);
  // 128 code units, 256 bytes.
  std::string key;
  for (int i = 0; i < 128; ++i) key += "\u00e9";
  EXPECT_EQ(CheckError("UntagResource", R"({"ResourceArn":"a","TagKeys":[")" + key + "\"]}"), "");
}

TEST(Constraints, DumpsAreCut) {
  std::string body = R"({"TableName":"abc","AttributeDefinitions":[],"KeySchema":[)";
  for (int i = 0; i < 20000; ++i) {
    body += std::string(i > 0 ? "," : "") + R"({"AttributeName":"a","KeyType":"HASH"})";
  }
  EXPECT_LT(CheckError("CreateTable", body + "]}").size(), 2000u);
}

TEST(Constraints, EnumOrders) {
  const auto error = [](const std::string& member) {
    return OldError("Query", "{\"TableName\":\"abc\"," + member + "}");
  };
  EXPECT_NE(error(R"("Select":"x")").find("[SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]"),
            std::string::npos);
  EXPECT_NE(error(R"("ConditionalOperator":"x")").find("[OR, AND]"), std::string::npos);
  EXPECT_EQ(error(R"("KeyConditions":{"a":{"ComparisonOperator":"x"}})"),
            One("Value 'x' at 'keyConditions.a.member.comparisonOperator' failed to satisfy constraint: Member must "
                "satisfy enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, "
                "BEGINS_WITH, GE, CONTAINS]"));
}

// -- quirks --------------------------------------------------------------------------------------------

TEST(ItemQuirks, EmptyTableNameOfWrites) {
  const std::string body = R"({"TableName":"","ReturnConsumedCapacity":"x"})";
  for (const std::string operation : {"PutItem", "UpdateItem", "DeleteItem"}) {
    EXPECT_EQ(CheckError(operation, body),
              One("Value at 'TableName' failed to satisfy constraint: Member must have length greater than or "
                  "equal to 1"))
        << operation;
    EXPECT_TRUE(OldError(operation, body).starts_with("3 validation errors detected: ")) << operation;
    EXPECT_NE(OldError(operation, body).find("Value '' at 'tableName' failed to satisfy constraint: Member must "
                                             "have length greater than or equal to 1"),
              std::string::npos);
  }
  EXPECT_EQ(CheckError("DeleteItem", R"({"Key":{}})"),
            One("Value null at 'tableName' failed to satisfy constraint: Member must not be null"));
}

TEST(ItemQuirks, ReturnValuesOfWrites) {
  EXPECT_EQ(CheckError("PutItem", R"({"TableName":"abc","Item":{},"ReturnValues":"INVALID",
      "ReturnConsumedCapacity":"INVALID","ReturnItemCollectionMetrics":"INVALID"})"),
            "3 validation errors detected: Value 'INVALID' at 'returnConsumedCapacity' failed to satisfy "
            "constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; Failed to satisfy constraint: "
            "Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]; Value "
            "'INVALID' at 'returnItemCollectionMetrics' failed to satisfy constraint: Member must satisfy enum "
            "value set: [SIZE, NONE]");
  EXPECT_EQ(CheckError("UpdateItem", R"({"TableName":"abc","Key":{},"ReturnValues":"INVALID",
      "ReturnConsumedCapacity":"INVALID"})"),
            One("Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, "
                "UPDATE_NEW, NONE]"));
  EXPECT_EQ(OldError("UpdateItem", R"({"TableName":"abc","Key":{},"ReturnValues":"INVALID"})"),
            One("Value 'INVALID' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value "
                "set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]"));
}

TEST(ItemQuirks, QueryLimit) {
  EXPECT_EQ(CheckError("Query", R"({"TableName":"abc","Limit":0})"),
            One("Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to "
                "1"));
}

TEST(BatchQuirks, EmptyRequestItems) {
  EXPECT_EQ(CheckError("BatchGetItem", R"({"RequestItems":{}})"),
            One("Value at 'RequestItems' failed to satisfy constraint: Member must have length greater than or "
                "equal to 1"));
  EXPECT_EQ(OldError("BatchGetItem", R"({"RequestItems":{}})"),
            "The requestItems parameter is required for BatchGetItem");
  EXPECT_EQ(CheckError("BatchGetItem", "{}"),
            One("Value null at 'requestItems' failed to satisfy constraint: Member must not be null"));
  for (const std::string body : {"{}", R"({"RequestItems":null})", R"({"RequestItems":{}})"}) {
    EXPECT_EQ(CheckError("BatchWriteItem", body), "The requestItems parameter is required for BatchWriteItem");
  }
}

TEST(BatchQuirks, TooManyKeys) {
  std::string body = R"({"RequestItems":{"abc":{"Keys":[)";
  for (int i = 0; i < 101; ++i) body += std::string(i > 0 ? "," : "") + "{}";
  EXPECT_EQ(CheckError("BatchGetItem", body + "]}}}"),
            One("Value at 'RequestItems.abc.member.Keys' failed to satisfy constraint: Member must have length less "
                "than or equal to 100"));
}

TEST(TableQuirks, TableNames) {
  for (const std::string operation : {"CreateTable", "DeleteTable", "DescribeTable", "UpdateTable"}) {
    EXPECT_EQ(CheckError(operation, "{}"),
              "The parameter 'TableName' is required but was not present in the request");
  }
  EXPECT_EQ(CheckError("DescribeTable", R"({"TableName":"ab"})"),
            One("Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length greater than or "
                "equal to 3"));
  EXPECT_EQ(CheckError("DescribeTable", R"({"TableName":"arn:aws:dynamodb:us-east-1:1:table/abc"})"), "");
}

TEST(TableQuirks, TableClass) {
  EXPECT_EQ(CheckError("UpdateTable", R"({"TableName":"abc","TableClass":"X"})"),
            "Invalid table-class parameter provided. Please try again with a valid table-class value: [STANDARD, "
            "STANDARD_INFREQUENT_ACCESS].");
  EXPECT_EQ(CheckError("UpdateTable", R"({"TableName":"abc","TableClass":"STANDARD"})"), "");
}

TEST(TableQuirks, ResourceArns) {
  EXPECT_EQ(CheckError("ListTagsOfResource", "{}"), "Invalid TableArn");
  EXPECT_EQ(CheckError("TagResource", R"({"Tags":[{"Key":"a","Value":"b"}]})"), "Invalid TableArn");
  EXPECT_EQ(CheckError("UntagResource", R"({"ResourceArn":null,"TagKeys":["a"]})"), "Invalid TableArn");
}

TEST(UnsupportedMembers, AreRefused) {
  EXPECT_EQ(CheckError("CreateTable", R"({"TableName":"a","ResourcePolicy":"{}"})"),
            "ResourcePolicy is not supported by Stator yet.");
  EXPECT_EQ(CheckError("UpdateTable", R"({"TableName":"abc","ReplicaUpdates":null})"), "");
}

TEST(UnsupportedMembers, InsideListsOfStructures) {
  OperationInfo info = *FindOperation("DynamoDB_20120810.UpdateTable");
  constexpr std::string_view kRefused[] = {"GlobalSecondaryIndexUpdates.Update.WarmThroughput"};
  info.unsupported_members = kRefused;
  const auto refused = [&info](const std::string& update) {
    const TestJson json(R"({"GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"abc"}},)" + update + "]}");
    auto result = RefuseUnsupportedMembers(info, json.members());
    return result ? std::string() : *result.error().message;
  };
  EXPECT_EQ(refused(R"({"Update":{"WarmThroughput":{}}})"),
            "GlobalSecondaryIndexUpdates.Update.WarmThroughput is not supported by Stator yet.");
  EXPECT_EQ(refused(R"({"Update":{"WarmThroughput":null}})"), "");
  EXPECT_EQ(refused(R"({"Create":{"WarmThroughput":{}}})"), "");
}

}  // namespace
}  // namespace stator
