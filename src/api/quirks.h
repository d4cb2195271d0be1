// Where an operation reports broken constraints in another way than constraints.h does for all of them.
// One file per family of operations: quirks_items.cc, quirks_batch.cc, quirks_tables.cc.
#ifndef STATOR_API_QUIRKS_H_
#define STATOR_API_QUIRKS_H_

#include <string_view>
#include <vector>

#include "api/constraints.h"
#include "api/members.h"
#include "api/validation_form.h"
#include "model/api_error.h"

namespace stator {

// Called with what FindViolations found, which may be nothing. May rewrite the violations, or return an error
// that is answered instead of them.
using Quirk = ApiResult<void> (*)(ValidationForm form, const Members& in, std::vector<Violation>* violations);

// nullptr if the operation of DynamoDB_20120810 has none.
Quirk FindQuirk(std::string_view operation);

// The families, each nullptr for operations that are not its own.
Quirk FindItemQuirk(std::string_view operation);
Quirk FindBatchQuirk(std::string_view operation);
Quirk FindTableQuirk(std::string_view operation);

}  // namespace stator

#endif  // STATOR_API_QUIRKS_H_
