#include "expr/condition_parser.h"

#include <optional>
#include <utility>

#include "expr/function_names.h"
#include "expr/token_stream.h"
#include "model/limits.h"

namespace stator {
namespace {

using syntax::Node;
using syntax::NodeKind;

std::optional<NodeKind> ComparatorOf(TokenKind kind) {
  switch (kind) {
    case TokenKind::kEqual:
      return NodeKind::kEqual;
    case TokenKind::kNotEqual:
      return NodeKind::kNotEqual;
    case TokenKind::kLess:
      return NodeKind::kLess;
    case TokenKind::kLessOrEqual:
      return NodeKind::kLessOrEqual;
    case TokenKind::kGreater:
      return NodeKind::kGreater;
    case TokenKind::kGreaterOrEqual:
      return NodeKind::kGreaterOrEqual;
    default:
      return std::nullopt;
  }
}

// A '(' may open a condition or an operand, and which one shows only later. So one function parses
// whatever can stand in parentheses, and the callers look at what came out: a path or a value is an
// operand, a function may be either, anything else is a condition.
bool IsOperandOnly(const Node& node) {
  return node.kind == NodeKind::kPath || node.kind == NodeKind::kValue;
}
bool CanBeOperand(const Node& node) {
  return IsOperandOnly(node) || node.kind == NodeKind::kFunction;
}

class ConditionParser {
 public:
  explicit ConditionParser(std::string_view text) : tokens_(text) {}

  // False if error() has something to say.
  bool Parse(Node* root) {
    if (!ParseOr(root)) return false;
    // An operand alone is no condition.
    if (!tokens_.AtEnd() || IsOperandOnly(*root)) return tokens_.SyntaxError();
    UseAsCondition(*root);
    return true;
  }

  std::optional<std::string> error() { return tokens_.Error(StaticFaultOrder::kFunctionsFirst); }

 private:
  bool ParseOr(Node* node) {
    return ParseSequence("OR", NodeKind::kOr, &ConditionParser::ParseAnd, node);
  }
  bool ParseAnd(Node* node) {
    return ParseSequence("AND", NodeKind::kAnd, &ConditionParser::ParseNot, node);
  }

  // child { keyword child }. With a single child the result is that child.
  bool ParseSequence(std::string_view keyword, NodeKind kind,
                     bool (ConditionParser::*parse_child)(Node*), Node* node) {
    if (!(this->*parse_child)(node)) return false;
    if (!tokens_.PeekKeyword(keyword)) return true;
    if (IsOperandOnly(*node)) return tokens_.SyntaxError();
    Node sequence;
    sequence.kind = kind;
    UseAsCondition(*node);
    sequence.children.push_back(std::move(*node));
    while (tokens_.AcceptKeyword(keyword)) {
      tokens_.CountOperator();
      Node child;
      if (!(this->*parse_child)(&child)) return false;
      if (IsOperandOnly(child)) return tokens_.SyntaxError();
      UseAsCondition(child);
      sequence.children.push_back(std::move(child));
    }
    *node = std::move(sequence);
    return true;
  }

  bool ParseNot(Node* node) {
    if (!tokens_.AcceptKeyword("NOT")) return ParseTest(node);
    tokens_.CountOperator();
    TokenStream::Nesting nesting(&tokens_);
    if (!nesting.IsLegal()) return false;
    Node child;
    if (!ParseNot(&child)) return false;
    if (IsOperandOnly(child)) return tokens_.SyntaxError();
    UseAsCondition(child);
    node->kind = NodeKind::kNot;
    node->children.push_back(std::move(child));
    return true;
  }

  bool ParseTest(Node* node) {
    if (!ParsePrimary(node)) return false;
    if (const auto comparator = ComparatorOf(tokens_.PeekKind())) {
      return ParseComparison(*comparator, node);
    }
    if (tokens_.PeekKeyword("BETWEEN")) return ParseBetween(node);
    if (tokens_.PeekKeyword("IN")) return ParseIn(node);
    return true;
  }

  // The three below find the operator at the cursor and the left operand in *node, and put
  // themselves in its place.
  bool ParseComparison(NodeKind comparator, Node* node) {
    if (!BeginOperator(comparator, node)) return false;
    return ParseOperand(&node->children.emplace_back());
  }

  bool ParseBetween(Node* node) {
    if (!BeginOperator(NodeKind::kBetween, node)) return false;
    if (!ParseOperand(&node->children.emplace_back())) return false;
    if (!tokens_.AcceptKeyword("AND")) return tokens_.SyntaxError();
    return ParseOperand(&node->children.emplace_back());
  }

