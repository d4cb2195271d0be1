#include "model/key_codec.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"
#include "model/testing_values.h"

namespace stator {
namespace {

using Type = AttributeValue::Type;

std::string Hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    hex.push_back(kDigits[static_cast<uint8_t>(c) >> 4]);
    hex.push_back(kDigits[static_cast<uint8_t>(c) & 15]);
  }
  return hex;
}

std::string Encoded(const AttributeValue& value) {
  std::string out;
  AppendKeyPart(value, &out);
  return out;
}

AttributeValue N(std::string_view text) { return AttributeValue::N(Decimal::Parse(text).value()); }
AttributeValue S(std::string_view text) { return AttributeValue::S(std::string(text)); }
AttributeValue B(std::string_view text) { return AttributeValue::B(std::string(text)); }

// The bytes of docs/format.md. A change here is a change of the format.
TEST(KeyCodec, GoldenBytes) {
  EXPECT_EQ(Hex(Encoded(N("0"))), "02");
  EXPECT_EQ(Hex(Encoded(N("1"))), "03820b00");
  EXPECT_EQ(Hex(Encoded(N("42"))), "03832b00");
  EXPECT_EQ(Hex(Encoded(N("-42"))), "017cd4ff");
  EXPECT_EQ(Hex(Encoded(N("12.5"))), "03830d3300");
  EXPECT_EQ(Hex(Encoded(N("1e-130"))), "03000b00");
  EXPECT_EQ(Hex(Encoded(N("9.9e125"))), "03ff6400");
  EXPECT_EQ(Hex(Encoded(N("-99999999999999999999999999999999999999"))),
            "01589b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9bff");
  EXPECT_EQ(Hex(Encoded(S(""))), "040000");
  EXPECT_EQ(Hex(Encoded(S("abc"))), "046162630000");
  EXPECT_EQ(Hex(Encoded(S(std::string_view("a\0b", 3)))), "046100ff620000");
  EXPECT_EQ(Hex(Encoded(B("\xFF"))), "05ff0000");
}

int Rank(const AttributeValue& v) { return v.is(Type::kN) ? 0 : v.is(Type::kS) ? 1 : 2; }

