// One import, from objects into a table in CREATING: reads all objects, puts their items into the
// order of keys, and fills the table with them (backup/table_restorer.h). Nothing of it is in the
// table before all objects were read.
#ifndef STATOR_TRANSFER_IMPORT_RUN_H_
#define STATOR_TRANSFER_IMPORT_RUN_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "backup/table_restorer.h"
#include "base/result.h"
#include "base/stream_decompress.h"
#include "objects/object_store.h"
#include "storage/engine.h"
#include "storage/entry_sorter.h"
#include "storage/file_space.h"
#include "table/import_record.h"
#include "transfer/item_reader.h"
#include "transfer/item_report.h"
#include "transfer/run_fault.h"

namespace stator {

// `cancel` outlives the store: once it is true, calls fail soon.
using OpenObjects =
    std::function<Result<std::unique_ptr<ObjectStore>>(const std::atomic<bool>* cancel)>;

// How the bytes of an object are to be read.
StreamCoding CodingOf(ImportCompression compression);

struct ImportRunOptions {
  size_t read_bytes = size_t{4} << 20;   // of an object at a time
  size_t sort_bytes = size_t{64} << 20;  // of memory, for the items
  TableRestorerOptions restorer;
};

struct ImportCounts {
  int64_t processed_bytes = 0;
  int64_t processed_items = 0;
  int64_t imported_items = 0;
  int64_t errors = 0;
};

// Not thread-safe.
class ImportRun {
 public:
  struct Parts {
    Engine* engine;
    FileSpace* space;
    ObjectStore* objects;
    const std::atomic<bool>* cancel;
    // Told how far it has come, now and then.
    std::function<void(const ImportCounts&)> progress;
  };

  // `table` is the one to be filled. The folders of `space` that are named after the import are the
  // run's own. What `parts` points to outlives the run.
  ImportRun(const ImportRecord& import, TablePtr table, Parts parts,
            const ImportRunOptions& options);

  // To be called once. Blocks for as long as it takes. Everything is durable then, and the folders
  // are gone but that of the report.
  Expected<ImportCounts, RunFault> Run();

  // Folders of an import that are of no use once no run is under way.
  static std::vector<std::string> ScratchFolders(const std::string& import_id);

 private:
  using Done = Expected<void, RunFault>;

  Done Begin();
  Done ReadObjects();
  Done ReadObject(const ObjectInfo& object);
  // False once it is no use to go on: see failed_.
  bool TakeText(ItemReader* reader, std::string_view text);
  bool TakeItems(ItemReader* reader);
  Result<void> TakeItem(const Item& item);
  // Nothing: it is good.
  std::optional<std::string> WhatIsWrongWith(const Item& item) const;
  Result<void> Reject(const std::string& why);
  Done FillTable();
  Done End();
  std::unique_ptr<ItemReader> NewReader() const;

  const ImportRecord& import_;
  const TablePtr table_;
  const Parts parts_;
  const ImportRunOptions options_;
  const size_t key_offset_;  // of a storage key, from which on it is sorted
  EntrySorter sorter_;
  ItemReport report_;
  ImportCounts counts_;
  std::string object_;  // that is read
  int64_t object_items_ = 0;
  Result<void> failed_;
};

}  // namespace stator

#endif  // STATOR_TRANSFER_IMPORT_RUN_H_
