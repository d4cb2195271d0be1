#include "base/json_string.h"

#include <gtest/gtest.h>

#include <string>

namespace stator {
namespace {

std::string Json(std::string_view text) {
  std::string out;
  AppendJsonString(text, &out);
  return out;
}

TEST(JsonString, Escapes) {
  EXPECT_EQ(Json(""), R"("")");
  EXPECT_EQ(Json("plain /\x7F"), "\"plain /\x7F\"");
  EXPECT_EQ(Json("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(Json("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(Json(std::string("\0\x01\x1F", 3)), R"("\u0000\u0001\u001f")");
  EXPECT_EQ(Json("\u00E9\u20AC\U0001F600"), "\"\u00E9\u20AC\U0001F600\"");
}

// Every position relative to the blocks in which the text is searched.
TEST(JsonString, EscapesAtEveryPosition) {
  for (size_t size = 1; size <= 100; ++size) {
    for (size_t at = 0; at < size; ++at) {
      std::string text(size, 'x');
      text[at] = '\n';
      EXPECT_EQ(Json(text),
                "\"" + std::string(at, 'x') + "\\n" + std::string(size - at - 1, 'x') + "\"");
    }
  }
}

TEST(JsonString, EveryByte) {
  for (int c = 0; c < 256; ++c) {
    const bool escaped = c < 0x20 || c == '"' || c == '\\';
    const std::string text(40, static_cast<char>(c));
    EXPECT_EQ(Json(text) != "\"" + text + "\"", escaped) << c;
  }
}

}  // namespace
}  // namespace stator
