// What the three parsers share: a cursor over the tokens, syntax errors with their window, document
// paths and the bounds on size, depth and operators (facts 3.2, 3.4).
#ifndef STATOR_EXPR_TOKEN_STREAM_H_
#define STATOR_EXPR_TOKEN_STREAM_H_

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expr/expression_kind.h"
#include "expr/lexer.h"
#include "expr/syntax.h"

namespace stator {

// The faults of a text that is well formed. Only one is reported, and not always the one that comes
// first in the text: the enumerators are in the order in which they win (facts 3.4, 3.9).
enum class StaticFault {
  kListIndex,
  kPathDepth,
  kRedundantParentheses,
  kOperatorCount,
  kInOperandCount,
  kUnknownFunction,
  kMisusedFunction,
  kReservedWord,
  kRepeatedSection,
  kCount_
};

// The errors of update expressions come in another order than those of conditions: in updates a
// reserved word wins over an unknown function.
enum class StaticFaultOrder { kFunctionsFirst, kReservedWordFirst };

class TokenStream {
 public:
  // The text must outlive the stream. REQUIRES: CheckExpressionSize(kind, text) succeeded.
  explicit TokenStream(std::string_view text) : text_(text), tokens_(Tokenize(text)) {}

  const Token& Peek() const { return tokens_[next_]; }
  TokenKind PeekKind() const { return tokens_[next_].kind; }
  // The kind of the token after the next one.
  TokenKind PeekSecondKind() const {
    return tokens_[next_ + 1 < tokens_.size() ? next_ + 1 : next_].kind;
  }
  std::string_view PeekText() const { return TextOf(Peek()); }
  bool AtEnd() const { return PeekKind() == TokenKind::kEnd; }
  // Consumes the next token and returns its text. REQUIRES: !AtEnd().
  std::string_view Take() { return TextOf(tokens_[next_++]); }
  // Consumes the next token if it is of that kind.
  bool Accept(TokenKind kind);
  // As Accept, but anything else is a syntax error.
  bool Expect(TokenKind kind) { return Accept(kind) || SyntaxError(); }
  // Whether the next token is this word in any case. REQUIRES: `upper` is upper case.
  bool PeekKeyword(std::string_view upper) const;
  bool AcceptKeyword(std::string_view upper);

  // Remembers a syntax error at the next token, if it is the first one. Always returns false.
  bool SyntaxError();
  // Remembers the first fault of each sort.
  void Report(StaticFault fault, std::string text);

  // name ( '.' name | '[' digits ']' )*. False after a syntax error. The first element may not be
  // one of `keywords` (upper case).
  bool ParsePath(std::initializer_list<std::string_view> keywords, syntax::Path* path);

  // Every pair of parentheses, NOT and function holds one of these while it is open.
  class Nesting {
   public:
    explicit Nesting(TokenStream* stream) : stream_(stream) { ++stream_->depth_; }
    ~Nesting() { --stream_->depth_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;
    // False, with the error remembered, if this is deeper than any legal expression can be.
    bool IsLegal();

   private:
    TokenStream* stream_;
  };

  void CountOperator() { ++operators_; }

  // The error to be answered, if any, without the "Invalid <Kind>: ". Call when parsing has ended.
  std::optional<std::string> Error(StaticFaultOrder order);

 private:
  std::string_view TextOf(const Token& token) const {
    return text_.substr(token.begin, token.end - token.begin);
  }
  bool ParseListIndex(syntax::Path* path);
  bool ParsePathName(syntax::Path* path);

  std::string_view text_;
  std::vector<Token> tokens_;  // ends with kEnd
  size_t next_ = 0;
  int depth_ = 0;
  int operators_ = 0;
  std::optional<std::string> syntax_error_;
  std::optional<std::string> faults_[static_cast<int>(StaticFault::kCount_)];
};

// Case-insensitive. REQUIRES: `upper` is upper case.
bool EqualsIgnoringCase(std::string_view word, std::string_view upper);

// Refuses texts that are blank or over 4096 bytes.
ApiResult<void> CheckExpressionSize(ExpressionKind kind, std::string_view text);

}  // namespace stator

#endif  // STATOR_EXPR_TOKEN_STREAM_H_
