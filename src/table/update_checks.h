// UpdateTable before the table is looked at: what a request may hold at all, and together
// (facts 5.4, 14.2), and what may be changed while other changes run (facts 14.3). Pure.
#ifndef STATOR_TABLE_UPDATE_CHECKS_H_
#define STATOR_TABLE_UPDATE_CHECKS_H_

#include "model/api_error.h"
#include "table/table_definition.h"
#include "table/table_request.h"

namespace stator {

// What depends on the request alone.
ApiResult<void> CheckUpdateRequest(const UpdateTableRequest& request);

// Whether the work that `current` is busy with admits this change.
ApiResult<void> CheckAdmission(const TableDefinition& current, const UpdateTableRequest& request);

}  // namespace stator

#endif  // STATOR_TABLE_UPDATE_CHECKS_H_
