#include "transfer/imports.h"

#include <fmt/format.h>

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
#include "table/table_changes.h"
#include "table/table_jobs.h"

namespace stator {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kKeptMicros = 90 * 86'400 * kMicrosPerSecond;  // after an import's end
constexpr int64_t kPollMicros = 2'000;                           // of a table's state
// Of a run that fails by what is the server's own: a full disk, say.
constexpr int kAttempts = 5;

constexpr std::string_view kItemsFailed =
    "Some of the items failed validation checks and were not imported. Please check CloudWatch "
    "error logs for more details.";

std::string KeyOf(const ImportRecord& record) { return ImportKey(record.scope, record.id); }

// What the server notes of its work, also on a disk that is nearly full.
CommitRequest NoteOf(const ImportRecord& record) {
  CommitRequest request = BlindWrite(KeyOf(record), EncodeImportRecord(record));
  request.frees_space = true;
  return request;
}

bool IsUnderWay(const ImportRecord& record) { return record.status == ImportStatus::kInProgress; }

void SetCounts(const ImportCounts& counts, ImportRecord* record) {
  record->processed_bytes = counts.processed_bytes;
  record->processed_items = counts.processed_items;
  record->imported_items = counts.imported_items;
  record->errors = counts.errors;
}

void SetFailure(std::string code, std::string message, bool drops_table, ImportRecord* record) {
  record->status = ImportStatus::kFailed;
  record->failure_code = std::move(code);
  record->failure_message = std::move(message);
  record->drops_table = drops_table;
}

}  // namespace

Imports::Imports(Database* database, std::shared_ptr<FileSpace> space, ImportOptions options)
    : database_(database), space_(std::move(space)), options_(std::move(options)) {}

Result<std::unique_ptr<Imports>> Imports::Open(Database* database, std::shared_ptr<FileSpace> space,
                                               ImportOptions options) {
  std::unique_ptr<Imports> imports(new Imports(database, std::move(space), std::move(options)));
  if (auto loaded = imports->Load(); !loaded) return Unexpected<Status>(std::move(loaded).error());
  imports->thread_ = std::thread([i = imports.get()] { i->Run(); });
  return imports;
}

Result<void> Imports::Load() {
  KeyRange range = AllKeys(KeySpace::kImport);
  Result<void> decoded;
  std::vector<ImportPtr> records;
  auto scanned =
      ScanAndWait(database_->engine(), {std::move(range.begin), std::move(range.end)},
                  [&](std::string_view, std::string_view value) {
                    auto record = DecodeImportRecord(value);
                    if (record) {
                      records.push_back(std::make_shared<const ImportRecord>(*std::move(record)));
                    } else {
                      decoded = Unexpected<Status>(std::move(record).error());
                    }
                    return decoded.has_value();
                  });
  if (!scanned) return scanned;
  if (!decoded) return decoded;
  if (auto taken = TakeUp(std::move(records)); !taken) return taken;
  ForgetOld();
  std::set<std::string> known;
  for (const auto& [key, record] : entries_) known.insert(record->id);
  auto folders = space_->Folders();
  if (!folders) return Unexpected<Status>(std::move(folders).error());
  for (const std::string& folder : *folders) {
    if (known.contains(folder)) continue;
    if (auto removed = space_->RemoveFolder(folder); !removed) return removed;
  }
  return {};
}

Result<void> Imports::TakeUp(std::vector<ImportPtr> records) {
  for (ImportPtr& record : records) {
    if (IsUnderWay(*record) && TableOf(*record) == nullptr) {
      // The stop came before there was a table, and before an answer.
      if (auto removed = Remove(*record); !removed) return removed;
      continue;
    }
    if (TableIsReady(*record)) {
      Show(std::move(record));
      continue;
    }
    auto shown = std::make_shared<ImportRecord>(*record);
    if (!IsUnderWay(*record)) {
      shown->status = ImportStatus::kInProgress;
      shown->ended_micros = 0;
      shown->failure_code.clear();
      shown->failure_message.clear();
    }
    Show(std::move(shown));
    Push(std::move(record));
  }
  return {};
}

void Imports::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Imports::Report(EventLevel level, const std::string& message) const {
  if (options_.report) options_.report(level, message);
}

void Imports::Show(ImportPtr record) {
  std::lock_guard lock(mutex_);
  std::string key = KeyOf(*record);
  entries_[std::move(key)] = std::move(record);
}

void Imports::Push(ImportPtr record) {
  {
    std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(record));
  }
  wake_.notify_all();
}

ImportPtr Imports::Find(const Scope& scope, std::string_view table, std::string_view id) const {
  std::lock_guard lock(mutex_);
  const auto it = entries_.find(ImportKey(scope, id));
  return it == entries_.end() || it->second->table.name != table ? nullptr : it->second;
}

