#include "table/time_to_live_sweeper.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <limits>

#include "base/thread_priority.h"
#include "table/blocking.h"
#include "table/database.h"
#include "table/layout.h"
#include "table/storage_key.h"
#include "table/write_items.h"

namespace stator {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
constexpr int64_t kPollMicros = kMicrosPerSecond;
constexpr int64_t kPollMicrosPerTable = 1000;
// What is written when it has expired already comes before the position. The way there is full of
// the traces of what was deleted, so a look at all costs something: no more than a twentieth of the
// time.
constexpr int64_t kRewindMicros = 2 * kMicrosPerSecond;
constexpr int64_t kRewindShare = 20;
constexpr int64_t kRetryMicros = kMicrosPerSecond;
constexpr int64_t kMaxRetryMicros = 8 * kMicrosPerSecond;
constexpr size_t kEntriesPerScan = 500;
constexpr int64_t kDeletesPerCommit = 20;

uint64_t ExpirySecondsOf(const std::string& entry_key) {
  const auto parsed = ParseStorageKey(entry_key);
  return parsed ? parsed->expiry_seconds : 0;
}

}  // namespace

TimeToLiveSweeper::TimeToLiveSweeper(Database* database) : database_(database) {}

TimeToLiveSweeper::~TimeToLiveSweeper() { Stop(); }

void TimeToLiveSweeper::Resume() {
  if (database_->options().time_to_live.deletions_per_second == 0) return;
  for (const TablePtr& table : database_->catalog().All()) {
    if (table->ttl) Watch(*table);
  }
  if (!database_->options().manual_jobs) thread_ = std::thread([this] { Run(); });
}

void TimeToLiveSweeper::Watch(const TableDefinition& table) {
  Table watched;
  watched.scope = table.scope;
  watched.name = table.name;
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    inbox_.emplace_back(table.id, std::move(watched));
  }
  wake_.notify_all();
}

void TimeToLiveSweeper::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

TimeToLiveStats TimeToLiveSweeper::Stats() const { return {deleted_.load(), lag_micros_.load()}; }

int64_t TimeToLiveSweeper::Now() const { return database_->clock().MonotonicMicros(); }

int64_t TimeToLiveSweeper::PollMicros() const {
  return std::max(kPollMicros, kPollMicrosPerTable * static_cast<int64_t>(tables_.size()));
}

void TimeToLiveSweeper::Run() {
  BeNice(kNiceOfLongWork);
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    // A day: the longest that is sure not to overflow when it is added to a time.
    const int64_t wait = std::min(NextDueLocked() - Now(), 86'400 * kMicrosPerSecond);
    if (wait > 0) {
      wake_.wait_for(lock, std::chrono::microseconds(wait));
      continue;
    }
    lock.unlock();
    RunOnce();
    lock.lock();
  }
}

int64_t TimeToLiveSweeper::NextDue() {
  std::lock_guard lock(mutex_);
  return NextDueLocked();
}

int64_t TimeToLiveSweeper::NextDueLocked() {
  if (outcome_ || !inbox_.empty()) return 0;
  if (deleting_) return kNever;
  const auto next = NextTable();
  return next == tables_.end() ? kNever : std::max(next->second.due_micros, allowed_micros_);
}

TimeToLiveSweeper::Tables::iterator TimeToLiveSweeper::NextTable() {
  return std::min_element(tables_.begin(), tables_.end(), [](const auto& a, const auto& b) {
    return a.second.due_micros < b.second.due_micros;
  });
}

void TimeToLiveSweeper::RunOnce() {
  std::optional<Outcome> outcome;
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    TakeInbox();
    outcome = std::exchange(outcome_, std::nullopt);
    if (deleting_) return;
  }
  if (outcome) TakeOutcome(*outcome);
  if (NextDue() > Now()) return UpdateLag();
  const auto next = NextTable();
  if (!Step(next->first, &next->second)) tables_.erase(next);
  UpdateLag();
}

void TimeToLiveSweeper::TakeInbox() {
  for (auto& [id, table] : inbox_) tables_.emplace(id, std::move(table));
  inbox_.clear();
}

void TimeToLiveSweeper::TakeOutcome(const Outcome& outcome) {
  deleted_ += outcome.deleted;
  const auto table = tables_.find(outcome.table_id);
  if (table == tables_.end()) return;
  Table& watched = table->second;
  if (!outcome.error) {
    watched.failures = 0;
    return;
  }
  // One item that cannot be deleted must not keep the others: it is passed over, and found again
  // when the way begins from the beginning.
  if (watched.next - watched.batch > 1) {
    watched.one_by_one = watched.next - watched.batch;
    watched.next = watched.batch;
  }
  BackOff(&watched, *outcome.error);
}

bool TimeToLiveSweeper::Step(uint64_t table_id, Table* watched) {
  const TablePtr table = database_->catalog().Find(watched->scope, watched->name);
  if (table == nullptr || table->id != table_id || !table->ServesData() || !table->ttl ||
      !table->ttl->IsMaintained()) {
    return false;
  }
  if (watched->ttl_id != table->ttl->id) {
    watched->found.clear();
    watched->next = watched->batch = watched->one_by_one = 0;
    watched->position.clear();
    watched->ttl_id = table->ttl->id;
  }
  if (IsPaused(*table)) {
    watched->due_micros = Now() + kRetryMicros;
    return true;
  }
  const ExpiryWindow window =
      ExpiredBy(database_->clock().NowMicros(), database_->options().time_to_live.delay_micros);
  if (watched->next == watched->found.size() && !FindMore(*table, window, watched)) {
    BackOff(watched, "what has expired could not be read");
    return true;
  }
  if (watched->found.empty()) {
    watched->due_micros = Now() + PollMicros();
  } else {
    StartDeletes(table, window, watched);
  }
  return true;
}

