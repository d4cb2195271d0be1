#include "backup/backups.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "base/thread_priority.h"
#include "base/uuid.h"
#include "storage/blind_write.h"
#include "table/blocking.h"
#include "table/database.h"
#include "table/layout.h"
#include "table/table_jobs.h"

namespace stator {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kMaxRetryMicros = 60 * kMicrosPerSecond;
// Of a definition that changes again and again while a backup is asked for.
constexpr int kCreateAttempts = 20;

std::string FolderOfRestore(uint64_t table_id) { return "restore-" + std::to_string(table_id); }

// What no further try can mend.
bool IsFinal(const Status& status) {
  return status.code == StatusCode::kCorruption || status.code == StatusCode::kNotFound ||
         status.code == StatusCode::kUnsupported || status.code == StatusCode::kInvalidArgument;
}

Unexpected<ApiError> SourceNotFound(const std::string& table) {
  return ApiFail(ErrorType::kTableNotFound, "Table not found: " + table);
}

Unexpected<ApiError> BackupInUse(const BackupRecord& backup, std::string_view what) {
  return ApiFail(ErrorType::kBackupInUse,
                 "Backup is being " + std::string(what) + ": " + backup.Arn());
}

Unexpected<ApiError> TargetIsTaken(const TableDefinition& table) {
  if (table.restore)
    return ApiFail(ErrorType::kTableInUse, "Table is being restored: " + table.name);
  return ApiFail(ErrorType::kTableAlreadyExists, "Table already exists: " + table.name);
}

}  // namespace

Backups::Backups(Database* database, std::shared_ptr<FileSpace> space, BackupOptions options)
    : database_(database),
      space_(std::move(space)),
      options_(std::move(options)),
      recovery_(database, space_, this, RecoveryOptionsOf(), [this] { Wake(); }) {}

RecoveryOptions Backups::RecoveryOptionsOf() const {
  RecoveryOptions options = options_.recovery;
  options.image = options_.image;
  options.report = options_.report;
  return options;
}

void Backups::Wake() {
  {
    std::lock_guard lock(mutex_);
    pushed_ = true;
  }
  wake_.notify_all();
}

Result<std::unique_ptr<Backups>> Backups::Open(Database* database, std::shared_ptr<FileSpace> space,
                                               BackupOptions options) {
  std::unique_ptr<Backups> backups(new Backups(database, std::move(space), std::move(options)));
  if (auto loaded = backups->Load(); !loaded) return Unexpected<Status>(std::move(loaded).error());
  if (!backups->options_.manual_jobs) {
    backups->thread_ = std::thread([b = backups.get()] { b->Run(); });
  }
  return backups;
}

Result<void> Backups::Load() {
  KeyRange range = AllKeys(KeySpace::kBackup);
  Result<void> decoded;
  auto scanned = ScanAndWait(database_->engine(), {std::move(range.begin), std::move(range.end)},
                             [&](std::string_view, std::string_view value) {
                               auto record = DecodeBackupRecord(value);
                               if (record) {
                                 Adopt(std::make_shared<const BackupRecord>(*std::move(record)));
                               } else {
                                 decoded = Unexpected<Status>(std::move(record).error());
                               }
                               return decoded.has_value();
                             });
  if (!scanned) return scanned;
  if (!decoded) return decoded;
  std::set<std::string> known;
  for (const auto& [key, entry] : entries_) known.insert(entry.record->id);
  auto folders = space_->Folders();
  if (!folders) return Unexpected<Status>(std::move(folders).error());
  for (const std::string& folder : *folders) {
    if (!known.contains(folder) && !folder.starts_with(kBaseFolderPrefix))
      Push({.kind = Job::Kind::kRemoveFolder, .key = folder});
  }
  for (const TablePtr& table : database_->catalog().All()) {
    if (table->restore) AddRestore(table);
  }
  return {};
}

void Backups::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  recovery_.Stop();
  std::lock_guard lock(mutex_);
  jobs_.clear();
}

int64_t Backups::Now() const { return database_->clock().MonotonicMicros(); }

void Backups::Report(EventLevel level, const std::string& message) const {
  if (options_.report) options_.report(level, message);
}

void Backups::Push(Job job) {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    jobs_.push_back(std::move(job));
    pushed_ = true;
  }
  wake_.notify_all();
}

