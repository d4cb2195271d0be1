// The five expression parameters. They share one lexer and one error form: "Invalid <Kind>: <text>"
// (facts 3.1, 3.2).
#ifndef STATOR_EXPR_EXPRESSION_KIND_H_
#define STATOR_EXPR_EXPRESSION_KIND_H_

#include <string>
#include <string_view>

#include "model/api_error.h"

namespace stator {

enum class ExpressionKind { kCondition, kFilter, kKeyCondition, kUpdate, kProjection };

// The name of the request member: "ConditionExpression".
inline std::string_view KindName(ExpressionKind kind) {
  switch (kind) {
    case ExpressionKind::kCondition:
      return "ConditionExpression";
    case ExpressionKind::kFilter:
      return "FilterExpression";
    case ExpressionKind::kKeyCondition:
      return "KeyConditionExpression";
    case ExpressionKind::kUpdate:
      return "UpdateExpression";
    case ExpressionKind::kProjection:
      return "ProjectionExpression";
  }
  return "";
}

// ValidationException "Invalid <Kind>: <text>".
inline Unexpected<ApiError> InvalidExpression(ExpressionKind kind, std::string_view text) {
  return Invalid("Invalid " + std::string(KindName(kind)) + ": " + std::string(text));
}

}  // namespace stator

#endif  // STATOR_EXPR_EXPRESSION_KIND_H_
