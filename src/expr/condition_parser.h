// Parses the text of conditions: ConditionExpression, FilterExpression and KeyConditionExpression
// (grammar: facts 3.3).
#ifndef STATOR_EXPR_CONDITION_PARSER_H_
#define STATOR_EXPR_CONDITION_PARSER_H_

#include <memory>
#include <string_view>

#include "expr/expression_kind.h"
#include "expr/syntax.h"

namespace stator {

// A pure function of its arguments. Reports the errors that the text alone shows: size, syntax,
// redundant parentheses, operator count, unknown and misused functions, reserved words. In the tree
// returned, every function that is a condition stands where a condition may, and size() where an
// operand may.
ApiResult<std::shared_ptr<const syntax::Node>> ParseConditionSyntax(std::string_view text,
                                                                    ExpressionKind kind);

}  // namespace stator

#endif  // STATOR_EXPR_CONDITION_PARSER_H_
