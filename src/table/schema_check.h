// Key schemas and projections of tables and indexes, checked and resolved against
// AttributeDefinitions (facts 5.1 B5 - B12, 4.9). Pure; shared by CreateTable and UpdateTable.
#ifndef STATOR_TABLE_SCHEMA_CHECK_H_
#define STATOR_TABLE_SCHEMA_CHECK_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/api_error.h"
#include "table/table_definition.h"
#include "table/table_request.h"

namespace stator {

using AttributeDefinitions = std::vector<KeyAttribute>;

inline constexpr size_t kMaxLocalIndexes = 5;
inline constexpr size_t kMaxGlobalIndexes = 20;
inline constexpr size_t kMaxIndexHashKeys = 4;
inline constexpr size_t kMaxIndexRangeKeys = 4;
inline constexpr size_t kMaxProjectedAttributes = 100;  // over all indexes of a table

// The schema of a table or local index: one HASH, at most one RANGE.
ApiResult<KeySchema> ResolveKeySchema(const std::vector<KeySchemaEntry>& keys,
                                      const AttributeDefinitions& attributes);
// The schema of a global index: up to four of each.
ApiResult<KeySchema> ResolveGlobalKeySchema(const std::vector<KeySchemaEntry>& keys,
                                            const AttributeDefinitions& attributes);

ApiResult<IndexProjection> ResolveProjection(const ProjectionRequest& projection);

// The limit on projected attributes over all `indexes`.
ApiResult<void> CheckProjectedCount(const std::vector<IndexDefinition>& indexes);

// Names of attributes used as keys by the table and its indexes, each once, table first.
std::vector<std::string> KeyAttributeNames(const TableDefinition& table);

// "[a, b]"
std::string ListText(const std::vector<std::string>& names);

// Leaves in `table->attributes` exactly the definitions that its keys use, in their order.
void PruneAttributes(TableDefinition* table);

}  // namespace stator

#endif  // STATOR_TABLE_SCHEMA_CHECK_H_
