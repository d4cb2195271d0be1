#include "workload.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <set>
#include <string>

#include "base/compress.h"
#include "model/attribute_value_json.h"
#include "model/item_size.h"

namespace stator::bench {
namespace {

std::string Body(const Workload& workload, Operation operation, uint64_t number,
                 std::string_view start_key = "") {
  Random random(1);
  std::string body;
  workload.AppendBody(operation, number, start_key, &random, &body);
  return body;
}

TEST(WorkloadTest, ItemsHaveTheSizeAskedFor) {
  for (size_t bytes : {200, 1024, 40 << 10, 400 << 10}) {
    for (int indexes : {0, 20}) {
      if (bytes < 1024 && indexes > 0) continue;
      const Workload workload({"t", 1000, bytes, indexes});
      simdjson::dom::parser parser;
      const simdjson::dom::element request = parser.parse(Body(workload, Operation::kPut, 789));
      const auto item = AttributeMapFromJson(request["Item"].get_object());
      ASSERT_TRUE(item);
      EXPECT_LE(SizeOf(*item), bytes);
      EXPECT_GE(SizeOf(*item) + 12, bytes);
    }
  }
}

// A disk that holds next to nothing measures nothing; neither does one with noise on it.
TEST(WorkloadTest, ItemsCompressAsDataDoes) {
  const Workload workload({"t", 1000, 1024});
  Random random(1);
  std::string items;
  workload.AppendLoad(0, 25, &random, &items);
  const std::string compressed = Compress(ContentCoding::kDeflate, items);
  EXPECT_LT(compressed.size() * 2, items.size());
  EXPECT_GT(compressed.size() * 4, items.size());
}

TEST(WorkloadTest, EveryRequestIsJson) {
  const Workload workload({"t", 1000, 500, 2});
  for (int i = 0; i < kOperations; ++i) {
    simdjson::dom::parser parser;
    const auto body = Body(workload, static_cast<Operation>(i), 999);
    EXPECT_FALSE(parser.parse(body).error()) << body;
    EXPECT_EQ(OperationNamed(NameOf(static_cast<Operation>(i))), static_cast<Operation>(i));
  }
  simdjson::dom::parser parser;
  EXPECT_FALSE(parser.parse(workload.CreateTable()).error());
  EXPECT_FALSE(OperationNamed("delete"));
}

TEST(WorkloadTest, ABatchHasDifferentKeys) {
  const Workload workload({"t", 100, 100});
  for (const auto operation : {Operation::kBatchGet, Operation::kBatchWrite}) {
    std::set<std::string> keys;
    simdjson::dom::parser parser;
    const simdjson::dom::element body = parser.parse(Body(workload, operation, 99));
    const simdjson::dom::element table = body["RequestItems"]["t"];
    const bool get = operation == Operation::kBatchGet;
    const simdjson::dom::array requests = get ? table["Keys"].get_array() : table.get_array();
    for (const simdjson::dom::element request : requests) {
      const simdjson::dom::element item = get ? request : request["PutRequest"]["Item"];
      keys.insert(simdjson::to_string(item["p"]) + simdjson::to_string(item["r"]));
    }
    EXPECT_EQ(keys.size(), ItemsOf(operation));
  }
}

TEST(WorkloadTest, ScanGoesOnFromTheLastKey) {
  const Workload workload({"t", 100, 100});
  const std::string answer =
      R"({"Count":1,"Items":[],"LastEvaluatedKey":{"p":{"S":"x"},"r":{"N":"1"}},"ScannedCount":1})";
  const std::string_view key = ObjectMember(answer, "LastEvaluatedKey");
  EXPECT_EQ(key, R"({"p":{"S":"x"},"r":{"N":"1"}})");
  EXPECT_EQ(Body(workload, Operation::kScan, 0, key),
            R"({"TableName":"t","ExclusiveStartKey":{"p":{"S":"x"},"r":{"N":"1"}}})");
  EXPECT_EQ(ObjectMember(R"({"Items":[]})", "LastEvaluatedKey"), "");
}

TEST(WorkloadTest, WrongAnswersAreSeen) {
  const Workload workload({"t", 100, 100});
  EXPECT_TRUE(workload.IsRight(Operation::kGet, R"({"Item":{"p":{"S":"x"}}})"));
  EXPECT_FALSE(workload.IsRight(Operation::kGet, "{}"));
  EXPECT_TRUE(workload.IsRight(Operation::kBatchWrite, R"({"UnprocessedItems":{}})"));
  EXPECT_FALSE(workload.IsRight(Operation::kBatchWrite, R"({"UnprocessedItems":{"t":[]}})"));
  EXPECT_FALSE(workload.IsRight(Operation::kQuery, R"({"Count":9,"Items":[]})"));
}

}  // namespace
}  // namespace stator::bench
