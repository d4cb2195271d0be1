#include "expr/lexer.h"

#include <gtest/gtest.h>

#include <string>

#include "expr/reserved_words.h"

namespace stator {
namespace {

std::string Texts(std::string_view text) {
  std::string out;
  for (const Token& token : Tokenize(text)) {
    if (!out.empty()) out += "|";
    out += text.substr(token.begin, token.end - token.begin);
  }
  return out;
}

TokenKind FirstKind(std::string_view text) { return Tokenize(text)[0].kind; }

TEST(LexerTest, Splits) {
  EXPECT_EQ(Texts("a.b[12]=:v1\tAND\r\n#x<>b<=c>=d<e>f"),
            "a|.|b|[|12|]|=|:v1|AND|#x|<>|b|<=|c|>=|d|<|e|>|f|");
  EXPECT_EQ(Texts("a+b-c(d,e)"), "a|+|b|-|c|(|d|,|e|)|");
  EXPECT_EQ(Texts(""), "");
}

TEST(LexerTest, Kinds) {
  EXPECT_EQ(FirstKind("a_1"), TokenKind::kIdentifier);
  EXPECT_EQ(FirstKind("_a"), TokenKind::kInvalid);
  EXPECT_EQ(FirstKind("1a"), TokenKind::kNumber);
  EXPECT_EQ(FirstKind("#1_"), TokenKind::kNamePlaceholder);
  EXPECT_EQ(FirstKind(":_1"), TokenKind::kValuePlaceholder);
  EXPECT_EQ(FirstKind("#"), TokenKind::kInvalid);
  EXPECT_EQ(FirstKind(": a"), TokenKind::kInvalid);
  EXPECT_EQ(FirstKind("'a'"), TokenKind::kInvalid);
  EXPECT_EQ(FirstKind(" "), TokenKind::kEnd);
}

TEST(LexerTest, InvalidTokenIsOneCharacter) {
  EXPECT_EQ(Texts("!!a"), "!|!|a|");
  EXPECT_EQ(Texts("\xC3\xA4\xC3\xB6"), "\xC3\xA4|\xC3\xB6|");
  EXPECT_EQ(Texts(std::string_view("\0a", 2)), std::string("\0|a|", 4));
}

TEST(ReservedWordsTest, AnyCase) {
  EXPECT_TRUE(IsReservedWord("ABORT"));
  EXPECT_TRUE(IsReservedWord("zone"));
  EXPECT_TRUE(IsReservedWord("NaMe"));
  EXPECT_TRUE(IsReservedWord("size"));
  EXPECT_FALSE(IsReservedWord("remove"));
  EXPECT_FALSE(IsReservedWord("names1"));
  EXPECT_FALSE(IsReservedWord(""));
  EXPECT_FALSE(IsReservedWord(std::string(5000, 'A')));
}

}  // namespace
}  // namespace stator
