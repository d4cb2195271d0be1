// Calls of the engine and the catalog that wait for their completion: for threads that may wait
// (the jobs', a test's), never for a request's.
#ifndef STATOR_TABLE_BLOCKING_H_
#define STATOR_TABLE_BLOCKING_H_

#include <future>
#include <memory>
#include <string>
#include <utility>

#include "model/api_error.h"
#include "storage/engine.h"
#include "table/catalog.h"
#include "table/layout.h"

namespace stator {

// Calls `start` with a completion that takes a T, and returns what that was given.
template <class T, class Start>
T Await(Start start) {
  auto promise = std::make_shared<std::promise<T>>();
  std::future<T> result = promise->get_future();
  start([promise](T value) { promise->set_value(std::move(value)); });
  return result.get();
}

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

}  // namespace stator

#endif  // STATOR_TABLE_BLOCKING_H_
