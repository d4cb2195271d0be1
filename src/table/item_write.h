// One write of one item: what a request asks for, and the pure function from the stored item to the new one.
#ifndef STATOR_TABLE_ITEM_WRITE_H_
#define STATOR_TABLE_ITEM_WRITE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expr/condition.h"
#include "expr/update.h"
#include "model/api_error.h"
#include "model/attribute_value.h"
#include "storage/engine.h"
#include "table/change_record.h"
#include "table/index_maintenance.h"
#include "table/key_check.h"
#include "table/table_definition.h"
#include "table/time_to_live.h"

namespace stator {

enum class WriteKind { kPut, kUpdate, kDelete, kConditionCheck };

// As the request states it; nothing here depends on the table.
struct ItemWrite {
  std::string table_name;
  WriteKind kind = WriteKind::kPut;
  Item item;  // kPut: the whole item; otherwise the key
  std::optional<Condition> condition;
  std::optional<UpdateExpression> update;  // kUpdate; absent there: creates the key-only item if missing
  bool return_item_on_failure = false;     // ReturnValuesOnConditionCheckFailure = ALL_OLD
  bool wants_before = false;               // the effect must hold the item as it was
  bool wants_after = false;                // ... and as it is now
  Actor actor = Actor::kUser;
  ExpiryWindow expired_in;  // kTimeToLive: an item that has not expired in it stays as it is
};

// What a write did.
struct WriteEffect {
  std::optional<Item> before;  // if wanted and there was one
  std::optional<Item> after;   // if wanted and there is one
  double table_units = 0;      // write units, before any doubling for a transaction
  std::vector<IndexUnits> index_units;
  int64_t collection_bytes = 0;  // size of the item collection afterwards (tables with local indexes)
  size_t image_bytes = 0;        // size of the larger image
  // Not empty: nothing was decided, see IndexChanges.
  std::vector<std::string> missing_entries;
};

// How the request came in decides the words of some errors.
enum class WriteForm { kSingle, kBatch, kTransaction };

// Checks against the table's schema that need no stored item: keys, index keys of a put, key attributes in
// expressions. Faults of a batch's put are worded as for a key (facts 2.4).
KeyCheck CheckAgainstTable(const TableDefinition& table, const ItemWrite& write, WriteForm form);

struct StoredItem {
  std::optional<std::string_view> bytes;  // item format; nullopt: no item
  int64_t collection_bytes = 0;           // tables with local indexes: size of the item collection
};

struct WriteLimits {
  int64_t item_collection_bytes = 0;
};

// Pure: tests the condition, computes the new item and adds mutations and counter deltas to `decision` (whose
// `commit` it leaves alone). `storage_key` is ItemKey(table, write.item).
// Errors: ConditionalCheckFailed (with the item, if asked for), ValidationException of an update or an index
// key, ItemCollectionSizeLimitExceeded, InternalServerError if the stored bytes cannot be read.
// REQUIRES: CheckAgainstTable passed.
ApiResult<WriteEffect> ComputeWrite(const TableDefinition& table, const ItemWrite& write,
                                    const std::string& storage_key, const StoredItem& stored,
                                    const StoredEntries& entries, const WriteLimits& limits, WriteForm form,
                                    Decision* decision);

}  // namespace stator

#endif  // STATOR_TABLE_ITEM_WRITE_H_
