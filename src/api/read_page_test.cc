// Query and Scan from the bytes of a request to those of its answer, over an engine in memory.
#include "api/read_page.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <future>
#include <memory>
#include <string>
#include <thread>

#include "api/service.h"
#include "api/test_json.h"
#include "base/clock.h"
#include "base/random.h"
#include "storage/open.h"
#include "table/database.h"

namespace stator {
namespace {

class ReadPageTest : public testing::Test {
 protected:
  ReadPageTest() : random_(1), database_(Open()), service_(database_.get()) {
    Must("CreateTable", R"({"TableName":"table","BillingMode":"PAY_PER_REQUEST",
        "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"r","AttributeType":"N"},
                                {"AttributeName":"a","AttributeType":"N"}],
        "KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"r","KeyType":"RANGE"}],
        "LocalSecondaryIndexes":[{"IndexName":"local","Projection":{"ProjectionType":"KEYS_ONLY"},
          "KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"a","KeyType":"RANGE"}]}],
        "GlobalSecondaryIndexes":[{"IndexName":"global","Projection":{"ProjectionType":"ALL"},
          "KeySchema":[{"AttributeName":"a","KeyType":"HASH"}]}]})");
    while (database_->catalog().Find({"000000000000", "us-east-1"}, "table")->status !=
           TableStatus::kActive) {
      std::this_thread::yield();
    }
    Put(R"("r":{"N":"1"},"a":{"N":"9"},"x":{"S":"one"})");
    Put(R"("r":{"N":"2"},"a":{"N":"8"},"x":{"S":"two"})");
    Put(R"("r":{"N":"3"},"x":{"S":"three"})");
  }

  std::unique_ptr<Database> Open() {
    DatabaseOptions options;
    options.clock = &clock_;
    options.random = &random_;
    auto database = Database::Open(NewMemoryEngine({}), options);
    EXPECT_TRUE(database);
    return *std::move(database);
  }

  Answer Call(std::string_view operation, std::string_view body) {
    const std::string target = "DynamoDB_20120810." + std::string(operation);
    const std::string_view view = target;
    simdjson::dom::parser parser;
    const simdjson::padded_string padded(body);
    RecognizedRequest request;
    auto recognized = service_.Recognize(&view, std::string_view(padded), &parser, &request);
    if (!recognized) return ErrorAnswer(recognized.error());
    auto promise = std::make_shared<std::promise<Answer>>();
    auto answer = promise->get_future();
    service_.Execute(request, {"000000000000", "us-east-1", "key"},
                     [promise](Answer a) { promise->set_value(std::move(a)); });
    return answer.get();
  }
  std::string Must(std::string_view operation, std::string_view body) {
    const Answer answer = Call(operation, body);
    EXPECT_EQ(answer.http_status, 200) << answer.body;
    return answer.body;
  }
  void Put(const std::string& attributes) {
    Must("PutItem", R"({"TableName":"table","Item":{"p":{"S":"x"},)" + attributes + "}}");
  }
  std::string Query(const std::string& condition, const std::string& more = "") {
    return Must("Query", R"({"TableName":"table","KeyConditionExpression":")" + condition + "\"" +
                             (more.empty() ? "" : "," + more) + "}");
  }
  std::string Scan(const std::string& more = "") {
    return Must("Scan", R"({"TableName":"table")" + (more.empty() ? "" : "," + more) + "}");
  }

