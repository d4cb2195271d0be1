// The operations on tables and tags, from request body to answer body, over an engine in memory.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "api/service.h"
#include "storage/open.h"
#include "table/blocking.h"
#include "table/database.h"
#include "table/write_items.h"

namespace stator {
namespace {

class FixedClock final : public Clock {
 public:
  int64_t NowMicros() const override { return 1'700'000'000'123'456; }
  int64_t MonotonicMicros() const override { return 0; }
};

const Caller kCaller{"000000000000", "us-east-1", "AKIA"};
const std::string kArn = "arn:aws:dynamodb:us-east-1:000000000000:table/music";
const std::string kV20120810 = R"({"__type":"com.amazonaws.dynamodb.v20120810#)";
const std::string kValidation =
    R"({"__type":"com.amazon.coral.validate#ValidationException","message":")";

class TableOperationsTest : public ::testing::Test {
 protected:
  TableOperationsTest() {
    DatabaseOptions options;
    options.clock = &clock_;
    options.random = &random_;
    database_ = *Database::Open(NewMemoryEngine({}), options);
    service_ = std::make_unique<Service>(database_.get());
  }

  Answer Call(const std::string& operation, const std::string& body) {
    const std::string target = "DynamoDB_20120810." + operation;
    const std::string_view target_view = target;
    const simdjson::padded_string padded(body);
    simdjson::dom::parser parser;
    RecognizedRequest request;
    EXPECT_TRUE(service_->Recognize(&target_view, padded, &parser, &request));
    return Await<Answer>([&](auto done) { service_->Execute(request, kCaller, std::move(done)); });
  }

  std::string Ok(const std::string& operation, const std::string& body) {
    const Answer answer = Call(operation, body);
    EXPECT_EQ(answer.http_status, 200) << answer.body;
    return answer.body;
  }
  void ExpectError(const std::string& operation, const std::string& body,
                   const std::string& error) {
    const Answer answer = Call(operation, body);
    EXPECT_EQ(answer.http_status, 400);
    EXPECT_EQ(answer.body, error + "\"}");
  }

