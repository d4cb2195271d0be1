// CreateTable and UpdateTable from JSON to values. The request's types and model constraints were
// checked.
#ifndef STATOR_API_TABLE_REQUESTS_H_
#define STATOR_API_TABLE_REQUESTS_H_

#include "api/members.h"
#include "api/service.h"
#include "model/api_error.h"
#include "table/table_request.h"
#include "table/table_restore.h"

namespace stator {

// Errors: those of a TableName that is an ARN (api/table_name.h).
ApiResult<CreateTableRequest> DecodeCreateTable(const Members& in, const Caller& caller);
ApiResult<UpdateTableRequest> DecodeUpdateTable(const Members& in, const Caller& caller);

// The overrides of RestoreTableFromBackup and its like.
RestoreOverrides DecodeRestoreOverrides(const Members& in);

// A list of Tag structures.
TagList DecodeTags(simdjson::dom::array tags);

}  // namespace stator

#endif  // STATOR_API_TABLE_REQUESTS_H_
