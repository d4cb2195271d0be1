// Step 7 of a request (facts 1.5): are the JSON types of the body those of the operation's model?
#ifndef STATOR_API_TYPE_CHECK_H_
#define STATOR_API_TYPE_CHECK_H_

#include <simdjson.h>

#include <optional>
#include <string_view>

#include "api/shape.h"
#include "model/api_error.h"

namespace stator {

// SerializationException with the text of facts 1.7 for the first offender: members that are containers come
// before the scalars of the same level, otherwise in the model's order. Attribute values are checked down to
// kMaxCheckedDepth levels; what is deeper is refused by whoever decodes the value.
// REQUIRES: input.kind is kStructure.
ApiResult<void> CheckTypes(const Shape& input, simdjson::dom::object body);

inline constexpr int kMaxCheckedDepth = 100;

// The boolean that a string converts to: true, 1, yes; false, 0, no; in any case.
std::optional<bool> BooleanFromString(std::string_view text);

}  // namespace stator

#endif  // STATOR_API_TYPE_CHECK_H_
