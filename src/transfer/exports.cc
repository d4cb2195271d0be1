#include "transfer/exports.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "backup/recovery.h"
#include "base/uuid.h"
#include "storage/long_snapshot.h"
#include "table/blocking.h"
#include "table/database.h"
#include "table/layout.h"
#include "table/recovery.h"
#include "table/table_jobs.h"
#include "transfer/export_filter.h"

namespace stator {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kKeptMicros = 90 * 86'400 * kMicrosPerSecond;  // after an export's end
constexpr int64_t kTokenMicros = 8 * 3600 * kMicrosPerSecond;
bool IsUnderWay(const ExportRecord& record) { return record.status == ExportStatus::kInProgress; }

RecordKind<ExportRecord> Kind() {
  return {.space = KeySpace::kExport,
          .key = &ExportKey,
          .encode = &EncodeExportRecord,
          .decode = &DecodeExportRecord,
          .is_under_way = &IsUnderWay,
          .keeps_token = [](const ExportRecord& record,
                            int64_t now) { return record.started_micros + kTokenMicros >= now; },
          .conflict = ApiFail(ErrorType::kExportConflict,
                              "Export conflict: Duplicate request detected with conflicting "
                              "parameters")
                          .error()};
}

bool Names(const TableDefinition& table, const std::string& export_id) {
  return std::any_of(table.exports.begin(), table.exports.end(),
                     [&](const TableExport& one) { return one.id == export_id; });
}

Unexpected<ApiError> InvalidTime(const std::string& why) {
  return ApiFail(ErrorType::kInvalidExportTime, why);
}

Unexpected<ApiError> OutsideOfWindow() {
  return InvalidTime("The export time is not within the point in time recovery window");
}

// As far as an export needs it, and those who ask for what became of it.
TableDefinition Shortened(TableDefinition table) {
  table.log = {};
  table.recovery.reset();
  table.exports.clear();
  table.destinations.clear();
  table.tags.clear();
  return table;
}

ApiResult<void> CheckTable(const TableDefinition* table, const std::string& name) {
  if (table == nullptr || table->status == TableStatus::kDeleting) {
    return ApiFail(ErrorType::kTableNotFound, "Table not found: " + name);
  }
  if (!table->recovery) {
    return ApiFail(ErrorType::kPointInTimeRecoveryUnavailable,
                   "Point in time recovery is not enabled for table '" + name + "'");
  }
  return {};
}

}  // namespace

Exports::Exports(Parts parts, ExportOptions options)
    : parts_(std::move(parts)),
      database_(parts_.database),
      options_(std::move(options)),
      book_(database_, Kind()),
      worker_(options_.report) {}

Result<std::unique_ptr<Exports>> Exports::Open(Parts parts, ExportOptions options) {
  std::unique_ptr<Exports> exports(new Exports(std::move(parts), std::move(options)));
  if (auto loaded = exports->Load(); !loaded) return Unexpected<Status>(std::move(loaded).error());
  exports->worker_.Start(1, [e = exports.get()] { return e->ReleaseTables(); });
  return exports;
}

Result<void> Exports::Load() {
  auto records = book_.Read();
  if (!records) return Unexpected<Status>(std::move(records).error());
  for (ExportPtr& record : *records) {
    if (IsUnderWay(*record) && !IsHeld(*record)) {
      // The stop came before an answer.
      if (auto removed = book_.Remove(*record); !removed) return removed;
      continue;
    }
    book_.Show(record);
    if (IsUnderWay(*record)) Push(std::move(record), true);
  }
  ForgetOld();
  auto folders = parts_.scratch->Folders();
  if (!folders) return Unexpected<Status>(std::move(folders).error());
  for (const std::string& folder : *folders) {
    if (auto removed = parts_.scratch->RemoveFolder(folder); !removed) return removed;
  }
  return {};
}

void Exports::Push(ExportPtr record, bool again) {
  worker_.Push([this, record = std::move(record), again] {
    Work(*record, again);
    ForgetOld();
  });
}

// --- starting

ApiResult<void> Exports::CheckDemands(const ExportTarget& target) const {
  if (!options_.open_objects) {
    return Invalid(
        "There is no object storage to export to: this server was started without "
        "--object-storage");
  }
  if (!target.kms_key_id.empty() && target.encryption != ExportEncryption::kKms) {
    return Invalid("S3SseKmsKeyId needs the S3SseAlgorithm KMS");
  }
  if (options_.takes_demands) return {};
  if (!target.owner.empty()) {
    return Invalid("S3BucketOwner is not supported: this server exports to a folder");
  }
  if (target.encryption) {
    return Invalid("S3SseAlgorithm is not supported: this server exports to a folder");
  }
  return {};
}

