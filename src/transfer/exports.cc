#include "transfer/exports.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "backup/recovery.h"
#include "base/thread_priority.h"
#include "base/uuid.h"
#include "storage/blind_write.h"
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
// Of a run that fails by what is the server's own: a full disk, say.
constexpr int kAttempts = 5;

std::string KeyOf(const ExportRecord& record) { return ExportKey(record.scope, record.id); }

// What the server notes of its work, also on a disk that is nearly full.
CommitRequest NoteOf(const ExportRecord& record) {
  CommitRequest request = BlindWrite(KeyOf(record), EncodeExportRecord(record));
  request.frees_space = true;
  return request;
}

bool IsUnderWay(const ExportRecord& record) { return record.status == ExportStatus::kInProgress; }

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

// S3's "KMS.NotFoundException" is DynamoDB's KmsNotFoundException, all others get a prefix.
std::string FailureCodeOf(const ObjectFault& fault) {
  constexpr std::string_view kKms = "KMS.";
  return fault.code.starts_with(kKms) ? "Kms" + fault.code.substr(kKms.size()) : "S3" + fault.code;
}

}  // namespace

Exports::Exports(Parts parts, ExportOptions options)
    : parts_(std::move(parts)), database_(parts_.database), options_(std::move(options)) {}

Result<std::unique_ptr<Exports>> Exports::Open(Parts parts, ExportOptions options) {
  std::unique_ptr<Exports> exports(new Exports(std::move(parts), std::move(options)));
  if (auto loaded = exports->Load(); !loaded) return Unexpected<Status>(std::move(loaded).error());
  exports->thread_ = std::thread([e = exports.get()] { e->Run(); });
  return exports;
}

