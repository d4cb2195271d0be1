#include "expr/update_parser.h"

#include <optional>
#include <string>
#include <utility>

#include "expr/expression_kind.h"
#include "expr/function_names.h"
#include "expr/token_stream.h"

namespace stator {
namespace {

using syntax::Node;
using syntax::NodeKind;
using syntax::UpdateClause;
using Section = syntax::UpdateClause::Section;

struct SectionWord {
  std::string_view word;
  Section section;
};
constexpr SectionWord kSections[] = {{"SET", Section::kSet},
                                     {"REMOVE", Section::kRemove},
                                     {"ADD", Section::kAdd},
                                     {"DELETE", Section::kDelete}};

class UpdateParser {
 public:
  explicit UpdateParser(std::string_view text) : tokens_(text) {}

  // False if error() has something to say.
  bool Parse(syntax::Update* update) {
    bool seen[std::size(kSections)] = {};
    do {
      const SectionWord* section = AcceptSection();
      if (section == nullptr) return tokens_.SyntaxError();
      bool& seen_before = seen[section - kSections];
      if (seen_before) {
        tokens_.Report(StaticFault::kRepeatedSection,
                       "The \"" + std::string(section->word) +
                           "\" section can only be used once in an update expression;");
      }
      seen_before = true;
      if (!ParseClauses(section->section, update)) return false;
    } while (!tokens_.AtEnd());
    return true;
  }

  std::optional<std::string> error() { return tokens_.Error(StaticFaultOrder::kReservedWordFirst); }

 private:
  const SectionWord* AcceptSection() {
    for (const SectionWord& section : kSections) {
      if (tokens_.AcceptKeyword(section.word)) return &section;
    }
    return nullptr;
  }

  bool ParseClauses(Section section, syntax::Update* update) {
    do {
      UpdateClause clause;
      clause.section = section;
      if (!ParsePath(&clause.path)) return false;
      if (section == Section::kSet) {
        if (!tokens_.Expect(TokenKind::kEqual) || !ParseValue(&clause.value)) return false;
      } else if (section != Section::kRemove) {
        if (tokens_.PeekKind() != TokenKind::kValuePlaceholder) return tokens_.SyntaxError();
        TakeValue(&clause.value);
      }
      update->clauses.push_back(std::move(clause));
    } while (tokens_.Accept(TokenKind::kComma));
    return true;
  }

  bool ParsePath(syntax::Path* path) {
    return tokens_.ParsePath({"SET", "REMOVE", "ADD", "DELETE"}, path);
  }

  void TakeValue(Node* node) {
    node->kind = NodeKind::kValue;
    node->text = tokens_.Take();
  }

  // operand [ (+|-) operand ]
  bool ParseValue(Node* node) {
    if (!ParseOperand(&UpdateParser::ParseValue, node)) return false;
    const bool plus = tokens_.PeekKind() == TokenKind::kPlus;
    if (!plus && tokens_.PeekKind() != TokenKind::kMinus) return true;
    tokens_.Take();
    tokens_.CountOperator();
    Node sum;
    sum.kind = plus ? NodeKind::kPlus : NodeKind::kMinus;
    sum.children.push_back(std::move(*node));
    if (!ParseOperand(&UpdateParser::ParseValue, &sum.children.emplace_back())) return false;
    *node = std::move(sum);
    return true;
  }

  // No arithmetic inside of functions, not even in parentheses.
  bool ParseArgument(Node* node) { return ParseOperand(&UpdateParser::ParseArgument, node); }

  // `parse_content` says what may stand in parentheses here.
  bool ParseOperand(bool (UpdateParser::*parse_content)(Node*), Node* node) {
    switch (tokens_.PeekKind()) {
      case TokenKind::kLeftParen: {
        TokenStream::Nesting nesting(&tokens_);
        if (!nesting.IsLegal()) return false;
        tokens_.Take();
        if (!(this->*parse_content)(node) || !tokens_.Expect(TokenKind::kRightParen)) return false;
        if (node->parenthesized) {
          tokens_.Report(StaticFault::kRedundantParentheses,
                         "The expression has redundant parentheses;");
        }
        node->parenthesized = true;
        return true;
      }
      case TokenKind::kValuePlaceholder:
        TakeValue(node);
        return true;
      case TokenKind::kIdentifier:
        if (tokens_.PeekSecondKind() == TokenKind::kLeftParen) return ParseFunction(node);
        break;
      default:
        break;
    }
    node->kind = NodeKind::kPath;
    return ParsePath(&node->path);
  }

  bool ParseFunction(Node* node) {
    TokenStream::Nesting nesting(&tokens_);
    if (!nesting.IsLegal()) return false;
    node->kind = NodeKind::kFunction;
    node->text = tokens_.Take();
    tokens_.Take();  // '('
    do {
      Node& argument = node->children.emplace_back();
      if (!ParseArgument(&argument)) return false;
      // if_not_exists may nest, list_append may not.
      if (argument.kind == NodeKind::kFunction && argument.text == "list_append") {
        tokens_.Report(StaticFault::kMisusedFunction, MisusedFunctionText(argument.text));
      }
    } while (tokens_.Accept(TokenKind::kComma));
    const FunctionUse use = UseOfFunction(node->text);
    if (use == FunctionUse::kUnknown) {
      tokens_.Report(StaticFault::kUnknownFunction, UnknownFunctionText(node->text));
    } else if (use != FunctionUse::kUpdateValue) {
      tokens_.Report(StaticFault::kMisusedFunction, MisusedFunctionText(node->text));
    }
    return tokens_.Expect(TokenKind::kRightParen);
  }

  TokenStream tokens_;
};

}  // namespace

ApiResult<std::shared_ptr<const syntax::Update>> ParseUpdateSyntax(std::string_view text) {
  if (auto checked = CheckExpressionSize(ExpressionKind::kUpdate, text); !checked) {
    return Unexpected<ApiError>(std::move(checked).error());
  }
  UpdateParser parser(text);
  auto update = std::make_shared<syntax::Update>();
  parser.Parse(update.get());
  if (auto error = parser.error()) return InvalidExpression(ExpressionKind::kUpdate, *error);
  return std::shared_ptr<const syntax::Update>(std::move(update));
}

}  // namespace stator
