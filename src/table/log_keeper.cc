#include "table/log_keeper.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "table/blocking.h"
#include "table/database.h"
#include "table/layout.h"
#include "table/recovery.h"

namespace stator {
namespace {

constexpr int64_t kLookMicros = 1'000'000;

int64_t OpenedMicros(const LogShard& shard) { return static_cast<int64_t>(shard.id); }

}  // namespace

void LogKeeper::Start() {
  if (database_->options().manual_jobs) return;
  thread_ = std::thread([this] { Run(); });
}

void LogKeeper::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void LogKeeper::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    RunOnce();
    lock.lock();
    wake_.wait_for(lock, std::chrono::microseconds(kLookMicros), [this] { return stopping_; });
  }
}

void LogKeeper::RunOnce() {
  const int64_t monotonic = database_->clock().MonotonicMicros();
  const int64_t passed = std::max<int64_t>(monotonic - looked_micros_, 1);
  looked_micros_ = monotonic;
  for (size_t i = 0; i < since_.size(); ++i) {
    const uint64_t appends = appends_[i].exchange(0, std::memory_order_relaxed);
    since_[i] = appends * 1'000'000 / static_cast<uint64_t>(passed);
  }
  const int64_t now = database_->clock().NowMicros();
  for (const TablePtr& table : database_->catalog().All()) {
    if (!table->log.empty()) CareFor(table, now);
  }
  const int64_t horizon = now - database_->options().log.retention_micros;
  for (const TablePtr& table : database_->catalog().Dropped()) ExpireDropped(*table, horizon);
}

// Over its rate for a few seconds, not just for one.
bool LogKeeper::IsBusy(const TableDefinition& table) {
  uint64_t& rate = rates_[table.id];
  rate = (3 * rate + since_[table.id % since_.size()]) / 4;
  return rate > database_->options().log.split_rate * table.log.open_shards();
}

void LogKeeper::CareFor(const TablePtr& table, int64_t now) {
  const LogOptions& options = database_->options().log;
  const ChangeLog& log = table->log;
  if (log.active() && table->ServesData()) {
    const bool old = std::any_of(log.shards.begin(), log.shards.end(), [&](const LogShard& shard) {
      return shard.open() && OpenedMicros(shard) + options.roll_micros <= now;
    });
    const bool busy = IsBusy(*table) && 2 * log.open_shards() <= options.max_open_shards;
    if (busy) {
      rates_[table->id] = 0;
      Report("splitting the shards of table " + table->name,
             ChangeTableAndWait(
                 database_->catalog(), *table,
                 [&clock = database_->clock(), most = options.max_open_shards](
                     TableDefinition* next) { SplitShards(most, clock.NowMicros(), &next->log); }));
    } else if (old) {
      Report("rolling the shards of table " + table->name,
             ChangeTableAndWait(database_->catalog(), *table,
                                [&clock = database_->clock()](TableDefinition* next) {
                                  if (next->log.active()) RollShards(clock.NowMicros(), &next->log);
                                }));
    }
  }
  // A change of the stream that is not over yet names the stream.
  if (table->status != TableStatus::kDeleting && table->pending != PendingChange::kStream) {
    Expire(*table, now);
  }
}

// First the records, then what the definition says of them: whoever reads meanwhile finds less.
void LogKeeper::Expire(const TableDefinition& table, int64_t now) {
  const int64_t horizon = now - database_->options().log.retention_micros;
  const uint64_t kept_from = RecoveryNeedsFrom(table);
  ChangeLog log = table.log;
  std::vector<uint64_t> shards;
  if (!ExpireLog(horizon, kept_from, &log, &shards)) return;
  // What they read may have been given up meanwhile.
  if (IsBeingReadFrom(database_->catalog(), table.id)) return;
  Result<void> done;
  for (const uint64_t shard : shards) {
    if (done) done = DropAndWait(database_->engine(), ShardRecords(table.id, shard));
  }
  if (done) {
    // What has expired since, as it was closed by a change that took long, still has its records.
    done = ChangeTableAndWait(
        database_->catalog(), table, [horizon, kept_from, shards](TableDefinition* next) {
          if (next->pending == PendingChange::kStream) return;
          ChangeLog left = next->log;
          std::vector<uint64_t> gone;
          if (!ExpireLog(horizon, std::min(kept_from, RecoveryNeedsFrom(*next)), &left, &gone))
            return;
          if (gone == shards) next->log = std::move(left);
        });
  }
  Report("dropping old change records of table " + table.name, done);
}

// All at once, when no one reads it any more.
void LogKeeper::ExpireDropped(const TableDefinition& table, int64_t horizon) {
  ChangeLog log = table.log;
  std::vector<uint64_t> ignored;
  ExpireLog(horizon, UINT64_MAX, &log, &ignored);
  if (!log.streams.empty()) return;
  Result<void> done = DropAndWait(database_->engine(), TableRecords(table.id));
  if (done) {
    done = Await<Result<void>>(
        [&](auto ended) { database_->catalog().ForgetDropped(table.id, std::move(ended)); });
  }
  Report("dropping the change records of dropped table " + table.name, done);
}

void LogKeeper::Report(const std::string& what, const Result<void>& result) {
  if (result || !database_->options().report) return;
  database_->options().report(EventLevel::kWarning,
                              what + " failed, and is tried again: " + result.error().message);
}

}  // namespace stator
