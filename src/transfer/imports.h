// The imports of all tables from object storage (facts 9.5, 14.5).
//
// An import is a record in the map (table/import_record.h) and, until it ends, the table that it
// fills, whose definition names it. What has to be done lives there alone: after a stop an import
// begins anew, and what it left behind goes. Its outcome is in the record before the table is given
// free or dropped, and is shown after that.
//
// One thread of low priority runs the imports, one after the other.
#ifndef STATOR_TRANSFER_IMPORTS_H_
#define STATOR_TRANSFER_IMPORTS_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_function.h"
#include "model/api_error.h"
#include "storage/engine_options.h"
#include "storage/file_space.h"
#include "table/import_record.h"
#include "transfer/import_run.h"
#include "transfer/job_worker.h"
#include "transfer/record_book.h"

namespace stator {

class Database;

struct ImportOptions {
  OpenObjects open_objects;  // empty: there is no object storage, and imports are refused
  ImportRunOptions run;
  ReportEvent report;  // told how imports end; empty: no one is
};

// Thread-safe.
class Imports {
 public:
  using ImportDone = RecordBook<ImportRecord>::Done;

  // Reads the records, and takes up what a stop interrupted. The files of reports are in the
  // folders of `space` that are called as the imports are. `database` must outlive Stop(); the
  // object must outlive the database's engine, whose completions reach it. Blocks.
  static Result<std::unique_ptr<Imports>> Open(Database* database, std::shared_ptr<FileSpace> space,
                                               ImportOptions options);
  ~Imports() { Stop(); }

  // Ends the thread, in the middle of an import if need be. To be called before the database ends.
  void Stop() { worker_.Stop(); }

  // Creates the table and begins. Of `record` scope, client_token, request_hash, source and table
  // are the caller's, the table's as PlanCreateTable makes it. If an import with the token is under
  // way, that is the answer, or ImportConflictException if it was asked for otherwise. Further
  // errors: ResourceInUseException, ValidationException without object storage.
  void Start(ImportRecord record, ImportDone done);

  // Null: there is none. `table` is the name of the one that was made.
  ImportPtr Find(const Scope& scope, std::string_view table, std::string_view id) const {
    return book_.Find(scope, table, id);
  }
  // In the order in which they were begun. Those that ended long ago are forgotten.
  std::vector<ImportPtr> List(const Scope& scope) const { return book_.List(scope); }

 private:
  Imports(Database* database, std::shared_ptr<FileSpace> space, ImportOptions options);

  Result<void> Load();
  Result<void> TakeUp(std::vector<ImportPtr> records);
  void CreateTable(ImportPtr record, ImportDone done);
  void Push(ImportPtr record);
  // What all of these work on is in progress, or its outcome is in the map already.
  void Work(ImportPtr record);
  TablePtr TableOf(const ImportRecord& record) const;
  bool TableIsReady(const ImportRecord& record) const;
  // Null: the server stops.
  std::shared_ptr<ImportRecord> Outcome(const ImportRecord& record, const TablePtr& table);
  Expected<ImportCounts, RunFault> RunOnce(const ImportRecord& record, const TablePtr& table);
  Result<void> ReleaseTable(const ImportRecord& record, const TableDefinition& table);
  void AwaitTable(const ImportPtr& ended);
  void ForgetOld();

  Database* const database_;
  const std::shared_ptr<FileSpace> space_;
  const ImportOptions options_;
  RecordBook<ImportRecord> book_;
  JobWorker worker_;
};

}  // namespace stator

#endif  // STATOR_TRANSFER_IMPORTS_H_
