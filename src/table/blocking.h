// Calls of the engine and the catalog that wait for their completion: for threads that may wait
// (the jobs', a test's), never for a request's.
#ifndef STATOR_TABLE_BLOCKING_H_
#define STATOR_TABLE_BLOCKING_H_

#include <optional>
#include <string>
#include <utility>

#include "base/await.h"
#include "model/api_error.h"
#include "storage/engine.h"
#include "table/catalog.h"
#include "table/layout.h"

namespace stator {

inline CommitResult CommitAndWait(Engine& engine, CommitRequest request) {
  return Await<CommitResult>(
      [&](auto done) { engine.Commit(std::move(request), std::move(done)); });
}

inline Result<void> ScanAndWait(Engine& engine, ScanRequest request, ScanVisit visit) {
  return Await<Result<void>>(
      [&](auto done) { engine.Scan(std::move(request), std::move(visit), std::move(done)); });
}

inline Result<void> DropAndWait(Engine& engine, KeyRange range) {
  return Await<Result<void>>([&](auto done) {
    engine.DropRange(std::move(range.begin), std::move(range.end), std::move(done));
  });
}

inline ApiResult<TablePtr> ChangeAndWait(
    Catalog& catalog, const Scope& scope, std::string name,
    UniqueFunction<DefinitionChange(const TableDefinition*)> change) {
  return Await<ApiResult<TablePtr>>([&](auto done) {
    catalog.Change(scope, std::move(name), std::move(change), std::move(done));
  });
}

// Reads a table's definition anew.
inline void RefreshAndWait(Catalog& catalog, const Scope& scope, const std::string& name) {
  Await<bool>([&](auto done) {
    catalog.Refresh(scope, name, [done = std::move(done)]() mutable { done(true); });
  });
}

// Changes the definition of that very table, as far as it is still there: if it is gone there is
// nothing to be done. `change` may be called several times. After an error it is known again what
// the definition is.
template <class Change>
Result<void> ChangeTableAndWait(Catalog& catalog, const TableDefinition& table, Change change) {
  auto changed =
      ChangeAndWait(catalog, table.scope, table.name,
                    [id = table.id, change](const TableDefinition* current) -> DefinitionChange {
                      if (current == nullptr || current->id != id)
                        return ApiFail(ErrorType::kResourceNotFound, "");
                      TableDefinition next = *current;
                      change(&next);
                      return std::optional<TableDefinition>(std::move(next));
                    });
  if (changed || changed.error().type == ErrorType::kResourceNotFound) return {};
  // The outcome may be unknown: see what is there before the next try.
  RefreshAndWait(catalog, table.scope, table.name);
  return Fail(StatusCode::kIoError, changed.error().message.value_or("an internal error"));
}

}  // namespace stator

#endif  // STATOR_TABLE_BLOCKING_H_
