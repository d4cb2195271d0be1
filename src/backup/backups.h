// The backups of all tables, and the restoring of tables from them (facts 9.2, 14.5).
//
// A backup is a record in the map (table/backup_record.h), which says whether it is CREATING or
// AVAILABLE, and an image in the folder with its id (backup/table_image.h). It shows its table at
// the moment at which CreateBackup was answered. What has to be done lives in the map alone: after
// a stop, backups in CREATING are made anew, as of the start, tables that are being restored are
// filled anew (TableDefinition::restore), and folders that belong to nothing go. A table that is
// deleted keeps its items until its backups are made (table/table_jobs.h).
//
// One thread of low priority does it all, in short steps, taking turns; it rests as long as it
// works.
#ifndef STATOR_BACKUP_BACKUPS_H_
#define STATOR_BACKUP_BACKUPS_H_

#include <condition_variable>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "backup/log_changes.h"
#include "backup/recovery.h"
#include "backup/table_image.h"
#include "backup/table_restorer.h"
#include "base/unique_function.h"
#include "model/api_error.h"
#include "storage/engine_options.h"
#include "storage/file_space.h"
#include "table/backup_record.h"
#include "table/table_restore.h"

namespace stator {

class Database;

struct BackupOptions {
  TableImageOptions image;
  TableRestorerOptions restorer;
  RecoveryOptions recovery;  // its image and report are those here
  ReportEvent report;        // told of what fails; empty: no one is
  bool manual_jobs = false;  // no thread: who owns it calls RunOnce()
};

using BackupPtr = std::shared_ptr<const BackupRecord>;

struct RestoreRequest {
  std::string backup_arn;  // as it was given
  std::string target;      // name of the new table
  RestoreOverrides overrides;
};

// Thread-safe.
class Backups {
 public:
  using BackupDone = UniqueFunction<void(ApiResult<BackupPtr>)>;
  using TableDone = UniqueFunction<void(ApiResult<TablePtr>)>;

  // Reads the records, and takes up what a stop interrupted. `database` must outlive Stop(); the
  // object must outlive the database's engine, whose completions reach it. Blocks.
  static Result<std::unique_ptr<Backups>> Open(Database* database, std::shared_ptr<FileSpace> space,
                                               BackupOptions options);
  ~Backups() { Stop(); }

  // Ends the thread, in the middle of a job if need be, and lets go of all snapshots. To be called
  // before the database ends.
  void Stop();

  // TableNotFoundException, ContinuousBackupsUnavailableException.
  void Create(const Scope& scope, const std::string& table, const std::string& name,
              BackupDone done);

  // Null: there is none. `table` is the name of the one that the backup is of.
  BackupPtr Find(const Scope& scope, std::string_view table, std::string_view id) const;
  // In the order in which they were made.
  std::vector<BackupPtr> List(const Scope& scope) const;

  // BackupInUseException while it is made, restored or deleted. REQUIRES: `backup` was found.
  void Delete(const BackupPtr& backup, BackupDone done);

  // The new table, in CREATING. BackupInUseException, TableAlreadyExistsException,
  // TableInUseException, ValidationException. REQUIRES: `backup` was found.
  void Restore(const BackupPtr& backup, const RestoreRequest& request, TableDone done);

  // A new table, which has `planned.restore`: its errors are those of Restore for the target.
  // REQUIRES: what it is to be filled from stays until then, and as long as it is in the catalog.
  void StartRestore(TableDefinition planned, TableDone done);

  // The last backup of a table in DELETING, which had point-in-time recovery: of the moment of its
  // deletion, kept for 35 days, and not to be deleted by users. Nothing if it is there. Blocks.
  Result<void> CreateLast(const TableDefinition& table);
  // Deletes the system backups whose time is over. Does not wait for it.
  void ExpireSystemBackups();

  // Point-in-time recovery: what it has to be done is done here.
  Recovery& recovery() { return recovery_; }

  // One step of what is to be done, if anything is; false if nothing is right now. Blocks.
  // REQUIRES: manual_jobs, and one call at a time.
  bool RunOnce();

 private:
  struct Entry {
    BackupPtr record;
    bool deleting = false;
    int restores_starting = 0;  // whose tables are not in the catalog yet
  };
  // Something to be done in steps.
  struct Job {
    enum class Kind { kMake, kRestore, kRemoveFolder, kLookUp };
    Kind kind;
    std::string key;         // of the backup's record; the folder
    TablePtr table;          // kRestore
    int64_t due_micros = 0;  // of the monotonic clock
    int failures = 0;
    std::optional<LongSnapshot> snapshot;
    std::unique_ptr<TableImageWriter> writer;
    std::unique_ptr<LogChanges> changes;
    std::unique_ptr<TableRestorer> restorer;
  };

  Backups(Database* database, std::shared_ptr<FileSpace> space, BackupOptions options);

  RecoveryOptions RecoveryOptionsOf() const;
  bool RunJob();
  void Wake();
  Result<void> Load();
  static CommitRequest NoteOf(const std::shared_ptr<BackupRecord>& record);
  void TryCreate(std::shared_ptr<BackupRecord> record, int attempts, BackupDone done);
  bool InUse(const Entry& entry) const;  // REQUIRES: mutex_ is held
  BackupPtr RecordOf(const std::string& key) const;
  void Adopt(BackupPtr record);
  void EndStart(const std::string& key);
  void AddRestore(const TablePtr& table);
  void Push(Job job);
  void Run();
  // Both: true if the job has ended.
  Result<bool> Step(Job* job);
  bool Failed(Job* job, const Status& status);
  Result<bool> StepMake(Job* job);
  Result<bool> StepRestore(Job* job);
  Result<bool> StepLog(Job* job, const TableDefinition& table);
  Result<bool> LookUp(const std::string& key);
  Result<void> GiveUpMake(const Job& job);
  Result<void> GiveUpRestore(const Job& job);
  void Show(const std::string& key, BackupPtr record);
  Result<void> WriteRecord(const BackupRecord& record, uint64_t table_id);
  void Report(EventLevel level, const std::string& message) const;
  int64_t Now() const;

  Database* const database_;
  const std::shared_ptr<FileSpace> space_;
  const BackupOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::map<std::string, Entry, std::less<>> entries_;  // by the key of the record
  std::list<Job> jobs_;
  bool pushed_ = false;  // a job, since the thread looked
  bool stopping_ = false;
  bool recovery_turn_ = false;
  Recovery recovery_;
  std::thread thread_;
};

}  // namespace stator

#endif  // STATOR_BACKUP_BACKUPS_H_
