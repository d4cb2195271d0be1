// Tags of a table (facts 9.8, 14.4). Pure.
#ifndef STATOR_TABLE_TAGS_H_
#define STATOR_TABLE_TAGS_H_

#include <map>
#include <string>

#include "model/api_error.h"
#include "table/table_request.h"

namespace stator {

using Tags = std::map<std::string, std::string>;

inline constexpr size_t kMaxTags = 50;

// `current` with `added`, or the service's ValidationException; nothing is added in part.
ApiResult<Tags> AddTags(const Tags& current, const TagList& added);

}  // namespace stator

#endif  // STATOR_TABLE_TAGS_H_
