#include "backup/recovery.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "backup/backups.h"
#include "base/uuid.h"
#include "table/blocking.h"
#include "table/database.h"
#include "table/log_reader.h"
#include "table/table_jobs.h"

namespace stator {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kLookMicros = kMicrosPerSecond;
// How often to look what is logged, while there is room: that reads an entry for each shard and
// hour.
constexpr int64_t kMeasureMicros = 10 * kMicrosPerSecond;
constexpr int64_t kMaxRetryMicros = 60 * kMicrosPerSecond;

bool IsSameRecovery(const TableDefinition& table, const TableDefinition& other) {
  return table.id == other.id && table.recovery && other.recovery &&
         table.recovery->enabled_micros == other.recovery->enabled_micros;
}

// The first base of a table is named after the recovery that it belongs to: who waits for it finds
// it also if it has to be made anew.
std::string FolderOfNext(const TableDefinition& table, int64_t now) {
  const PointInTimeRecovery& recovery = *table.recovery;
  return std::string(kBaseFolderPrefix) + std::to_string(table.id) + "-" +
         std::to_string(recovery.bases.empty() ? recovery.enabled_micros : now);
}

Unexpected<ApiError> InvalidTime() {
  return ApiFail(ErrorType::kInvalidRestoreTime,
                 "The restore time is not between EarliestRestorableDateTime and "
                 "LatestRestorableDateTime");
}

}  // namespace

Recovery::Recovery(Database* database, std::shared_ptr<FileSpace> space, Backups* backups,
                   RecoveryOptions options, std::function<void()> wake)
    : database_(database),
      space_(std::move(space)),
      backups_(backups),
      options_(std::move(options)),
      wake_(std::move(wake)) {}

void Recovery::Stop() {
  std::lock_guard lock(mutex_);
  stopped_ = true;
  making_.clear();
}

void Recovery::Report(EventLevel level, const std::string& message) const {
  if (options_.report) options_.report(level, message);
}

// A base of this moment, unless one is being made already.
Recovery::BasePtr Recovery::Begin(const TablePtr& table) {
  const int64_t now = database_->clock().NowMicros();
  auto base = std::make_shared<Base>(Base{.table = table,
                                          .snapshot = LongSnapshot(&database_->engine()),
                                          .moment_micros = now,
                                          .folder = {}});
  {
    std::lock_guard lock(mutex_);
    if (stopped_) return nullptr;
    BasePtr& making = making_[table->id];
    if (making != nullptr && IsSameRecovery(*making->table, *table)) return making;
    // The first may have been noted just before, after `table` was looked up.
    const TablePtr current = database_->catalog().FindById(table->id);
    const bool same = current != nullptr && IsSameRecovery(*current, *table);
    base->folder = FolderOfNext(same ? *current : *table, now);
    making = base;
  }
  wake_();
  return base;
}

Recovery::BasePtr Recovery::MakingOf(const TableDefinition& table) const {
  std::lock_guard lock(mutex_);
  const auto it = making_.find(table.id);
  return it != making_.end() && IsSameRecovery(*it->second->table, table) ? it->second : nullptr;
}

void Recovery::End(const Base& base) {
  std::lock_guard lock(mutex_);
  const auto it = making_.find(base.table->id);
  if (it != making_.end() && it->second.get() == &base) making_.erase(it);
}

