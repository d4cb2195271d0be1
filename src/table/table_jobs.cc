#include "table/table_jobs.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <utility>
#include <vector>

#include "table/blocking.h"
#include "table/database.h"
#include "table/layout.h"
#include "table/recovery.h"
#include "table/schema_check.h"
#include "table/token_record.h"

namespace stator {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
// Doubled with each failure in a row, up to so many.
constexpr int64_t kRetryMicros = kMicrosPerSecond;
constexpr int64_t kMaxRetryMicros = 4 * kMicrosPerSecond;
// How often to look whether the backups of a table are made.
constexpr int64_t kBackupPollMicros = kMicrosPerSecond / 20;
constexpr int64_t kTokenSweepMicros = 60 * kMicrosPerSecond;
constexpr size_t kTokensPerCommit = 500;

KeyRange OneKey(std::string key) {
  std::string end = key;
  end.push_back('\0');
  return {std::move(key), std::move(end)};
}

IndexDefinition* FindById(TableDefinition* table, uint32_t index_id) {
  for (IndexDefinition& index : table->indexes) {
    if (index.id == index_id) return &index;
  }
  return nullptr;
}

// An index that keeps its table in UPDATING.
bool HoldsTable(const IndexDefinition& index) {
  return index.status == IndexStatus::kDeleting ||
         (index.status == IndexStatus::kCreating && !index.backfilling);
}

void Activate(TableDefinition* next, uint32_t) {
  next->status = TableStatus::kActive;
  for (IndexDefinition& index : next->indexes) index.status = IndexStatus::kActive;
}

void FinishUpdate(TableDefinition* next, uint32_t) {
  next->pending = PendingChange::kNone;
  for (IndexDefinition& index : next->indexes) {
    if (index.status == IndexStatus::kUpdating) index.status = IndexStatus::kActive;
  }
  const bool held = std::any_of(next->indexes.begin(), next->indexes.end(), HoldsTable);
  if (next->status == TableStatus::kUpdating && !held) next->status = TableStatus::kActive;
}

void StartBackfill(TableDefinition* next, uint32_t index_id) {
  IndexDefinition* index = FindById(next, index_id);
  if (index != nullptr && index->status == IndexStatus::kCreating) index->backfilling = true;
  FinishUpdate(next, index_id);
}

void FinishBackfill(TableDefinition* next, uint32_t index_id) {
  IndexDefinition* index = FindById(next, index_id);
  if (index == nullptr || index->status != IndexStatus::kCreating) return;
  index->status = IndexStatus::kActive;
  index->backfilling = false;
}

void FinishTimeToLive(TableDefinition* next, uint32_t ttl_id) {
  if (next->ttl && next->ttl->id == ttl_id) next->ttl->filled = true;
}

void SettleTimeToLive(TableDefinition* next, uint32_t) {
  if (next->ttl && next->ttl->status == TimeToLiveStatus::kDisabling) {
    next->ttl.reset();
  } else if (next->ttl) {
    next->ttl->status = TimeToLiveStatus::kEnabled;
  }
}

void ForgetTimeToLive(TableDefinition* next, uint32_t ttl_id) {
  std::erase(next->dropped_ttls, ttl_id);
}

Unexpected<Status> Failed(const ApiError& error) {
  return Fail(StatusCode::kIoError, error.message.value_or("an internal error"));
}

void RemoveIndex(TableDefinition* next, uint32_t index_id) {
  std::erase_if(next->indexes, [&](const IndexDefinition& index) { return index.id == index_id; });
  PruneAttributes(next);
  FinishUpdate(next, index_id);
}

}  // namespace

TableJobs::TableJobs(Database* database) : database_(database) {}

TableJobs::~TableJobs() { Stop(); }

void TableJobs::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void TableJobs::Resume() {
  for (const TablePtr& table : database_->catalog().All()) {
    if (NextTodo(*table).task != Task::kNone) Wake(*table);
  }
  {
    std::lock_guard lock(mutex_);
    next_sweep_ = Now() + kTokenSweepMicros;
  }
  if (!database_->options().manual_jobs) thread_ = std::thread([this] { Run(); });
}

void TableJobs::Wake(const TableDefinition& table) {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    Job& job = jobs_[table.id];
    job.scope = table.scope;
    job.name = table.name;
    job.due_micros = 0;
    ++job.wakes;
  }
  wake_.notify_all();
}

