// What the parsers make of a text: a tree that still holds the placeholders as written. It depends
// on the text alone, so it can be kept and shared by all requests that send the same text; binding
// it to the placeholders of one request gives the trees of ast.h and update.h.
#ifndef STATOR_EXPR_SYNTAX_H_
#define STATOR_EXPR_SYNTAX_H_

#include <cstdint>
#include <string>
#include <vector>

namespace stator::syntax {

struct PathElement {
  enum class Kind : uint8_t { kName, kPlaceholder, kIndex };
  Kind kind;
  std::string text;    // the name, or the placeholder with its '#'
  uint32_t index = 0;  // kIndex
};

struct Path {
  std::vector<PathElement> elements;  // not empty
};

enum class NodeKind : uint8_t {
  kPath,
  kValue,     // text: the placeholder with its ':'
  kFunction,  // text: the name; children: the arguments
  kNot,
  kAnd,  // two children or more
  kOr,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kBetween,  // operand, lower, upper
  kIn,       // operand, candidates...
  kPlus,
  kMinus,
};

struct Node {
  NodeKind kind = NodeKind::kPath;
  bool parenthesized = false;
  Path path;         // kPath
  std::string text;  // kValue, kFunction
  std::vector<Node> children;
};

struct UpdateClause {
  enum class Section : uint8_t { kSet, kRemove, kAdd, kDelete };
  Section section;
  Path path;
  Node value;  // not of kRemove
};

struct Update {
  std::vector<UpdateClause> clauses;  // in the order of the text; each section at most once
};

struct Projection {
  std::vector<Path> paths;
};

}  // namespace stator::syntax

#endif  // STATOR_EXPR_SYNTAX_H_
