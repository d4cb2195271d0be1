#include "api/patterns.h"

#include <gtest/gtest.h>

#include <string>

namespace stator::patterns {
namespace {

TEST(Patterns, MatchTheWholeText) {
  EXPECT_TRUE(Name("aZ09_.-"));
  EXPECT_FALSE(Name(""));
  EXPECT_FALSE(Name("a b"));
  EXPECT_FALSE(Name("a\xC3\xA9"));
  EXPECT_TRUE(AccountId("012345678901"));
  EXPECT_FALSE(AccountId("01234567890"));
  EXPECT_FALSE(AccountId("01234567890a"));
  EXPECT_TRUE(NoDollar("a b"));
  EXPECT_FALSE(NoDollar("a$"));
  EXPECT_FALSE(NoDollar(""));
  EXPECT_TRUE(ImportToken(std::string(32, 'f')));
  EXPECT_FALSE(ImportToken(std::string(33, 'f')));
  EXPECT_FALSE(ImportToken(std::string(16, 'g')));
  EXPECT_TRUE(CsvDelimiter("\t"));
  EXPECT_FALSE(CsvDelimiter("x"));
  EXPECT_TRUE(CsvHeader(""));
  EXPECT_TRUE(CsvHeader("a b!"));
  EXPECT_FALSE(CsvHeader("a,b"));
  EXPECT_FALSE(CsvHeader("\"a"));
  EXPECT_TRUE(Printable(" ~"));
  EXPECT_FALSE(Printable("\n"));
  EXPECT_TRUE(BucketName("a.b-c_1"));
  EXPECT_FALSE(BucketName("a"));
  EXPECT_FALSE(BucketName("a-"));
  EXPECT_TRUE(RoleArn("arn:\t\xC3\xA9"));
  EXPECT_FALSE(RoleArn(std::string("a\0", 2)));
}

TEST(PatternsTest, Kinesis) {
  const std::string start = "arn:aws:kinesis:us-east-1:000000000000:";
  EXPECT_TRUE(KinesisStreamArn(start + "stream/a"));
  EXPECT_TRUE(KinesisStreamArn("arn:aws-cn:kinesis::000000000000:stream/a/b"));
  EXPECT_FALSE(KinesisStreamArn(start + "stream/"));
  EXPECT_FALSE(KinesisStreamArn(start + "stream/a b"));
  EXPECT_FALSE(KinesisStreamArn(start + "x/stream/a"));
  EXPECT_FALSE(KinesisStreamArn("arn:aws:kinesis:us-east-1:00000000000:stream/a"));
  EXPECT_FALSE(KinesisStreamArn("arn:aws:dynamodb:us-east-1:000000000000:stream/a"));
  EXPECT_FALSE(KinesisStreamArn("stream/a"));
  EXPECT_TRUE(KinesisResourceArn(start + "x/stream/a"));
  EXPECT_FALSE(KinesisResourceArn(start + "table/a"));
  EXPECT_TRUE(KinesisConsumerArn(start + "stream/a/consumer/b:1"));
  EXPECT_FALSE(KinesisConsumerArn(start + "stream/a/consumer/b"));
  EXPECT_FALSE(KinesisConsumerArn(start + "stream/a/consumer/b:x"));
  EXPECT_TRUE(KinesisStreamId("0123456789abcdefghij-abc"));
  EXPECT_FALSE(KinesisStreamId("0123456789abcdefghijkabc"));
  EXPECT_TRUE(HashKey("0"));
  EXPECT_TRUE(HashKey(std::string(39, '9')));
  EXPECT_FALSE(HashKey(std::string(40, '9')));
  EXPECT_FALSE(HashKey("01"));
  EXPECT_FALSE(HashKey(""));
  EXPECT_TRUE(SequenceNumber(std::string(129, '1')));
  EXPECT_FALSE(SequenceNumber(std::string(130, '1')));
}

}  // namespace
}  // namespace stator::patterns