  const SystemClock clock_;
  SeededRandom random_;
  const std::unique_ptr<Database> database_;
  const Service service_;
};

const char kOne[] = R"({"a":{"N":"9"},"p":{"S":"x"},"r":{"N":"1"},"x":{"S":"one"}})";
const char kTwo[] = R"({"a":{"N":"8"},"p":{"S":"x"},"r":{"N":"2"},"x":{"S":"two"}})";
const char kThree[] = R"({"p":{"S":"x"},"r":{"N":"3"},"x":{"S":"three"}})";
const std::string kX = R"("ExpressionAttributeValues":{":x":{"S":"x"}})";

std::string Items(std::initializer_list<std::string> items) {
  std::string json = "\"Items\":[";
  for (const std::string& item : items) json += (json.back() == '[' ? "" : ",") + item;
  return json + "]";
}

TEST_F(ReadPageTest, WholeItems) {
  EXPECT_EQ(Query("p = :x", kX),
            "{" + Items({kOne, kTwo, kThree}) + R"(,"Count":3,"ScannedCount":3})");
  EXPECT_EQ(Query("p = :x", kX + R"(,"ScanIndexForward":false)"),
            "{" + Items({kThree, kTwo, kOne}) + R"(,"Count":3,"ScannedCount":3})");
  EXPECT_EQ(Scan(), "{" + Items({kOne, kTwo, kThree}) + R"(,"Count":3,"ScannedCount":3})");
}

TEST_F(ReadPageTest, NothingFound) {
  EXPECT_EQ(Query("p = :y", R"("ExpressionAttributeValues":{":y":{"S":"y"}})"),
            R"({"Items":[],"Count":0,"ScannedCount":0})");
}

TEST_F(ReadPageTest, FilterProjectionAndCount) {
  const std::string values = R"("ExpressionAttributeValues":{":x":{"S":"x"},":t":{"S":"t"}})";
  const std::string filter = R"j(,"FilterExpression":"begins_with(x, :t)")j";
  EXPECT_EQ(Query("p = :x", values + filter),
            "{" + Items({kTwo, kThree}) + R"(,"Count":2,"ScannedCount":3})");
  EXPECT_EQ(Query("p = :x", values + filter + R"(,"ProjectionExpression":"x")"),
            "{" + Items({R"({"x":{"S":"two"}})", R"({"x":{"S":"three"}})"}) +
                R"(,"Count":2,"ScannedCount":3})");
  EXPECT_EQ(Query("p = :x", values + filter + R"(,"Select":"COUNT")"),
            R"({"Count":2,"ScannedCount":3})");
  EXPECT_EQ(Scan(R"("ProjectionExpression":"a")"),
            "{" + Items({R"({"a":{"N":"9"}})", R"({"a":{"N":"8"}})", "{}"}) +
                R"(,"Count":3,"ScannedCount":3})");
}

TEST_F(ReadPageTest, Pages) {
  const std::string key = R"({"p":{"S":"x"},"r":{"N":"2"}})";
  EXPECT_EQ(
      Query("p = :x", kX + R"(,"Limit":2)"),
      "{" + Items({kOne, kTwo}) + R"(,"Count":2,"ScannedCount":2,"LastEvaluatedKey":)" + key + "}");
  EXPECT_EQ(Query("p = :x", kX + R"(,"ExclusiveStartKey":)" + key),
            "{" + Items({kThree}) + R"(,"Count":1,"ScannedCount":1})");
  EXPECT_EQ(Scan(R"("ExclusiveStartKey":)" + key),
            "{" + Items({kThree}) + R"(,"Count":1,"ScannedCount":1})");
  // A limit that is met exactly leaves a key all the same ...
  EXPECT_NE(Scan(R"("Limit":3)").find("LastEvaluatedKey"), std::string::npos);
  // ... but not where nothing else can follow, and the key would be refused.
  EXPECT_EQ(Query("p = :x and r = :r",
                  R"("Limit":1,"ExpressionAttributeValues":{":x":{"S":"x"},":r":{"N":"2"}})"),
            "{" + Items({kTwo}) + R"(,"Count":1,"ScannedCount":1})");
}

TEST_F(ReadPageTest, LocalIndexReachesBackToTheTable) {
  const std::string index = kX + R"(,"IndexName":"local")",
                    values = R"("ExpressionAttributeValues":{":x":{"S":"x"},
                                                                      ":one":{"S":"one"}},"IndexName":"local")";
  const std::string one = R"({"a":{"N":"9"},"p":{"S":"x"},"r":{"N":"1"}})",
                    two = R"({"a":{"N":"8"},"p":{"S":"x"},"r":{"N":"2"}})";
  EXPECT_EQ(Query("p = :x", index), "{" + Items({two, one}) + R"(,"Count":2,"ScannedCount":2})");
  EXPECT_EQ(Query("p = :x", index + R"(,"Select":"ALL_ATTRIBUTES")"),
            "{" + Items({kTwo, kOne}) + R"(,"Count":2,"ScannedCount":2})");
  EXPECT_EQ(Query("p = :x", index + R"(,"ProjectionExpression":"x")"),
            "{" + Items({R"({"x":{"S":"two"}})", R"({"x":{"S":"one"}})"}) +
                R"(,"Count":2,"ScannedCount":2})");
  // The filter needs what the index does not hold; the answer shows what it holds.
  EXPECT_EQ(Query("p = :x", values + R"(,"FilterExpression":"x = :one")"),
            "{" + Items({one}) + R"(,"Count":1,"ScannedCount":2})");
}

