// ExclusiveStartKey (facts 4.5): a plain map of key attributes, as LastEvaluatedKey gave it or as a
// client made it up; the item it names need not exist. All functions are pure.
#ifndef STATOR_API_START_KEY_H_
#define STATOR_API_START_KEY_H_

#include <cstdint>

#include "expr/key_condition_match.h"
#include "model/api_error.h"
#include "model/attribute_value.h"
#include "table/table_definition.h"

namespace simdjson::dom {
class object;
}  // namespace simdjson::dom

namespace stator {

// What can be said without the table.
ApiResult<AttributeMap> StartKeyFromJson(const simdjson::dom::object& json);

// The three below take the table, or the index (else null), that is read.

// Scan: exactly the key attributes of the table and the index, of the right types.
ApiResult<void> CheckScanStartKey(const TableDefinition& table, const IndexDefinition* index,
                                  const AttributeMap& key);
// Query: the same, with other texts ...
ApiResult<void> CheckQueryStartKey(const TableDefinition& table, const IndexDefinition* index,
                                   const AttributeMap& key);
// ... and within what the query asks for. REQUIRES: the key passed CheckQueryStartKey.
ApiResult<void> CheckStartKeyInQuery(const TableDefinition& table, const IndexDefinition* index,
                                     const MatchedKeyCondition& condition, const AttributeMap& key);
// A segment of a parallel scan. REQUIRES: the key passed CheckScanStartKey.
ApiResult<void> CheckStartKeyInSegment(const TableDefinition& table, const IndexDefinition* index,
                                       uint32_t segment, uint32_t total_segments,
                                       const AttributeMap& key);

}  // namespace stator

#endif  // STATOR_API_START_KEY_H_
