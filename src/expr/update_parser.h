// Parses the text of an UpdateExpression (grammar: facts 3.9).
#ifndef STATOR_EXPR_UPDATE_PARSER_H_
#define STATOR_EXPR_UPDATE_PARSER_H_

#include <memory>
#include <string_view>

#include "expr/syntax.h"
#include "model/api_error.h"

namespace stator {

// A pure function of the text. Reports the errors that the text alone shows: size, syntax, reserved
// words, unknown and misused functions, repeated sections.
ApiResult<std::shared_ptr<const syntax::Update>> ParseUpdateSyntax(std::string_view text);

}  // namespace stator

#endif  // STATOR_EXPR_UPDATE_PARSER_H_