// Its deletes would be recorded where there is no room: the engine tells operators of that.
bool TimeToLiveSweeper::IsPaused(const TableDefinition& table) const {
  return table.log.active() && database_->engine().LogsAreFull();
}

bool TimeToLiveSweeper::FindMore(const TableDefinition& table, ExpiryWindow window,
                                 Table* watched) {
  watched->found.clear();
  watched->next = watched->batch = 0;
  const KeyRange due = TimeToLiveDue(table.id, table.ttl->id, window.begin, window.end);
  const int64_t began = Now();
  const bool all = watched->position < due.begin || began >= watched->rewind_micros;
  const std::string from = all ? due.begin : watched->position;
  if (from < due.end) {
    auto scanned =
        ScanAndWait(database_->engine(), {from, due.end}, [&](std::string_view key, auto) {
          watched->found.emplace_back(key);
          return watched->found.size() < kEntriesPerScan;
        });
    if (!scanned) {
      watched->found.clear();
      return false;
    }
  }
  const int64_t ended = Now();
  if (all) watched->rewind_micros = ended + std::max(kRewindMicros, kRewindShare * (ended - began));
  if (watched->found.size() < kEntriesPerScan) {
    watched->position = std::max(from, due.end);
  } else {
    watched->position = watched->found.back();
    watched->position.push_back('\0');
  }
  return true;
}

void TimeToLiveSweeper::StartDeletes(const TablePtr& table, ExpiryWindow window, Table* watched) {
  const int64_t rate = database_->options().time_to_live.deletions_per_second;
  auto most = static_cast<size_t>(std::clamp<int64_t>(rate / 20, 1, kDeletesPerCommit));
  if (watched->one_by_one > 0) {
    most = 1;
    --watched->one_by_one;
  }
  WriteItemsRequest request;
  request.scope = table->scope;
  request.form = WriteForm::kBatch;
  watched->batch = watched->next;
  for (; watched->next < watched->found.size() && request.writes.size() < most; ++watched->next) {
    auto key = DecodeDataKey(*table, nullptr, ItemKeyOfTimeToLive(watched->found[watched->next]));
    if (!key) continue;  // `stator check` says so
    ItemWrite write;
    write.table_name = table->name;
    write.kind = WriteKind::kDelete;
    write.item = std::move(*key);
    write.actor = Actor::kTimeToLive;
    write.expired_in = window;
    request.writes.push_back(std::move(write));
  }
  const int64_t now = Now();
  const auto count = static_cast<int64_t>(request.writes.size());
  allowed_micros_ = std::max(now, allowed_micros_) + count * kMicrosPerSecond / rate;
  watched->due_micros = now;
  if (count == 0) return;
  {
    std::lock_guard lock(mutex_);
    deleting_ = true;
  }
  WriteItems(database_, std::move(request),
             [this, table](const ApiResult<WriteItemsResult>& result, const WriteItemsRequest&) {
               Outcome outcome{table->id, 0, std::nullopt};
               const bool pauses = IsPaused(*table);
               if (result) {
                 // What an item that stays has for an effect is empty.
                 outcome.deleted = static_cast<size_t>(std::count_if(
                     result->effects.begin(), result->effects.end(),
                     [](const WriteEffect& effect) { return effect.image_bytes > 0; }));
               } else if (result.error().type != ErrorType::kResourceNotFound && !pauses) {
                 outcome.error = result.error().message.value_or("an internal error");
               }
               // Under the lock: whoever is woken may end the sweeper.
               std::lock_guard lock(mutex_);
               deleting_ = false;
               outcome_ = std::move(outcome);
               wake_.notify_all();
             });
}

void TimeToLiveSweeper::BackOff(Table* watched, const std::string& why) {
  const int64_t wait = std::min(kRetryMicros << std::min(watched->failures, 10), kMaxRetryMicros);
  const auto failures = static_cast<unsigned>(++watched->failures);
  watched->due_micros = Now() + wait;
  // Operators hear of the first failure, and ever more seldom of those that follow.
  if (!database_->options().report || !std::has_single_bit(failures)) return;
  database_->options().report(EventLevel::kWarning, "deleting what has expired in table " +
                                                        watched->name + " failed (" +
                                                        std::to_string(failures) +
                                                        " in a row), and is tried again: " + why);
}

void TimeToLiveSweeper::UpdateLag() {
  const int64_t now = database_->clock().NowMicros();
  int64_t lag = 0;
  for (const auto& [id, table] : tables_) {
    if (table.next == table.found.size()) continue;
    const auto expiry = static_cast<int64_t>(ExpirySecondsOf(table.found[table.next]));
    lag = std::max(
        lag, now - expiry * kMicrosPerSecond - database_->options().time_to_live.delay_micros);
  }
  lag_micros_ = lag;
}

}  // namespace stator
