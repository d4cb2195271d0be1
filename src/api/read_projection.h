// Which attributes a point read returns: ProjectionExpression, AttributesToGet, or all (facts 3.11).
#ifndef STATOR_API_READ_PROJECTION_H_
#define STATOR_API_READ_PROJECTION_H_

#include <optional>
#include <string>
#include <string_view>

#include "api/expression_inputs.h"
#include "api/members.h"
#include "expr/projection.h"
#include "model/api_error.h"
#include "table/key_check.h"
#include "table/table_definition.h"

namespace stator {

// nullopt: whole items. All placeholders of `in` must be used by the projection.
ApiResult<std::optional<Projection>> DecodeReadProjection(const Members& in, const ExpressionMembers& members);

// Key attributes are scalars: a path into one is refused (facts 2.4).
KeyCheck CheckProjection(const TableDefinition& table, const Projection& projection);

// Appends the item, or what the projection selects of it; false if that is nothing.
Result<bool> AppendProjected(std::string_view encoded_item, const std::optional<Projection>& projection,
                             std::string* json);

}  // namespace stator

#endif  // STATOR_API_READ_PROJECTION_H_
