// What TagResource and UntagResource share.
#ifndef STATOR_API_CHANGE_TAGS_H_
#define STATOR_API_CHANGE_TAGS_H_

#include <string>

#include "api/operations.h"
#include "base/unique_function.h"
#include "model/api_error.h"
#include "table/table_definition.h"
#include "table/tags.h"

namespace stator {

// Makes the tags of table `name` what `change` makes of them, and answers with an empty body.
// `not_found` is the message if there is no such table.
void ChangeTags(const OperationContext& context, std::string name, std::string not_found,
                UniqueFunction<ApiResult<Tags>(const Tags& current)> change, Respond done);

}  // namespace stator

#endif  // STATOR_API_CHANGE_TAGS_H_
