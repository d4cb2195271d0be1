// The bulk puts of items into tables from object storage (facts 13.3, 15.2).
//
// A bulk operation is a record in the map (table/bulk_record.h) and nothing else: the table does
// not know of it. The record says how far it has come, and there it goes on after a stop.
//
// A few threads of low priority run the operations, in the order in which they were begun.
#ifndef STATOR_TRANSFER_BULK_PUTS_H_
#define STATOR_TRANSFER_BULK_PUTS_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_function.h"
#include "model/api_error.h"
#include "objects/object_store.h"
#include "storage/engine_options.h"
#include "table/bulk_record.h"
#include "transfer/bulk_run.h"
#include "transfer/job_worker.h"
#include "transfer/record_book.h"

namespace stator {

class Database;

struct BulkPutOptions {
  // `cancel` outlives the store. Empty: there is no object storage, and bulk puts are refused.
  std::function<Result<std::unique_ptr<ObjectStore>>(const ObjectDemands& demands,
                                                     const std::atomic<bool>* cancel)>
      open_objects;
  bool takes_demands = true;  // objects/object_store.h
  BulkRunOptions run;
  ReportEvent report;          // told how they end; empty: no one is
  int at_once = 4;             // that run, the others wait
  size_t most_under_way = 50;  // with DatabaseOptions::service_quotas alone
};

// Thread-safe.
class BulkPuts {
 public:
  using BulkDone = RecordBook<BulkRecord>::Done;

  // Reads the records, and takes up what a stop interrupted. `database` must outlive Stop(); the
  // object must outlive the database's engine, whose completions reach it. Blocks.
  static Result<std::unique_ptr<BulkPuts>> Open(Database* database, BulkPutOptions options);
  ~BulkPuts() { Stop(); }

  // Ends the threads, in the middle of operations if need be. To be called before the database
  // ends.
  void Stop();

  // Begins. Of `record` scope, client_token, request_hash, source, target, max_write_units, tier
  // and which reports are wanted are the caller's. If one with the token was begun within 8 hours,
  // that is the answer, or IdempotentParameterMismatchException if it was asked for otherwise.
  // Further errors: ResourceNotFoundException, ResourceInUseException, LimitExceededException,
  // ValidationException.
  void Start(BulkRecord record, const std::string& table, BulkDone done);

  // Lets it end soon, if it is under way; what it has put stays. Errors: ValidationException if it
  // has ended. REQUIRES: Find found it.
  void Cancel(const BulkPtr& record, BulkDone done);

  // Null: there is none. `table` is the name of the one that is put into.
  BulkPtr Find(const Scope& scope, std::string_view table, std::string_view id) const {
    return book_.Find(scope, table, id);
  }
  // In the order in which they were begun. Those that ended long ago are forgotten.
  std::vector<BulkPtr> List(const Scope& scope) const { return book_.List(scope); }

 private:
  using Flag = std::shared_ptr<std::atomic<bool>>;
  using Objects = Result<std::unique_ptr<ObjectStore>>;

  BulkPuts(Database* database, BulkPutOptions options);

  ApiResult<void> CheckDemands(const BulkRecord& record) const;
  ApiResult<void> CheckNumber(size_t under_way) const;
  void Push(BulkPtr record, bool again);
  void Work(const BulkRecord& record, bool again);
  Expected<BulkRecord, RunFault> RunOnce(bool again, const std::atomic<bool>* cancelled,
                                         BulkRecord* latest);
  void WriteReports(BulkRecord* failed, bool again);
  Objects OpenOutput(const BulkRecord& record);
  Result<void> Note(const BulkRecord& record);
  void Show(const BulkRecord& record);
  Flag CancelFlagOf(const BulkRecord& record);
  void ForgetOld();

  Database* const database_;
  const BulkPutOptions options_;
  RecordBook<BulkRecord> book_;
  std::mutex mutex_;
  std::map<std::string, Flag> cancelled_;  // of those under way, by the key of the record
  JobWorker worker_;
};

}  // namespace stator

#endif  // STATOR_TRANSFER_BULK_PUTS_H_
