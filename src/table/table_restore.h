// What becomes of a table's definition when it is restored into a new table (facts 9.2, 14.5).
// Pure.
#ifndef STATOR_TABLE_TABLE_RESTORE_H_
#define STATOR_TABLE_TABLE_RESTORE_H_

#include <optional>
#include <string>
#include <vector>

#include "model/api_error.h"
#include "table/table_changes.h"
#include "table/table_definition.h"
#include "table/table_request.h"

namespace stator {

// The overrides of RestoreTableFromBackup and RestoreTableToPointInTime.
struct RestoreOverrides {
  std::optional<BillingMode> billing;
  std::optional<std::vector<IndexRequest>> local_indexes;  // those to keep; absent: all
  std::optional<std::vector<IndexRequest>> global_indexes;
  std::optional<ThroughputRequest> provisioned;
  std::optional<ThroughputRequest> on_demand;
  std::optional<SseRequest> sse;
};

// The new table in state CREATING; scope, name, uuid and `restore` are the caller's to fill in.
// Keys, indexes, billing and throughput are kept; tags, streams, time to live, deletion protection,
// table class and warm throughput are not. Errors: ValidationException.
ApiResult<TableDefinition> PlanRestoreTable(const TableDefinition& source,
                                            const RestoreOverrides& overrides,
                                            const PlanContext& context);

}  // namespace stator

#endif  // STATOR_TABLE_TABLE_RESTORE_H_