// Takes note of a record that is in the map, and does what is left to be done for it. The moment
// of the backup is this one.
void Backups::Adopt(BackupPtr record) {
  std::string key = BackupKey(record->scope, record->id);
  const bool make = record->status == BackupStatus::kCreating;
  {
    std::lock_guard lock(mutex_);
    if (!entries_.try_emplace(key, Entry{std::move(record)}).second) return;
  }
  if (!make) return;
  Push({.kind = Job::Kind::kMake,
        .key = std::move(key),
        .snapshot = LongSnapshot(&database_->engine())});
}

void Backups::AddRestore(const TablePtr& table) {
  Push({.kind = Job::Kind::kRestore, .key = FolderOfRestore(table->id), .table = table});
}

void Backups::Create(const Scope& scope, const std::string& table, const std::string& name,
                     BackupDone done) {
  auto record = std::make_shared<BackupRecord>();
  record->scope = scope;
  record->name = name;
  record->table.name = table;
  TryCreate(std::move(record), kCreateAttempts, std::move(done));
}

// Puts the record into the map, and holds its table.
CommitRequest Backups::NoteOf(const std::shared_ptr<BackupRecord>& record) {
  CommitRequest request;
  request.read_counters = {SizeCounterKey(record->table.id, 0)};
  request.decide = [record](const CommitView& view) {
    record->items = view.counters[0].count;
    record->bytes = view.counters[0].bytes;
    Decision decision;
    decision.commit = true;
    decision.mutations.push_back(
        {BackupKey(record->scope, record->id), EncodeBackupRecord(*record)});
    decision.mutations.push_back({BackupJobKey(record->table.id, record->id), std::string()});
    return decision;
  };
  return request;
}

void Backups::TryCreate(std::shared_ptr<BackupRecord> record, int attempts, BackupDone done) {
  const std::string name = record->table.name;
  const TablePtr table = database_->catalog().Find(record->scope, name);
  if (table == nullptr || table->status == TableStatus::kDeleting)
    return done(SourceNotFound(name));
  if (table->status == TableStatus::kCreating) {
    return done(
        ApiFail(ErrorType::kContinuousBackupsUnavailable,
                "Backups are being enabled for the table: " + name + ". Please retry later"));
  }
  record->created_micros = database_->clock().NowMicros();
  record->id = NewTimedId(record->created_micros, &database_->random());
  record->table = *table;
  CommitRequest request = NoteOf(record);
  request.guards = {Catalog::GuardOf(*table)};
  database_->engine().Commit(std::move(request), [this, record, attempts, done = std::move(done)](
                                                     CommitResult result) mutable {
    switch (result.outcome) {
      case CommitOutcome::kCommitted:
        Adopt(record);
        return done(BackupPtr(record));
      case CommitOutcome::kGuardChanged:
        if (attempts == 0) break;
        return database_->catalog().Refresh(
            record->scope, record->table.name,
            [this, record, attempts, done = std::move(done)]() mutable {
              TryCreate(record, attempts - 1, std::move(done));
            });
      case CommitOutcome::kUnknown:
        // If it is there, it is to be made.
        Push({.kind = Job::Kind::kLookUp, .key = BackupKey(record->scope, record->id)});
        break;
      default:
        break;
    }
    done(Unexpected<ApiError>(ToApiError(result.status)));
  });
}

BackupPtr Backups::RecordOf(const std::string& key) const {
  std::lock_guard lock(mutex_);
  const auto it = entries_.find(key);
  return it == entries_.end() ? nullptr : it->second.record;
}

BackupPtr Backups::Find(const Scope& scope, std::string_view table, std::string_view id) const {
  BackupPtr record = RecordOf(BackupKey(scope, id));
  return record && record->table.name == table ? record : nullptr;
}

std::vector<BackupPtr> Backups::List(const Scope& scope) const {
  std::lock_guard lock(mutex_);
  std::vector<BackupPtr> records;
  for (auto it = entries_.lower_bound(BackupKey(scope, ""));
       it != entries_.end() && it->second.record->scope == scope; ++it) {
    records.push_back(it->second.record);
  }
  return records;
}

// A table is being filled from it, or is about to be.
bool Backups::InUse(const Entry& entry) const {
  if (entry.restores_starting > 0) return true;
  const std::vector<TablePtr> tables = database_->catalog().All();
  return std::any_of(tables.begin(), tables.end(), [&](const TablePtr& table) {
    return table->restore && table->restore->image == entry.record->id;
  });
}