void Recovery::Update(const Scope& scope, const std::string& table,
                      const ContinuousBackupsRequest& request, TableDone done) {
  // A restore that is about to read what is kept has to be known first.
  const TablePtr current = database_->catalog().Find(scope, table);
  const uint64_t ends = current == nullptr || request.enabled ? 0 : current->id;
  if (ends != 0 && !Claim(ends)) {
    return done(
        ApiFail(ErrorType::kContinuousBackupsUnavailable,
                "A restore of the table is being started: " + table + ". Please retry later"));
  }
  database_->catalog().Change(
      scope, table,
      [&clock = database_->clock(), table, request,
       ends](const TableDefinition* current) -> DefinitionChange {
        auto next = PlanUpdateContinuousBackups(current, table, request, clock.NowMicros());
        if (!next) return Unexpected<ApiError>(next.error());
        // Another table of that name.
        if (!request.enabled && current->id != ends) {
          return Unexpected<ApiError>(CheckBackupsAvailable(nullptr, table).error());
        }
        return std::optional<TableDefinition>(*std::move(next));
      },
      [this, ends, done = std::move(done)](ApiResult<TablePtr> updated) mutable {
        if (ends != 0) Release(ends);
        if (updated && (*updated)->recovery && (*updated)->recovery->bases.empty()) {
          Begin(*updated);
        }
        done(std::move(updated));
      });
}

// For a change by which something goes that a restore could begin from: none begins until it is
// made. False: one is beginning.
bool Recovery::Claim(uint64_t table_id) {
  std::lock_guard lock(mutex_);
  if (starting_.contains(table_id)) return false;
  ++claimed_[table_id];
  return true;
}

void Recovery::Release(uint64_t table_id) {
  std::lock_guard lock(mutex_);
  if (--claimed_[table_id] == 0) claimed_.erase(table_id);
}

// The same on the thread, which has time.
Result<bool> Recovery::ChangeClaimed(const TableDefinition& table,
                                     const std::function<void(TableDefinition*)>& change) {
  if (!Claim(table.id)) return false;
  Result<void> changed;
  const bool free = !IsBeingReadFrom(database_->catalog(), table.id);
  if (free) {
    changed = ChangeTableAndWait(database_->catalog(), table, [&change](TableDefinition* next) {
      // One may have begun: there is another turn.
      if (next->exports.empty()) change(next);
    });
  }
  Release(table.id);
  if (!changed) return Unexpected<Status>(std::move(changed).error());
  return free;
}

void Recovery::EndStart(uint64_t table_id) {
  std::lock_guard lock(mutex_);
  const auto it = starting_.find(table_id);
  if (it != starting_.end() && --it->second == 0) starting_.erase(it);
}

void Recovery::Restore(const Scope& scope, const PointInTimeRequest& request, TableDone done) {
  TablePtr table = database_->catalog().Find(scope, request.source);
  const uint64_t id = table == nullptr ? 0 : table->id;
  {
    std::unique_lock lock(mutex_);
    if (claimed_.contains(id)) {
      lock.unlock();
      return done(ApiFail(ErrorType::kInternalServerError,
                          "What the table can be restored from is being changed"));
    }
    ++starting_[id];
  }
  // From here on nothing goes that the definition, looked up now, names.
  table = database_->catalog().Find(scope, request.source);
  const auto refuse = [&](Unexpected<ApiError> error) {
    EndStart(id);
    done(std::move(error));
  };
  auto available = CheckBackupsAvailable(table.get(), request.source);
  if (!available) return refuse(Unexpected<ApiError>(available.error()));
  if (!table->recovery || table->id != id) {
    return refuse(ApiFail(ErrorType::kPointInTimeRecoveryUnavailable,
                          "Point in time recovery is not enabled for table '" + table->name + "'"));
  }
  const int64_t now = database_->clock().NowMicros();
  const RestorableTimes times = RestorableTimesOf(*table->recovery, now);
  const int64_t second = request.second.value_or(times.latest);
  if (second < times.earliest || second > times.latest) return refuse(InvalidTime());
  std::string image;
  if (const RecoveryBase* base = BaseFor(*table->recovery, second)) {
    image = base->folder;
  } else {
    // The first, on which the restore then waits.
    const BasePtr making = Begin(table);
    if (making == nullptr || second < making->moment_micros / kMicrosPerSecond) {
      return refuse(InvalidTime());
    }
    image = making->folder;
  }
  auto planned = PlanRestoreTable(*table, request.overrides,
                                  {now, scope.region, database_->options().service_quotas});
  if (!planned) return refuse(Unexpected<ApiError>(std::move(planned).error()));
  planned->scope = scope;
  planned->name = request.target;
  planned->uuid = NewUuid(&database_->random());
  planned->restore = TableRestore{.source_arn = table->Arn(),
                                  .image = std::move(image),
                                  .time_micros = second * kMicrosPerSecond,
                                  .log_table_id = table->id};
  backups_->StartRestore(*std::move(planned),
                         [this, id, done = std::move(done)](ApiResult<TablePtr> created) mutable {
                           EndStart(id);
                           done(std::move(created));
                         });
}

