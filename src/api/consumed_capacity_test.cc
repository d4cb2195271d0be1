#include "api/consumed_capacity.h"

#include <gtest/gtest.h>

namespace stator {
namespace {

std::string Json(const ConsumedCapacity& consumed, ReturnConsumedCapacity detail) {
  std::string json;
  AppendConsumedCapacity(consumed, detail, &json);
  return json;
}

TEST(ConsumedCapacityTest, ParsesTheEnum) {
  EXPECT_EQ(ParseReturnConsumedCapacity("TOTAL"), ReturnConsumedCapacity::kTotal);
  EXPECT_EQ(ParseReturnConsumedCapacity("INDEXES"), ReturnConsumedCapacity::kIndexes);
  EXPECT_EQ(ParseReturnConsumedCapacity("NONE"), ReturnConsumedCapacity::kNone);
  EXPECT_EQ(ParseReturnConsumedCapacity(""), ReturnConsumedCapacity::kNone);
}

TEST(ConsumedCapacityTest, TotalIncludesIndexUnits) {
  const ConsumedCapacity consumed{"t", 2, {{"l", 0.5}}, {{"g", 1}, {"h", 3}}};
  EXPECT_EQ(Json(consumed, ReturnConsumedCapacity::kTotal),
            R"({"TableName":"t","CapacityUnits":6.5})");
}

TEST(ConsumedCapacityTest, IndexesShowsEveryArmTouched) {
  const ConsumedCapacity consumed{"t", 0, {{"l", 0.5}}, {{"g", 1}, {"h", 3}}};
  EXPECT_EQ(Json(consumed, ReturnConsumedCapacity::kIndexes),
            R"({"TableName":"t","CapacityUnits":4.5,"Table":{"CapacityUnits":0.0},)"
            R"("LocalSecondaryIndexes":{"l":{"CapacityUnits":0.5}},)"
            R"("GlobalSecondaryIndexes":{"g":{"CapacityUnits":1.0},"h":{"CapacityUnits":3.0}}})");
  EXPECT_EQ(Json({"t", 0.5, {}, {}}, ReturnConsumedCapacity::kIndexes),
            R"({"TableName":"t","CapacityUnits":0.5,"Table":{"CapacityUnits":0.5}})");
}

}  // namespace
}  // namespace stator