void Backups::Delete(const BackupPtr& backup, BackupDone done) {
  std::string key = BackupKey(backup->scope, backup->id);
  {
    std::unique_lock lock(mutex_);
    const auto it = entries_.find(key);
    const auto refuse = [&](Unexpected<ApiError> error) {
      lock.unlock();
      done(std::move(error));
    };
    if (it == entries_.end()) {
      return refuse(ApiFail(ErrorType::kBackupNotFound, "Backup not found: " + backup->Arn()));
    }
    if (it->second.record->status == BackupStatus::kCreating) {
      return refuse(BackupInUse(*backup, "created"));
    }
    if (it->second.deleting) return refuse(BackupInUse(*backup, "deleted"));
    if (InUse(it->second)) return refuse(BackupInUse(*backup, "restored"));
    it->second.deleting = true;
  }
  database_->engine().Commit(
      BlindWrite(key, std::nullopt),
      [this, backup, key, done = std::move(done)](CommitResult result) mutable {
        const bool deleted = result.outcome == CommitOutcome::kCommitted;
        {
          std::lock_guard lock(mutex_);
          if (deleted) {
            entries_.erase(key);
          } else if (auto it = entries_.find(key); it != entries_.end()) {
            it->second.deleting = false;
          }
        }
        if (!deleted) return done(Unexpected<ApiError>(ToApiError(result.status)));
        Push({.kind = Job::Kind::kRemoveFolder, .key = backup->id});
        done(backup);
      });
}

void Backups::Restore(const BackupPtr& backup, const RestoreRequest& request, TableDone done) {
  const std::string key = BackupKey(backup->scope, backup->id);
  {
    std::unique_lock lock(mutex_);
    const auto it = entries_.find(key);
    const auto refuse = [&](Unexpected<ApiError> error) {
      lock.unlock();
      done(std::move(error));
    };
    if (it == entries_.end()) {
      return refuse(ApiFail(ErrorType::kBackupNotFound, "Backup not found: " + request.backup_arn));
    }
    const Entry& entry = it->second;
    if (entry.record->status == BackupStatus::kCreating) {
      return refuse(BackupInUse(*backup, "created"));
    }
    if (entry.deleting) return refuse(BackupInUse(*backup, "deleted"));
    if (InUse(entry)) return refuse(BackupInUse(*backup, "restored"));
    ++it->second.restores_starting;
  }
  const int64_t now = database_->clock().NowMicros();
  auto planned = PlanRestoreTable(backup->table, request.overrides,
                                  {now, backup->scope.region, database_->options().service_quotas});
  if (!planned) {
    EndStart(key);
    return done(Unexpected<ApiError>(std::move(planned).error()));
  }
  planned->scope = backup->scope;
  planned->name = request.target;
  planned->uuid = NewUuid(&database_->random());
  planned->restore = TableRestore{.backup_arn = backup->Arn(),
                                  .source_arn = backup->table.Arn(),
                                  .image = backup->id,
                                  .time_micros = backup->created_micros};
  StartRestore(*std::move(planned),
               [this, key, done = std::move(done)](ApiResult<TablePtr> created) mutable {
                 EndStart(key);
                 done(std::move(created));
               });
}

void Backups::StartRestore(TableDefinition planned, TableDone done) {
  const Scope scope = planned.scope;
  const std::string name = planned.name;
  database_->catalog().Change(
      scope, name,
      [table = std::move(planned)](const TableDefinition* current) -> DefinitionChange {
        if (current != nullptr) return TargetIsTaken(*current);
        return std::optional<TableDefinition>(table);
      },
      [this, scope, name, done = std::move(done)](ApiResult<TablePtr> created) mutable {
        if (created) {
          AddRestore(*created);
          return done(std::move(created));
        }
        if (created.error().type != ErrorType::kInternalServerError) {
          return done(std::move(created));
        }
        // It may be there all the same.
        database_->catalog().Refresh(
            scope, name, [this, scope, name, created, done = std::move(done)]() mutable {
              const TablePtr table = database_->catalog().Find(scope, name);
              if (table && table->restore) AddRestore(table);
              done(std::move(created));
            });
      });
}

void Backups::EndStart(const std::string& key) {
  std::lock_guard lock(mutex_);
  if (const auto it = entries_.find(key); it != entries_.end()) --it->second.restores_starting;
}

