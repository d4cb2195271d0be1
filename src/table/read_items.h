// Point reads: GetItem, BatchGetItem, TransactGetItems.
#ifndef STATOR_TABLE_READ_ITEMS_H_
#define STATOR_TABLE_READ_ITEMS_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_function.h"
#include "model/api_error.h"
#include "table/database.h"

namespace stator {

struct ItemRead {
  std::string table_name;
  AttributeMap key;
};

struct ReadItemsRequest {
  Scope scope;
  std::vector<ItemRead> reads;
  // TransactGetItems: cancelled if a running transaction holds one of the items; key faults are cancellation
  // reasons; the items must be distinct.
  bool transaction = false;
};

struct ReadItemsResult {
  std::vector<TablePtr> tables;  // parallel to the reads
  // Parallel to the reads: items in the item format, all from one point in time; nullopt: no such item. Valid
  // during the completion only.
  std::span<const std::optional<std::string_view>> items;
};
using ReadItemsDone = UniqueFunction<void(ApiResult<ReadItemsResult>, const ReadItemsRequest&)>;

// `done` is called once, inside the call or later on a thread of the engine's. `database` must live until then.
void ReadItems(Database* database, ReadItemsRequest request, ReadItemsDone done);

}  // namespace stator

#endif  // STATOR_TABLE_READ_ITEMS_H_
