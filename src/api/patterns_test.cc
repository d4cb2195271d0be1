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

}  // namespace
}  // namespace stator::patterns
