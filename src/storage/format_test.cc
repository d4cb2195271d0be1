#include "storage/format.h"

#include <gtest/gtest.h>

namespace stator {
namespace {

using namespace std::string_view_literals;

TEST(FormatTest, FormatFileGoldenBytes) {
  EXPECT_EQ(EncodeFormatFile(1), "stator data\nformat 1\n");
  EXPECT_EQ(DecodeFormatFile("stator data\nformat 17\n").value(), 17u);
}

TEST(FormatTest, FormatFileRefusesWhatItDoesNotWrite) {
  for (std::string_view bytes : {""sv, "stator data\nformat 1"sv, "stator data\nformat 0\n"sv,
                                 "stator data\nformat x\n"sv, "stator data\nformat 1\n\n"sv,
                                 "stator data\nformat 99999999999\n"sv, "other\nformat 1\n"sv}) {
    auto version = DecodeFormatFile(bytes);
    ASSERT_FALSE(version.has_value()) << bytes;
    EXPECT_EQ(version.error().code, StatusCode::kCorruption);
  }
}

TEST(FormatTest, GuardGoldenBytes) {
  EXPECT_EQ(EncodeGuard(0x0102030405060708), "\x01\x01\x02\x03\x04\x05\x06\x07\x08"sv);
  EXPECT_EQ(DecodeGuard("\x01\x01\x02\x03\x04\x05\x06\x07\x08"sv).value(), 0x0102030405060708u);
  EXPECT_EQ(DecodeGuard(std::nullopt).value(), 0u);
  EXPECT_FALSE(DecodeGuard("\x02\x01\x02\x03\x04\x05\x06\x07\x08"sv).has_value());
  EXPECT_FALSE(DecodeGuard("\x01\x01\x02\x03\x04\x05\x06\x07"sv).has_value());
  EXPECT_FALSE(DecodeGuard("\x01\x01\x02\x03\x04\x05\x06\x07\x08\x09"sv).has_value());
}

TEST(FormatTest, CounterGoldenBytes) {
  const Counter counter{-2, 258};
  const auto bytes = "\x01\xff\xff\xff\xff\xff\xff\xff\xfe\x00\x00\x00\x00\x00\x00\x01\x02"sv;
  EXPECT_EQ(EncodeCounter(counter), bytes);
  const Counter decoded = DecodeCounter(bytes).value();
  EXPECT_EQ(decoded.count, -2);
  EXPECT_EQ(decoded.bytes, 258);
  EXPECT_EQ(DecodeCounter(std::nullopt).value().count, 0);
  EXPECT_FALSE(DecodeCounter(bytes.substr(1)).has_value());
  EXPECT_FALSE(DecodeCounter(""sv).has_value());
}

TEST(FormatTest, LogSizeKeyGoldenBytes) {
  // The hour that begins after 3,600,000,000 microseconds.
  std::string key = LogSizeKey("x/", kAppendHour + 5);
  EXPECT_EQ(key, "\0sizex/\0\0\0\0\xd6\x93\xa4\0\0\0"sv);
  EXPECT_EQ(FirstRecordOf(key), "x/\0\0\0\0\xd6\x93\xa4\0\0\0"sv);
  SetLogSizeHour(2 * kAppendHour - 1, &key);
  EXPECT_EQ(key, LogSizeKey("x/", kAppendHour));
  SetLogSizeHour(2 * kAppendHour, &key);
  EXPECT_EQ(key, LogSizeKey("x/", 2 * kAppendHour));
}

TEST(FormatTest, GroupMarkGoldenBytes) {
  EXPECT_EQ(EncodeGroupMark(0x0102), std::string("g\0\0\0\0\0\0\x01\x02", 9));
  const std::string record = std::string(12, 'h') + "entries" + "\x03\x09" + EncodeGroupMark(7);
  EXPECT_EQ(FindGroupMark(record), 7u);
  EXPECT_EQ(FindGroupMark(record.substr(0, record.size() - 1)), std::nullopt);
  EXPECT_EQ(FindGroupMark(""), std::nullopt);
}

}  // namespace
}  // namespace stator
