// Conditions: from text to a checked Condition, and its value for an item (facts 3.3 to 3.5).
#ifndef STATOR_EXPR_CONDITION_H_
#define STATOR_EXPR_CONDITION_H_

#include <functional>
#include <memory>
#include <string_view>

#include "expr/ast.h"
#include "expr/expression_kind.h"
#include "expr/placeholders.h"
#include "expr/syntax.h"
#include "model/api_error.h"

namespace stator {

// Parses, binds and checks in one go. Errors are bare ValidationExceptions.
ApiResult<Condition> ParseCondition(std::string_view text, ExpressionKind kind,
                                    Placeholders* placeholders);

// The second half, for texts whose tree was kept (expr/condition_parser.h).
ApiResult<Condition> BindCondition(const syntax::Node& root, ExpressionKind kind,
                                   Placeholders* placeholders);

// `item` nullptr: there is no such item, which is the same as an item without attributes. Pure.
bool Evaluate(const Condition& condition, const Item* item);

// Calls `visit` with every document path, in the order of the text, repeated ones too.
void VisitPaths(const Condition& condition, const std::function<void(const DocumentPath&)>& visit);

// The operator or function as expressions write it: "<=", "BETWEEN", "begins_with".
std::string_view NameOf(ConditionOp op);

}  // namespace stator

#endif  // STATOR_EXPR_CONDITION_H_