void Backups::Run() {
  BeNice(kNiceOfLongWork);
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    pushed_ = false;
    lock.unlock();
    const int64_t began = Now();
    const bool worked = RunOnce();
    // Half of the time is left to others, also where priorities mean nothing, as at the device.
    const int64_t rest = worked ? Now() - began : kMicrosPerSecond;
    lock.lock();
    wake_.wait_for(lock, std::chrono::microseconds(rest),
                   [&] { return stopping_ || (!worked && pushed_); });
  }
}

// Jobs and recovery take turns.
bool Backups::RunOnce() {
  recovery_turn_ = !recovery_turn_;
  return recovery_turn_ ? recovery_.RunOnce() || RunJob() : RunJob() || recovery_.RunOnce();
}

bool Backups::RunJob() {
  std::list<Job> taken;
  {
    std::lock_guard lock(mutex_);
    const int64_t now = Now();
    const auto due = std::find_if(jobs_.begin(), jobs_.end(),
                                  [now](const Job& job) { return job.due_micros <= now; });
    if (stopping_ || due == jobs_.end()) return false;
    taken.splice(taken.begin(), jobs_, due);
  }
  Job* const job = &taken.front();
  auto stepped = Step(job);
  const bool ended = stepped ? *stepped : Failed(job, stepped.error());
  std::lock_guard lock(mutex_);
  if (!ended && !stopping_) jobs_.splice(jobs_.end(), taken);
  return true;
}

Result<bool> Backups::Step(Job* job) {
  switch (job->kind) {
    case Job::Kind::kMake:
      return StepMake(job);
    case Job::Kind::kRestore:
      return StepRestore(job);
    case Job::Kind::kLookUp:
      return LookUp(job->key);
    case Job::Kind::kRemoveFolder:
      break;
  }
  if (auto removed = space_->RemoveFolder(job->key); !removed) {
    return Unexpected<Status>(std::move(removed).error());
  }
  return true;
}

// True if it is not to be tried again.
bool Backups::Failed(Job* job, const Status& status) {
  job->writer.reset();
  job->restorer.reset();
  job->changes.reset();
  const bool make = job->kind == Job::Kind::kMake;
  const bool restore = job->kind == Job::Kind::kRestore;
  const std::string what = make      ? "making a backup"
                           : restore ? "restoring table " + job->table->name
                                     : "looking after backups";
  if (IsFinal(status) && (make || restore)) {
    const Result<void> given_up = make ? GiveUpMake(*job) : GiveUpRestore(*job);
    if (given_up) {
      Report(EventLevel::kError, what + " failed, and is given up: " + status.message);
      return true;
    }
  }
  // What was written so far is of no use, and may be what fills the device.
  if (make) {
    if (const BackupPtr record = RecordOf(job->key)) (void)space_->RemoveFolder(record->id);
  }
  const int64_t wait = std::min(kMicrosPerSecond << std::min(job->failures, 10), kMaxRetryMicros);
  if (job->failures++ == 0) {
    Report(EventLevel::kWarning, what + " failed, and is tried again: " + status.message);
  }
  job->due_micros = Now() + wait;
  return false;
}

Result<bool> Backups::StepMake(Job* job) {
  const BackupPtr record = RecordOf(job->key);
  if (record == nullptr) return true;
  if (!job->writer) {
    job->writer = std::make_unique<TableImageWriter>(*job->snapshot, record->table, space_.get(),
                                                     record->id, options_.image);
  }
  auto written = job->writer->Step();
  if (!written) return written;
  const TableImage& image = job->writer->image();
  auto made = std::make_shared<BackupRecord>(*record);
  if (!*written) {
    made->made_bytes = image.bytes;
    Show(job->key, made);
    return false;
  }
  made->made_bytes = 0;
  made->status = BackupStatus::kAvailable;
  made->items = image.items;
  made->bytes = image.bytes;
  // That of a table that is being deleted has lost its streams.
  if (image.table.status != TableStatus::kDeleting) made->table = image.table;
  if (auto noted = WriteRecord(*made, record->table.id); !noted) {
    return Unexpected<Status>(std::move(noted).error());
  }
  Show(job->key, made);
  return true;
}

void Backups::Show(const std::string& key, BackupPtr record) {
  std::lock_guard lock(mutex_);
  const auto it = entries_.find(key);
  if (it != entries_.end()) it->second.record = std::move(record);
}