  // The description of the table, without its id, once `text` is in it.
  std::string DescribeWith(const std::string& text) {
    std::string json;
    for (int i = 0; i < 10'000; ++i) {
      json = Ok("DescribeTable", R"({"TableName":"music"})");
      if (json.find(text) != std::string::npos) return WithoutId(json);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return "never: " + json;
  }
  static std::string WithoutId(std::string json) {
    const size_t at = json.find("\"TableId\":\"");
    if (at != std::string::npos) json.erase(at + 11, 36);
    return json;
  }
  void CreateMusic(const std::string& more = "") {
    Ok("CreateTable",
       R"({"TableName":"music","AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],)"
       R"("KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST")" +
           more + "}");
    DescribeWith(R"("TableStatus":"ACTIVE")");
  }
  void WaitGone() {
    while (Call("DescribeTable", R"({"TableName":"music"})").http_status == 200) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  FixedClock clock_;
  SeededRandom random_{1};
  std::unique_ptr<Database> database_;
  std::unique_ptr<Service> service_;
};

TEST_F(TableOperationsTest, LifeOfAnOnDemandTable) {
  const std::string created = Ok(
      "CreateTable",
      R"({"TableName":"music","AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},)"
      R"({"AttributeName":"r","AttributeType":"N"}],"KeySchema":[{"AttributeName":"p","KeyType":"HASH"},)"
      R"({"AttributeName":"r","KeyType":"RANGE"}],"BillingMode":"PAY_PER_REQUEST"})");
  EXPECT_EQ(
      WithoutId(created),
      R"({"TableDescription":{"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},)"
      R"({"AttributeName":"r","AttributeType":"N"}],"KeySchema":[{"AttributeName":"p","KeyType":"HASH"},)"
      R"({"AttributeName":"r","KeyType":"RANGE"}],"TableName":"music","TableStatus":"CREATING",)"
      R"("CreationDateTime":1700000000.123,"ProvisionedThroughput":{"NumberOfDecreasesToday":0,)"
      R"("ReadCapacityUnits":0,"WriteCapacityUnits":0},"TableSizeBytes":0,"ItemCount":0,"TableArn":")" +
          kArn +
          R"(","TableId":"","BillingModeSummary":{"BillingMode":"PAY_PER_REQUEST"},)"
          R"("DeletionProtectionEnabled":false}})");
  const std::string described = DescribeWith(R"("TableStatus":"ACTIVE")");
  EXPECT_NE(described.find(R"("BillingModeSummary":{"BillingMode":"PAY_PER_REQUEST",)"
                           R"("LastUpdateToPayPerRequestDateTime":1700000000.123})"),
            std::string::npos)
      << described;
  EXPECT_NE(
      described.find(R"("WarmThroughput":{"ReadUnitsPerSecond":12000,"WriteUnitsPerSecond":4000,)"
                     R"("Status":"ACTIVE"}}})"),
      std::string::npos)
      << described;
  EXPECT_EQ(WithoutId(Ok("DescribeTable", R"({"TableName":")" + kArn + "\"}")), described);
  ExpectError(
      "CreateTable",
      R"({"TableName":"music","AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],)"
      R"("KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST"})",
      kV20120810 + R"(ResourceInUseException","message":"Table already exists: music)");

  EXPECT_EQ(
      WithoutId(Ok("DeleteTable", R"({"TableName":"music"})")),
      R"({"TableDescription":{"TableName":"music","TableStatus":"DELETING","ProvisionedThroughput":)"
      R"({"NumberOfDecreasesToday":0,"ReadCapacityUnits":0,"WriteCapacityUnits":0},"TableSizeBytes":0,)"
      R"("ItemCount":0,"TableArn":")" +
          kArn +
          R"(","TableId":"","BillingModeSummary":{"BillingMode":"PAY_PER_REQUEST",)"
          R"("LastUpdateToPayPerRequestDateTime":1700000000.123},"DeletionProtectionEnabled":false}})");
  WaitGone();
  for (const char* operation : {"DescribeTable", "DeleteTable", "DescribeTimeToLive"}) {
    ExpectError(operation, R"({"TableName":"music"})",
                kV20120810 + R"(ResourceNotFoundException","message":)"
                             R"("Requested resource not found: Table: music not found)");
  }
}

TEST_F(TableOperationsTest, DescribesIndexesAndCountsItems) {
  Ok("CreateTable",
     R"({"TableName":"music","AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},)"
     R"({"AttributeName":"r","AttributeType":"S"},{"AttributeName":"a","AttributeType":"B"}],)"
     R"("KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"r","KeyType":"RANGE"}],)"
     R"("ProvisionedThroughput":{"ReadCapacityUnits":3,"WriteCapacityUnits":4},)"
     R"("LocalSecondaryIndexes":[{"IndexName":"local","KeySchema":[{"AttributeName":"p","KeyType":"HASH"},)"
     R"({"AttributeName":"a","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}],)"
     R"("GlobalSecondaryIndexes":[{"IndexName":"global","KeySchema":[{"AttributeName":"r","KeyType":"HASH"}],)"
     R"("Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["x"]},)"
     R"("ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":2}}]})");
  DescribeWith(R"("TableStatus":"ACTIVE")");
  WriteItemsRequest put;
  put.scope = {kCaller.account_id, kCaller.region};
  put.writes.resize(1);
  put.writes[0].table_name = "music";
  for (const char* name : {"p", "r", "x", "y"})
    put.writes[0].item.Set(name, AttributeValue::S("1"));
  ASSERT_TRUE(Await<bool>([&](auto done) {
    WriteItems(database_.get(), put, [done = std::move(done)](auto result, const auto&) mutable {
      done(result.has_value());
    });
  }));
  const std::string described = DescribeWith(R"("ItemCount":1)");
  EXPECT_NE(described.find(R"("TableSizeBytes":8,"ItemCount":1)"), std::string::npos) << described;
  EXPECT_NE(
      described.find(
          R"("LocalSecondaryIndexes":[{"IndexName":"local","KeySchema":[{"AttributeName":"p","KeyType":"HASH"},)"
          R"({"AttributeName":"a","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"},)"
          R"("IndexSizeBytes":0,"ItemCount":0,"IndexArn":")" +
          kArn + R"(/index/local"}])"),
      std::string::npos)
      << described;
  EXPECT_NE(
      described.find(
          R"("GlobalSecondaryIndexes":[{"IndexName":"global","KeySchema":[{"AttributeName":"r","KeyType":"HASH"}],)"
          R"("Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["x"]},"IndexStatus":"ACTIVE",)"
          R"("ProvisionedThroughput":{"NumberOfDecreasesToday":0,"ReadCapacityUnits":1,"WriteCapacityUnits":2},)"
          R"("WarmThroughput":{"ReadUnitsPerSecond":1,"WriteUnitsPerSecond":2,"Status":"ACTIVE"},)"
          R"("IndexSizeBytes":6,"ItemCount":1,"IndexArn":")" +
          kArn + R"(/index/global"}])"),
      std::string::npos)
      << described;
  EXPECT_EQ(described.find("BillingModeSummary"), std::string::npos);
}

