// One bulk put: reads the lines of all objects, in the order of their keys, and puts each as
// PutItem does, many at a time.
//
// How far it has come is noted now and then, when everything before is durable. After a stop the
// lines behind that are put again; at most kMaxLinesBetweenNotes of them were put before.
#ifndef STATOR_TRANSFER_BULK_RUN_H_
#define STATOR_TRANSFER_BULK_RUN_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "objects/object_store.h"
#include "table/bulk_record.h"
#include "table/database.h"
#include "transfer/bulk_reports.h"
#include "transfer/item_reader.h"
#include "transfer/put_window.h"
#include "transfer/run_fault.h"
#include "transfer/unit_rate.h"

namespace stator {

inline constexpr int64_t kMaxLinesBetweenNotes = 100'000;

struct BulkRunOptions {
  size_t read_bytes = size_t{4} << 20;     // of an object at a time
  size_t window_bytes = size_t{16} << 20;  // of items that are being put
  size_t window_puts = 500;                // at a time
  size_t accelerated_puts = 4000;          // the same of PerformanceTier ACCELERATED
  size_t batch_puts = 25;                  // without conditions, that are one commit
  size_t report_bytes = size_t{8} << 20;   // of a report's text, which make an object
  int64_t note_micros = 1'000'000;         // between two notes,
  int64_t long_note_micros = 30'000'000;   // if one has to make an object
  int64_t progress_micros = 100'000;       // between two tellings
};

// Not thread-safe.
class BulkRun {
 public:
  struct Parts {
    Database* database;
    ObjectStore* input;
    ObjectStore* output;
    const std::atomic<bool>* stopping;   // the server stops
    const std::atomic<bool>* cancelled;  // the operation does, or the server
    // Makes how far it has come durable.
    std::function<Result<void>(const BulkRecord&)> note;
    // Told how far it has come; nothing of it has to be kept.
    std::function<void(const BulkRecord&)> progress;
  };

  // `again`: an earlier run may have put lines that are not noted. What `parts` points to outlives
  // the run.
  BulkRun(BulkRecord record, Parts parts, const BulkRunOptions& options, bool again);

  // To be called once. Blocks for as long as it takes. The record as it is at the end: COMPLETED,
  // COMPLETED_WITH_ERRORS, CANCELLED, or FAILED if the table is gone; its reports are written.
  Expected<BulkRecord, RunFault> Run();

 private:
  RunDone PutAll();
  RunDone ListObjects();
  RunDone ReadObject(const ObjectInfo& object);
  // False once it is no use to go on: see fault_.
  bool TakeText(ItemReader* reader, std::string_view text);
  bool TakeRecords(ItemReader* reader);
  bool TakeItem(Item item, const PutConditionText& condition);
  bool TakeLine();  // the one that is next; false: it is done already
  void Reject(const LinePlace& place, std::string_view why, const Item* item);
  bool Begin(WindowPut put);
  void BeginAlone(WindowPut put);
  void BeginBatch();
  bool AwaitTurn();
  // Takes what has come of puts, and begins those again, one by one, that may be done yet.
  bool Settle(int64_t wait_micros, bool all);
  // False: it is to be tried again, alone.
  bool Judge(const PutOutcome& outcome);
  void CountPut(const PutOutcome& outcome);
  bool Drain();
  bool Note();
  bool NoteIfDue();
  void TellProgress();
  bool Stop(RunFault fault);
  std::unique_ptr<ItemReader> NewReader() const;
  int64_t Now() const;

  BulkRecord record_;
  const Parts parts_;
  const BulkRunOptions options_;
  int64_t lines_that_may_be_repeated_;
  BulkReports reports_;
  PutWindow window_;
  std::vector<WindowPut> batch_;  // not begun yet
  size_t batch_bytes_ = 0;
  UnitRate rate_;
  std::vector<ObjectInfo> objects_;
  std::shared_ptr<const std::string> object_;  // that is read
  int64_t done_lines_ = 0;                     // of the object, by an earlier run
  int64_t line_ = 0;                           // of the object, the next
  int64_t bytes_before_ = 0;                   // of objects before it
  int64_t lines_since_note_ = 0;
  int64_t noted_micros_ = 0;
  int64_t told_micros_ = 0;
  bool table_is_gone_ = false;
  std::optional<RunFault> fault_;
};

}  // namespace stator

#endif  // STATOR_TRANSFER_BULK_RUN_H_