  bool ParseIn(Node* node) {
    if (!BeginOperator(NodeKind::kIn, node)) return false;
    if (!tokens_.Expect(TokenKind::kLeftParen)) return false;
    do {
      if (!ParseOperand(&node->children.emplace_back())) return false;
    } while (tokens_.Accept(TokenKind::kComma));
    // The left operand counts too.
    if (node->children.size() > size_t{kMaxInOperands}) {
      tokens_.Report(StaticFault::kInOperandCount,
                     "The IN operator is provided with too many operands; number of operands: " +
                         std::to_string(node->children.size()));
    }
    return tokens_.Expect(TokenKind::kRightParen);
  }

  bool BeginOperator(NodeKind kind, Node* node) {
    if (!CanBeOperand(*node)) return tokens_.SyntaxError();
    UseAsOperand(*node);
    tokens_.Take();
    tokens_.CountOperator();
    Node test;
    test.kind = kind;
    test.children.push_back(std::move(*node));
    *node = std::move(test);
    return true;
  }

  // Where nothing but an operand may stand.
  bool ParseOperand(Node* node) {
    if (tokens_.PeekKind() == TokenKind::kLeftParen) {
      return ParseParentheses(&ConditionParser::ParseOperand, node);
    }
    if (!ParsePrimary(node)) return false;
    UseAsOperand(*node);
    return true;
  }

  bool ParsePrimary(Node* node) {
    switch (tokens_.PeekKind()) {
      case TokenKind::kLeftParen:
        return ParseParentheses(&ConditionParser::ParseOr, node);
      case TokenKind::kValuePlaceholder:
        node->kind = NodeKind::kValue;
        node->text = tokens_.Take();
        return true;
      case TokenKind::kIdentifier:
        if (tokens_.PeekSecondKind() == TokenKind::kLeftParen && !AtKeyword()) {
          return ParseFunction(node);
        }
        break;
      default:
        break;
    }
    node->kind = NodeKind::kPath;
    return tokens_.ParsePath({"AND", "OR", "NOT", "BETWEEN", "IN"}, &node->path);
  }

  bool AtKeyword() const {
    for (std::string_view keyword : {"AND", "OR", "NOT", "BETWEEN", "IN"}) {
      if (tokens_.PeekKeyword(keyword)) return true;
    }
    return false;
  }

  bool ParseParentheses(bool (ConditionParser::*parse_content)(Node*), Node* node) {
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

  bool ParseFunction(Node* node) {
    TokenStream::Nesting nesting(&tokens_);
    if (!nesting.IsLegal()) return false;
    node->kind = NodeKind::kFunction;
    node->text = tokens_.Take();
    tokens_.Take();  // '('
    do {
      if (!ParseOperand(&node->children.emplace_back())) return false;
    } while (tokens_.Accept(TokenKind::kComma));
    const FunctionUse use = UseOfFunction(node->text);
    if (use == FunctionUse::kUnknown) {
      tokens_.Report(StaticFault::kUnknownFunction, UnknownFunctionText(node->text));
    } else if (use == FunctionUse::kUpdateValue) {
      tokens_.Report(StaticFault::kMisusedFunction, MisusedFunctionText(node->text));
    }
    return tokens_.Expect(TokenKind::kRightParen);
  }

  void UseAsCondition(const Node& node) { Require(FunctionUse::kTest, node); }
  void UseAsOperand(const Node& node) { Require(FunctionUse::kOperand, node); }
  void Require(FunctionUse use, const Node& node) {
    if (node.kind == NodeKind::kFunction && UseOfFunction(node.text) != use) {
      tokens_.Report(StaticFault::kMisusedFunction, MisusedFunctionText(node.text));
    }
  }

  TokenStream tokens_;
};

}  // namespace

ApiResult<std::shared_ptr<const Node>> ParseConditionSyntax(std::string_view text,
                                                            ExpressionKind kind) {
  if (auto checked = CheckExpressionSize(kind, text); !checked) {
    return Unexpected<ApiError>(std::move(checked).error());
  }
  ConditionParser parser(text);
  auto root = std::make_shared<Node>();
  parser.Parse(root.get());
  if (auto error = parser.error()) return InvalidExpression(kind, *error);
  return std::shared_ptr<const Node>(std::move(root));
}

}  // namespace stator