TEST_F(TableOperationsTest, UpdateAnswersWithTheOldValues) {
  Ok("CreateTable",
     R"({"TableName":"music","AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],)"
     R"("KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],)"
     R"("ProvisionedThroughput":{"ReadCapacityUnits":3,"WriteCapacityUnits":4}})");
  DescribeWith(R"("TableStatus":"ACTIVE")");
  const std::string updated = Ok(
      "UpdateTable",
      R"({"TableName":"music","ProvisionedThroughput":{"ReadCapacityUnits":9,"WriteCapacityUnits":1}})");
  EXPECT_NE(updated.find(R"("TableStatus":"UPDATING")"), std::string::npos) << updated;
  EXPECT_NE(updated.find(R"("ReadCapacityUnits":3,"WriteCapacityUnits":4)"), std::string::npos)
      << updated;
  const std::string described = DescribeWith(R"("TableStatus":"ACTIVE")");
  EXPECT_NE(
      described.find(
          R"("ProvisionedThroughput":{"LastIncreaseDateTime":1700000000.123,)"
          R"("LastDecreaseDateTime":1700000000.123,"NumberOfDecreasesToday":1,"ReadCapacityUnits":9,)"
          R"("WriteCapacityUnits":1})"),
      std::string::npos)
      << described;
  ExpectError("UpdateTable", R"({"TableName":"nosuch","BillingMode":"PAY_PER_REQUEST"})",
              kV20120810 + R"(ResourceNotFoundException","message":)"
                           R"("Requested resource not found: Table: nosuch not found)");
}

TEST_F(TableOperationsTest, CeilingsAreEchoedOnce) {
  CreateMusic(R"(,"OnDemandThroughput":{"MaxReadRequestUnits":10})");
  EXPECT_NE(DescribeWith("").find(R"("OnDemandThroughput":{"MaxReadRequestUnits":10},)"),
            std::string::npos);
  const std::string updated =
      Ok("UpdateTable", R"({"TableName":"music","OnDemandThroughput":{"MaxReadRequestUnits":-1}})");
  EXPECT_NE(updated.find(R"("OnDemandThroughput":{"MaxReadRequestUnits":-1},)"), std::string::npos)
      << updated;
  EXPECT_EQ(DescribeWith("").find("OnDemandThroughput"), std::string::npos);
}

TEST_F(TableOperationsTest, AddsAndRemovesAnIndex) {
  CreateMusic();
  const std::string updated = Ok(
      "UpdateTable",
      R"({"TableName":"music","AttributeDefinitions":[{"AttributeName":"g","AttributeType":"N"}],)"
      R"("GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"by-g","KeySchema":[{"AttributeName":"g",)"
      R"("KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}}]})");
  EXPECT_NE(updated.find(R"("IndexStatus":"CREATING","Backfilling":false)"), std::string::npos)
      << updated;
  const std::string described = DescribeWith(R"("IndexStatus":"ACTIVE")");
  EXPECT_EQ(described.find("Backfilling"), std::string::npos);
  EXPECT_NE(described.find(R"({"AttributeName":"g","AttributeType":"N"})"), std::string::npos);
  Ok("UpdateTable",
     R"({"TableName":"music","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"by-g"}}]})");
  const std::string without =
      DescribeWith(R"("AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}])");
  EXPECT_EQ(without.find("GlobalSecondaryIndexes"), std::string::npos);
}

