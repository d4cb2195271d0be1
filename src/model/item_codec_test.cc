#include "model/item_codec.h"

#include <gtest/gtest.h>

#include <string>

#include "base/random.h"
#include "model/attribute_value_json.h"
#include "model/item_size.h"
#include "model/testing_values.h"

namespace stator {
namespace {

std::string Hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    hex.push_back(kDigits[static_cast<uint8_t>(c) >> 4]);
    hex.push_back(kDigits[static_cast<uint8_t>(c) & 15]);
  }
  return hex;
}

std::string Encoded(const Item& item) {
  std::string out;
  EncodeItem(item, &out);
  return out;
}

Item OneAttribute(AttributeValue value) {
  Item item;
  item.Set("a", std::move(value));
  return item;
}

Decimal D(std::string_view text) { return Decimal::Parse(text).value(); }

// The encoding of the value of the only attribute "a", without what is around it.
std::string HexOfValue(AttributeValue value) {
  const Item item = OneAttribute(std::move(value));
  const std::string hex = Hex(Encoded(item));
  const std::string before = "01" + Hex(std::string(1, static_cast<char>(SizeOf(item)))) + "010161";
  EXPECT_EQ(hex.substr(0, before.size()), before);
  return hex.substr(before.size());
}

// The bytes of docs/format.md. A change here is a change of the format.
TEST(ItemCodec, GoldenBytes) {
  EXPECT_EQ(Hex(Encoded(Item())), "010000");
  EXPECT_EQ(HexOfValue(AttributeValue::S("xyz")), "000378797a");
  EXPECT_EQ(HexOfValue(AttributeValue::N(D("0"))), "0100");
  EXPECT_EQ(HexOfValue(AttributeValue::N(D("42"))), "01012a");
  EXPECT_EQ(HexOfValue(AttributeValue::N(D("-1.5"))), "01c1010f");
  EXPECT_EQ(HexOfValue(AttributeValue::N(D("1e125"))), "0141fa0101");
  EXPECT_EQ(HexOfValue(AttributeValue::N(D("99999999999999999999999999999999999999"))),
            "01104b3b4ca85a86c47a098a223fffffffff");
  EXPECT_EQ(HexOfValue(AttributeValue::B(std::string("\x00\xFF", 2))), "020200ff");
  EXPECT_EQ(HexOfValue(AttributeValue::Bool(false)), "0300");
  EXPECT_EQ(HexOfValue(AttributeValue::Bool(true)), "0301");
  EXPECT_EQ(HexOfValue(AttributeValue::NullValue()), "04");
  EXPECT_EQ(HexOfValue(AttributeValue::SS({"b", "a"})), "050201610162");
  EXPECT_EQ(HexOfValue(AttributeValue::NS({D("2"), D("-1")})), "060281010102");
  EXPECT_EQ(HexOfValue(AttributeValue::BS({"b"})), "07010162");
  EXPECT_EQ(HexOfValue(AttributeValue::L({AttributeValue::NullValue(), AttributeValue::S("")})),
            "080402040000");
  EXPECT_EQ(HexOfValue(AttributeValue::M(OneAttribute(AttributeValue::N(1)))), "0906010161010101");
  Item item;
  item.Set("pk", AttributeValue::S("user#1"));
  item.Set("n", AttributeValue::N(7));
  EXPECT_EQ(Hex(Encoded(item)), "010b02016e01010702706b0006757365722331");
}

TEST(ItemCodec, RoundTripsRandomItems) {
  SeededRandom random(1);
  for (int i = 0; i < 5'000; ++i) {
    const Item item = testing::RandomItem(&random);
    const std::string bytes = Encoded(item);
    const auto decoded = DecodeItem(bytes);
    ASSERT_TRUE(decoded);
    ASSERT_EQ(*decoded, item);
    ASSERT_EQ(EncodedItemSize(bytes).value(), SizeOf(item));
    ASSERT_EQ(Encoded(*decoded), bytes);
  }
}

TEST(ItemCodec, EncodesAPartAsAnItemOfItsOwn) {
  SeededRandom random(7);
  for (int i = 0; i < 200; ++i) {
    const Item item = testing::RandomItem(&random);
    Item part;
    const auto wanted = [](std::string_view name) { return name.size() % 2 == 1; };
    for (const auto& [name, value] : item) {
      if (wanted(name)) part.Append(name, value);
    }
    std::string bytes;
    EXPECT_EQ(EncodePartOfItem(item, wanted, &bytes), SizeOf(part));
    EXPECT_EQ(bytes, Encoded(part));
  }
}

TEST(ItemCodec, WritesTheJsonOfTheTree) {
  SeededRandom random(2);
  for (int i = 0; i < 5'000; ++i) {
    const Item item = testing::RandomItem(&random);
    std::string from_tree = "before";
    AppendJson(item, &from_tree);
    std::string from_bytes = "before";
    ASSERT_TRUE(AppendItemJson(Encoded(item), &from_bytes));
    ASSERT_EQ(from_bytes, from_tree);
  }
}

