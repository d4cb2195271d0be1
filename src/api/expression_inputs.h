// The parameters that item operations share: expressions with their placeholders, and the enums.
#ifndef STATOR_API_EXPRESSION_INPUTS_H_
#define STATOR_API_EXPRESSION_INPUTS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "api/consumed_capacity.h"
#include "api/members.h"
#include "api/wording.h"
#include "expr/placeholders.h"
#include "model/api_error.h"
#include "model/attribute_value.h"

namespace stator {

// -- values --------------------------------------------------------------------------------------------

// An item or a key. REQUIRES: `in` has the member.
ApiResult<AttributeMap> DecodeAttributes(const Members& in, std::string_view member,
                                         Wording wording = Wording::kBare);
ApiResult<AttributeValue> DecodeValue(simdjson::dom::element json, Wording wording = Wording::kBare);

// -- expressions ---------------------------------------------------------------------------------------

// The parameters of one operation that exclude each other, in the order in which errors print them (facts 3.7).
struct ExpressionMembers {
  std::span<const std::string_view> legacy;
  std::span<const std::string_view> expressions;
};
extern const ExpressionMembers kPutMembers;     // PutItem, DeleteItem
extern const ExpressionMembers kUpdateMembers;  // UpdateItem
extern const ExpressionMembers kQueryMembers;
extern const ExpressionMembers kScanMembers;
extern const ExpressionMembers kGetMembers;            // GetItem, and each table of BatchGetItem
extern const ExpressionMembers kConditionMembers;      // Put, Delete, ConditionCheck of TransactWriteItems
extern const ExpressionMembers kTransactUpdateMembers;
extern const ExpressionMembers kProjectionMembers;     // Get of TransactGetItems

// What can be said of the expression parameters before any expression is parsed, in the service's order: mixing,
// placeholders without expressions, then the placeholders' keys and values (facts 3.6).
ApiResult<Placeholders> DecodePlaceholders(const Members& in, const ExpressionMembers& members,
                                           Wording wording = Wording::kBare);

// -- enums ---------------------------------------------------------------------------------------------
// REQUIRES (all): the member, if present, is one of the enum's values, as the constraints have it.

enum class ReturnValues : uint8_t { kNone, kAllOld, kUpdatedOld, kAllNew, kUpdatedNew };
ReturnValues DecodeReturnValues(const Members& in);

enum class Select : uint8_t { kAllAttributes, kAllProjectedAttributes, kSpecificAttributes, kCount };
// nullopt: absent, which means another thing for a table than for an index (facts 4.4).
std::optional<Select> DecodeSelect(const Members& in);

// ReturnValuesOnConditionCheckFailure is ALL_OLD.
bool WantsItemOnConditionFailure(const Members& in);
// ReturnItemCollectionMetrics is SIZE.
bool WantsItemCollectionMetrics(const Members& in);

ReturnConsumedCapacity DecodeReturnConsumedCapacity(const Members& in);

}  // namespace stator

#endif  // STATOR_API_EXPRESSION_INPUTS_H_
