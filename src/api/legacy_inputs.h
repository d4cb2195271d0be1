// The parameters that expressions have replaced, from JSON to the plain structs of expr/legacy.h (facts 3.12).
#ifndef STATOR_API_LEGACY_INPUTS_H_
#define STATOR_API_LEGACY_INPUTS_H_

#include <string_view>
#include <vector>

#include "api/members.h"
#include "expr/legacy.h"
#include "model/api_error.h"

namespace stator {

// REQUIRES (all): `in` has the member, and passed the type check and the constraints. Entries that are null are
// left out. Errors: those of the values.
ApiResult<std::vector<LegacyExpected>> DecodeExpected(const Members& in);
ApiResult<std::vector<LegacyAttributeUpdate>> DecodeAttributeUpdates(const Members& in);
// QueryFilter, ScanFilter, KeyConditions.
ApiResult<std::vector<LegacyCondition>> DecodeLegacyConditions(const Members& in, std::string_view member);

// AND if absent. Without `subject` (Expected, QueryFilter or ScanFilter) it is an error.
ApiResult<ConditionalOperator> DecodeConditionalOperator(const Members& in, std::string_view subject);

}  // namespace stator

#endif  // STATOR_API_LEGACY_INPUTS_H_
