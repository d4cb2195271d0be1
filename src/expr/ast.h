// The resolved form of a condition: the core that every front end translates to (expression texts,
// legacy parameters, PartiQL) and the evaluator works on. No placeholders, no syntax.
#ifndef STATOR_EXPR_AST_H_
#define STATOR_EXPR_AST_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "expr/document_path.h"
#include "model/attribute_value.h"

namespace stator {

// A constant of the request. Shared, because it may be as large as an item and is used as it came.
using ValuePtr = std::shared_ptr<const AttributeValue>;

struct Operand {
  enum class Kind : uint8_t { kPath, kValue, kSize };
  Kind kind = Kind::kPath;
  DocumentPath path;               // kPath
  ValuePtr value;                  // kValue, not null
  std::vector<Operand> arguments;  // kSize: exactly one

  static Operand Path(DocumentPath path) { return {Kind::kPath, std::move(path), nullptr, {}}; }
  static Operand Value(AttributeValue value) {
    return {Kind::kValue, {}, std::make_shared<const AttributeValue>(std::move(value)), {}};
  }
};

enum class ConditionOp : uint8_t {
  // Over `conditions`. kAnd of none is true, kOr of none is false.
  kAnd,
  kOr,
  kNot,  // one
  // Over `operands`, with their number.
  kEqual,               // 2
  kNotEqual,            // 2
  kLess,                // 2
  kLessOrEqual,         // 2
  kGreater,             // 2
  kGreaterOrEqual,      // 2
  kBetween,             // 3: operand, lower, upper; inclusive
  kIn,                  // 2 or more: operand, candidates
  kAttributeExists,     // 1: a path
  kAttributeNotExists,  // 1: a path
  kAttributeType,       // 2: operand, the name of a type as a constant
  kBeginsWith,          // 2: operand, prefix
  kContains,            // 2: container, what it should contain
  kNotContains,         // 2: as kContains, but false too if one is missing; legacy parameters only
};

struct Condition {
  ConditionOp op = ConditionOp::kAnd;
  std::vector<Condition> conditions;
  std::vector<Operand> operands;
};

}  // namespace stator

#endif  // STATOR_EXPR_AST_H_