TEST_F(TableOperationsTest, ListsNamesInPages) {
  EXPECT_EQ(Ok("ListTables", "{}"), R"({"TableNames":[]})");
  for (const char* name : {"ccc", "aaa", "bbb"}) {
    Ok("CreateTable",
       R"({"TableName":")" + std::string(name) +
           R"(","AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],)"
           R"("KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST"})");
  }
  EXPECT_EQ(Ok("ListTables", "{}"), R"({"TableNames":["aaa","bbb","ccc"]})");
  EXPECT_EQ(Ok("ListTables", R"({"Limit":2})"),
            R"({"TableNames":["aaa","bbb"],"LastEvaluatedTableName":"bbb"})");
  EXPECT_EQ(Ok("ListTables", R"({"Limit":2,"ExclusiveStartTableName":"bbb"})"),
            R"({"TableNames":["ccc"]})");
  EXPECT_EQ(Ok("ListTables", R"({"Limit":1,"ExclusiveStartTableName":"aab"})"),
            R"({"TableNames":["bbb"],"LastEvaluatedTableName":"bbb"})");
}

TEST_F(TableOperationsTest, Tags) {
  CreateMusic(R"(,"Tags":[{"Key":"b","Value":"1"}])");
  const std::string arn = R"({"ResourceArn":")" + kArn + "\"";
  EXPECT_EQ(Ok("TagResource", arn + R"(,"Tags":[{"Key":"a","Value":""},{"Key":"b","Value":"2"}]})"),
            "");
  EXPECT_EQ(Ok("ListTagsOfResource", arn + "}"),
            R"({"Tags":[{"Key":"a","Value":""},{"Key":"b","Value":"2"}]})");
  EXPECT_EQ(Ok("UntagResource", arn + R"(,"TagKeys":["a","zzz"]})"), "");
  EXPECT_EQ(Ok("ListTagsOfResource", arn + "}"), R"({"Tags":[{"Key":"b","Value":"2"}]})");

  ExpectError("TagResource", arn + R"(,"Tags":[{"Key":"aws:x","Value":""}]})",
              kValidation + "Tag Key cannot be prefixed with aws:, Key: aws:x");
  ExpectError("TagResource", arn + R"(,"Tags":[]})",
              kValidation + "Atleast one Tag needs to be provided as Input.");
  ExpectError("UntagResource", arn + R"(,"TagKeys":[]})",
              kValidation + "Atleast one Tag Key needs to be provided as Input.");
  const std::string other = "arn:aws:dynamodb:us-east-1:000000000000:table/other";
  ExpectError(
      "ListTagsOfResource", R"({"ResourceArn":")" + other + "\"}",
      kV20120810 +
          R"(ResourceNotFoundException","message":"Requested resource not found: ResourcArn: )" +
          other + " not found");
  ExpectError("UntagResource", R"({"ResourceArn":")" + other + R"(","TagKeys":["a"]})",
              kV20120810 + R"(ResourceNotFoundException","message":"Requested resource not found)");
}

TEST_F(TableOperationsTest, TimeToLive) {
  CreateMusic();
  const std::string table = R"({"TableName":"music")";
  const std::string specification = R"("TimeToLiveSpecification":{"Enabled":true,"AttributeName":"x"}})";
  EXPECT_EQ(Ok("DescribeTimeToLive", table + "}"),
            R"({"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}})");
  EXPECT_EQ(Ok("UpdateTimeToLive", table + "," + specification), "{" + specification);
  EXPECT_EQ(Ok("DescribeTimeToLive", table + "}"),
            R"({"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED","AttributeName":"x"}})");
  ExpectError("UpdateTimeToLive", table + "," + specification,
              kValidation + "TimeToLive is already enabled");
}

}  // namespace
}  // namespace stator
