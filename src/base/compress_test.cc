#include "base/compress.h"

#include <gtest/gtest.h>

#include <string>

#include "base/crc32.h"

namespace stator {
namespace {

constexpr size_t kMax = 1 << 20;

std::string Text(size_t size) {
  std::string text;
  for (size_t i = 0; text.size() < size; i++) text += "item " + std::to_string(i * i) + ",";
  text.resize(size);
  return text;
}

TEST(Crc32, KnownSums) {
  EXPECT_EQ(Crc32(""), 0u);
  EXPECT_EQ(Crc32("123456789"), 0xCBF43926u);
  EXPECT_EQ(Crc32("healthy: dynamodb.us-east-1.amazonaws.com "), 3128867991u);
  EXPECT_EQ(Crc32("<UnknownOperationException/>\n"), 3552371480u);
}

class CompressTest : public testing::TestWithParam<ContentCoding> {};

TEST_P(CompressTest, RoundTrip) {
  for (size_t size : {size_t{0}, size_t{1}, size_t{4096}, size_t{300000}}) {
    const std::string text = Text(size);
    const std::string packed = Compress(GetParam(), text);
    if (size > 1) {
      EXPECT_LT(packed.size(), size);
    }
    auto plain = Decompress(GetParam(), packed, kMax, 64);
    ASSERT_TRUE(plain) << size;
    EXPECT_EQ(*plain, text);
    EXPECT_GE(plain->capacity(), size + 64);
  }
}

TEST_P(CompressTest, HighRatioGrowsTheBuffer) {
  const std::string text(kMax, 'a');
  auto plain = Decompress(GetParam(), Compress(GetParam(), text), kMax);
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->size(), kMax);
}

TEST_P(CompressTest, WhatIsPackedTakesNoMoreMemoryThanItsBytes) {
  const std::string packed = Compress(GetParam(), std::string(kMax, 'a'));
  EXPECT_LT(packed.capacity(), kMax / 10);
}

TEST_P(CompressTest, OverTheLimit) {
  auto plain = Decompress(GetParam(), Compress(GetParam(), std::string(kMax + 1, 'a')), kMax);
  ASSERT_FALSE(plain);
  EXPECT_EQ(plain.error().code, StatusCode::kOverloaded);
}

TEST_P(CompressTest, BrokenBytes) {
  const std::string packed = Compress(GetParam(), Text(1000));
  std::string flipped = packed;
  flipped[flipped.size() / 2] ^= 0x10;
  for (const std::string& bad : {std::string(), std::string("{}"),
                                 packed.substr(0, packed.size() - 1), flipped, packed + "x"}) {
    auto plain = Decompress(GetParam(), bad, kMax);
    ASSERT_FALSE(plain) << bad.size();
    EXPECT_EQ(plain.error().code, StatusCode::kInvalidArgument);
  }
}

INSTANTIATE_TEST_SUITE_P(Codings, CompressTest,
                         testing::Values(ContentCoding::kGzip, ContentCoding::kDeflate));

TEST(Compress, SeveralGzipMembersButNotSeveralZlibStreams) {
  const std::string two =
      Compress(ContentCoding::kGzip, "ab") + Compress(ContentCoding::kGzip, Text(9000));
  auto plain = Decompress(ContentCoding::kGzip, two, kMax);
  ASSERT_TRUE(plain);
  EXPECT_EQ(*plain, "ab" + Text(9000));
  EXPECT_FALSE(Decompress(
      ContentCoding::kDeflate,
      Compress(ContentCoding::kDeflate, "ab") + Compress(ContentCoding::kDeflate, "c"), kMax));
}

TEST(Compress, MembersTogetherOverTheLimit) {
  std::string many;
  for (int i = 0; i < 5; i++) many += Compress(ContentCoding::kGzip, std::string(kMax / 4, 'b'));
  EXPECT_FALSE(Decompress(ContentCoding::kGzip, many, kMax));
}

}  // namespace
}  // namespace stator