std::optional<std::string> Recovery::ImageFor(const TablePtr& table, uint64_t position) {
  if (!table->recovery) return std::nullopt;
  if (const RecoveryBase* base = BaseAt(*table->recovery, position)) return base->folder;
  if (!table->recovery->bases.empty()) return std::nullopt;
  const BasePtr making = Begin(table);
  if (making == nullptr || position < static_cast<uint64_t>(making->moment_micros)) {
    return std::nullopt;
  }
  return making->folder;
}

bool Recovery::RunOnce() {
  const int64_t now = database_->clock().MonotonicMicros();
  if (now >= look_micros_) {
    look_micros_ = now + kLookMicros;
    if (Look()) return true;
  }
  return StepBase();
}

// --- bases
// ----------------------------------------------------------------------------------------

// Of the one that waits longest; they take turns.
bool Recovery::StepBase() {
  const int64_t now = database_->clock().MonotonicMicros();
  BasePtr base;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [id, making] : making_) {
      if (making->due_micros > now) continue;
      if (base == nullptr || making->due_micros < base->due_micros) base = making;
    }
  }
  if (base == nullptr) return false;
  auto stepped = Step(base.get());
  base->due_micros = std::max(base->due_micros, database_->clock().MonotonicMicros());
  if (stepped) {
    if (*stepped) End(*base);
    return true;
  }
  base->writer.reset();
  base->written = false;
  const Status& status = stepped.error();
  const std::string what = "making a base for the recovery of table " + base->table->name;
  if (status.code == StatusCode::kCorruption || status.code == StatusCode::kNotFound) {
    // It is begun anew, with another snapshot, after a while.
    if (status.code == StatusCode::kCorruption) {
      Report(EventLevel::kError, what + " failed: " + status.message);
    }
    not_before_[base->table->id] = base->due_micros + kMaxRetryMicros;
    End(*base);
    return true;
  }
  // What was written so far is of no use, and may be what fills the device.
  (void)space_->RemoveFolder(base->folder);
  if (base->failures == 0) {
    Report(EventLevel::kWarning, what + " failed, and is tried again: " + status.message);
  }
  base->due_micros += std::min(kMicrosPerSecond << std::min(base->failures++, 10), kMaxRetryMicros);
  return true;
}