TEST(ItemCodec, FindsTopLevelAttributes) {
  SeededRandom random(3);
  for (int i = 0; i < 2'000; ++i) {
    const Item item = testing::RandomItem(&random);
    const std::string bytes = Encoded(item);
    for (const auto& [name, value] : item) {
      const auto found = FindInEncoded(bytes, name);
      ASSERT_TRUE(found);
      ASSERT_TRUE(found->has_value());
      ASSERT_EQ(**found, value);
      const auto missing = FindInEncoded(bytes, name + "~");
      ASSERT_TRUE(missing);
      ASSERT_EQ(missing->has_value(), item.Contains(name + "~"));
    }
    for (const char* absent : {"", "a", "\xFF"}) {
      const auto missing = FindInEncoded(bytes, absent);
      ASSERT_TRUE(missing);
      ASSERT_FALSE(missing->has_value());
    }
  }
}

void ExpectCorrupt(std::string_view bytes) {
  const auto decoded = DecodeItem(bytes);
  ASSERT_FALSE(decoded) << Hex(bytes);
  EXPECT_EQ(decoded.error().code, StatusCode::kCorruption) << Hex(bytes);
  std::string json = "before";
  const auto written = AppendItemJson(bytes, &json);
  ASSERT_FALSE(written) << Hex(bytes);
  EXPECT_EQ(written.error().code, StatusCode::kCorruption) << Hex(bytes);
  EXPECT_EQ(json, "before");
}

TEST(ItemCodec, RefusesEveryTruncation) {
  SeededRandom random(4);
  for (int i = 0; i < 500; ++i) {
    const std::string bytes = Encoded(testing::RandomItem(&random));
    for (size_t n = 0; n < bytes.size(); ++n) ExpectCorrupt(std::string_view(bytes).substr(0, n));
    ExpectCorrupt(bytes + '\0');
  }
}

TEST(ItemCodec, SurvivesDamage) {
  SeededRandom random(5);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = Encoded(testing::RandomItem(&random));
    bytes[random.Uniform(bytes.size())] ^= static_cast<char>(1 + random.Uniform(255));
    const auto decoded = DecodeItem(bytes);
    std::string json;
    ASSERT_EQ(AppendItemJson(bytes, &json).has_value(), decoded.has_value()) << Hex(bytes);
    if (decoded) {
      std::string from_tree;
      AppendJson(*decoded, &from_tree);
      ASSERT_EQ(json, from_tree);
    }
    (void)FindInEncoded(bytes, "nb");
    (void)EncodedItemSize(bytes);
  }
}

std::string Bytes(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

TEST(ItemCodec, RefusesWhatItDoesNotWrite) {
  const std::string start = "0100010161";
  ASSERT_TRUE(DecodeItem(Bytes(start + "04")));
  for (const char* value : {
           "0a",                                      // unknown type
           "0302",                                    // BOOL
           "0180",                                    // -0
           "014000",                                  // exponent 0 written out
           "01010a",                                  // 10 not normalised
           "01020001",                                // leading zero byte
           "012101",                                  // unknown bit in the header
           "0111ffffffffffffffffffffffffffffffffff",  // 17 bytes
           "0110ffffffffffffffffffffffffffffffff",    // more than 38 digits
           "0141fc0101",                              // 1e126
           "0141ffffffffffffffffff0101",              // exponent -2^63
           "0500",                                    // empty set
           "050201620161",                            // not sorted
           "050201610161",                            // duplicate
           "0806020400",                              // length beyond the end
           "08020104"
           "04",          // trailing byte after the value
           "0803010404",  // body longer than its elements
           "0902"
           "0100",  // entry without value
           "09040100"
           "0404",  // empty name
           "0081"
           "00"
           "61",  // varint not minimal
       }) {
    ExpectCorrupt(Bytes(start + value));
  }
  ExpectCorrupt(
      Bytes("010002"
            "016104"
            "016104"));  // the same name twice
  ExpectCorrupt(
      Bytes("010002"
            "016204"
            "016104"));  // names not ascending
  ExpectCorrupt(
      Bytes("010001"
            "0004"));                                // empty name
  ExpectCorrupt(Bytes("0100ffffffffffffffffff01"));  // a count of 2^64 - 1
  ExpectCorrupt("");
}

TEST(ItemCodec, RefusesOtherVersions) {
  for (const char* hex : {"000000", "020000"}) {
    const auto decoded = DecodeItem(Bytes(hex));
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().code, StatusCode::kUnsupported);
    EXPECT_EQ(EncodedItemSize(Bytes(hex)).error().code, StatusCode::kUnsupported);
  }
}

AttributeValue NestedLists(int levels) {
  AttributeValue value = AttributeValue::N(1);
  for (int i = 1; i < levels; ++i) {
    AttributeValue::List list;
    list.push_back(std::move(value));
    value = AttributeValue::L(std::move(list));
  }
  return value;
}

TEST(ItemCodec, BoundsTheRecursion) {
  const Item allowed = OneAttribute(NestedLists(kMaxStoredNestingLevels));
  const auto decoded = DecodeItem(Encoded(allowed));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(*decoded, allowed);
  ExpectCorrupt(Encoded(OneAttribute(NestedLists(kMaxStoredNestingLevels + 1))));
  ExpectCorrupt(Encoded(OneAttribute(NestedLists(5'000))));
}

}  // namespace
}  // namespace stator
