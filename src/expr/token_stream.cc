#include "expr/token_stream.h"

#include <algorithm>
#include <limits>

#include "expr/reserved_words.h"
#include "model/limits.h"

namespace stator {
namespace {

// 300 operators allow 300 pairs of parentheses and 300 NOTs around a test that holds a few
// functions. Whatever nests deeper has redundant parentheses, too many operators or a misused
// function.
constexpr int kMaxDepth = 2 * kMaxExpressionOperators + 16;

}  // namespace

bool EqualsIgnoringCase(std::string_view word, std::string_view upper) {
  return std::equal(word.begin(), word.end(), upper.begin(), upper.end(), [](char a, char b) {
    return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 'a' + 'A') : a) == b;
  });
}

ApiResult<void> CheckExpressionSize(ExpressionKind kind, std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return InvalidExpression(kind, "The expression can not be empty;");
  }
  if (text.size() > kMaxExpressionSize) {
    return InvalidExpression(
        kind, "Expression size has exceeded the maximum allowed size; expression size: " +
                  std::to_string(text.size()));
  }
  return {};
}

bool TokenStream::Accept(TokenKind kind) {
  if (PeekKind() != kind) return false;
  if (kind != TokenKind::kEnd) ++next_;
  return true;
}

bool TokenStream::PeekKeyword(std::string_view upper) const {
  return PeekKind() == TokenKind::kIdentifier && EqualsIgnoringCase(PeekText(), upper);
}

bool TokenStream::AcceptKeyword(std::string_view upper) {
  if (!PeekKeyword(upper)) return false;
  ++next_;
  return true;
}

bool TokenStream::SyntaxError() {
  if (syntax_error_) return false;
  // The window runs from the token before to the token after, as they stand in the text.
  const Token& token = tokens_[next_];
  const Token& first = next_ > 0 ? tokens_[next_ - 1] : token;
  const bool at_end = token.kind == TokenKind::kEnd;
  const Token& last = at_end ? first : tokens_[next_ + 1];
  const uint32_t end = last.kind == TokenKind::kEnd ? token.end : last.end;
  syntax_error_ = "Syntax error; token: \"" + std::string(at_end ? "<EOF>" : TextOf(token)) +
                  "\", near: \"" + std::string(text_.substr(first.begin, end - first.begin)) + "\"";
  return false;
}

void TokenStream::Report(StaticFault fault, std::string text) {
  auto& slot = faults_[static_cast<int>(fault)];
  if (!slot) slot = std::move(text);
}

bool TokenStream::ParsePath(std::initializer_list<std::string_view> keywords, syntax::Path* path) {
  for (std::string_view keyword : keywords) {
    if (PeekKeyword(keyword)) return SyntaxError();
  }
  if (!ParsePathName(path)) return false;
  while (true) {
    if (Accept(TokenKind::kDot)) {
      if (!ParsePathName(path)) return false;
    } else if (Accept(TokenKind::kLeftBracket)) {
      if (!ParseListIndex(path)) return false;
    } else {
      break;
    }
  }
  if (path->elements.size() > size_t{kMaxPathDepth}) {
    Report(StaticFault::kPathDepth,
           "The document path has too many nesting levels; nesting levels: " +
               std::to_string(path->elements.size()));
  }
  return true;
}

bool TokenStream::ParsePathName(syntax::Path* path) {
  const bool placeholder = PeekKind() == TokenKind::kNamePlaceholder;
  if (!placeholder && PeekKind() != TokenKind::kIdentifier) return SyntaxError();
  const std::string_view name = Take();
  if (!placeholder && IsReservedWord(name)) {
    Report(StaticFault::kReservedWord,
           "Attribute name is a reserved keyword; reserved keyword: " + std::string(name));
  }
  path->elements.push_back(
      {placeholder ? syntax::PathElement::Kind::kPlaceholder : syntax::PathElement::Kind::kName,
       std::string(name)});
  return true;
}

bool TokenStream::ParseListIndex(syntax::Path* path) {
  if (PeekKind() != TokenKind::kNumber) return SyntaxError();
  const std::string_view digits = Take();
  if (!Expect(TokenKind::kRightBracket)) return false;
  uint64_t index = 0;
  for (char c : digits) {
    index = std::min<uint64_t>(index * 10 + static_cast<uint64_t>(c - '0'), UINT32_MAX);
  }
  if (index > static_cast<uint64_t>(std::numeric_limits<int32_t>::max())) {
    Report(StaticFault::kListIndex,
           "List index is not within the allowable range; index: [" + std::string(digits) + "]");
  }
  path->elements.push_back({syntax::PathElement::Kind::kIndex, "", static_cast<uint32_t>(index)});
  return true;
}

bool TokenStream::Nesting::IsLegal() {
  if (stream_->depth_ <= kMaxDepth) return true;
  // The rest is not parsed, so its operators cannot be counted; parentheses are the likelier
  // culprit.
  if (!stream_->syntax_error_) {
    stream_->syntax_error_ = "The expression has redundant parentheses;";
    if (stream_->operators_ > kMaxExpressionOperators) {
      stream_->syntax_error_ = "The expression contains too many operators; operator count: " +
                               std::to_string(stream_->operators_);
    }
  }
  return false;
}

std::optional<std::string> TokenStream::Error(StaticFaultOrder order) {
  if (syntax_error_) return syntax_error_;
  if (operators_ > kMaxExpressionOperators) {
    Report(StaticFault::kOperatorCount,
           "The expression contains too many operators; operator count: " +
               std::to_string(operators_));
  }
  const auto& reserved = faults_[static_cast<int>(StaticFault::kReservedWord)];
  for (int i = 0; i < static_cast<int>(StaticFault::kCount_); ++i) {
    if (order == StaticFaultOrder::kReservedWordFirst &&
        i == static_cast<int>(StaticFault::kUnknownFunction) && reserved) {
      return reserved;
    }
    if (faults_[i]) return faults_[i];
  }
  return std::nullopt;
}

}  // namespace stator
