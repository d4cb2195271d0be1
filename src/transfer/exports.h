// The exports of all tables to object storage (facts 9.4, 14.5, 15.3).
//
// An export is a record in the map (table/export_record.h) and, as long as it is under way, an
// entry in the definition of its table (TableDefinition::exports), which keeps what it reads. What
// has to be done lives there alone: after a stop an export begins anew, and writes over what the
// first try left. Its outcome is in the record before the table is given free.
//
// One thread of low priority runs the exports, one after the other.
#ifndef STATOR_TRANSFER_EXPORTS_H_
#define STATOR_TRANSFER_EXPORTS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_function.h"
#include "model/api_error.h"
#include "objects/object_store.h"
#include "storage/engine_options.h"
#include "storage/file_space.h"
#include "table/export_record.h"
#include "transfer/export_run.h"
#include "transfer/job_worker.h"
#include "transfer/record_book.h"

namespace stator {

class Database;
class Recovery;

struct ExportOptions {
  // `cancel` outlives the store. Empty: there is no object storage, and exports are refused.
  std::function<Result<std::unique_ptr<ObjectStore>>(const ObjectDemands& demands,
                                                     const std::atomic<bool>* cancel)>
      open_objects;
  bool takes_demands = true;  // objects/object_store.h
  ExportRunOptions run;
  ReportEvent report;  // told how exports end; empty: no one is
  // With DatabaseOptions::service_quotas alone:
  int64_t shortest_micros = 15ll * 60 * 1'000'000;  // of the time of an incremental export
  int64_t longest_micros = 24ll * 3600 * 1'000'000;
  size_t most_under_way = 300;
};

// What an export is asked for, in seconds since the epoch.
struct ExportTimes {
  std::optional<int64_t> time;  // kFull; absent: now
  std::optional<int64_t> from;  // kIncremental
  std::optional<int64_t> to;    // kIncremental; absent: the last second that is over
};

// Thread-safe.
class Exports {
 public:
  using ExportDone = RecordBook<ExportRecord>::Done;

  struct Parts {
    Database* database;
    Recovery* recovery;
    std::shared_ptr<FileSpace> images;   // of backups
    std::shared_ptr<FileSpace> scratch;  // the exports' own
  };
  // Reads the records, and takes up what a stop interrupted. What `parts` points to must outlive
  // Stop(); the object must outlive the database's engine, whose completions reach it. Blocks.
  static Result<std::unique_ptr<Exports>> Open(Parts parts, ExportOptions options);
  ~Exports() { Stop(); }

  // Ends the thread, in the middle of an export if need be. To be called before the database ends.
  void Stop() { worker_.Stop(); }

  // Begins. Of `record` scope, client_token, request_hash, type, type_was_given, format, view,
  // filter and target are the caller's. If an export with the token was begun within 8 hours, that
  // is the answer, or ExportConflictException if it was asked for otherwise. Further errors:
  // TableNotFoundException, PointInTimeRecoveryUnavailableException, InvalidExportTimeException,
  // LimitExceededException, ValidationException. REQUIRES: ExportFilter::Check.
  void Start(ExportRecord record, const std::string& table, const ExportTimes& times,
             ExportDone done);

  // Null: there is none.
  ExportPtr Find(const Scope& scope, std::string_view table, std::string_view id) const {
    return book_.Find(scope, table, id);
  }
  // In the order in which they were begun. Those that ended long ago are forgotten.
  std::vector<ExportPtr> List(const Scope& scope) const { return book_.List(scope); }

 private:
  Exports(Parts parts, ExportOptions options);

  Result<void> Load();
  ApiResult<void> CheckDemands(const ExportTarget& target) const;
  // `position` is the last that a commit has.
  void StartAt(uint64_t position, ExportRecord record, const std::string& name,
               const ExportTimes& times, ExportDone done);
  ApiResult<void> SetTimes(const TableDefinition& table, const ExportTimes& times, int64_t now,
                           uint64_t position, ExportRecord* record) const;
  ApiResult<void> CheckNumber(size_t under_way) const;
  void HoldTable(ExportPtr record, std::string image, uint64_t table_id, int64_t enabled_micros,
                 ExportDone done);
  bool IsHeld(const ExportRecord& record) const;
  // `again`: an earlier try was interrupted.
  void Push(ExportPtr record, bool again);
  void Work(const ExportRecord& record, bool again);
  Expected<ExportRecord, RunFault> RunOnce(const ExportRecord& record, bool again);
  // Lets go of tables that exports which have ended hold. False: it is to be tried again.
  bool ReleaseTables();
  void ForgetOld();

  const Parts parts_;
  Database* const database_;
  const ExportOptions options_;
  RecordBook<ExportRecord> book_;
  JobWorker worker_;
};

}  // namespace stator

#endif  // STATOR_TRANSFER_EXPORTS_H_
