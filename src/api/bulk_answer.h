// What the operations on bulk operations share.
#ifndef STATOR_API_BULK_ANSWER_H_
#define STATOR_API_BULK_ANSWER_H_

#include <string>
#include <string_view>

#include "api/operations.h"
#include "model/api_error.h"
#include "table/bulk_record.h"

namespace stator {

// {"BulkOperationDescription":{...}}
std::string BulkAnswer(const BulkRecord& record);

// The one that BulkOperationArn names.
ApiResult<BulkPtr> FindBulkOperation(const OperationContext& context, const Members& in);

}  // namespace stator

#endif  // STATOR_API_BULK_ANSWER_H_
