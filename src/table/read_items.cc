#include "table/read_items.h"

#include <algorithm>
#include <memory>
#include <unordered_set>
#include <utility>

#include "table/key_check.h"
#include "table/layout.h"
#include "table/transaction_errors.h"

namespace stator {
namespace {

ApiResult<std::vector<TablePtr>> FindTables(Database* database, const ReadItemsRequest& request) {
  std::vector<TablePtr> tables;
  tables.reserve(request.reads.size());
  for (const ItemRead& read : request.reads) {
    TablePtr table = database->catalog().Find(request.scope, read.table_name);
    if (table == nullptr || !table->ServesData()) {
      return ApiFail(ErrorType::kResourceNotFound, "Requested resource not found");
    }
    tables.push_back(std::move(table));
  }
  return tables;
}

ApiResult<std::vector<std::string>> StorageKeys(const ReadItemsRequest& request,
                                                const std::vector<TablePtr>& tables) {
  std::vector<std::string> keys;
  keys.reserve(request.reads.size());
  for (size_t i = 0; i < request.reads.size(); ++i) {
    const KeyCheck check = CheckLookupKey(*tables[i], request.reads[i].key);
    if (!check && request.transaction && !check.error().empty_value) {
      return Unexpected<ApiError>(CanceledByValidation(request.reads.size(), i, check.error().message));
    }
    if (!check) return Unexpected<ApiError>(ToApiError(check.error()));
    keys.push_back(ItemKey(*tables[i], request.reads[i].key));
  }
  if (request.transaction && std::unordered_set<std::string>(keys.begin(), keys.end()).size() != keys.size()) {
    return Invalid("Transaction request cannot include multiple operations on one item");
  }
  return keys;
}

// Whether each of the tables is still the one of its name. A read of several is of one point in time,
// and must not show writes that a client made when it knew that one of the tables was gone.
bool AreCurrent(Database* database, const ReadItemsRequest& request,
                const std::vector<TablePtr>& tables) {
  for (size_t i = 0; i < tables.size(); ++i) {
    const TablePtr now = database->catalog().Find(request.scope, request.reads[i].table_name);
    if (now != tables[i] && (now == nullptr || now->id != tables[i]->id || !now->ServesData())) return false;
  }
  return true;
}

bool AreSeveral(const std::vector<TablePtr>& tables) {
  return std::any_of(tables.begin(), tables.end(),
                     [&](const TablePtr& table) { return table->id != tables.front()->id; });
}

}  // namespace

void ReadItems(Database* database, ReadItemsRequest request, ReadItemsDone done) {
  auto tables = FindTables(database, request);
  if (!tables) return done(Unexpected<ApiError>(std::move(tables).error()), request);
  auto keys = StorageKeys(request, *tables);
  if (!keys) return done(Unexpected<ApiError>(std::move(keys).error()), request);

  GetRequest get{std::move(*keys)};
  get.transaction = request.transaction;
  database->engine().Get(
      std::move(get), [database, request = std::move(request), tables = std::move(*tables),
                       done = std::move(done)](const GetResult& result) mutable {
        if (AreSeveral(tables) && !AreCurrent(database, request, tables)) {
          ReadItems(database, std::move(request), std::move(done));
        } else if (result.error && result.error->code == StatusCode::kConflict) {
          done(Unexpected<ApiError>(CanceledByConflict(request.reads.size(), result.conflicts)), request);
        } else if (result.error) {
          done(Unexpected<ApiError>(ToApiError(*result.error)), request);
        } else {
          done(ReadItemsResult{std::move(tables), result.values}, request);
        }
      });
}

}  // namespace stator