Result<bool> Recovery::Step(Base* base) {
  const TablePtr table = database_->catalog().FindById(base->table->id);
  if (table == nullptr || !IsSameRecovery(*table, *base->table)) return true;
  if (!base->writer) {
    base->writer = std::make_unique<TableImageWriter>(base->snapshot, *table, space_.get(),
                                                      base->folder, options_.image);
  }
  if (!base->logged) {
    // Now, as what is logged while the base is made has come after it.
    auto position = base->snapshot.Position();
    if (!position) return Unexpected<Status>(std::move(position).error());
    auto logged = LogBytesSince(database_->engine(), *table, FirstOpenShard(table->log), *position);
    if (!logged) return Unexpected<Status>(std::move(logged).error());
    base->logged = static_cast<int64_t>(*logged);
  }
  if (!base->written) {
    auto written = base->writer->Step();
    if (!written || !*written) return written;
    base->written = true;
  }
  const TableImage& image = base->writer->image();
  auto changed = ChangeTableAndWait(
      database_->catalog(), *table,
      [enabled = base->table->recovery->enabled_micros, moment = base->moment_micros,
       made = RecoveryBase{.folder = base->folder,
                           .position = image.position,
                           .first_shard = FirstOpenShard(image.table.log),
                           .made_micros = base->moment_micros,
                           .bytes = image.bytes,
                           .logged = *base->logged}](TableDefinition* next) {
        if (!next->recovery || next->recovery->enabled_micros != enabled) return;
        auto& bases = next->recovery->bases;
        const bool there = std::any_of(bases.begin(), bases.end(), [&](const RecoveryBase& base) {
          return base.folder == made.folder;
        });
        if (there) return;
        if (bases.empty()) next->recovery->first_micros = moment;
        bases.push_back(made);
      });
  if (!changed) {
    // It may be named by what is stored: the folder stays, and only the change is made again.
    base->due_micros = database_->clock().MonotonicMicros() + kMicrosPerSecond;
    Report(EventLevel::kWarning, "noting a base for the recovery of table " + table->name +
                                     " failed, and is tried again: " + changed.error().message);
    return false;
  }
  return true;
}

// --- looking after what is there
// ------------------------------------------------------------------

bool Recovery::Look() {
  bool changed = false;
  const int64_t now = database_->clock().MonotonicMicros();
  measures_ = database_->engine().Stats().log_alarm || now >= measure_micros_;
  if (measures_) measure_micros_ = now + kMeasureMicros;
  for (const TablePtr& table : database_->catalog().All()) {
    if (!table->recovery) continue;
    auto cared = CareFor(table);
    if (cared) {
      changed = changed || *cared;
    } else {
      Report(EventLevel::kWarning, "looking after the recovery of table " + table->name +
                                       " failed, and is tried again: " + cared.error().message);
    }
  }
  if (auto removed = RemoveFolders(); !removed) {
    Report(EventLevel::kWarning,
           "removing old bases failed, and is tried again: " + removed.error().message);
  }
  backups_->ExpireSystemBackups();
  return changed;
}

// True if something was changed.
Result<bool> Recovery::CareFor(const TablePtr& table) {
  if (table->status == TableStatus::kDeleting) return EndTable(table);
  const auto wait = not_before_.find(table->id);
  if (wait != not_before_.end()) {
    if (database_->clock().MonotonicMicros() < wait->second) return false;
    not_before_.erase(wait);
  }
  if (table->recovery->bases.empty()) {
    const bool begins = MakingOf(*table) == nullptr;
    Begin(table);
    return begins;
  }
  PointInTimeRecovery kept = *table->recovery;
  if (ExpireBases(database_->clock().NowMicros(), &kept)) {
    // A restore that reads the log from an old base on needs the shards from there on.
    auto expired =
        ChangeClaimed(*table, [now = database_->clock().NowMicros()](TableDefinition* next) {
          if (next->recovery) ExpireBases(now, &*next->recovery);
        });
    if (!expired || *expired) return expired;
  }
  return CareForBases(table);
}

// The table may go once its last backup holds it.
Result<bool> Recovery::EndTable(const TablePtr& table) {
  if (auto made = backups_->CreateLast(*table); !made) {
    return Unexpected<Status>(std::move(made).error());
  }
  auto ended = ChangeClaimed(*table, [](TableDefinition* next) { next->recovery.reset(); });
  if (ended && *ended) database_->jobs().Wake(*table);
  return ended;
}

