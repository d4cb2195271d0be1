#include "table/store_stats.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "model/item_codec.h"
#include "storage/format.h"
#include "table/check_catalog.h"
#include "table/check_report.h"
#include "table/layout.h"
#include "table/storage_key.h"

namespace stator {
namespace {

Result<Counter> Count(StoreWalk* walk, const TableDefinition& table, const IndexDefinition* index) {
  Counter counter;
  std::optional<Status> fault;
  auto read =
      walk->Each(AllEntries(table, index), [&](std::string_view key, std::string_view value) {
        auto size = EncodedItemSize(value);
        if (!size && !fault) {
          fault = Status{StatusCode::kCorruption, "table " + table.name + ", key " + HexOf(key) +
                                                      ": " + size.error().message};
        }
        ++counter.count;
        if (size) counter.bytes += static_cast<int64_t>(*size);
      });
  if (!read) return Unexpected<Status>(std::move(read.error()));
  if (fault) return Unexpected<Status>(std::move(*fault));
  return counter;
}

}  // namespace

Result<std::vector<TableStats>> ReadTableStats(StoreWalk* walk, bool exact) {
  CheckReport ignored({});
  const CatalogContents catalog = CheckCatalog(walk, &ignored);
  std::vector<TableStats> all;
  for (const auto& [id, table] : catalog.tables) {
    TableStats stats;
    stats.table = table;
    const auto counter_of = [&, &definition =
                                    *table](const IndexDefinition* index) -> Result<Counter> {
      if (exact) return Count(walk, definition, index);
      const auto stored = catalog.sizes.find({definition.id, index == nullptr ? 0 : index->id});
      return stored == catalog.sizes.end() ? Counter{} : stored->second;
    };
    auto items = counter_of(nullptr);
    if (!items) return Unexpected<Status>(std::move(items.error()));
    stats.items = *items;
    for (const IndexDefinition& index : table->indexes) {
      auto entries = counter_of(&index);
      if (!entries) return Unexpected<Status>(std::move(entries.error()));
      stats.indexes.push_back(*entries);
    }
    auto collections = walk->Each(CollectionCounters(id), [&](auto, std::string_view value) {
      auto counter = DecodeCounter(value);
      if (counter)
        stats.largest_collection_bytes = std::max(stats.largest_collection_bytes, counter->bytes);
    });
    if (!collections) return Unexpected<Status>(std::move(collections.error()));
    all.push_back(std::move(stats));
  }
  return all;
}

}  // namespace stator