int64_t TableJobs::Now() const { return database_->clock().MonotonicMicros(); }

void TableJobs::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const int64_t wait = NextDueLocked() - Now();
    if (wait > 0) {
      wake_.wait_for(lock, std::chrono::microseconds(wait));
      continue;
    }
    lock.unlock();
    RunOnce();
    lock.lock();
  }
}

int64_t TableJobs::NextDue() {
  std::lock_guard lock(mutex_);
  return NextDueLocked();
}

int64_t TableJobs::NextDueLocked() {
  const auto next = NextJob();
  return next == jobs_.end() ? next_sweep_ : std::min(next->second.due_micros, next_sweep_);
}

std::map<uint64_t, TableJobs::Job>::iterator TableJobs::NextJob() {
  return std::min_element(jobs_.begin(), jobs_.end(), [](const auto& a, const auto& b) {
    return a.second.due_micros < b.second.due_micros;
  });
}

void TableJobs::RunOnce() {
  std::unique_lock lock(mutex_);
  if (stopping_ || NextDueLocked() > Now()) return;
  const auto next = NextJob();
  if (next == jobs_.end() || next_sweep_ < next->second.due_micros) {
    lock.unlock();
    const int64_t began = Now();  // what falls due during a sweep is for the next one
    const int64_t next_sweep = ExpireTokens() ? began + kTokenSweepMicros : began;
    lock.lock();
    next_sweep_ = next_sweep;
    return;
  }
  Job* job = &next->second;
  const uint64_t wakes = job->wakes;
  const uint64_t table_id = next->first;
  lock.unlock();
  const Again again = Step(table_id, job);
  lock.lock();
  if (job->wakes != wakes) {
    job->due_micros = Now();
  } else if (again) {
    job->due_micros = *again;
  } else {
    jobs_.erase(table_id);
  }
}

TableJobs::Todo TableJobs::NextTodo(const TableDefinition& table) {
  if (table.status == TableStatus::kDeleting) return {Task::kDeleteTable};
  if (table.IsBeingFilled()) return {};
  if (table.status == TableStatus::kCreating) return {Task::kActivateTable};
  Todo backfill;
  bool finish = table.status == TableStatus::kUpdating;
  for (const IndexDefinition& index : table.indexes) {
    if (index.status == IndexStatus::kDeleting) return {Task::kDropIndex, index.id};
    if (index.status == IndexStatus::kUpdating) finish = true;
    if (index.status != IndexStatus::kCreating) continue;
    backfill = {index.backfilling ? Task::kBackfill : Task::kStartBackfill, index.id};
  }
  if (backfill.task == Task::kStartBackfill) return backfill;
  if (finish) return {Task::kFinishUpdate};
  const Todo ttl = NextTimeToLiveTodo(table);
  return ttl.task == Task::kNone ? backfill : ttl;
}

TableJobs::Todo TableJobs::NextTimeToLiveTodo(const TableDefinition& table) {
  if (!table.dropped_ttls.empty()) return {Task::kDropTimeToLive, table.dropped_ttls.front()};
  if (!table.ttl) return {};
  if (table.ttl->IsMaintained() && !table.ttl->filled)
    return {Task::kFillTimeToLive, table.ttl->id};
  if (table.ttl->status != TimeToLiveStatus::kEnabled)
    return {Task::kSettleTimeToLive, table.ttl->id};
  return {};
}

// The middle of what was measured (facts 14.1).
int64_t TableJobs::DelayMicros(const TableDefinition& table, Task task) const {
  double seconds = 0;
  switch (task) {
    case Task::kNone:
    case Task::kDropTimeToLive:
    case Task::kFillTimeToLive:
      break;
    case Task::kSettleTimeToLive:
      seconds = 2;
      break;
    case Task::kDeleteTable:
      seconds = 5;
      break;
    case Task::kActivateTable: {
      const bool has_global = !table.indexes.empty() && table.indexes.back().global;
      seconds = has_global ? 19 : 4;
      break;
    }
    case Task::kDropIndex:
      seconds = 4;
      break;
    case Task::kFinishUpdate:
      seconds = table.pending == PendingChange::kTableClass || table.pending == PendingChange::kStream ? 5 : 2;
      break;
    case Task::kStartBackfill:
      seconds = 40;
      break;
    case Task::kBackfill:
      seconds = 600;
      break;
  }
  return static_cast<int64_t>(seconds * kMicrosPerSecond *
                              database_->options().control_plane_delay_factor);
}

