#include "table/item_write.h"

#include <algorithm>
#include <utility>

#include "model/item_codec.h"
#include "model/item_size.h"
#include "model/limits.h"
#include "table/layout.h"
#include "table/write_capacity.h"

namespace stator {
namespace {

// The item before the write; decoded only if something looks into it.
struct Before {
  std::optional<Item> item;
  size_t size = 0;
  bool exists = false;

  const Item* get() const { return item ? &*item : nullptr; }
};

bool LooksIntoStoredItem(const TableDefinition& table, const ItemWrite& write) {
  return write.condition || write.update || write.wants_before || !table.indexes.empty() ||
         write.kind == WriteKind::kUpdate;
}

Result<Before> ReadBefore(const TableDefinition& table, const ItemWrite& write, const StoredItem& stored) {
  Before before;
  if (!stored.bytes) return before;
  before.exists = true;
  auto size = EncodedItemSize(*stored.bytes);
  if (!size) return Unexpected<Status>(size.error());
  before.size = *size;
  if (LooksIntoStoredItem(table, write)) {
    auto item = DecodeItem(*stored.bytes);
    if (!item) return Unexpected<Status>(item.error());
    before.item = std::move(*item);
  }
  return before;
}

ApiError ConditionFailed(const ItemWrite& write, Before before) {
  ApiError error{ErrorType::kConditionalCheckFailed, "The conditional request failed"};
  if (write.return_item_on_failure) error.item = std::move(before.item);
  return error;
}

// UpdateItem measures more than the item (facts 2.5); a transaction's update does not.
bool UpdateTooLarge(const ItemWrite& write, size_t after_size, WriteForm form) {
  size_t measure = after_size;
  if (write.update && form == WriteForm::kSingle) {
    measure = std::max(measure, after_size - SizeOf(write.item) + CostOf(*write.update).Total());
  }
  return measure > kMaxItemSize;
}

// A wrong type for an index key that came out of the item itself, not out of the request, has its own words.
ApiError IndexKeyError(const ItemWrite& write, const KeyFault& fault) {
  if (write.update && !fault.mistyped_index_key.empty()) {
    for (const UpdateAction& action : write.update->actions) {
      if (action.path.attribute() == fault.mistyped_index_key && action.kind == UpdateAction::Kind::kSet &&
          action.value.kind != UpdateValue::Kind::kValue) {
        return Invalid("The update expression attempted to update the secondary index key to unsupported type")
            .error();
      }
    }
  }
  return ToApiError(fault);
}

// The item after an update; nullopt if there is none before and the update creates none.
ApiResult<std::optional<Item>> UpdatedItem(const TableDefinition& table, const ItemWrite& write,
                                           const Before& before, WriteForm form) {
  std::optional<Item> after;
  if (write.update) {
    auto updated = ApplyUpdate(*write.update, before.get(), write.item);
    if (!updated) return Unexpected<ApiError>(std::move(updated).error());
    after = std::move(*updated);
  } else {
    after = before.item ? *before.item : write.item;
  }
  if (!after) return after;
  if (UpdateTooLarge(write, SizeOf(*after), form)) {
    return Invalid("Item size to update has exceeded the maximum allowed size");
  }
  const KeyCheck index_keys = CheckIndexKeys(table, *after, before.get(), IndexKeyForm::kUpdate);
  if (!index_keys) return Unexpected<ApiError>(IndexKeyError(write, index_keys.error()));
  return after;
}

// Keeps the size of the item collection, and within its limit.
ApiResult<void> ChangeCollection(const TableDefinition& table, const ItemWrite& write, const StoredItem& stored,
                                 int64_t growth, int64_t items, const WriteLimits& limits, WriteEffect* effect,
                                 Decision* decision) {
  effect->collection_bytes = stored.collection_bytes + growth;
  if (growth > 0 && effect->collection_bytes > limits.item_collection_bytes) {
    return ApiFail(ErrorType::kItemCollectionSizeLimitExceeded, "Collection size exceeded.");
  }
  decision->counters.push_back({CollectionCounterKey(table, write.item), {items, growth}});
  return {};
}

// Adds the mutations that turn `before` into `after` (null: no item).
ApiResult<void> ChangeItem(const TableDefinition& table, const ItemWrite& write, const std::string& storage_key,
                           const StoredItem& stored, const StoredEntries& entries, const WriteLimits& limits,
                           const Before& before, const Item* after, WriteEffect* effect, Decision* decision) {
  const size_t after_size = after == nullptr ? 0 : SizeOf(*after);
  effect->table_units = WriteBlocks(std::max(before.size, after_size));
  effect->image_bytes = std::max(before.size, after_size);
  effect->collection_bytes = stored.collection_bytes;
  if (!before.exists && after == nullptr) return {};

  std::string bytes;
  if (after != nullptr) EncodeItem(*after, &bytes);
  if (before.exists && after != nullptr && bytes == *stored.bytes) return {};  // nothing changes

  IndexChanges indexes;
  if (!table.indexes.empty()) {
    const ItemImage image_before{before.get(), before.exists ? *stored.bytes : std::string_view{}, before.size};
    indexes = ChangeIndexEntries(table, image_before, {after, bytes, after_size}, entries, decision);
    effect->missing_entries = std::move(indexes.missing_entries);
    effect->index_units = std::move(indexes.units);
    if (!effect->missing_entries.empty()) return {};
  }
  const int64_t items = (after != nullptr ? 1 : 0) - (before.exists ? 1 : 0);
  const int64_t growth = static_cast<int64_t>(after_size) - static_cast<int64_t>(before.size);
  if (items != 0 || growth != 0) decision->counters.push_back({SizeCounterKey(table.id, 0), {items, growth}});
  if (table.HasLocalIndex()) {
    auto collection = ChangeCollection(table, write, stored, growth + indexes.local_bytes, items, limits, effect,
                                       decision);
    if (!collection) return collection;
  }
  if (table.ttl) {
    auto entries = ChangeTimeToLiveEntry(table, storage_key, stored.bytes, after, decision);
    if (!entries) return Unexpected<ApiError>(ToApiError(entries.error()));
  }
  Mutation mutation{storage_key, std::nullopt};
  if (after != nullptr) mutation.value = std::move(bytes);
  if (table.log.active()) {
    decision->appends.push_back(ChangeAppend(table, storage_key, stored.bytes, mutation.value, write.actor,
                                             decision->mutations.size()));
  }
  decision->mutations.push_back(std::move(mutation));
  return {};
}

KeyCheck CheckExpressions(const TableDefinition& table, const ItemWrite& write) {
  KeyCheck result;
  auto check = [&](const DocumentPath& path) {
    if (result) result = CheckKeyPath(table, path);
  };
  if (write.update) {
    VisitPaths(*write.update, check);
    if (!result) return result;
    for (std::string_view attribute : TouchedAttributes(*write.update)) {
      if (table.keys.Contains(attribute)) {
        return Unexpected<KeyFault>(KeyFault{"One or more parameter values were invalid: Cannot update attribute " +
                                             std::string(attribute) + ". This attribute is part of the key"});
      }
    }
  }
  if (write.condition) VisitPaths(*write.condition, check);
  return result;
}

}  // namespace

KeyCheck CheckAgainstTable(const TableDefinition& table, const ItemWrite& write, WriteForm form) {
  if (write.kind == WriteKind::kPut) {
    KeyCheck key = CheckItemKey(table, write.item);
    if (!key && form == WriteForm::kBatch && !key.error().empty_value) {
      return Unexpected<KeyFault>(KeyFault{"The provided key element does not match the schema"});
    }
    if (!key) return key;
    if (KeyCheck index_keys = CheckIndexKeys(table, write.item, nullptr, IndexKeyForm::kPut); !index_keys) {
      return index_keys;
    }
  } else {
    if (KeyCheck key = CheckLookupKey(table, write.item); !key) return key;
  }
  return CheckExpressions(table, write);
}

ApiResult<WriteEffect> ComputeWrite(const TableDefinition& table, const ItemWrite& write,
                                    const std::string& storage_key, const StoredItem& stored,
                                    const StoredEntries& entries, const WriteLimits& limits, WriteForm form,
                                    Decision* decision) {
  if (write.actor == Actor::kTimeToLive && !HasExpired(table, stored.bytes, write.expired_in)) {
    WriteEffect none;
    none.collection_bytes = stored.collection_bytes;
    return none;
  }
  auto read = ReadBefore(table, write, stored);
  if (!read) return Unexpected<ApiError>(ToApiError(read.error()));
  Before before = std::move(*read);
  if (write.condition && !Evaluate(*write.condition, before.get())) {
    return Unexpected<ApiError>(ConditionFailed(write, std::move(before)));
  }
  WriteEffect effect;
  if (write.kind == WriteKind::kConditionCheck) {
    effect.table_units = WriteBlocks(before.size);
    effect.image_bytes = before.size;
    effect.collection_bytes = stored.collection_bytes;
    return effect;
  }
  std::optional<Item> updated;
  const Item* after = nullptr;
  if (write.kind == WriteKind::kPut) {
    after = &write.item;
  } else if (write.kind == WriteKind::kUpdate) {
    auto result = UpdatedItem(table, write, before, form);
    if (!result) return Unexpected<ApiError>(std::move(result).error());
    updated = std::move(*result);
    if (updated) after = &*updated;
  }
  auto changed =
      ChangeItem(table, write, storage_key, stored, entries, limits, before, after, &effect, decision);
  if (!changed) return Unexpected<ApiError>(std::move(changed).error());
  if (write.wants_after && after != nullptr) effect.after = updated ? std::move(*updated) : *after;
  if (write.wants_before) effect.before = std::move(before.item);
  return effect;
}

}  // namespace stator
