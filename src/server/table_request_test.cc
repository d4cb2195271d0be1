#include "server/table_request.h"

#include <gtest/gtest.h>

#include <string>

namespace stator {
namespace {

std::string RequestOf(const std::string& description) {
  simdjson::dom::parser parser;
  return TableRequestOf(parser.parse(description).value());
}

TEST(TableRequestOf, OnDemandWithIndexes) {
  EXPECT_EQ(
      RequestOf(R"({"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],
        "TableName":"T","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],
        "TableStatus":"ACTIVE","CreationDateTime":1.5,"ItemCount":7,"TableArn":"arn","TableId":"i",
        "ProvisionedThroughput":{"NumberOfDecreasesToday":0,"ReadCapacityUnits":0,
          "WriteCapacityUnits":0},
        "BillingModeSummary":{"BillingMode":"PAY_PER_REQUEST","LastUpdateToPayPerRequestDateTime":1},
        "OnDemandThroughput":{"MaxReadRequestUnits":10,"MaxWriteRequestUnits":-1},
        "WarmThroughput":{"ReadUnitsPerSecond":12000,"Status":"ACTIVE"},
        "LocalSecondaryIndexes":[{"IndexName":"l","KeySchema":[],"Projection":{"ProjectionType":"ALL"},
          "IndexArn":"a","ItemCount":1,"IndexSizeBytes":2}],
        "GlobalSecondaryIndexes":[{"IndexName":"g","KeySchema":[],
          "Projection":{"ProjectionType":"KEYS_ONLY"},"IndexStatus":"ACTIVE",
          "ProvisionedThroughput":{"ReadCapacityUnits":0,"WriteCapacityUnits":0}}],
        "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"},
        "LatestStreamArn":"s","DeletionProtectionEnabled":true,
        "SSEDescription":{"Status":"ENABLED","SSEType":"KMS","KMSMasterKeyArn":"k"},
        "TableClassSummary":{"TableClass":"STANDARD_INFREQUENT_ACCESS"}})"),
      R"({"TableName":"T","AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],)"
      R"("KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],)"
      R"("LocalSecondaryIndexes":[{"IndexName":"l","KeySchema":[],)"
      R"("Projection":{"ProjectionType":"ALL"}}],)"
      R"("GlobalSecondaryIndexes":[{"IndexName":"g","KeySchema":[],)"
      R"("Projection":{"ProjectionType":"KEYS_ONLY"}}],"BillingMode":"PAY_PER_REQUEST",)"
      R"("OnDemandThroughput":{"MaxReadRequestUnits":10,"MaxWriteRequestUnits":-1},)"
      R"("StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"},)"
      R"("TableClass":"STANDARD_INFREQUENT_ACCESS","DeletionProtectionEnabled":true})");
}

// A table that never had another mode has no BillingModeSummary.
TEST(TableRequestOf, Provisioned) {
  EXPECT_EQ(RequestOf(R"({"TableName":"T","AttributeDefinitions":[],"KeySchema":[],
        "ProvisionedThroughput":{"LastIncreaseDateTime":1,"NumberOfDecreasesToday":2,
          "ReadCapacityUnits":3,"WriteCapacityUnits":4},
        "GlobalSecondaryIndexes":[{"IndexName":"g","KeySchema":[],"Projection":{},
          "ProvisionedThroughput":{"NumberOfDecreasesToday":0,"ReadCapacityUnits":5,
            "WriteCapacityUnits":6}}],
        "DeletionProtectionEnabled":false})"),
            R"({"TableName":"T","AttributeDefinitions":[],"KeySchema":[],)"
            R"("GlobalSecondaryIndexes":[{"IndexName":"g","KeySchema":[],"Projection":{},)"
            R"("ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":6}}],)"
            R"("BillingMode":"PROVISIONED",)"
            R"("ProvisionedThroughput":{"ReadCapacityUnits":3,"WriteCapacityUnits":4}})");
}

}  // namespace
}  // namespace stator
