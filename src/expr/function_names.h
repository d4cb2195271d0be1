// The functions of all expressions. Names are case-sensitive (facts 3.2).
#ifndef STATOR_EXPR_FUNCTION_NAMES_H_
#define STATOR_EXPR_FUNCTION_NAMES_H_

#include <string>
#include <string_view>

namespace stator {

enum class FunctionUse {
  kUnknown,
  kTest,         // attribute_exists and the like: a condition
  kOperand,      // size: an operand of a condition
  kUpdateValue,  // if_not_exists, list_append: a value in SET
};

inline FunctionUse UseOfFunction(std::string_view name) {
  if (name == "attribute_exists" || name == "attribute_not_exists" || name == "attribute_type" ||
      name == "begins_with" || name == "contains") {
    return FunctionUse::kTest;
  }
  if (name == "size") return FunctionUse::kOperand;
  if (name == "if_not_exists" || name == "list_append") return FunctionUse::kUpdateValue;
  return FunctionUse::kUnknown;
}

inline std::string UnknownFunctionText(std::string_view name) {
  return "Invalid function name; function: " + std::string(name);
}
inline std::string MisusedFunctionText(std::string_view name) {
  return "The function is not allowed to be used this way in an expression; function: " +
         std::string(name);
}

}  // namespace stator

#endif  // STATOR_EXPR_FUNCTION_NAMES_H_
