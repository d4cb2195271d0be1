// Point-in-time recovery of tables (facts 9.3, 14.5): bases, and restoring from them and the log.
//
// What is kept for a table is in its definition (table/recovery.h). A base is an image
// (backup/table_image.h) in a folder of its own; the first is of the moment at which recovery was
// enabled, further ones are made so that a restore never reads much more of the log than a table
// has. Bases that were not finished are made anew, as of that moment, after a stop; the first in
// the same folder, so that restores and exports that wait for it read it, and undo what was changed
// in between by the log. Folders that no definition names go.
#ifndef STATOR_BACKUP_RECOVERY_H_
#define STATOR_BACKUP_RECOVERY_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "backup/table_image.h"
#include "base/unique_function.h"
#include "model/api_error.h"
#include "storage/engine_options.h"
#include "storage/file_space.h"
#include "table/recovery.h"
#include "table/table_restore.h"

namespace stator {

class Backups;
class Database;

// Folders of bases begin so.
inline constexpr std::string_view kBaseFolderPrefix = "base-";

struct RecoveryOptions {
  TableImageOptions image;
  ReportEvent report;
  // A base is made when the last one is so old, or when the log has grown since by as much as the
  // table had, and by so many bytes.
  int64_t base_micros = 24ll * 3600 * 1'000'000;
  int64_t log_bytes = int64_t{64} << 20;
};

struct PointInTimeRequest {
  std::string source;             // name of the table
  std::string target;             // name of the new table
  std::optional<int64_t> second;  // since the epoch; absent: the latest
  RestoreOverrides overrides;
};

// Thread-safe.
class Recovery {
 public:
  using TableDone = UniqueFunction<void(ApiResult<TablePtr>)>;

  // `wake` is called when RunOnce() has something to do. All outlive the object.
  Recovery(Database* database, std::shared_ptr<FileSpace> space, Backups* backups,
           RecoveryOptions options, std::function<void()> wake);

  // As PlanUpdateContinuousBackups.
  void Update(const Scope& scope, const std::string& table, const ContinuousBackupsRequest& request,
              TableDone done);

  // The new table, in CREATING. TableNotFoundException, ContinuousBackupsUnavailableException,
  // PointInTimeRecoveryUnavailableException, InvalidRestoreTimeException,
  // TableAlreadyExistsException, TableInUseException, ValidationException.
  void Restore(const Scope& scope, const PointInTimeRequest& request, TableDone done);

  // The image from which an export of the table begins that shows what there was up to that
  // position of the log; it may still be being made. Nothing: there is none that is old enough.
  std::optional<std::string> ImageFor(const TablePtr& table, uint64_t position);

  // One step of what is to be done, if anything is; false if nothing is right now. Blocks.
  // REQUIRES: one call at a time.
  bool RunOnce();

  // Lets go of all snapshots. REQUIRES: RunOnce is not running, nor called any more.
  void Stop();

 private:
  struct Base {
    TablePtr table;
    LongSnapshot snapshot;
    int64_t moment_micros;
    std::string folder;
    std::unique_ptr<TableImageWriter> writer;
    bool written = false;           // it remains to note it in the definition
    std::optional<int64_t> logged;  // RecoveryBase::logged
    int64_t due_micros = 0;         // of the monotonic clock
    int failures = 0;
  };
  using BasePtr = std::shared_ptr<Base>;

  BasePtr Begin(const TablePtr& table);
  BasePtr MakingOf(const TableDefinition& table) const;
  bool StepBase();
  Result<bool> Step(Base* base);
  void End(const Base& base);
  bool Look();
  Result<bool> CareFor(const TablePtr& table);
  Result<bool> EndTable(const TablePtr& table);
  Result<bool> CareForBases(const TablePtr& table);
  Result<bool> BeginOnNewShards(const TablePtr& table);
  Result<bool> MoveUp(const TablePtr& table);
  Result<void> RemoveFolders();
  bool Claim(uint64_t table_id);
  void Release(uint64_t table_id);
  Result<bool> ChangeClaimed(const TableDefinition& table,
                             const std::function<void(TableDefinition*)>& change);
  void EndStart(uint64_t table_id);
  void Report(EventLevel level, const std::string& message) const;

  Database* const database_;
  const std::shared_ptr<FileSpace> space_;
  Backups* const backups_;
  const RecoveryOptions options_;
  const std::function<void()> wake_;
  std::map<uint64_t, int64_t> not_before_;  // bases that could not be made, by table id
  int64_t measure_micros_ = 0;              // when to look at logs next
  bool measures_ = false;                   // this time
  int64_t look_micros_ = 0;                 // when to look next, by the monotonic clock

  mutable std::mutex mutex_;
  std::map<uint64_t, BasePtr> making_;  // by table id
  std::map<uint64_t, int> starting_;    // restores that are in no definition yet, by table id
  std::map<uint64_t, int> claimed_;     // by table id
  bool stopped_ = false;
};

}  // namespace stator

#endif  // STATOR_BACKUP_RECOVERY_H_
