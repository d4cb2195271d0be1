// Steps 7 and 8 of a request (facts 1.5) in one call: what can be said of a body from the shape of its operation.
#ifndef STATOR_API_REQUEST_CHECK_H_
#define STATOR_API_REQUEST_CHECK_H_

#include <simdjson.h>

#include "api/operations.h"
#include "model/api_error.h"

namespace stator {

// JSON types, then members that Stator refuses, then constraints with the operation's quirk.
ApiResult<void> CheckRequest(const OperationInfo& operation, simdjson::dom::object body, ValidationForm form);

}  // namespace stator

#endif  // STATOR_API_REQUEST_CHECK_H_