ApiResult<void> Exports::SetTimes(const TableDefinition& table, const ExportTimes& times,
                                  int64_t now, uint64_t position, ExportRecord* record) const {
  const int64_t second = now / kMicrosPerSecond;
  const int64_t earliest = RestorableTimesOf(*table.recovery, now).earliest;
  if (record->type == ExportType::kFull) {
    record->time_micros = now;
    // The clock may have been set back, which positions are not.
    record->last = std::max(static_cast<uint64_t>(now), position);
    if (!times.time) return {};
    if (*times.time < earliest || *times.time > second) return OutsideOfWindow();
    record->time_micros = *times.time * kMicrosPerSecond;
    record->last = LastPositionOf(*times.time);
    return {};
  }
  const int64_t to = times.to.value_or(second);
  if (*times.from < earliest || to > second) return OutsideOfWindow();
  if (*times.from >= to) return InvalidTime("ExportFromTime must be before ExportToTime");
  record->from_micros = *times.from * kMicrosPerSecond;
  record->to_micros = to * kMicrosPerSecond;
  record->after = static_cast<uint64_t>(record->from_micros) - 1;
  record->last = static_cast<uint64_t>(record->to_micros) - 1;
  const LogReaderEntry* reader = table.log.FindReader(table.recovery->Reader());
  record->first_shard = reader == nullptr ? 0 : reader->first_shard;
  if (!database_->options().service_quotas) return {};
  const int64_t length = record->to_micros - record->from_micros;
  if (length < options_.shortest_micros) {
    return InvalidTime("An incremental export must be of at least 15 minutes");
  }
  if (length > options_.longest_micros) {
    return InvalidTime("An incremental export must be of at most 24 hours");
  }
  return {};
}

void Exports::Start(ExportRecord record, const std::string& name, const ExportTimes& times,
                    ExportDone done) {
  if (auto ok = CheckDemands(record.target); !ok) {
    return done(Unexpected<ApiError>(std::move(ok).error()));
  }
  const bool of_now = record.type == ExportType::kFull && !times.time;
  if (!of_now) return StartAt(0, std::move(record), name, times, std::move(done));
  ReadLastPosition(&database_->engine(),
                   [this, record = std::move(record), name, times,
                    done = std::move(done)](Result<uint64_t> position) mutable {
                     if (!position) {
                       return done(Unexpected<ApiError>(ToApiError(position.error())));
                     }
                     StartAt(*position, std::move(record), name, times, std::move(done));
                   });
}

void Exports::StartAt(uint64_t position, ExportRecord record, const std::string& name,
                      const ExportTimes& times, ExportDone done) {
  const auto refuse = [&](ApiError error) { done(Unexpected<ApiError>(std::move(error))); };
  const int64_t now = database_->clock().NowMicros();
  auto same = book_.WithToken(record, now);
  if (!same || *same != nullptr) return done(std::move(same));
  const TablePtr table = database_->catalog().Find(record.scope, name);
  if (auto ok = CheckTable(table.get(), name); !ok) return refuse(std::move(ok).error());
  if (record.filter) {
    auto filter = ExportFilter::Parse(*record.filter, *table);
    if (!filter) return refuse(std::move(filter).error());
  }
  if (auto ok = SetTimes(*table, times, now, position, &record); !ok) {
    return refuse(std::move(ok).error());
  }
  std::string image;
  if (record.type == ExportType::kFull) {
    auto found = parts_.recovery->ImageFor(table, record.last);
    if (!found) return refuse(OutsideOfWindow().error());
    image = *std::move(found);
  }
  record.started_micros = now;
  record.id = NewTimedId(now, &database_->random());
  record.table = Shortened(*table);
  const auto started = std::make_shared<const ExportRecord>(std::move(record));
  auto entered =
      book_.Enter(started, now, [this](size_t under_way) { return CheckNumber(under_way); });
  if (!entered || *entered != nullptr) return done(std::move(entered));
  book_.Begin(
      started,
      [this, started, image = std::move(image), id = table->id,
       enabled = table->recovery->enabled_micros](ExportDone begun) mutable {
        HoldTable(started, std::move(image), id, enabled, std::move(begun));
      },
      std::move(done));
}

ApiResult<void> Exports::CheckNumber(size_t under_way) const {
  if (!database_->options().service_quotas || under_way < options_.most_under_way) return {};
  return ApiFail(ErrorType::kLimitExceeded,
                 fmt::format("Subscriber limit exceeded: Only {} export operations can be done "
                             "simultaneously",
                             options_.most_under_way));
}

