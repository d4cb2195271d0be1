#include "kinesis/hash_key.h"

#include <gtest/gtest.h>

namespace stator::kinesis {
namespace {

constexpr char kLargest[] = "340282366920938463463374607431768211455";

TEST(HashKeyTest, IsTheMd5OfThePartitionKey) {
  EXPECT_EQ(HashKeyText(HashKeyOf("a")), "16955237001963240173058271559858726497");
  EXPECT_EQ(HashKeyText(HashKeyOf("")), "281949768489412648962353822266799178366");
}

TEST(HashKeyTest, TextsAreReadBack) {
  for (const char* text : {"0", "1", "10", "18446744073709551616", kLargest}) {
    const auto key = ParseHashKey(text);
    ASSERT_TRUE(key) << text;
    EXPECT_EQ(HashKeyText(*key), text);
  }
  EXPECT_FALSE(ParseHashKey(""));
  EXPECT_FALSE(ParseHashKey("-1"));
  EXPECT_FALSE(ParseHashKey("1x"));
  EXPECT_FALSE(ParseHashKey("340282366920938463463374607431768211456"));
  EXPECT_FALSE(ParseHashKey("999999999999999999999999999999999999999"));
}

TEST(HashKeyTest, RangesOfShardsAreTheService) {
  EXPECT_EQ(HashKeyText(RangeOfShard(0, 1).end), kLargest);
  EXPECT_EQ(HashKeyText(RangeOfShard(0, 2).end), "170141183460469231731687303715884105727");
  EXPECT_EQ(HashKeyText(RangeOfShard(1, 2).begin), "170141183460469231731687303715884105728");
  EXPECT_EQ(HashKeyText(RangeOfShard(0, 3).end), "113427455640312821154458202477256070484");
  EXPECT_EQ(HashKeyText(RangeOfShard(2, 3).begin), "226854911280625642308916404954512140970");
}

TEST(HashKeyTest, EveryKeyBelongsToTheShardWhoseRangeHoldsIt) {
  for (const uint32_t count : {1u, 2u, 3u, 7u, 64u, 1000u}) {
    EXPECT_EQ(RangeOfShard(0, count).begin, HashKey{0});
    EXPECT_EQ(HashKeyText(RangeOfShard(count - 1, count).end), kLargest);
    for (uint32_t shard = 0; shard < count; ++shard) {
      const HashKeyRange range = RangeOfShard(shard, count);
      EXPECT_EQ(ShardOf(range.begin, count), shard);
      EXPECT_EQ(ShardOf(range.end, count), shard);
      if (shard > 0) {
        EXPECT_EQ(RangeOfShard(shard - 1, count).end + 1, range.begin);
      }
    }
  }
}

}  // namespace
}  // namespace stator::kinesis
