#include "kinesis/cbor.h"

#include <gtest/gtest.h>

namespace stator::kinesis {
namespace {

constexpr size_t kMaxJson = 1 << 20;

std::string Bytes(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}
std::string Hex(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) {
    hex += "0123456789abcdef"[static_cast<uint8_t>(c) >> 4];
    hex += "0123456789abcdef"[static_cast<uint8_t>(c) & 15];
  }
  return hex;
}
std::string Json(std::string_view hex) {
  auto json = CborToJson(Bytes(hex), kMaxJson);
  return json ? *json : "error: " + json.error().message;
}
std::string Cbor(std::string_view json) { return Hex(*JsonToCbor(json)); }

TEST(CborTest, ScalarsBecomeJson) {
  EXPECT_EQ(Json("00"), "0");
  EXPECT_EQ(Json("1818"), "24");
  EXPECT_EQ(Json("1903e8"), "1000");
  EXPECT_EQ(Json("1a000f4240"), "1000000");
  EXPECT_EQ(Json("1bffffffffffffffff"), "18446744073709551615");
  EXPECT_EQ(Json("20"), "-1");
  EXPECT_EQ(Json("3b7fffffffffffffff"), "-9223372036854775808");
  EXPECT_EQ(Json("f4"), "false");
  EXPECT_EQ(Json("f5"), "true");
  EXPECT_EQ(Json("f6"), "null");
  EXPECT_EQ(Json("f7"), "null");
  EXPECT_EQ(Json("f93e00"), "1.5");
  EXPECT_EQ(Json("fa606300fa"), "6.542939489806634e+19");
  EXPECT_EQ(Json("f90001"), "5.960464477539063e-08");
  EXPECT_EQ(Json("fa47c35000"), "1e+05");
  EXPECT_EQ(Json("fbc010666666666666"), "-4.1");
}

TEST(CborTest, StringsAndContainersBecomeJson) {
  EXPECT_EQ(Json("6161"), R"("a")");
  EXPECT_EQ(Json("62225c"), R"("\"\\")");
  EXPECT_EQ(Json("4401020304"), R"("AQIDBA==")");
  EXPECT_EQ(Json("5f42010243030405ff"), R"("AQIDBAU=")");
  EXPECT_EQ(Json("7f616161626163ff"), R"("abc")");
  EXPECT_EQ(Json("80"), "[]");
  EXPECT_EQ(Json("8301820203f6"), "[1,[2,3],null]");
  EXPECT_EQ(Json("9f0102ff"), "[1,2]");
  EXPECT_EQ(Json("a26161016162820203"), R"({"a":1,"b":[2,3]})");
  EXPECT_EQ(Json("bf61610161629f0203ffff"), R"({"a":1,"b":[2,3]})");
  EXPECT_EQ(Json("d9d9f7a0"), "{}");  // the tag that says: this is CBOR
}

// As an SDK for Java sends it: milliseconds, though the tag is that for seconds.
TEST(CborTest, TimesAreMilliseconds) {
  EXPECT_EQ(Json("bf6954696d657374616d70c11b000001a013accc38ff"),
            R"({"Timestamp":1787036486.712})");
  EXPECT_EQ(Json("c1fb4059000000000000"), "0.1");
  EXPECT_EQ(Cbor(R"({"StreamCreationTimestamp":1787036486.712})"),
            "bf7753747265616d4372656174696f6e54696d657374616d70c11b000001a013accc38ff");
}

TEST(CborTest, JsonBecomesCbor) {
  EXPECT_EQ(Cbor("{}"), "bfff");
  EXPECT_EQ(Cbor(R"({"a":[1,-1,1000000,true,false,null,1.5,"x"]})"),
            "bf61619f01201a000f4240f5f4f6fb3ff80000000000006178ffff");
  EXPECT_EQ(Cbor(R"({"Data":"AQIDBA=="})"), "bf64446174614401020304ff");
  EXPECT_EQ(Cbor(R"({"Data":"no base64"})"), "bf6444617461696e6f20626173653634ff");
  EXPECT_EQ(Cbor("18446744073709551615"), "1bffffffffffffffff");
}

TEST(CborTest, WhatCannotBeReadIsRefused) {
  for (const char* hex : {"",
                          "18",
                          "61",
                          "9f01",
                          "a161",
                          "ff",
                          "1c",
                          "81",
                          "a10102",
                          "f8ff",
                          "f97c00",
                          "3bffffffffffffffff",
                          "61ff",
                          "0000",
                          "5f6161ff",
                          "c16161",
                          "df00",
                          "9bffffffffffffffff",
                          "5bffffffffffffffff00",
                          "1f",
                          "c11b7fffffffffffffff"}) {
    EXPECT_TRUE(Json(hex).starts_with("error")) << hex << ": " << Json(hex);
  }
  EXPECT_FALSE(CborToJson(std::string(1000, '\x81') + '\0', kMaxJson));  // nested
  EXPECT_FALSE(CborToJson(std::string(1000, '\xc2') + '\0', kMaxJson));  // tags of tags
  EXPECT_FALSE(CborToJson("\x9f" + std::string(3000, '\x01') + "\xff", 1000));
}

}  // namespace
}  // namespace stator::kinesis
