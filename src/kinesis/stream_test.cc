#include "kinesis/stream.h"

#include <gtest/gtest.h>

#include "kinesis/shard_iterator.h"

namespace stator::kinesis {
namespace {

Stream Example() {
  return {.scope = {"000000000000", "us-east-1"},
          .name = "orders",
          .id = 7,
          .version = 3,
          .created_micros = 1'700'000'000'123'456,
          .shard_count = 4,
          .on_demand = true,
          .retention_hours = 48,
          .tags = {{"team", "a"}, {"x", ""}}};
}

TEST(StreamTest, IsReadBack) {
  const auto decoded = DecodeStream(EncodeStream(Example()));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(*decoded, Example());
}

TEST(StreamTest, OtherBytesAreCorrupt) {
  EXPECT_FALSE(DecodeStream(""));
  EXPECT_FALSE(DecodeStream(std::string("\x01\0\0", 3)));
}

TEST(StreamTest, ArnIsTakenApart) {
  EXPECT_EQ(Example().Arn(), "arn:aws:kinesis:us-east-1:000000000000:stream/orders");
  const std::string arn = Example().Arn();
  const auto parsed = ParseStreamArn(arn);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->region, "us-east-1");
  EXPECT_EQ(parsed->account_id, "000000000000");
  EXPECT_EQ(parsed->name, "orders");
  EXPECT_FALSE(ParseStreamArn("orders"));
  EXPECT_FALSE(ParseStreamArn("arn:aws:dynamodb:us-east-1:000000000000:table/x"));
  EXPECT_FALSE(ParseStreamArn("arn:aws:kinesis:us-east-1:000000000000:stream/a/consumer/b:1"));
  EXPECT_FALSE(ParseStreamArn("arn:aws:kinesis:us-east-1:000000000000:stream/"));
}

TEST(StreamTest, RecordsHaveGoldenBytes) {
  EXPECT_EQ(EncodeRecord("key", "data"), "\x01\x03keydata");
  const auto record = DecodeRecord("\x01\x03keydata");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->partition_key, "key");
  EXPECT_EQ(record->data, "data");
  EXPECT_FALSE(DecodeRecord(""));
  EXPECT_FALSE(DecodeRecord("\x01\x05key"));
  EXPECT_FALSE(DecodeRecord("\x02\x03keydata"));
}

TEST(ShardIteratorTest, IsReadBack) {
  const ShardIterator iterator{1'700'000'000'123, 7, 3, {1'700'000'000'123'456, 9}, "orders"};
  const std::string text = iterator.ToString();
  EXPECT_LE(text.size(), 512u);
  const auto parsed = ParseShardIterator(text);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, iterator);
  std::string long_name(128, 'n');
  EXPECT_LE((ShardIterator{1, 1, 1, {}, long_name}.ToString().size()), 512u);
}

TEST(ShardIteratorTest, AChangedOneIsRefused) {
  const std::string text = ShardIterator{1'700'000'000'123, 7, 3, {5, 9}, "orders"}.ToString();
  for (size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(ParseShardIterator(changed)) << i;
  }
  EXPECT_FALSE(ParseShardIterator(""));
  EXPECT_FALSE(ParseShardIterator("AAAA"));
  EXPECT_FALSE(ParseShardIterator("not base64!"));
}

}  // namespace
}  // namespace stator::kinesis
