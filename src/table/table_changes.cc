#include "table/table_changes.h"

#include <algorithm>
#include <string>

namespace stator {

Unexpected<ApiError> TableNotFound(std::string_view name) {
  return ApiFail(ErrorType::kResourceNotFound,
                 "Requested resource not found: Table: " + std::string(name) + " not found");
}

Unexpected<ApiError> StillInUse(std::string_view text) {
  return ApiFail(ErrorType::kResourceInUse,
                 "Attempt to change a resource which is still in use: " + std::string(text));
}

ApiResult<TableDefinition> PlanDeleteTable(const TableDefinition* current, std::string_view name,
                                           int64_t now_micros) {
  if (current == nullptr) return TableNotFound(name);
  if (current->status == TableStatus::kCreating)
    return StillInUse("Table is being created: " + current->name);
  if (current->status == TableStatus::kDeleting)
    return StillInUse("Table is being deleted: " + current->name);
  if (current->deletion_protection) {
    return Invalid(
        "Resource cannot be deleted as it is currently protected against deletion. Disable "
        "deletion protection "
        "first.");
  }
  const bool index_job =
      std::any_of(current->indexes.begin(), current->indexes.end(),
                  [](const auto& index) { return index.status != IndexStatus::kActive; });
  if (index_job)
    return StillInUse("Cannot delete table while indexes are being created, updated, or deleted.");
  if (current->pending == PendingChange::kThroughput) {
    return StillInUse("Table: " + current->name + " is in the process of being updated.");
  }
  if (current->pending == PendingChange::kStream) {
    return StillInUse("Cannot delete table while stream is being enabled/disabled.");
  }
  if (current->status == TableStatus::kUpdating)
    return StillInUse("Table is being updated: " + current->name);
  TableDefinition next = *current;
  next.status = TableStatus::kDeleting;
  CloseLog(now_micros, &next.log);
  if (next.recovery) next.recovery->deleted_micros = now_micros;
  return next;
}

}  // namespace stator