std::vector<ImportPtr> Imports::List(const Scope& scope) const {
  std::lock_guard lock(mutex_);
  std::vector<ImportPtr> records;
  for (auto it = entries_.lower_bound(ImportKey(scope, ""));
       it != entries_.end() && it->second->scope == scope; ++it) {
    records.push_back(it->second);
  }
  return records;
}

void Imports::Start(ImportRecord record, ImportDone done) {
  if (!options_.open_objects) {
    return done(
        Invalid("There is no object storage to import from: this server was started without "
                "--object-storage"));
  }
  record.started_micros = database_->clock().NowMicros();
  record.id = NewTimedId(record.started_micros, &database_->random());
  record.table.import_id = record.id;
  const auto started = std::make_shared<const ImportRecord>(std::move(record));
  {
    std::unique_lock lock(mutex_);
    for (const auto& [key, other] : entries_) {
      if (started->client_token.empty() || !IsUnderWay(*other) || other->scope != started->scope ||
          other->client_token != started->client_token) {
        continue;
      }
      const ImportPtr same = other;
      lock.unlock();
      if (same->request_hash == started->request_hash) return done(same);
      return done(
          ApiFail(ErrorType::kImportConflict,
                  "Import conflict: Duplicate request detected with conflicting parameters"));
    }
    entries_[KeyOf(*started)] = started;
  }
  database_->engine().Commit(NoteOf(*started),
                             [this, started, done = std::move(done)](CommitResult result) mutable {
                               if (result.outcome == CommitOutcome::kCommitted) {
                                 return CreateTable(started, std::move(done));
                               }
                               GiveUpStart(started, ToApiError(result.status), std::move(done));
                             });
}

void Imports::CreateTable(ImportPtr record, ImportDone done) {
  database_->catalog().Change(
      record->scope, record->table.name,
      [record](const TableDefinition* current) -> DefinitionChange {
        if (current != nullptr) return NameIsTaken(*current);
        return std::optional<TableDefinition>(record->table);
      },
      [this, record, done = std::move(done)](ApiResult<TablePtr> created) mutable {
        if (created) {
          Push(record);
          return done(record);
        }
        if (created.error().type != ErrorType::kInternalServerError) {
          return GiveUpStart(record, std::move(created.error()), std::move(done));
        }
        // It may be there all the same: then it is filled.
        database_->catalog().Refresh(
            record->scope, record->table.name,
            [this, record, error = std::move(created.error()), done = std::move(done)]() mutable {
              if (TableOf(*record) == nullptr) {
                return GiveUpStart(record, std::move(error), std::move(done));
              }
              Push(record);
              done(Unexpected<ApiError>(std::move(error)));
            });
      });
}

// If the record stays, as it cannot be removed, the next start removes it: it has no table.
void Imports::GiveUpStart(ImportPtr record, ApiError error, ImportDone done) {
  {
    std::lock_guard lock(mutex_);
    entries_.erase(KeyOf(*record));
  }
  database_->engine().Commit(
      BlindWrite(KeyOf(*record), std::nullopt),
      [error = std::move(error), done = std::move(done)](const CommitResult&) mutable {
        done(Unexpected<ApiError>(std::move(error)));
      });
}

void Imports::Run() {
  BeNice(kNiceOfLongWork);
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    ImportPtr record = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    Work(std::move(record));
    ForgetOld();
    lock.lock();
  }
}

bool Imports::Sleep(int64_t micros) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, std::chrono::microseconds(micros), [&] { return stopping_.load(); });
}

// The table that the import fills, as long as it does.
TablePtr Imports::TableOf(const ImportRecord& record) const {
  TablePtr table = database_->catalog().Find(record.scope, record.table.name);
  return table && table->import_id == record.id ? table : nullptr;
}

// Whether it is as it is to be when the import has ended: gone, or to be used.
bool Imports::TableIsReady(const ImportRecord& record) const {
  const TablePtr table = database_->catalog().Find(record.scope, record.table.name);
  if (table == nullptr || table->uuid != record.table.uuid) return true;
  return !record.drops_table && table->status != TableStatus::kCreating;
}

void Imports::Work(ImportPtr record) {
  const TablePtr table = TableOf(*record);
  if (table == nullptr) {
    // A stop came when it had been let go.
    if (!IsUnderWay(*record)) AwaitTable(record);
    return;
  }
  ImportPtr ended = record;
  if (IsUnderWay(*record)) {
    const auto outcome = Outcome(*record, table);
    if (outcome == nullptr) return;
    outcome->ended_micros = database_->clock().NowMicros();
    ended = outcome;
  }
  // Whatever fails here is tried again: the items are in place.
  for (int64_t wait = kMicrosPerSecond;; wait = std::min(2 * wait, 60 * kMicrosPerSecond)) {
    auto noted = IsUnderWay(*record) ? Write(*ended) : Result<void>();
    if (noted) noted = ReleaseTable(*ended, *table);
    if (noted) break;
    Report(EventLevel::kWarning,
           "the end of the import of table " + table->name +
               " cannot be noted, and is tried again: " + noted.error().message);
    if (!Sleep(wait)) return;
  }
  AwaitTable(ended);
  const bool failed = ended->status == ImportStatus::kFailed;
  Report(failed ? EventLevel::kWarning : EventLevel::kInfo,
         fmt::format("import {} into table {}: {}, {} items of {}{}{}", ended->id, table->name,
                     NameOf(ended->status), ended->imported_items, ended->processed_items,
                     failed ? ": " : "", ended->failure_message));
}

