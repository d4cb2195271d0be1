#include "kinesis/sequence_number.h"

#include <gtest/gtest.h>

namespace stator::kinesis {
namespace {

TEST(SequenceNumberTest, IsReadBack) {
  for (const SequenceNumber& number :
       {SequenceNumber{1'700'000'000, 0, {}},
        SequenceNumber{1'700'000'000, 17, {1'700'000'123'456'789, 499}},
        SequenceNumber{4'100'000'000, 19'999, {4'100'000'000'000'000, UINT16_MAX}}}) {
    const std::string text = number.ToString();
    EXPECT_EQ(text.size(), 56u) << text;
    const auto parsed = ParseSequenceNumber(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(*parsed, number);
  }
}

// What clients have stored must mean the same in later versions.
TEST(SequenceNumberTest, GoldenText) {
  EXPECT_EQ((SequenceNumber{1'700'000'000, 3, {1'700'000'123'456'789, 7}}.ToString()),
            "49646437577175380707686510870219962408542007770067501106");
}

TEST(SequenceNumberTest, AscendsWithPositionAndPlace) {
  const auto text = [](uint64_t micros, uint16_t place) {
    return SequenceNumber{1'700'000'000, 5, {micros, place}}.ToString();
  };
  EXPECT_LT(text(0, 0), text(0, 1));
  EXPECT_LT(text(0, UINT16_MAX), text(1, 0));
  EXPECT_LT(text(1'700'000'000'000'000, 9), text(1'700'000'000'000'000, 10));
  EXPECT_LT(text(1'700'000'000'000'000, 499), text(1'700'000'000'000'001, 0));
}

TEST(SequenceNumberTest, OthersAreRefused) {
  EXPECT_FALSE(ParseSequenceNumber(""));
  EXPECT_FALSE(ParseSequenceNumber("0"));
  EXPECT_FALSE(ParseSequenceNumber("123"));
  EXPECT_FALSE(ParseSequenceNumber(std::string(56, '9')));
  EXPECT_FALSE(ParseSequenceNumber(std::string(129, '9')));
  std::string text = SequenceNumber{1'700'000'000, 0, {5, 0}}.ToString();
  text.back() = text.back() == '1' ? '2' : '1';
  EXPECT_FALSE(ParseSequenceNumber(text));
  EXPECT_FALSE(ParseSequenceNumber("0" + SequenceNumber{1'700'000'000, 0, {5, 0}}.ToString()));
}

TEST(RecordPositionTest, NextIsTheFirstAfter) {
  EXPECT_EQ((RecordPosition{5, 7}.Next()), (RecordPosition{5, 8}));
  EXPECT_EQ((RecordPosition{5, UINT16_MAX}.Next()), (RecordPosition{6, 0}));
}

TEST(ShardIdTest, IsWrittenAndRead) {
  EXPECT_EQ(ShardIdText(0), "shardId-000000000000");
  EXPECT_EQ(ShardIdText(123), "shardId-000000000123");
  EXPECT_EQ(ParseShardId("shardId-000000000123"), 123u);
  EXPECT_EQ(ParseShardId("12"), 12u);
  EXPECT_FALSE(ParseShardId("shardId-"));
  EXPECT_FALSE(ParseShardId("shardId-x"));
  EXPECT_FALSE(ParseShardId("shardId-99999999999"));
  EXPECT_FALSE(ParseShardId("-1"));
}

}  // namespace
}  // namespace stator::kinesis
