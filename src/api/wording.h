// PutItem and UpdateItem put "1 validation error detected: " before many texts that other operations answer bare
// (facts 1.11).
#ifndef STATOR_API_WORDING_H_
#define STATOR_API_WORDING_H_

#include <cstdint>

#include "api/validation_form.h"
#include "model/api_error.h"
#include "model/attribute_value_json.h"

namespace stator {

enum class Wording : uint8_t { kBare, kEnveloped };

// For PutItem and UpdateItem. Every other operation is kBare.
constexpr Wording WordingOfWrites(ValidationForm form) {
  return form == ValidationForm::kNew ? Wording::kEnveloped : Wording::kBare;
}

// Of an error about expressions: syntax, operands, placeholders, mixing with legacy parameters. Errors that are
// not ValidationExceptions stay as they are.
ApiError Worded(ApiError error, Wording wording);

// Of a value in an item or key. Only some kinds of faults are enveloped.
ApiError WordedValueError(ValueError error, Wording wording);

// Of a value in ExpressionAttributeValues: "ExpressionAttributeValues contains invalid value: <text> for key :b",
// but nesting and {"NULL": false} keep their own text (facts 2.1).
ApiError WordedPlaceholderError(ValueError error, std::string_view placeholder, Wording wording);

}  // namespace stator

#endif  // STATOR_API_WORDING_H_