std::shared_ptr<ImportRecord> Imports::Outcome(const ImportRecord& record, const TablePtr& table) {
  auto outcome = std::make_shared<ImportRecord>(record);
  for (int attempt = 1;; ++attempt) {
    auto run = RunOnce(record, table);
    if (stopping_) return nullptr;
    if (run) {
      SetCounts(*run, outcome.get());
      outcome->status = ImportStatus::kCompleted;
      if (run->errors > 0) {
        SetFailure("ItemValidationError", std::string(kItemsFailed), false, outcome.get());
      }
      return outcome;
    }
    if (const auto* fault = std::get_if<ObjectFault>(&run.error())) {
      SetFailure("S3" + fault->code,
                 fault->message + " (Service: Amazon S3; Error Code: " + fault->code + ")", true,
                 outcome.get());
      break;
    }
    const auto* status = std::get_if<Status>(&run.error());
    const std::string why = status ? status->message : std::string();
    if (attempt == kAttempts) {
      SetFailure("InternalServerError", "Internal server error", true, outcome.get());
      Report(EventLevel::kError, "the import of table " + table->name + " is given up: " + why);
      break;
    }
    Report(EventLevel::kWarning,
           "the import of table " + table->name + " failed, and is tried again: " + why);
    if (!Sleep(kMicrosPerSecond << attempt)) return nullptr;
  }
  // What was written takes space that others may wait for.
  for (const std::string& folder : ImportRun::ScratchFolders(record.id)) {
    (void)space_->RemoveFolder(folder);
  }
  return outcome;
}

Expected<ImportCounts, RunFault> Imports::RunOnce(const ImportRecord& record,
                                                  const TablePtr& table) {
  if (!options_.open_objects) {
    return Faulty(
        ObjectFault{"NoSuchBucket", "The server was started again without --object-storage"});
  }
  auto objects = options_.open_objects(&stopping_);
  if (!objects) return Faulty(std::move(objects.error()));
  const auto progress = [&](const ImportCounts& counts) {
    auto shown = std::make_shared<ImportRecord>(record);
    SetCounts(counts, shown.get());
    Show(std::move(shown));
  };
  ImportRun run(record, table,
                {.engine = &database_->engine(),
                 .space = space_.get(),
                 .objects = objects->get(),
                 .cancel = &stopping_,
                 .progress = progress},
                options_.run);
  return run.Run();
}

Result<void> Imports::Write(const ImportRecord& record) {
  const CommitResult result = CommitAndWait(database_->engine(), NoteOf(record));
  if (result.outcome == CommitOutcome::kCommitted) return {};
  return Unexpected<Status>(result.status);
}

Result<void> Imports::Remove(const ImportRecord& record) {
  const CommitResult result =
      CommitAndWait(database_->engine(), BlindWrite(KeyOf(record), std::nullopt));
  if (result.outcome == CommitOutcome::kCommitted) return {};
  return Unexpected<Status>(result.status);
}

Result<void> Imports::ReleaseTable(const ImportRecord& record, const TableDefinition& table) {
  auto changed = ChangeTableAndWait(database_->catalog(), table,
                                    [drop = record.drops_table](TableDefinition* next) {
                                      next->import_id.clear();
                                      if (drop) next->status = TableStatus::kDeleting;
                                    });
  if (changed) database_->jobs().Wake(table);
  return changed;
}

// Who sees that the import has ended finds the table as it is to be.
void Imports::AwaitTable(const ImportPtr& ended) {
  while (!TableIsReady(*ended)) {
    if (!Sleep(kPollMicros)) return;
  }
  Show(ended);
}

void Imports::ForgetOld() {
  const int64_t before = database_->clock().NowMicros() - kKeptMicros;
  std::vector<ImportPtr> old;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [key, record] : entries_) {
      if (!IsUnderWay(*record) && record->ended_micros < before) old.push_back(record);
    }
  }
  for (const ImportPtr& record : old) {
    if (!space_->RemoveFolder(record->id) || !Remove(*record)) continue;
    std::lock_guard lock(mutex_);
    entries_.erase(KeyOf(*record));
  }
}

}  // namespace stator
