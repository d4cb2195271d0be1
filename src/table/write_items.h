// The write path of every item operation: look the tables up, check, commit, and say what happened.
#ifndef STATOR_TABLE_WRITE_ITEMS_H_
#define STATOR_TABLE_WRITE_ITEMS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/unique_function.h"
#include "model/api_error.h"
#include "table/database.h"
#include "table/item_write.h"

namespace stator {

// A ClientRequestToken with the hash of the request it came with (facts 6.4).
struct IdempotencyToken {
  std::string token;
  uint64_t request_hash = 0;
};

struct WriteItemsRequest {
  Scope scope;
  WriteForm form = WriteForm::kSingle;
  std::vector<ItemWrite> writes;          // kSingle: exactly one
  std::optional<IdempotencyToken> token;  // kTransaction only
  // Only the table with this number is meant, not another one of its name; absent: whichever.
  std::optional<uint64_t> table_id = std::nullopt;
};

// Read units that the replay of a finished transaction costs, one entry a table.
struct ReplayUnits {
  std::string table_name;
  double units = 0;
};

struct WriteItemsResult {
  std::vector<TablePtr> tables;      // parallel to the request's writes
  std::vector<WriteEffect> effects;  // parallel to the request's writes; empty if replayed
  // kBatch: indexes of writes that were not applied as a transaction holds their items.
  std::vector<size_t> unprocessed;
  // The token was seen before with the same request: nothing was done now.
  bool replayed = false;
  std::vector<ReplayUnits> replay_units;
};
using WriteItemsDone = UniqueFunction<void(ApiResult<WriteItemsResult>, const WriteItemsRequest&)>;

// All writes in one commit. `done` is called once, inside the call or later on a thread of the engine's, with
// the request handed back. `database` must live until then.
void WriteItems(Database* database, WriteItemsRequest request, WriteItemsDone done);

// How long a ClientRequestToken is remembered.
inline constexpr int64_t kTokenLifetimeMicros = 600ll * 1'000'000;

}  // namespace stator

#endif  // STATOR_TABLE_WRITE_ITEMS_H_
