// Which entries an item has in its table's indexes, and what a change of the item does to them
// (facts 4.10, 7.2). Pure. The value of an entry is an item: the index's and the table's key
// attributes and those projected.
#ifndef STATOR_TABLE_INDEX_MAINTENANCE_H_
#define STATOR_TABLE_INDEX_MAINTENANCE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/attribute_value.h"
#include "storage/engine.h"
#include "table/table_definition.h"

namespace stator {

struct IndexEntry {
  std::string key;
  std::string value;  // item format
  size_t size = 0;    // DynamoDB size of the projected item, bytes
};

// Whether the index holds that attribute of an item.
bool IsProjected(const TableDefinition& table, const IndexDefinition& index,
                 std::string_view attribute);
// What the index holds of an item.
Item ProjectForIndex(const TableDefinition& table, const IndexDefinition& index, const Item& item);

// nullopt: the item is not in the index, as a key attribute of the index is missing, of another
// type, empty or too long. REQUIRES: the item has valid table keys.
std::optional<IndexEntry> EntryOf(const TableDefinition& table, const IndexDefinition& index,
                                  const Item& item);

// Write units of the indexes a change touches; untouched ones are absent.
struct IndexUnits {
  std::string index;
  bool global = false;
  double units = 0;
  size_t bytes = 0;  // DynamoDB size of the entry that was written; 0: one was removed alone
};

// Entries as they are stored (nullopt: absent), by key; read under the protection of the commit.
//
// While an index is being filled, the entry of an item that was there before the index may or may
// not have been written yet. Only a look at the entry itself tells, and the index's counters would
// be wrong without.
using StoredEntries = std::map<std::string, std::optional<std::string_view>, std::less<>>;

struct IndexChanges {
  // Not empty: the change needs these entries in `stored` and nothing else here means anything;
  // declare their keys and decide again.
  std::vector<std::string> missing_entries;
  std::vector<IndexUnits> units;
  int64_t local_bytes = 0;  // growth of the local indexes' entries, for the item collection's size
};

// An item with what is known of it already.
struct ItemImage {
  const Item* item = nullptr;  // null: no item
  std::string_view bytes;      // item format
  size_t size = 0;             // DynamoDB size, bytes
};

// Adds to `decision` what turns the entries of `before` into those of `after`, counters included.
IndexChanges ChangeIndexEntries(const TableDefinition& table, const ItemImage& before,
                                const ItemImage& after, const StoredEntries& stored,
                                Decision* decision);

}  // namespace stator

#endif  // STATOR_TABLE_INDEX_MAINTENANCE_H_
