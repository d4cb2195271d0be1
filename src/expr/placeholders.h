// ExpressionAttributeNames and ExpressionAttributeValues of one request, and which of them its
// expressions have used (facts 3.6).
#ifndef STATOR_EXPR_PLACEHOLDERS_H_
#define STATOR_EXPR_PLACEHOLDERS_H_

#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "expr/ast.h"
#include "model/api_error.h"

namespace stator {

// Not thread-safe. Expressions bound with it stay valid when it is gone.
class Placeholders {
 public:
  using Names = std::vector<std::pair<std::string, std::string>>;

  // Without any name or value.
  Placeholders() = default;

  // Checks the keys: not an empty map, syntax, at most 255 bytes each, 2 MB in all. nullopt is a
  // member that the request does not have. The contents of the values are the decoder's to check,
  // after this check of the keys (CheckPlaceholderKey).
  static ApiResult<Placeholders> Create(std::optional<Names> names,
                                        std::optional<AttributeMap> values);

  // nullptr if not defined; otherwise it counts as used from now on.
  const std::string* UseName(std::string_view placeholder);
  ValuePtr UseValue(std::string_view placeholder);

  // To be called after all expressions of the request were bound. Names are looked at first.
  ApiResult<void> CheckAllUsed() const;

 private:
  struct Name {
    std::string placeholder;
    std::string name;
    bool used = false;
  };
  std::vector<Name> names_;  // sorted by placeholder
  std::shared_ptr<const AttributeMap> values_;
  std::vector<bool> value_used_;  // in the order of *values_
};

// The check of one key, for decoders that stop at the first fault: `member` is
// "ExpressionAttributeNames" or "ExpressionAttributeValues".
ApiResult<void> CheckPlaceholderKey(std::string_view member, std::string_view key);

// One expression parameter of an operation: its member name and whether the request has it.
struct ExpressionParameter {
  std::string_view name;
  bool present;
};

// ExpressionAttributeNames need any expression at all; `expressions` lists those the operation
// knows.
ApiResult<void> CheckNamesAllowed(bool has_names, std::span<const ExpressionParameter> expressions);
// ExpressionAttributeValues alike; the message lists the parameters that take values, which is all
// but ProjectionExpression. `newer_wording`: the form without that list (facts 1.11).
ApiResult<void> CheckValuesAllowed(bool has_values,
                                   std::span<const ExpressionParameter> expressions,
                                   bool newer_wording = false);

// Expressions and the parameters they replaced exclude each other (facts 3.7). Both lists in the
// order in which the message is to print them.
ApiResult<void> CheckNotMixed(std::span<const ExpressionParameter> non_expression,
                              std::span<const ExpressionParameter> expression);

}  // namespace stator

#endif  // STATOR_EXPR_PLACEHOLDERS_H_