int LogicalCompare(const AttributeValue& a, const AttributeValue& b) {
  if (Rank(a) != Rank(b)) return Rank(a) < Rank(b) ? -1 : 1;
  if (a.is(Type::kN)) return a.n() < b.n() ? -1 : a.n() > b.n() ? 1 : 0;
  const int order = a.is(Type::kS) ? a.s().compare(b.s()) : a.b().compare(b.b());
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

AttributeValue RandomKeyValue(SeededRandom* random) {
  switch (random->Uniform(3)) {
    case 0:
      return AttributeValue::N(testing::RandomDecimal(random));
    case 1:
      return AttributeValue::S(testing::RandomText(random, 6));
    default:
      return AttributeValue::B(testing::RandomBytes(random, 6));
  }
}

void ExpectSameOrder(const AttributeValue& a, const AttributeValue& b) {
  const int order = Encoded(a).compare(Encoded(b));
  ASSERT_EQ(order < 0   ? -1
            : order > 0 ? 1
                        : 0,
            LogicalCompare(a, b))
      << Hex(Encoded(a)) << " " << Hex(Encoded(b));
}

TEST(KeyCodec, OrderOfBytesIsOrderOfValues) {
  SeededRandom random(1);
  for (int i = 0; i < 50'000; ++i) {
    ExpectSameOrder(RandomKeyValue(&random), RandomKeyValue(&random));
    ExpectSameOrder(AttributeValue::N(testing::RandomDecimal(&random)),
                    AttributeValue::N(testing::RandomDecimal(&random)));
  }
}

TEST(KeyCodec, OrderOfNeighbours) {
  const std::vector<std::string_view> ascending = {
      "-9.9999999999999999999999999999999999999e125",
      "-1e125",
      "-100",
      "-99.9",
      "-99",
      "-10.1",
      "-10",
      "-9.99",
      "-1.01",
      "-1",
      "-0.1",
      "-1e-130",
      "0",
      "1e-130",
      "1.1e-130",
      "0.01",
      "0.1",
      "0.11",
      "1",
      "1.0000000000000000000000000000000000001",
      "1.01",
      "1.1",
      "2",
      "9.99",
      "10",
      "10.01",
      "99",
      "99.01",
      "100",
      "1e125",
      "9.9999999999999999999999999999999999999e125",
  };
  for (size_t i = 0; i < ascending.size(); ++i) {
    for (size_t j = 0; j < ascending.size(); ++j) ExpectSameOrder(N(ascending[i]), N(ascending[j]));
  }
}

TEST(KeyCodec, PartsRoundTripWhenStrungTogether) {
  SeededRandom random(2);
  for (int i = 0; i < 20'000; ++i) {
    const AttributeValue a = RandomKeyValue(&random);
    const AttributeValue b = RandomKeyValue(&random);
    std::string bytes;
    AppendKeyPart(a, &bytes);
    AppendKeyPart(b, &bytes);
    bytes += "rest";
    std::string_view in = bytes;
    const auto first = ReadKeyPart(&in);
    ASSERT_TRUE(first);
    ASSERT_EQ(*first, a);
    const auto second = ReadKeyPart(&in);
    ASSERT_TRUE(second);
    ASSERT_EQ(*second, b);
    ASSERT_EQ(in, "rest");
  }
}

TEST(KeyCodec, RefusesEveryTruncation) {
  SeededRandom random(3);
  for (int i = 0; i < 2'000; ++i) {
    const std::string bytes = Encoded(RandomKeyValue(&random));
    for (size_t n = 0; n < bytes.size(); ++n) {
      std::string_view in = std::string_view(bytes).substr(0, n);
      const auto read = ReadKeyPart(&in);
      ASSERT_FALSE(read) << Hex(bytes) << " cut to " << n;
      ASSERT_EQ(read.error().code, StatusCode::kCorruption);
      ASSERT_EQ(in.size(), n);
    }
  }
}

TEST(KeyCodec, RefusesWhatItDoesNotWrite) {
  const std::string malformed[] = {
      std::string("\x06\x00\x00", 3),                               // unknown tag
      std::string("\x04\x61\x00\x01", 4),                           // unknown escape
      std::string("\x03\x82\x00", 3),                               // no digits
      std::string("\x03\x82\x06\x00", 4),                           // first digit zero
      std::string("\x03\x82\x0B\x01\x00", 5),                       // last pair zero
      std::string("\x03\x82\x66\x00", 4),                           // pair of 101
      "\x03\x82" + std::string(20, '\x0C') + std::string(1, '\0'),  // 40 digits
  };
  for (const std::string& bytes : malformed) {
    std::string_view in = bytes;
    const auto read = ReadKeyPart(&in);
    ASSERT_FALSE(read) << Hex(bytes);
    EXPECT_EQ(read.error().code, StatusCode::kCorruption);
    EXPECT_EQ(in, bytes);
  }
}

std::string BeginsWithPrefix(const AttributeValue& prefix) {
  std::string out;
  AppendKeyPrefixForBeginsWith(prefix, &out);
  return out;
}

TEST(KeyCodec, BeginsWithIsARange) {
  SeededRandom random(4);
  int matches = 0;
  for (int i = 0; i < 50'000; ++i) {
    const std::string prefix = testing::RandomBytes(&random, 2);
    const std::string value = testing::RandomBytes(&random, 4);
    const std::string begin = BeginsWithPrefix(AttributeValue::B(prefix));
    const std::string end = PrefixEnd(begin);
    const std::string encoded = Encoded(AttributeValue::B(value));
    const bool expected = value.compare(0, prefix.size(), prefix) == 0;
    ASSERT_EQ(encoded.compare(0, begin.size(), begin) == 0, expected)
        << Hex(prefix) << " " << Hex(value);
    ASSERT_EQ(begin <= encoded && encoded < end, expected) << Hex(prefix) << " " << Hex(value);
    matches += expected ? 1 : 0;
  }
  EXPECT_GT(matches, 1'000);
  EXPECT_EQ(BeginsWithPrefix(S("ab")),
            "\x04"
            "ab");
}

TEST(KeyCodec, PrefixEnd) {
  EXPECT_EQ(PrefixEnd("ab"), "ac");
  EXPECT_EQ(PrefixEnd("a\xFF\xFF"), "b");
  EXPECT_EQ(PrefixEnd("\xFF\xFF"), "");
  EXPECT_EQ(PrefixEnd(""), "");
  EXPECT_EQ(PrefixEnd("\x7F"), "\x80");
}

}  // namespace
}  // namespace stator