Result<bool> Recovery::CareForBases(const TablePtr& table) {
  if (!measures_ || MakingOf(*table)) return false;
  const int64_t now = database_->clock().NowMicros();
  const RecoveryBase& last = table->recovery->bases.back();
  auto logged = LogBytesSince(database_->engine(), *table, last.first_shard, last.position);
  if (!logged) return Unexpected<Status>(std::move(logged).error());
  const int64_t grown = static_cast<int64_t>(*logged) - last.logged;
  const bool old = now - last.made_micros >= options_.base_micros;
  const EngineStats stats = database_->engine().Stats();
  const bool room = !stats.log_alarm;
  // What is gained has to be worth a base.
  const auto worth = static_cast<int64_t>(stats.log_limit_bytes / 100);
  if (!room && table->recovery->bases.size() > 1) return MoveUp(table);
  if (grown >= std::max(last.bytes, options_.log_bytes) || (!room && grown > worth)) {
    return BeginOnNewShards(table);
  }
  if (!old) return false;
  auto changed = HasRecordsAfter(database_->engine(), *table, last.position);
  if (!changed) return Unexpected<Status>(std::move(changed).error());
  if (*changed) return BeginOnNewShards(table);
  // It is as good as a new one.
  const uint64_t first_shard = FirstOpenShard(table->log);
  logged = LogBytesSince(database_->engine(), *table, first_shard, last.position);
  if (!logged) return Unexpected<Status>(std::move(logged).error());
  auto noted = ChangeTableAndWait(database_->catalog(), *table,
                                  [now, folder = last.folder, first_shard,
                                   before = static_cast<int64_t>(*logged)](TableDefinition* next) {
                                    if (!next->recovery || next->recovery->bases.empty()) return;
                                    RecoveryBase& base = next->recovery->bases.back();
                                    if (base.folder != folder) return;
                                    base.made_micros = now;
                                    base.first_shard = first_shard;
                                    base.logged = before;
                                  });
  if (!noted) return Unexpected<Status>(std::move(noted).error());
  return true;
}

// The records from before the base are in shards of their own, which can go one day.
Result<bool> Recovery::BeginOnNewShards(const TablePtr& table) {
  auto rolled = ChangeTableAndWait(database_->catalog(), *table,
                                   [&clock = database_->clock()](TableDefinition* next) {
                                     if (next->log.active())
                                       RollShards(clock.NowMicros(), &next->log);
                                   });
  if (!rolled) return Unexpected<Status>(std::move(rolled).error());
  const TablePtr current = database_->catalog().FindById(table->id);
  if (current == nullptr || !IsSameRecovery(*current, *table)) return false;
  Begin(current);
  return true;
}

// Logs are near their limit: the oldest base goes, and the earliest time with it.
Result<bool> Recovery::MoveUp(const TablePtr& table) {
  auto changed = ChangeClaimed(
      *table, [oldest = table->recovery->bases.front().folder](TableDefinition* next) {
        if (!next->recovery) return;
        auto& bases = next->recovery->bases;
        if (bases.size() < 2 || bases.front().folder != oldest) return;
        bases.erase(bases.begin());
        int64_t& first = next->recovery->first_micros;
        first = std::max(first, bases.front().made_micros);
      });
  if (!changed || !*changed) return changed;
  Report(EventLevel::kWarning, "the logs of changes are near their limit: table " + table->name +
                                   " can no more be restored to its earliest times");
  return true;
}

Result<void> Recovery::RemoveFolders() {
  auto folders = space_->Folders();
  if (!folders) return Unexpected<Status>(std::move(folders).error());
  std::erase_if(*folders,
                [](const std::string& name) { return !name.starts_with(kBaseFolderPrefix); });
  if (folders->empty()) return {};
  std::set<std::string> needed;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [id, base] : making_) needed.insert(base->folder);
  }
  for (const TablePtr& table : database_->catalog().All()) {
    if (table->restore) needed.insert(table->restore->image);
    for (const TableExport& one : table->exports) needed.insert(one.image);
    if (!table->recovery) continue;
    for (const RecoveryBase& base : table->recovery->bases) needed.insert(base.folder);
  }
  for (const std::string& folder : *folders) {
    if (needed.contains(folder)) continue;
    if (auto removed = space_->RemoveFolder(folder); !removed) return removed;
  }
  return {};
}

}  // namespace stator
