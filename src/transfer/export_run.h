// One export, from a table's past into objects (facts 9.4, 15.3). A full one shows the items of an
// image as the log has changed them since (backup/log_changes.h), an incremental one what has
// become of items between two positions of the log (backup/net_changes.h).
//
// The work always begins from the beginning, and writes the same objects.
#ifndef STATOR_TRANSFER_EXPORT_RUN_H_
#define STATOR_TRANSFER_EXPORT_RUN_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "backup/item_source.h"
#include "backup/log_changes.h"
#include "backup/net_changes.h"
#include "backup/table_image.h"
#include "base/result.h"
#include "objects/object_store.h"
#include "storage/file_space.h"
#include "table/database.h"
#include "table/export_record.h"
#include "transfer/export_files.h"
#include "transfer/export_filter.h"
#include "transfer/run_fault.h"

namespace stator {

struct ExportRunOptions {
  size_t file_bytes = size_t{128} << 20;  // of text, from which on another file is begun
  int64_t told_bytes = int64_t{4} << 20;  // read, after which it is told how far it is
  LogChangesOptions log;
};

// Not thread-safe.
class ExportRun {
 public:
  struct Parts {
    Database* database;
    FileSpace* images;   // where those of backups are
    FileSpace* scratch;  // its folder that is named after the export is the run's own
    ObjectStore* objects;
    const std::atomic<bool>* cancel;
    std::function<bool(int64_t micros)> sleep;  // false: cancelled
    // Told how far it has come, now and then.
    std::function<void(const ExportRecord&)> progress;
  };

  // `again`: an earlier try may have left something. REQUIRES: the table names the export among
  // its own (TableDefinition::exports). What `parts` points to outlives the run.
  ExportRun(const ExportRecord& record, Parts parts, const ExportRunOptions& options, bool again);

  // To be called once. Blocks for as long as it takes. The record as it is then, with its counts
  // and the time of its end; all objects are there, and the scratch folder is gone.
  Expected<ExportRecord, RunFault> Run();

 private:
  RunDone Begin();
  RunDone AwaitMoment();
  RunDone WriteItems();
  RunDone WriteChanges();
  RunDone WriteManifests();
  RunDone Put(const std::string& name, std::string_view bytes);
  RunDone PutWithChecksum(const std::string& name, const std::string& bytes);
  Expected<std::unique_ptr<ItemSource>, RunFault> OpenItems();
  Expected<TableImage, RunFault> AwaitImage(const std::string& folder);
  RunDone AddItem(std::string_view item);
  RunDone AddChange(const NetChange& change);
  RunDone AddLine();
  void Read(int64_t bytes);
  TablePtr Table() const;

  ExportRecord record_;
  int64_t told_bytes_ = 0;  // when it was told last how far it is
  const Parts parts_;
  const ExportRunOptions options_;
  const bool again_;
  ExportFilter filter_;
  DataFiles files_;
  std::string line_;
};

}  // namespace stator

#endif  // STATOR_TRANSFER_EXPORT_RUN_H_