Result<void> Exports::Load() {
  KeyRange range = AllKeys(KeySpace::kExport);
  Result<void> decoded;
  std::vector<ExportPtr> records;
  auto scanned =
      ScanAndWait(database_->engine(), {std::move(range.begin), std::move(range.end)},
                  [&](std::string_view, std::string_view value) {
                    auto record = DecodeExportRecord(value);
                    if (record) {
                      records.push_back(std::make_shared<const ExportRecord>(*std::move(record)));
                    } else {
                      decoded = Unexpected<Status>(std::move(record).error());
                    }
                    return decoded.has_value();
                  });
  if (!scanned) return scanned;
  if (!decoded) return decoded;
  for (ExportPtr& record : records) {
    if (IsUnderWay(*record) && !IsHeld(*record)) {
      // The stop came before an answer.
      if (auto removed = Remove(*record); !removed) return removed;
      continue;
    }
    Show(record);
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

void Exports::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Exports::Report(EventLevel level, const std::string& message) const {
  if (options_.report) options_.report(level, message);
}

void Exports::Show(ExportPtr record) {
  std::lock_guard lock(mutex_);
  std::string key = KeyOf(*record);
  entries_[std::move(key)] = std::move(record);
}

void Exports::Push(ExportPtr record, bool again) {
  {
    std::lock_guard lock(mutex_);
    waiting_.push_back({std::move(record), again});
  }
  wake_.notify_all();
}

ExportPtr Exports::Find(const Scope& scope, std::string_view table, std::string_view id) const {
  std::lock_guard lock(mutex_);
  const auto it = entries_.find(ExportKey(scope, id));
  return it == entries_.end() || it->second->table.name != table ? nullptr : it->second;
}

std::vector<ExportPtr> Exports::List(const Scope& scope) const {
  std::lock_guard lock(mutex_);
  std::vector<ExportPtr> records;
  for (auto it = entries_.lower_bound(ExportKey(scope, ""));
       it != entries_.end() && it->second->scope == scope; ++it) {
    records.push_back(it->second);
  }
  return records;
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

ApiResult<ExportPtr> Exports::WithToken(const ExportRecord& record, int64_t now) const {
  if (record.client_token.empty()) return ExportPtr();
  for (const auto& [key, other] : entries_) {
    if (other->scope != record.scope || other->client_token != record.client_token ||
        other->started_micros + kTokenMicros < now) {
      continue;
    }
    if (other->request_hash == record.request_hash) return other;
    return ApiFail(ErrorType::kExportConflict,
                   "Export conflict: Duplicate request detected with conflicting parameters");
  }
  return ExportPtr();
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
  {
    std::unique_lock lock(mutex_);
    auto same = WithToken(record, now);
    lock.unlock();
    if (!same || *same != nullptr) return done(std::move(same));
  }
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
  if (auto entered = Enter(started); !entered || *entered != nullptr) {
    return done(std::move(entered));
  }
  database_->engine().Commit(
      NoteOf(*started), [this, started, image = std::move(image), id = table->id,
                         enabled = table->recovery->enabled_micros,
                         done = std::move(done)](CommitResult result) mutable {
        if (result.outcome != CommitOutcome::kCommitted) {
          return GiveUpStart(started, ToApiError(result.status), std::move(done));
        }
        HoldTable(started, std::move(image), id, enabled, std::move(done));
      });
}

ApiResult<ExportPtr> Exports::Enter(const ExportPtr& record) {
  std::lock_guard lock(mutex_);
  // Another request with the token may have come meanwhile.
  auto same = WithToken(*record, record->started_micros);
  if (!same || *same != nullptr) return same;
  const auto under_way = std::count_if(entries_.begin(), entries_.end(), [&](const auto& entry) {
    return IsUnderWay(*entry.second) && entry.second->scope == record->scope;
  });
  if (database_->options().service_quotas &&
      static_cast<size_t>(under_way) >= options_.most_under_way) {
    return ApiFail(ErrorType::kLimitExceeded,
                   fmt::format("Subscriber limit exceeded: Only {} export operations can be done "
                               "simultaneously",
                               options_.most_under_way));
  }
  entries_[KeyOf(*record)] = record;
  return ExportPtr();
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
        if (changed) {
          Push(record, false);
          return done(record);
        }
        if (changed.error().type != ErrorType::kInternalServerError) {
          return GiveUpStart(record, std::move(changed).error(), std::move(done));
        }
        // It may be there all the same: then the export goes on.
        database_->catalog().Refresh(
            record->scope, record->table.name,
            [this, record, error = std::move(changed).error(), done = std::move(done)]() mutable {
              if (!IsHeld(*record)) {
                return GiveUpStart(record, std::move(error), std::move(done));
              }
              Push(record, false);
              done(Unexpected<ApiError>(std::move(error)));
            });
      });
}

// If the record stays, as it cannot be removed, the next start removes it: no table names it.
void Exports::GiveUpStart(ExportPtr record, ApiError error, ExportDone done) {
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

bool Exports::IsHeld(const ExportRecord& record) const {
  const TablePtr table = database_->catalog().FindById(record.table.id);
  return table != nullptr && Names(*table, record.id);
}

// --- the thread

void Exports::Run() {
  BeNice(kNiceOfLongWork);
  for (;;) {
    const bool released = ReleaseTables();
    std::unique_lock lock(mutex_);
    const auto ready = [&] { return stopping_ || !waiting_.empty(); };
    if (released) {
      wake_.wait(lock, ready);
    } else {
      wake_.wait_for(lock, std::chrono::microseconds(kMicrosPerSecond), ready);
    }
    if (stopping_) return;
    if (waiting_.empty()) continue;
    const Waiting work = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    Work(work);
    ForgetOld();
  }
}

bool Exports::Sleep(int64_t micros) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, std::chrono::microseconds(micros), [&] { return stopping_.load(); });
}

void Exports::Work(const Waiting& work) {
  const auto ended = Outcome(work);
  if (ended == nullptr) return;
  for (int64_t wait = kMicrosPerSecond;; wait = std::min(2 * wait, 60 * kMicrosPerSecond)) {
    auto noted = Write(*ended);
    if (noted) break;
    Report(EventLevel::kWarning,
           "the end of the export of table " + ended->table.name +
               " cannot be noted, and is tried again: " + noted.error().message);
    if (!Sleep(wait)) return;
  }
  Show(ended);
  const bool failed = ended->status == ExportStatus::kFailed;
  Report(
      failed ? EventLevel::kWarning : EventLevel::kInfo,
      fmt::format("export {} of table {}: {}, {} items{}{}", ended->id, ended->table.name,
                  NameOf(ended->status), ended->items, failed ? ": " : "", ended->failure_message));
}

