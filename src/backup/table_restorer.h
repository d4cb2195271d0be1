// Fills a table in CREATING with the items of an image, or of an import: items, index entries and
// counters, put below the map's usual path (Engine::Ingest), as no one reads or writes the table
// yet.
//
// The work always begins from the beginning: what an earlier try has left goes first. So what was
// interrupted is simply done again.
#ifndef STATOR_BACKUP_TABLE_RESTORER_H_
#define STATOR_BACKUP_TABLE_RESTORER_H_

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "backup/item_source.h"
#include "base/result.h"
#include "base/unique_function.h"
#include "storage/engine.h"
#include "storage/entry_sorter.h"
#include "storage/file_space.h"
#include "table/table_definition.h"

namespace stator {

struct TableRestorerOptions {
  size_t ingest_bytes = size_t{64} << 20;  // ingested in a step
  size_t sort_bytes = size_t{32} << 20;    // of memory, for index entries
};

// Not thread-safe; functions block.
class TableRestorer {
 public:
  using OpenSource = UniqueFunction<Result<std::unique_ptr<ItemSource>>()>;

  // `open` is called once. `scratch` is a folder of `space` for the restorer alone. `engine` and
  // `space` outlive it.
  TableRestorer(Engine* engine, FileSpace* space, TablePtr table, OpenSource open,
                std::string scratch, const TableRestorerOptions& options = {});
  ~TableRestorer();

  // The next part of the work; true once everything is in the table, durably, and the scratch
  // folder is gone. It remains to change the definition. Errors: those of the source, the engine
  // and of files. After one the restorer is of no more use.
  Result<bool> Step();

 private:
  enum class Phase { kBegin, kItems, kEntries, kCollections, kCounters };

  Result<void> Begin();
  Result<void> CountAndSort(std::string_view item);
  Result<void> EndCollection();
  Result<void> IngestItems();
  Result<void> IngestSorted(EntrySorter* sorter, Phase next);
  Result<void> WriteCounters();

  Engine* const engine_;
  FileSpace* const space_;
  const TablePtr table_;
  const std::string scratch_;
  const TableRestorerOptions options_;
  const std::string prefix_;  // of the storage keys of items
  Phase phase_ = Phase::kBegin;
  OpenSource open_;
  std::unique_ptr<ItemSource> source_;
  std::unique_ptr<EntrySorter> entries_;
  std::unique_ptr<EntrySorter> collections_;
  std::map<uint32_t, Counter> sizes_;  // by index id, 0: the table; what is in no counter yet
  // The item collection that is being added up.
  std::string collection_key_;
  Counter collection_;
};

}  // namespace stator

#endif  // STATOR_BACKUP_TABLE_RESTORER_H_
