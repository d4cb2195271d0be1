#include "table/index_maintenance.h"

#include <algorithm>

#include "model/item_codec.h"
#include "model/item_size.h"
#include "model/limits.h"
#include "table/layout.h"
#include "table/write_capacity.h"

namespace stator {
namespace {

using Type = AttributeValue::Type;

bool FitsKey(const AttributeValue* value, const KeyAttribute& attribute, size_t max_bytes) {
  if (value == nullptr || value->type() != attribute.type) return false;
  if (value->is(Type::kN)) return true;
  const size_t length = value->is(Type::kS) ? value->s().size() : value->b().size();
  return length > 0 && length <= max_bytes;
}

bool IsMember(const IndexDefinition& index, const Item& item) {
  auto fits = [&](size_t max_bytes) {
    return [&item, max_bytes](const KeyAttribute& attribute) {
      return FitsKey(item.Find(attribute.name), attribute, max_bytes);
    };
  };
  return std::all_of(index.keys.hash.begin(), index.keys.hash.end(), fits(kMaxPartitionKeySize)) &&
         std::all_of(index.keys.range.begin(), index.keys.range.end(), fits(kMaxSortKeySize));
}

// The entries of an item before and after a change. Values are there only where they are needed:
// after the change, and before it if the key stays, so that they must be compared.
struct EntryChange {
  std::optional<IndexEntry> before, after;
  bool moves = false;    // the entry is there before or after only, or its keys differ
  bool changes = false;  // or its values do
};

bool HasSameKey(const IndexDefinition& index, const Item& before, const Item& after) {
  auto same = [&](const KeyAttribute& attribute) {
    return *before.Find(attribute.name) == *after.Find(attribute.name);
  };
  return std::all_of(index.keys.hash.begin(), index.keys.hash.end(), same) &&
         std::all_of(index.keys.range.begin(), index.keys.range.end(), same);
}

bool HoldsAll(const IndexDefinition& index) {
  return index.projection.type == IndexProjection::Type::kAll;
}

size_t EncodeProjected(const TableDefinition& table, const IndexDefinition& index, const Item& item,
                       std::string* out) {
  return EncodePartOfItem(
      item, [&](std::string_view name) { return IsProjected(table, index, name); }, out);
}

size_t ProjectedSize(const TableDefinition& table, const IndexDefinition& index, const Item& item) {
  size_t size = 0;
  for (const auto& [name, value] : item) {
    if (IsProjected(table, index, name)) size += name.size() + SizeOf(value);
  }
  return size;
}

EntryChange ChangeOf(const TableDefinition& table, const IndexDefinition& index,
                     const ItemImage& before, const ItemImage& after) {
  EntryChange change;
  if (before.item != nullptr && IsMember(index, *before.item)) change.before.emplace();
  if (after.item != nullptr && IsMember(index, *after.item)) change.after.emplace();
  change.moves = change.before.has_value() != change.after.has_value() ||
                 (change.before && !HasSameKey(index, *before.item, *after.item));
  change.changes = change.moves;
  if (change.after) {
    IndexEntry& entry = *change.after;
    entry.key = IndexEntryKey(table, index, *after.item);
    if (HoldsAll(index)) {
      entry.value = after.bytes;
      entry.size = after.size;
    } else {
      entry.size = EncodeProjected(table, index, *after.item, &entry.value);
    }
  }
  if (change.before) {
    IndexEntry& entry = *change.before;
    entry.key = change.moves ? IndexEntryKey(table, index, *before.item) : change.after->key;
    if (HoldsAll(index)) {
      entry.size = before.size;
      change.changes |= before.bytes != after.bytes;
    } else if (change.moves) {
      entry.size = ProjectedSize(table, index, *before.item);
    } else {
      entry.size = EncodeProjected(table, index, *before.item, &entry.value);
      change.changes |= entry.value != change.after->value;
    }
  }
  return change;
}

// Units of one index for a change of its entry (facts 7.2).
double UnitsOf(const EntryChange& change) {
  if (!change.changes) return 0;
  const double before = change.before ? WriteBlocks(change.before->size) : 0;
  const double after = change.after ? WriteBlocks(change.after->size) : 0;
  return change.moves ? before + after : std::max(before, after);
}

// How the counters of an index change when the entries of one item do.
Counter DeltaOf(const std::optional<size_t>& old_size, const std::optional<size_t>& new_size) {
  Counter delta;
  if (old_size) {
    delta.count -= 1;
    delta.bytes -= static_cast<int64_t>(*old_size);
  }
  if (new_size) {
    delta.count += 1;
    delta.bytes += static_cast<int64_t>(*new_size);
  }
  return delta;
}

// Size of the entry `entry` would replace or delete, as stored; nullopt if nothing is stored there.
// Adds the key to `missing` if that is not known.
std::optional<size_t> StoredSize(const std::optional<IndexEntry>& entry,
                                 const StoredEntries& stored, std::vector<std::string>* missing) {
  if (!entry) return std::nullopt;
  auto it = stored.find(entry->key);
  if (it == stored.end()) {
    missing->push_back(entry->key);
    return std::nullopt;
  }
  if (!it->second) return std::nullopt;
  auto size = EncodedItemSize(*it->second);
  return size ? std::optional<size_t>(*size) : std::nullopt;
}

// The delta for an index that is being filled: by what is stored, not by what the item's past says.
Counter DeltaWhileFilling(const EntryChange& change, const StoredEntries& stored,
                          std::vector<std::string>* missing) {
  std::optional<size_t> new_size;
  if (change.after) new_size = change.after->size;
  Counter delta = DeltaOf(StoredSize(change.after, stored, missing), new_size);
  if (change.before && change.moves) {
    const Counter removed = DeltaOf(StoredSize(change.before, stored, missing), std::nullopt);
    delta.count += removed.count;
    delta.bytes += removed.bytes;
  }
  return delta;
}

}  // namespace

bool IsProjected(const TableDefinition& table, const IndexDefinition& index,
                 std::string_view attribute) {
  if (index.projection.type == IndexProjection::Type::kAll) return true;
  if (index.keys.Contains(attribute) || table.keys.Contains(attribute)) return true;
  const std::vector<std::string>& included = index.projection.non_key_attributes;
  return index.projection.type == IndexProjection::Type::kInclude &&
         std::find(included.begin(), included.end(), attribute) != included.end();
}

Item ProjectForIndex(const TableDefinition& table, const IndexDefinition& index, const Item& item) {
  Item projected;
  for (const auto& [name, value] : item) {
    if (IsProjected(table, index, name)) projected.Append(name, value);
  }
  return projected;
}

std::optional<IndexEntry> EntryOf(const TableDefinition& table, const IndexDefinition& index,
                                  const Item& item) {
  if (!IsMember(index, item)) return std::nullopt;
  IndexEntry entry;
  entry.key = IndexEntryKey(table, index, item);
  entry.size = EncodeProjected(table, index, item, &entry.value);
  return entry;
}

IndexChanges ChangeIndexEntries(const TableDefinition& table, const ItemImage& before,
                                const ItemImage& after, const StoredEntries& stored,
                                Decision* decision) {
  IndexChanges changes;
  for (const IndexDefinition& index : table.indexes) {
    if (!index.IsMaintained()) continue;
    EntryChange change = ChangeOf(table, index, before, after);
    if (!change.before && !change.after) continue;

    const bool filling = index.status == IndexStatus::kCreating;
    const double units = UnitsOf(change);
    if (units != 0) {
      const size_t bytes = change.after ? change.after->size : 0;
      changes.units.push_back({index.name, index.global, units, bytes});
    }
    if (units == 0 && !filling) continue;

    std::optional<size_t> old_size, new_size;
    if (change.before) old_size = change.before->size;
    if (change.after) new_size = change.after->size;
    const Counter delta = filling ? DeltaWhileFilling(change, stored, &changes.missing_entries)
                                  : DeltaOf(old_size, new_size);
    if (!index.global) changes.local_bytes += delta.bytes;
    if (delta.count != 0 || delta.bytes != 0) {
      decision->counters.push_back({SizeCounterKey(table.id, index.id), delta});
    }
    if (change.before && change.moves) {
      decision->mutations.push_back({std::move(change.before->key), std::nullopt});
    }
    if (change.after) {
      decision->mutations.push_back({std::move(change.after->key), std::move(change.after->value)});
    }
  }
  return changes;
}

}  // namespace stator