TEST_F(ReadPageTest, GlobalIndex) {
  EXPECT_EQ(
      Query("a = :a",
            R"("IndexName":"global","Limit":1,"ExpressionAttributeValues":{":a":{"N":"8.0"}})"),
      "{" + Items({kTwo}) +
          R"(,"Count":1,"ScannedCount":1,"LastEvaluatedKey":{"a":{"N":"8"},"p":{"S":"x"},"r":{"N":"2"}}})");
}

TEST_F(ReadPageTest, ConsumedCapacity) {
  const auto consumed = [](const std::string& body) {
    return body.substr(body.find("\"ConsumedCapacity\""));
  };
  const std::string indexes = R"(,"ReturnConsumedCapacity":"INDEXES")";
  EXPECT_EQ(consumed(Scan(R"("ReturnConsumedCapacity":"TOTAL")")),
            R"("ConsumedCapacity":{"TableName":"table","CapacityUnits":0.5}})");
  EXPECT_EQ(
      consumed(Query("p = :x", kX + indexes + R"(,"ConsistentRead":true,"Select":"COUNT")")),
      R"("ConsumedCapacity":{"TableName":"table","CapacityUnits":1.0,"Table":{"CapacityUnits":1.0}}})");
  EXPECT_EQ(
      consumed(Query("p = :x", kX + indexes + R"(,"IndexName":"local")")),
      R"("ConsumedCapacity":{"TableName":"table","CapacityUnits":0.5,"Table":{"CapacityUnits":0.0},)"
      R"("LocalSecondaryIndexes":{"local":{"CapacityUnits":0.5}}}})");
  // One block for each of the two items fetched.
  EXPECT_EQ(
      consumed(Query("p = :x", kX + indexes + R"(,"IndexName":"local","Select":"ALL_ATTRIBUTES")")),
      R"("ConsumedCapacity":{"TableName":"table","CapacityUnits":1.5,"Table":{"CapacityUnits":1.0},)"
      R"("LocalSecondaryIndexes":{"local":{"CapacityUnits":0.5}}}})");
  EXPECT_EQ(
      consumed(Scan(R"("IndexName":"global")" + indexes)),
      R"("ConsumedCapacity":{"TableName":"table","CapacityUnits":0.5,"Table":{"CapacityUnits":0.0},)"
      R"("GlobalSecondaryIndexes":{"global":{"CapacityUnits":0.5}}}})");
  EXPECT_EQ(Scan(R"("ReturnConsumedCapacity":"NONE")"), Scan());
}

TEST_F(ReadPageTest, TablesThatAreNotThere) {
  const Answer answer = Call("Scan", R"({"TableName":"other"})");
  EXPECT_EQ(answer.http_status, 400);
  EXPECT_EQ(answer.body,
            R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",)"
            R"("message":"Requested resource not found"})");
  // What can be said without the table is said first.
  EXPECT_NE(Call("Query", R"({"TableName":"other"})").body.find("Either the KeyConditions or"),
            std::string::npos);
}

TEST_F(ReadPageTest, Constraints) {
  const auto message = [](const Answer& answer) {
    return std::string(TestJson(answer.body).members().String("message").value_or(answer.body));
  };
  EXPECT_EQ(message(Call("Query", R"({"TableName":"table","Limit":0})")),
            "1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member "
            "must have value greater "
            "than or equal to 1");
  EXPECT_EQ(message(Call("Scan", R"({"TableName":"table","Limit":0})")),
            "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: "
            "Member must have value "
            "greater than or equal to 1");
  EXPECT_EQ(message(Call("Scan", R"({"TableName":"table","Segment":-1,"TotalSegments":2})")),
            "1 validation error detected: Value '-1' at 'segment' failed to satisfy constraint: "
            "Member must have value "
            "greater than or equal to 0");
}

}  // namespace
}  // namespace stator
