// A TableName member holds a name or the ARN of a table (facts 1.9); a ResourceArn only the latter.
#ifndef STATOR_API_TABLE_NAME_H_
#define STATOR_API_TABLE_NAME_H_

#include <string>
#include <string_view>

#include "api/service.h"
#include "model/api_error.h"

namespace stator {

// The name of a table of the caller's own account and region. Errors: ValidationException for an
// ARN that is none, names something else, or points into another account or region (facts 14.4). A
// plain name is returned as it is: its form is checked with the request's other constraints.
ApiResult<std::string> ResolveTableName(std::string_view name_or_arn, const Caller& caller);

// The same for the ResourceArn of `operation` (TagResource and its like), which have their own
// texts and answer AccessDeniedException for foreign ARNs (facts 9.8).
ApiResult<std::string> ResolveResourceArn(std::string_view arn, const Caller& caller,
                                          std::string_view operation);

}  // namespace stator

#endif  // STATOR_API_TABLE_NAME_H_
