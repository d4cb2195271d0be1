#include "base/bytes.h"

#include <gtest/gtest.h>

#include <string>

namespace stator {
namespace {

TEST(Bytes, IntegersAreBigEndian) {
  std::string out;
  AppendU8(0xFE, &out);
  AppendU16(0x0102, &out);
  AppendU32(0x03040506, &out);
  AppendU64(0x0708090A0B0C0D0E, &out);
  EXPECT_EQ(out, "\xFE\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0A\x0B\x0C\x0D\x0E");
  ByteReader in(out);
  uint8_t u8;
  uint16_t u16;
  uint32_t u32;
  uint64_t u64;
  ASSERT_TRUE(in.ReadU8(&u8) && in.ReadU16(&u16) && in.ReadU32(&u32) && in.ReadU64(&u64));
  EXPECT_EQ(u8, 0xFE);
  EXPECT_EQ(u16, 0x0102);
  EXPECT_EQ(u32, 0x03040506u);
  EXPECT_EQ(u64, 0x0708090A0B0C0D0Eu);
  EXPECT_TRUE(in.empty());
  EXPECT_FALSE(in.ReadU8(&u8));
}

TEST(Bytes, ShortReadsConsumeNothing) {
  ByteReader in("abc");
  uint32_t u32;
  uint64_t u64;
  std::string_view bytes;
  EXPECT_FALSE(in.ReadU32(&u32));
  EXPECT_FALSE(in.ReadU64(&u64));
  EXPECT_FALSE(in.ReadBytes(4, &bytes));
  EXPECT_FALSE(in.ReadBytes(UINT64_MAX, &bytes));
  EXPECT_EQ(in.rest(), "abc");
  ASSERT_TRUE(in.ReadBytes(3, &bytes));
  EXPECT_EQ(bytes, "abc");
}

std::string Varint(uint64_t v) {
  std::string out;
  AppendVarint(v, &out);
  return out;
}

TEST(Bytes, VarintRoundTrip) {
  EXPECT_EQ(Varint(0), std::string(1, '\0'));
  EXPECT_EQ(Varint(127), "\x7F");
  EXPECT_EQ(Varint(128), "\x80\x01");
  EXPECT_EQ(Varint(300), "\xAC\x02");
  EXPECT_EQ(Varint(UINT64_MAX), "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01");
  for (int bits = 0; bits < 64; ++bits) {
    for (const uint64_t v :
         {uint64_t{1} << bits, (uint64_t{1} << bits) - 1, ~(uint64_t{1} << bits)}) {
      const std::string bytes = Varint(v) + "x";
      ByteReader in(bytes);
      uint64_t read;
      ASSERT_TRUE(in.ReadVarint(&read)) << v;
      EXPECT_EQ(read, v);
      EXPECT_EQ(in.rest(), "x");
    }
  }
}

TEST(Bytes, VarintRefusals) {
  for (const std::string& bytes : {
           std::string(),
           std::string("\x80"),
           std::string("\xFF\xFF"),
           std::string("\x80\x00", 2),                               // padded
           std::string("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02"),  // 65 bits
           std::string("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"),
       }) {
    ByteReader in(bytes);
    uint64_t v;
    EXPECT_FALSE(in.ReadVarint(&v));
    EXPECT_EQ(in.remaining(), bytes.size());
  }
}

TEST(Bytes, LittleEndian) {
  const std::string bytes("\xfe\x01\x02\x80\x05\x06\x07\x88\xff", 9);
  EXPECT_EQ(LittleEndian<uint16_t>(bytes), 0x01fe);
  EXPECT_EQ(LittleEndian<uint32_t>(bytes), 0x800201feu);
  EXPECT_EQ(LittleEndian<uint64_t>(bytes), 0x88070605800201feu);
}

TEST(Bytes, LengthPrefixed) {
  std::string out;
  AppendLengthPrefixed(std::string(200, 'a'), &out);
  AppendLengthPrefixed("", &out);
  ByteReader in(out);
  std::string_view bytes;
  ASSERT_TRUE(in.ReadLengthPrefixed(&bytes));
  EXPECT_EQ(bytes, std::string(200, 'a'));
  ASSERT_TRUE(in.ReadLengthPrefixed(&bytes));
  EXPECT_EQ(bytes, "");
  EXPECT_TRUE(in.empty());
  ByteReader cut(std::string_view(out).substr(0, 100));
  EXPECT_FALSE(cut.ReadLengthPrefixed(&bytes));
  EXPECT_EQ(cut.remaining(), 100u);
}

}  // namespace
}  // namespace stator