TableJobs::Again TableJobs::Step(uint64_t table_id, Job* job) {
  TablePtr table;
  {
    // Names and scope are written by Wake, with the same values each time.
    std::unique_lock lock(mutex_);
    const Scope scope = job->scope;
    const std::string name = job->name;
    lock.unlock();
    table = database_->catalog().Find(scope, name);
  }
  if (table == nullptr || table->id != table_id) return std::nullopt;
  const Todo todo = NextTodo(*table);
  if (todo.task == Task::kNone) return std::nullopt;
  if (todo != job->todo) {
    job->todo = todo;
    job->not_before_micros = Now() + DelayMicros(*table, todo.task);
  }
  if (Now() < job->not_before_micros) return job->not_before_micros;
  return Perform(table, job);
}

TableJobs::Again TableJobs::Perform(const TablePtr& table, Job* job) {
  const uint32_t index_id = job->todo.index_id;
  Result<void> done;
  switch (job->todo.task) {
    case Task::kNone:
      break;
    case Task::kDeleteTable: {
      // What was promised to be backed up stays until it is, also over restarts.
      auto needed = IsBeingBackedUp(*table);
      if (needed && *needed) return Now() + kBackupPollMicros;
      done = needed ? DeleteTable(*table) : Unexpected<Status>(std::move(needed).error());
      break;
    }
    case Task::kActivateTable:
      done = Change(*table, &Activate, index_id);
      break;
    case Task::kDropIndex:
      job->backfill.reset();
      done = DropIndex(*table, index_id);
      break;
    case Task::kFinishUpdate:
      done = Change(*table, &FinishUpdate, index_id);
      break;
    case Task::kStartBackfill:
      done = Change(*table, &StartBackfill, index_id);
      break;
    case Task::kDropTimeToLive:
      job->backfill.reset();
      done = DropTimeToLive(*table, index_id);
      break;
    case Task::kSettleTimeToLive:
      done = Change(*table, &SettleTimeToLive, index_id);
      break;
    case Task::kFillTimeToLive:
    case Task::kBackfill:
      return StepBackfill(table, job);
  }
  if (!done) return TryAgain(*table, job, done.error().message);
  job->failures = 0;
  return Now();
}

// Operators hear of the first failure, and ever more seldom of those that follow.
TableJobs::Again TableJobs::TryAgain(const TableDefinition& table, Job* job,
                                     const std::string& why) {
  const int64_t wait = std::min(kRetryMicros << std::min(job->failures, 10), kMaxRetryMicros);
  const auto failures = static_cast<unsigned>(++job->failures);
  if (database_->options().report && std::has_single_bit(failures)) {
    const std::string what = job->todo.task == Task::kBackfill ? "filling an index of"
                             : job->todo.task == Task::kFillTimeToLive
                                 ? "collecting what expires in"
                                 : "a change of";
    database_->options().report(EventLevel::kWarning, what + " table " + table.name + " failed (" +
                                                          std::to_string(failures) +
                                                          " in a row), and is tried again: " + why);
  }
  return Now() + wait;
}

Result<void> TableJobs::Change(const TableDefinition& table,
                               void (*change)(TableDefinition* next, uint32_t index_id),
                               uint32_t index_id) {
  return ChangeTableAndWait(
      database_->catalog(), table,
      [change, index_id](TableDefinition* next) { change(next, index_id); });
}

Result<bool> TableJobs::IsBeingBackedUp(const TableDefinition& table) {
  // With point-in-time recovery, its last backup is still to be asked for.
  if (table.recovery || IsBeingReadFrom(database_->catalog(), table.id)) return true;
  KeyRange range = TableBackupJobs(table.id);
  bool found = false;
  auto scanned = ScanAndWait(database_->engine(), {std::move(range.begin), std::move(range.end)},
                             [&found](auto, auto) {
                               found = true;
                               return false;
                             });
  if (!scanned) return Unexpected<Status>(std::move(scanned).error());
  return found;
}

