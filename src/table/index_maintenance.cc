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

// Units of one index for a change of its entry (facts 7.2).
double UnitsOf(const std::optional<IndexEntry>& before, const std::optional<IndexEntry>& after) {
  if (!before && !after) return 0;
  if (!before) return WriteBlocks(after->size);
  if (!after) return WriteBlocks(before->size);
  if (before->key != after->key) return WriteBlocks(before->size) + WriteBlocks(after->size);
  if (before->value == after->value) return 0;
  return std::max(WriteBlocks(before->size), WriteBlocks(after->size));
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

// Size of the entry `entry` would replace or delete, as stored; nullopt if nothing is stored there. Adds the key
// to `missing` if that is not known.
std::optional<size_t> StoredSize(const std::optional<IndexEntry>& entry, const StoredEntries& stored,
                                 std::vector<std::string>* missing) {
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
Counter DeltaWhileFilling(const std::optional<IndexEntry>& old_entry, const std::optional<IndexEntry>& new_entry,
                          const StoredEntries& stored, std::vector<std::string>* missing) {
  std::optional<size_t> new_size;
  if (new_entry) new_size = new_entry->size;
  Counter delta = DeltaOf(StoredSize(new_entry, stored, missing), new_size);
  if (old_entry && (!new_entry || old_entry->key != new_entry->key)) {
    const Counter removed = DeltaOf(StoredSize(old_entry, stored, missing), std::nullopt);
    delta.count += removed.count;
    delta.bytes += removed.bytes;
  }
  return delta;
}

}  // namespace

bool IsProjected(const TableDefinition& table, const IndexDefinition& index, std::string_view attribute) {
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
  if (index.projection.type == IndexProjection::Type::kAll) {
    entry.size = SizeOf(item);
    EncodeItem(item, &entry.value);
  } else {
    const Item projected = ProjectForIndex(table, index, item);
    entry.size = SizeOf(projected);
    EncodeItem(projected, &entry.value);
  }
  return entry;
}

IndexChanges ChangeIndexEntries(const TableDefinition& table, const Item* before, const Item* after,
                                const StoredEntries& stored, Decision* decision) {
  IndexChanges changes;
  for (const IndexDefinition& index : table.indexes) {
    if (!index.IsMaintained()) continue;
    std::optional<IndexEntry> old_entry, new_entry;
    if (before != nullptr) old_entry = EntryOf(table, index, *before);
    if (after != nullptr) new_entry = EntryOf(table, index, *after);
    if (!old_entry && !new_entry) continue;

    const bool filling = index.status == IndexStatus::kCreating;
    const double units = UnitsOf(old_entry, new_entry);
    if (units != 0) changes.units.push_back({index.name, index.global, units});
    if (units == 0 && !filling) continue;

    std::optional<size_t> old_size, new_size;
    if (old_entry) old_size = old_entry->size;
    if (new_entry) new_size = new_entry->size;
    const Counter delta = filling ? DeltaWhileFilling(old_entry, new_entry, stored, &changes.missing_entries)
                                  : DeltaOf(old_size, new_size);
    if (!index.global) changes.local_bytes += delta.bytes;
    if (delta.count != 0 || delta.bytes != 0) {
      decision->counters.push_back({SizeCounterKey(table.id, index.id), delta});
    }
    if (old_entry && (!new_entry || new_entry->key != old_entry->key)) {
      decision->mutations.push_back({std::move(old_entry->key), std::nullopt});
    }
    if (new_entry) decision->mutations.push_back({std::move(new_entry->key), std::move(new_entry->value)});
  }
  return changes;
}

}  // namespace stator
