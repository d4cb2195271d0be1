// TableDescription as JSON (facts 5.2, 5.3, 14.1).
#ifndef STATOR_API_TABLE_DESCRIPTION_H_
#define STATOR_API_TABLE_DESCRIPTION_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_function.h"
#include "storage/engine.h"
#include "table/table_definition.h"

namespace stator {

// ItemCount and size of a table (index id 0) and of its indexes, by index id. Unlike the service's
// they are those of this moment.
using TableSizes = std::map<uint32_t, Counter>;
// Does not block; `done` may run on a thread of the engine's.
void ReadTableSizes(Engine& engine, const TableDefinition& table,
                    UniqueFunction<void(Result<TableSizes>)> done);

enum class DescriptionView {
  kDescribed,  // DescribeTable
  kCreated,    // CreateTable: without what only shows later
  kUpdated,    // UpdateTable: the answer of a TablePlan
  kDeleted,    // DeleteTable: short, without keys and indexes
};

// A size that is not in `sizes` is shown as 0.
// [{"AttributeName":...,"KeyType":...},...]
void AppendKeySchema(const KeySchema& keys, std::string* json);

// [{"AttributeName":...,"AttributeType":...},...]
void AppendAttributes(const std::vector<KeyAttribute>& attributes, std::string* json);

// {"ProjectionType":...}
void AppendProjection(const IndexProjection& projection, std::string* json);

void AppendTableDescription(const TableDefinition& table, const TableSizes& sizes,
                            DescriptionView view, int64_t now_micros, std::string* json);

}  // namespace stator

#endif  // STATOR_API_TABLE_DESCRIPTION_H_