// What its streams tell stays for a while (table/log_keeper.h).
Result<void> TableJobs::DeleteTable(const TableDefinition& table) {
  std::vector<KeyRange> ranges = {TableData(table.id), TimeToLiveData(table.id), TableCounters(table.id), TableBackfills(table.id),
                                  CollectionCounters(table.id), TableReaderPositions(table.id)};
  if (table.log.streams.empty()) ranges.push_back(TableRecords(table.id));
  for (KeyRange& range : ranges) {
    if (auto dropped = DropAndWait(database_->engine(), std::move(range)); !dropped) return dropped;
  }
  const uint64_t table_id = table.id;
  auto removed = ChangeAndWait(database_->catalog(), table.scope, table.name,
                               [table_id](const TableDefinition* current) -> DefinitionChange {
                                 if (current == nullptr || current->id != table_id) {
                                   return ApiFail(ErrorType::kResourceNotFound, "");
                                 }
                                 return std::optional<TableDefinition>();
                               });
  if (removed || removed.error().type == ErrorType::kResourceNotFound) return {};
  return Failed(removed.error());
}

Result<void> TableJobs::DropIndex(const TableDefinition& table, uint32_t index_id) {
  for (KeyRange range : {IndexData(table.id, index_id), OneKey(SizeCounterKey(table.id, index_id)),
                         OneKey(BackfillKey(table.id, index_id))}) {
    if (auto dropped = DropAndWait(database_->engine(), std::move(range)); !dropped) return dropped;
  }
  return Change(table, &RemoveIndex, index_id);
}

Result<void> TableJobs::DropTimeToLive(const TableDefinition& table, uint32_t ttl_id) {
  for (KeyRange range : {TimeToLiveData(table.id, ttl_id), OneKey(BackfillKey(table.id, ttl_id))}) {
    if (auto dropped = DropAndWait(database_->engine(), std::move(range)); !dropped) return dropped;
  }
  return Change(table, &ForgetTimeToLive, ttl_id);
}

TableJobs::Again TableJobs::StepBackfill(const TablePtr& table, Job* job) {
  const uint32_t index_id = job->todo.index_id;
  const bool for_index = job->todo.task == Task::kBackfill;
  const BackfillTarget target =
      for_index ? EntriesOfIndex(*table, index_id) : EntriesOfTimeToLive(*table);
  if (!job->backfill || job->backfill_index_id != index_id) {
    job->backfill.emplace(&database_->engine(), *table, index_id, database_->options().backfill);
    job->backfill_index_id = index_id;
  }
  switch (job->backfill->Step(*table, target)) {
    case BackfillOutcome::kMore:
      job->failures = 0;
      return Now();
    case BackfillOutcome::kFailed:
      return TryAgain(*table, job, "items could not be read, or entries not written");
    case BackfillOutcome::kGuardChanged:
      RefreshAndWait(database_->catalog(), table->scope, table->name);
      return Now();
    case BackfillOutcome::kFinished:
      break;
  }
  Result<void> done = DropAndWait(database_->engine(), OneKey(BackfillKey(table->id, index_id)));
  if (done) done = Change(*table, for_index ? &FinishBackfill : &FinishTimeToLive, index_id);
  if (!done) return TryAgain(*table, job, done.error().message);
  job->failures = 0;
  job->backfill.reset();
  return Now();
}

bool TableJobs::ExpireTokens() {
  const int64_t now = database_->clock().NowMicros();
  const KeyRange range = TokenExpiryUpTo(now);
  std::vector<std::string> expiry_keys;
  CommitRequest request;
  auto scanned = ScanAndWait(
      database_->engine(), {range.begin, range.end},
      [&](std::string_view key, std::string_view token_key) {
        expiry_keys.emplace_back(key);
        // Two transactions may have used one token, the second after the first expired.
        const std::string token(token_key);
        if (std::find(request.keys.begin(), request.keys.end(), token) == request.keys.end()) {
          request.keys.push_back(token);
        }
        return expiry_keys.size() < kTokensPerCommit;
      });
  if (!scanned || expiry_keys.empty()) return true;
  request.decide = [&expiry_keys, now, keys = request.keys](const CommitView& view) {
    Decision decision;
    decision.commit = true;
    for (const std::string& key : expiry_keys) decision.mutations.push_back({key, std::nullopt});
    for (size_t i = 0; i < keys.size(); ++i) {
      if (!view.values[i]) continue;
      auto record = DecodeTokenRecord(*view.values[i]);
      if (record && record->expires_micros <= now)
        decision.mutations.push_back({keys[i], std::nullopt});
    }
    return decision;
  };
  const CommitResult result = CommitAndWait(database_->engine(), std::move(request));
  return result.outcome != CommitOutcome::kCommitted || expiry_keys.size() < kTokensPerCommit;
}

}  // namespace stator
