#include "expr/lexer.h"

namespace stator {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsWordCharacter(char c) { return IsLetter(c) || IsDigit(c) || c == '_'; }

size_t SkipWord(std::string_view text, size_t pos) {
  while (pos < text.size() && IsWordCharacter(text[pos])) ++pos;
  return pos;
}

// The end of the UTF-8 character that begins at `pos`; a stray byte is a character of its own.
size_t SkipCharacter(std::string_view text, size_t pos) {
  ++pos;
  while (pos < text.size() && (static_cast<unsigned char>(text[pos]) & 0xC0) == 0x80) ++pos;
  return pos;
}

TokenKind PunctuationKind(char c) {
  switch (c) {
    case '(':
      return TokenKind::kLeftParen;
    case ')':
      return TokenKind::kRightParen;
    case '[':
      return TokenKind::kLeftBracket;
    case ']':
      return TokenKind::kRightBracket;
    case ',':
      return TokenKind::kComma;
    case '.':
      return TokenKind::kDot;
    case '=':
      return TokenKind::kEqual;
    case '<':
      return TokenKind::kLess;
    case '>':
      return TokenKind::kGreater;
    case '+':
      return TokenKind::kPlus;
    case '-':
      return TokenKind::kMinus;
    default:
      return TokenKind::kInvalid;
  }
}

// REQUIRES: pos < text.size() and no blank there.
Token NextToken(std::string_view text, size_t pos) {
  const char c = text[pos];
  const char following = pos + 1 < text.size() ? text[pos + 1] : '\0';
  TokenKind kind = TokenKind::kInvalid;
  size_t end = pos + 1;
  if (IsLetter(c)) {
    kind = TokenKind::kIdentifier;
    end = SkipWord(text, pos);
  } else if (IsDigit(c)) {
    kind = TokenKind::kNumber;
    while (end < text.size() && IsDigit(text[end])) ++end;
  } else if ((c == '#' || c == ':') && IsWordCharacter(following)) {
    kind = c == '#' ? TokenKind::kNamePlaceholder : TokenKind::kValuePlaceholder;
    end = SkipWord(text, pos + 1);
  } else if (c == '<' && following == '>') {
    kind = TokenKind::kNotEqual;
    end = pos + 2;
  } else if (c == '<' && following == '=') {
    kind = TokenKind::kLessOrEqual;
    end = pos + 2;
  } else if (c == '>' && following == '=') {
    kind = TokenKind::kGreaterOrEqual;
    end = pos + 2;
  } else {
    kind = PunctuationKind(c);
    if (kind == TokenKind::kInvalid) end = SkipCharacter(text, pos);
  }
  return {kind, static_cast<uint32_t>(pos), static_cast<uint32_t>(end)};
}

}  // namespace

std::vector<Token> Tokenize(std::string_view text) {
  std::vector<Token> tokens;
  tokens.reserve(text.size() / 4 + 2);
  size_t pos = 0;
  while (true) {
    while (pos < text.size() && IsBlank(text[pos])) ++pos;
    if (pos == text.size()) break;
    tokens.push_back(NextToken(text, pos));
    pos = tokens.back().end;
  }
  const auto end = static_cast<uint32_t>(text.size());
  tokens.push_back({TokenKind::kEnd, end, end});
  return tokens;
}

}  // namespace stator