// As it is now, and that its table is not needed for it any more.
Result<void> Backups::WriteRecord(const BackupRecord& record, uint64_t table_id) {
  CommitRequest request;
  request.frees_space = true;
  request.decide = [&](const CommitView&) {
    Decision decision;
    decision.commit = true;
    decision.mutations.push_back({BackupKey(record.scope, record.id), EncodeBackupRecord(record)});
    decision.mutations.push_back({BackupJobKey(table_id, record.id), std::nullopt});
    return decision;
  };
  const CommitResult result = CommitAndWait(database_->engine(), std::move(request));
  if (result.outcome == CommitOutcome::kCommitted) return {};
  return Unexpected<Status>(result.status);
}

Result<void> Backups::GiveUpMake(const Job& job) {
  const BackupPtr record = RecordOf(job.key);
  if (record == nullptr) return {};
  CommitRequest request;
  request.frees_space = true;
  request.decide = [&](const CommitView&) {
    Decision decision;
    decision.commit = true;
    decision.mutations.push_back({job.key, std::nullopt});
    decision.mutations.push_back({BackupJobKey(record->table.id, record->id), std::nullopt});
    return decision;
  };
  const CommitResult result = CommitAndWait(database_->engine(), std::move(request));
  if (result.outcome != CommitOutcome::kCommitted) return Unexpected<Status>(result.status);
  {
    std::lock_guard lock(mutex_);
    entries_.erase(job.key);
  }
  Push({.kind = Job::Kind::kRemoveFolder, .key = record->id});
  return {};
}

Result<bool> Backups::StepRestore(Job* job) {
  if (!job->restorer) {
    // Whether an earlier try went through to the end is perhaps not known yet.
    if (job->failures > 0) {
      RefreshAndWait(database_->catalog(), job->table->scope, job->table->name);
    }
    const TablePtr current = database_->catalog().Find(job->table->scope, job->table->name);
    if (!current || current->id != job->table->id) return true;
    if (!current->restore) {
      database_->jobs().Wake(*current);
      return true;
    }
    if (current->restore->log_table_id != 0) {
      auto read = StepLog(job, *current);
      if (!read || !*read) {
        return read ? Result<bool>(false) : read;
      }
    }
    // Its guard is that of the definition as it is now.
    const TablePtr now = database_->catalog().FindById(current->id);
    if (!now) return true;
    auto open = [space = space_.get(), folder = now->restore->image,
                 changes =
                     std::move(job->changes)]() mutable -> Result<std::unique_ptr<ItemSource>> {
      auto image = OpenTableImage(space, folder);
      if (!image || !changes) return image;
      return std::unique_ptr<ItemSource>(
          std::make_unique<ChangedItems>(*std::move(image), std::move(changes)));
    };
    job->restorer = std::make_unique<TableRestorer>(&database_->engine(), space_.get(), now,
                                                    std::move(open), job->key, options_.restorer);
  }
  auto restored = job->restorer->Step();
  if (!restored || !*restored) return restored;
  auto changed = ChangeTableAndWait(database_->catalog(), *job->table,
                                    [](TableDefinition* next) { next->restore.reset(); });
  if (!changed) return Unexpected<Status>(std::move(changed).error());
  database_->jobs().Wake(*job->table);
  job->restorer.reset();
  Push({.kind = Job::Kind::kRemoveFolder, .key = job->key + "-log"});
  return true;
}

// There is nothing to fill the table from: it goes.
Result<void> Backups::GiveUpRestore(const Job& job) {
  auto changed = ChangeTableAndWait(database_->catalog(), *job.table, [](TableDefinition* next) {
    next->restore.reset();
    next->status = TableStatus::kDeleting;
  });
  if (!changed) return changed;
  database_->jobs().Wake(*job.table);
  for (const char* part : {"", "-sizes", "-log"}) {
    Push({.kind = Job::Kind::kRemoveFolder, .key = job.key + part});
  }
  return {};
}

Result<bool> Backups::LookUp(const std::string& key) {
  auto stored = LongSnapshot(&database_->engine()).Get(key);
  if (!stored) return Unexpected<Status>(std::move(stored).error());
  if (!*stored) return true;
  auto record = DecodeBackupRecord(**stored);
  if (!record) return Unexpected<Status>(std::move(record).error());
  Adopt(std::make_shared<const BackupRecord>(*std::move(record)));
  return true;
}

}  // namespace stator
