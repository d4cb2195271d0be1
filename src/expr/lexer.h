// Splits the text of an expression into tokens (facts 3.2). Knows no keywords: those depend on the
// kind of expression and are the parsers' affair.
#ifndef STATOR_EXPR_LEXER_H_
#define STATOR_EXPR_LEXER_H_

#include <cstdint>
#include <string_view>
#include <vector>

namespace stator {

enum class TokenKind : uint8_t {
  kIdentifier,        // [A-Za-z][A-Za-z0-9_]*
  kNamePlaceholder,   // #name
  kValuePlaceholder,  // :name
  kNumber,            // digits, legal as a list index only
  kLeftParen,
  kRightParen,
  kLeftBracket,
  kRightBracket,
  kComma,
  kDot,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kPlus,
  kMinus,
  kInvalid,  // one character that can begin no token
  kEnd,      // empty, at the end of the text
};

struct Token {
  TokenKind kind;
  // Positions in the text, in bytes: [begin, end).
  uint32_t begin;
  uint32_t end;
};

// Never fails: what is no token becomes kInvalid, one per UTF-8 character. The last token is kEnd.
// REQUIRES: text.size() fits 32 bits.
std::vector<Token> Tokenize(std::string_view text);

}  // namespace stator

#endif  // STATOR_EXPR_LEXER_H_