// From here on nothing goes that the export reads. What it begins from may have gone just before.
void Exports::HoldTable(ExportPtr record, std::string image, uint64_t table_id,
                        int64_t enabled_micros, ExportDone done) {
  database_->catalog().Change(
      record->scope, record->table.name,
      [record, image = std::move(image), table_id,
       enabled_micros](const TableDefinition* current) -> DefinitionChange {
        const bool other = current != nullptr && current->id != table_id;
        auto ok = CheckTable(other ? nullptr : current, record->table.name);
        if (!ok) return Unexpected<ApiError>(std::move(ok).error());
        const PointInTimeRecovery& recovery = *current->recovery;
        if (recovery.enabled_micros != enabled_micros) return OutsideOfWindow();
        TableExport held{.id = record->id, .image = image};
        if (record->type == ExportType::kIncremental) {
          if (record->from_micros / kMicrosPerSecond < recovery.first_micros / kMicrosPerSecond) {
            return OutsideOfWindow();
          }
        } else if (const RecoveryBase* base = BaseAt(recovery, record->last)) {
          held.image = base->folder;
        } else if (!recovery.bases.empty()) {
          return OutsideOfWindow();
        }
        TableDefinition next = *current;
        next.exports.push_back(std::move(held));
        return std::optional<TableDefinition>(std::move(next));
      },
      [this, record, done = std::move(done)](ApiResult<TablePtr> changed) mutable {
        book_.GoOnAfter(
            std::move(changed), record, [this, record] { return IsHeld(*record); },
            [this, record] { Push(record, false); }, std::move(done));
      });
}

bool Exports::IsHeld(const ExportRecord& record) const {
  const TablePtr table = database_->catalog().FindById(record.table.id);
  return table != nullptr && Names(*table, record.id);
}

// --- the thread

void Exports::Work(const ExportRecord& record, bool again) {
  const std::string what = "export of table " + record.table.name;
  auto outcome =
      worker_.Try<ExportRecord>("the " + what, {StatusCode::kCorruption, StatusCode::kNotFound},
                                [&](int attempt) { return RunOnce(record, again || attempt > 1); });
  if (!outcome) return;
  const auto ended = std::make_shared<ExportRecord>(*outcome ? **outcome : record);
  const bool failed = !*outcome;
  if (failed) {
    ended->status = ExportStatus::kFailed;
    ended->failure_code = outcome->error().code;
    ended->failure_message = outcome->error().message;
    // What was written takes space that others may wait for.
    (void)parts_.scratch->RemoveFolder(record.id);
    ended->ended_micros = database_->clock().NowMicros();
  }
  if (!worker_.Insist("the end of the " + what, [&] { return book_.Write(*ended); })) return;
  book_.Show(ended);
  worker_.Report(
      failed ? EventLevel::kWarning : EventLevel::kInfo,
      fmt::format("export {} of table {}: {}, {} items{}{}", ended->id, ended->table.name,
                  NameOf(ended->status), ended->items, failed ? ": " : "", ended->failure_message));
}

Expected<ExportRecord, RunFault> Exports::RunOnce(const ExportRecord& record, bool again) {
  if (!options_.open_objects) {
    return Faulty(
        ObjectFault{"NoSuchBucket", "The server was started again without --object-storage"});
  }
  auto objects = options_.open_objects(DemandsOf(record.target), &worker_.stopping());
  if (!objects) return Faulty(std::move(objects.error()));
  ExportRun run(record,
                {.database = database_,
                 .images = parts_.images.get(),
                 .scratch = parts_.scratch.get(),
                 .objects = objects->get(),
                 .cancel = &worker_.stopping(),
                 .sleep = [this](int64_t micros) { return worker_.Sleep(micros); },
                 .progress =
                     [this](const ExportRecord& now) {
                       book_.Show(std::make_shared<const ExportRecord>(now));
                     }},
                options_.run, again);
  return run.Run();
}

bool Exports::ReleaseTables() {
  bool done = true;
  for (const TablePtr& table : database_->catalog().All()) {
    std::vector<std::string> ended;
    for (const TableExport& one : table->exports) {
      const ExportPtr record = book_.Find(table->scope, one.id);
      if (record == nullptr || !IsUnderWay(*record)) ended.push_back(one.id);
    }
    if (ended.empty()) continue;
    auto released =
        ChangeTableAndWait(database_->catalog(), *table, [&ended](TableDefinition* next) {
          std::erase_if(next->exports, [&](const TableExport& one) {
            return std::find(ended.begin(), ended.end(), one.id) != ended.end();
          });
        });
    if (released) {
      database_->jobs().Wake(*table);
      continue;
    }
    done = false;
    worker_.Report(EventLevel::kWarning, "the end of an export cannot be noted at table " +
                                             table->name +
                                             ", and is tried again: " + released.error().message);
  }
  return done;
}

void Exports::ForgetOld() {
  book_.Forget(database_->clock().NowMicros() - kKeptMicros,
               [](const ExportRecord&) { return true; });
}

}  // namespace stator