std::shared_ptr<ExportRecord> Exports::Outcome(const Waiting& work) {
  const ExportRecord& record = *work.record;
  auto outcome = std::make_shared<ExportRecord>(record);
  outcome->status = ExportStatus::kFailed;
  for (int attempt = 1;; ++attempt) {
    auto run = RunOnce(record, work.again || attempt > 1);
    if (stopping_) return nullptr;
    if (run) return std::make_shared<ExportRecord>(*std::move(run));
    if (const auto* fault = std::get_if<ObjectFault>(&run.error())) {
      outcome->failure_code = FailureCodeOf(*fault);
      outcome->failure_message =
          fault->message + " (Service: Amazon S3; Error Code: " + fault->code + ")";
      break;
    }
    const auto* status = std::get_if<Status>(&run.error());
    const bool final = status && (status->code == StatusCode::kCorruption ||
                                  status->code == StatusCode::kNotFound);
    const std::string what = "the export of table " + record.table.name;
    const std::string why = status ? status->message : std::string();
    if (final || attempt == kAttempts) {
      outcome->failure_code = "InternalServerError";
      outcome->failure_message = "Internal server error";
      Report(EventLevel::kError, what + " is given up: " + why);
      break;
    }
    Report(EventLevel::kWarning, what + " failed, and is tried again: " + why);
    if (!Sleep(kMicrosPerSecond << attempt)) return nullptr;
  }
  // What was written takes space that others may wait for.
  (void)parts_.scratch->RemoveFolder(record.id);
  outcome->ended_micros = database_->clock().NowMicros();
  return outcome;
}

Expected<ExportRecord, RunFault> Exports::RunOnce(const ExportRecord& record, bool again) {
  if (!options_.open_objects) {
    return Faulty(
        ObjectFault{"NoSuchBucket", "The server was started again without --object-storage"});
  }
  ObjectDemands demands{.bucket_owner = record.target.owner,
                        .encryption_key_id = record.target.kms_key_id};
  if (record.target.encryption) {
    demands.encryption = *record.target.encryption == ExportEncryption::kKms ? "aws:kms" : "AES256";
  }
  auto objects = options_.open_objects(demands, &stopping_);
  if (!objects) return Faulty(std::move(objects.error()));
  ExportRun run(record,
                {.database = database_,
                 .images = parts_.images.get(),
                 .scratch = parts_.scratch.get(),
                 .objects = objects->get(),
                 .cancel = &stopping_,
                 .sleep = [this](int64_t micros) { return Sleep(micros); }},
                options_.run, again);
  return run.Run();
}

bool Exports::ReleaseTables() {
  bool done = true;
  for (const TablePtr& table : database_->catalog().All()) {
    std::vector<std::string> ended;
    {
      std::lock_guard lock(mutex_);
      for (const TableExport& one : table->exports) {
        const auto it = entries_.find(ExportKey(table->scope, one.id));
        if (it == entries_.end() || !IsUnderWay(*it->second)) ended.push_back(one.id);
      }
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
    Report(EventLevel::kWarning, "the end of an export cannot be noted at table " + table->name +
                                     ", and is tried again: " + released.error().message);
  }
  return done;
}

Result<void> Exports::Write(const ExportRecord& record) {
  const CommitResult result = CommitAndWait(database_->engine(), NoteOf(record));
  if (result.outcome == CommitOutcome::kCommitted) return {};
  return Unexpected<Status>(result.status);
}

Result<void> Exports::Remove(const ExportRecord& record) {
  const CommitResult result =
      CommitAndWait(database_->engine(), BlindWrite(KeyOf(record), std::nullopt));
  if (result.outcome == CommitOutcome::kCommitted) return {};
  return Unexpected<Status>(result.status);
}

void Exports::ForgetOld() {
  const int64_t before = database_->clock().NowMicros() - kKeptMicros;
  std::vector<ExportPtr> old;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [key, record] : entries_) {
      if (!IsUnderWay(*record) && record->ended_micros < before) old.push_back(record);
    }
  }
  for (const ExportPtr& record : old) {
    if (!Remove(*record)) continue;
    std::lock_guard lock(mutex_);
    entries_.erase(KeyOf(*record));
  }
}

}  // namespace stator
