#include "api/wording.h"

#include <string>
#include <utility>

namespace stator {
namespace {

using Kind = ValueError::Kind;

bool IsEnvelopedInItems(Kind kind) {
  return kind == Kind::kEmptySet || kind == Kind::kDuplicateInSet || kind == Kind::kDuplicateNumbers ||
         kind == Kind::kNullFalse;
}

}  // namespace

ApiError Worded(ApiError error, Wording wording) {
  if (wording == Wording::kEnveloped && error.type == ErrorType::kValidation && error.message) {
    error.message->insert(0, "1 validation error detected: ");
  }
  return error;
}

ApiError WordedValueError(ValueError error, Wording wording) {
  const bool enveloped = IsEnvelopedInItems(error.kind);
  return Worded(ToApiError(std::move(error)), enveloped ? wording : Wording::kBare);
}

ApiError WordedPlaceholderError(ValueError error, std::string_view placeholder, Wording wording) {
  const Kind kind = error.kind;
  if (kind == Kind::kSerialization) return ToApiError(std::move(error));
  if (kind != Kind::kNesting && kind != Kind::kNullFalse) {
    error.message = "ExpressionAttributeValues contains invalid value: " + error.message + " for key " +
                    std::string(placeholder);
  }
  const bool enveloped = IsEnvelopedInItems(kind) || kind == Kind::kNesting;
  return Worded(ToApiError(std::move(error)), enveloped ? wording : Wording::kBare);
}

}  // namespace stator
