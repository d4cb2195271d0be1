#include "transfer/imports.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "base/uuid.h"
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
constexpr std::string_view kItemsFailed =
    "Some of the items failed validation checks and were not imported. Please check CloudWatch "
    "error logs for more details.";

bool IsUnderWay(const ImportRecord& record) { return record.status == ImportStatus::kInProgress; }

RecordKind<ImportRecord> Kind() {
  return {.space = KeySpace::kImport,
          .key = &ImportKey,
          .encode = &EncodeImportRecord,
          .decode = &DecodeImportRecord,
          .is_under_way = &IsUnderWay,
          .keeps_token = [](const ImportRecord& record, int64_t) { return IsUnderWay(record); },
          .conflict = ApiFail(ErrorType::kImportConflict,
                              "Import conflict: Duplicate request detected with conflicting "
                              "parameters")
                          .error()};
}

void SetCounts(const ImportCounts& counts, ImportRecord* record) {
  record->processed_bytes = counts.processed_bytes;
  record->processed_items = counts.processed_items;
  record->imported_items = counts.imported_items;
  record->errors = counts.errors;
}

void SetFailure(JobFailure failure, bool drops_table, ImportRecord* record) {
  record->status = ImportStatus::kFailed;
  record->failure_code = std::move(failure.code);
  record->failure_message = std::move(failure.message);
  record->drops_table = drops_table;
}

}  // namespace

Imports::Imports(Database* database, std::shared_ptr<FileSpace> space, ImportOptions options)
    : database_(database),
      space_(std::move(space)),
      options_(std::move(options)),
      book_(database, Kind()),
      worker_(options_.report) {}

Result<std::unique_ptr<Imports>> Imports::Open(Database* database, std::shared_ptr<FileSpace> space,
                                               ImportOptions options) {
  std::unique_ptr<Imports> imports(new Imports(database, std::move(space), std::move(options)));
  if (auto loaded = imports->Load(); !loaded) return Unexpected<Status>(std::move(loaded).error());
  imports->worker_.Start(1);
  return imports;
}

Result<void> Imports::Load() {
  auto records = book_.Read();
  if (!records) return Unexpected<Status>(std::move(records).error());
  if (auto taken = TakeUp(*std::move(records)); !taken) return taken;
  ForgetOld();
  std::set<std::string> known;
  for (const ImportPtr& record : book_.All()) known.insert(record->id);
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
      if (auto removed = book_.Remove(*record); !removed) return removed;
      continue;
    }
    if (TableIsReady(*record)) {
      book_.Show(std::move(record));
      continue;
    }
    auto shown = std::make_shared<ImportRecord>(*record);
    if (!IsUnderWay(*record)) {
      shown->status = ImportStatus::kInProgress;
      shown->ended_micros = 0;
      shown->failure_code.clear();
      shown->failure_message.clear();
    }
    book_.Show(std::move(shown));
    Push(std::move(record));
  }
  return {};
}

void Imports::Push(ImportPtr record) {
  worker_.Push([this, record = std::move(record)] {
    Work(record);
    ForgetOld();
  });
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
  auto entered =
      book_.Enter(started, started->started_micros, [](size_t) { return ApiResult<void>(); });
  if (!entered || *entered != nullptr) return done(std::move(entered));
  book_.Begin(
      started, [this, started](ImportDone begun) { CreateTable(started, std::move(begun)); },
      std::move(done));
}

void Imports::CreateTable(ImportPtr record, ImportDone done) {
  database_->catalog().Change(
      record->scope, record->table.name,
      [record](const TableDefinition* current) -> DefinitionChange {
        if (current != nullptr) return NameIsTaken(*current);
        return std::optional<TableDefinition>(record->table);
      },
      [this, record, done = std::move(done)](ApiResult<TablePtr> created) mutable {
        book_.GoOnAfter(
            std::move(created), record, [this, record] { return TableOf(*record) != nullptr; },
            [this, record] { Push(record); }, std::move(done));
      });
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
  const bool released = worker_.Insist("the end of the import of table " + table->name, [&] {
    auto noted = IsUnderWay(*record) ? book_.Write(*ended) : Result<void>();
    if (noted) noted = ReleaseTable(*ended, *table);
    return noted;
  });
  if (!released) return;
  AwaitTable(ended);
  const bool failed = ended->status == ImportStatus::kFailed;
  worker_.Report(failed ? EventLevel::kWarning : EventLevel::kInfo,
                 fmt::format("import {} into table {}: {}, {} items of {}{}{}", ended->id,
                             table->name, NameOf(ended->status), ended->imported_items,
                             ended->processed_items, failed ? ": " : "", ended->failure_message));
}

std::shared_ptr<ImportRecord> Imports::Outcome(const ImportRecord& record, const TablePtr& table) {
  auto run = worker_.Try<ImportCounts>("the import of table " + table->name, {},
                                       [&](int) { return RunOnce(record, table); });
  if (!run) return nullptr;
  auto outcome = std::make_shared<ImportRecord>(record);
  if (*run) {
    SetCounts(**run, outcome.get());
    outcome->status = ImportStatus::kCompleted;
    if ((*run)->errors > 0) {
      SetFailure({"ItemValidationError", std::string(kItemsFailed)}, false, outcome.get());
    }
    return outcome;
  }
  SetFailure(std::move(run->error()), true, outcome.get());
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
  auto objects = options_.open_objects(&worker_.stopping());
  if (!objects) return Faulty(std::move(objects.error()));
  const auto progress = [&](const ImportCounts& counts) {
    auto shown = std::make_shared<ImportRecord>(record);
    SetCounts(counts, shown.get());
    book_.Show(std::move(shown));
  };
  ImportRun run(record, table,
                {.engine = &database_->engine(),
                 .space = space_.get(),
                 .objects = objects->get(),
                 .cancel = &worker_.stopping(),
                 .progress = progress},
                options_.run);
  return run.Run();
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
    if (!worker_.Sleep(kPollMicros)) return;
  }
  book_.Show(ended);
}

void Imports::ForgetOld() {
  book_.Forget(database_->clock().NowMicros() - kKeptMicros, [this](const ImportRecord& record) {
    return space_->RemoveFolder(record.id).has_value();
  });
}

}  // namespace stator
