// The half of CommitPipeline that writes groups and ends their commits.

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/bytes.h"
#include "storage/commit_pipeline.h"
#include "storage/format.h"

namespace stator {
namespace {

constexpr int64_t kRecoverEveryMicros = 1'000'000;

// Completes the keys.
void StampAppends(uint64_t position, std::vector<Append>* appends) {
  uint16_t place = 0;
  for (Append& append : *appends) {
    AppendU64(position, &append.prefix);
    AppendU16(place++, &append.prefix);
  }
}

// Which operation a commit's mutation is, whose first one is `first`; nullopt if it is none, as its
// key is written again.
std::optional<size_t> PlaceOf(const PendingCommit& commit, size_t first, size_t mutation) {
  if (commit.superseded.empty()) return first + mutation;
  if (commit.superseded[mutation]) return std::nullopt;
  const auto begin = commit.superseded.begin();
  return first + std::count(begin, begin + static_cast<ptrdiff_t>(mutation), 0);
}

// The same of an append's former value; nullopt also if the group has written the key before, as
// then it is nowhere.
std::optional<Append::Former> FormerOf(const PendingCommit& commit, size_t first,
                                       Append::Former former) {
  const std::optional<size_t> place = PlaceOf(commit, first, former.mutation);
  if (!place || commit.supersedes) return std::nullopt;
  former.mutation = *place;
  return former;
}

}  // namespace

size_t CommitPipeline::FlushOnce() {
  Aftermath aftermath;
  size_t commits = 0;
  {
    std::lock_guard flush(flush_mutex_);
    {
      std::lock_guard append(append_mutex_);
      commits = open_->commits.size();
      if (commits == 0) return 0;
      writing_ = std::move(open_);
      open_ = std::make_unique<Group>(writing_->id + 1);
    }
    if (options_.commit_delay_micros > 0) {
      std::this_thread::sleep_for(std::chrono::microseconds(options_.commit_delay_micros));
    }
    Fold(*writing_);
    const bool sync = options_.durability == Durability::kSync;
    const int64_t begin = clock_.MonotonicMicros();
    const WriteResult written = store_->Write(ops_, sync);
    write_micros_.Add(static_cast<uint64_t>(clock_.MonotonicMicros() - begin));
    group_sizes_.Add(writing_->commits.size());
    if (sync) syncs_.fetch_add(1, std::memory_order_relaxed);
    if (written.outcome == WriteOutcome::kWritten) {
      EndWritten(&aftermath);
    } else {
      EndFailed(written, &aftermath);
    }
    WatchLogs();
    ops_.clear();
    encoded_.clear();
  }
  Carry(std::move(aftermath));
  return commits;
}

bool CommitPipeline::Gathered(size_t commits) {
  std::lock_guard append(append_mutex_);
  wake_at_ = commits;
  return open_->commits.size() >= commits;
}

// Makes one batch of the group: the last write of each key, and one value per counter and guard.
void CommitPipeline::Fold(const Group& group) {
  std::unordered_map<std::string_view, uint64_t> guards;
  uint64_t position = 0;
  for (const PendingCommitPtr& commit : group.commits) {
    const Decision& decision = commit->decision;
    const size_t first = ops_.size();
    for (size_t i = 0; i < decision.mutations.size(); ++i) {
      if (!commit->superseded.empty() && commit->superseded[i]) continue;
      const Mutation& mutation = decision.mutations[i];
      ops_.push_back({mutation.key, mutation.value});
    }
    for (const Guard& guard : decision.guards) guards[guard.key] = guard.value;
    if (!decision.appends.empty()) {
      StampAppends(commit->position, &commit->decision.appends);
      for (const struct Append& append : decision.appends) {
        WriteOp op{append.prefix, append.value, decision.EndOf(append)};
        if (append.ends_with) op.end_of = PlaceOf(*commit, first, *append.ends_with);
        if (append.former) op.former = FormerOf(*commit, first, *append.former);
        ops_.push_back(op);
      }
      position = commit->position;
    }
  }
  if (position != 0) guards[kPositionKey] = position;
  for (const auto& [key, value] : guards) {
    ops_.push_back({key, encoded_.emplace_back(EncodeGuard(value))});
  }
  for (const auto& [key, counter] : group.counters) {
    ops_.push_back({key, encoded_.emplace_back(EncodeCounter(counter))});
  }
}

// REQUIRES: flush_mutex_ is held, here and below.
void CommitPipeline::EndWritten(Aftermath* aftermath) {
  std::unique_ptr<Group> group;
  {
    std::lock_guard append(append_mutex_);
    durable_group_ = writing_->id;
    group = std::move(writing_);
  }
  pending_commits_.fetch_sub(group->commits.size(), std::memory_order_relaxed);
  pending_bytes_.fetch_sub(group->bytes, std::memory_order_relaxed);
  groups_.fetch_add(1, std::memory_order_relaxed);
  if (options_.durability == Durability::kInterval && !sync_at_) {
    sync_at_ = clock_.MonotonicMicros() + options_.sync_interval_micros;
  }
  RemoveWrites(*group);
  std::vector<PendingCommitPtr> waiters;
  Unmark(*group, &waiters);
  Claim(std::move(waiters), &aftermath->woken);
  for (PendingCommitPtr& commit : group->commits) {
    const uint64_t position = commit->position;
    aftermath->ended.push_back({std::move(commit), {CommitOutcome::kCommitted, {}, {}, position}});
  }
  for (Answer& answer : group->answers) {
    CommitResult result{answer.outcome, {}, {}};
    if (answer.outcome == CommitOutcome::kGuardChanged) {
      result.status = {StatusCode::kGuardChanged, "a guard has another value"};
    }
    aftermath->ended.push_back({std::move(answer.commit), std::move(result)});
  }
}

// Ends the group that was being written, if any, as `failure` says, and all that was ordered after
// it.
void CommitPipeline::EndFailed(const WriteResult& failure, Aftermath* aftermath) {
  std::unique_ptr<Group> failed, open;
  {
    std::lock_guard append(append_mutex_);
    failed = std::move(writing_);
    open = std::move(open_);
    open_ = std::make_unique<Group>(open->id + 1);
    broken_ = failure.status;
    writable_.store(false, std::memory_order_relaxed);
    for (Stripe& stripe : *stripes_) {
      std::lock_guard lock(stripe.writes_lock);
      stripe.writes.clear();
    }
    guards_.clear();
    counters_.clear();
    ++forgotten_;
    era_.fetch_add(1);
  }
  recover_at_ = clock_.MonotonicMicros();

  const Status after{failure.status.code,
                     "a commit before this one failed: " + failure.status.message};
  std::vector<PendingCommitPtr> waiters;
  for (Group* group : {failed.get(), open.get()}) {
    if (!group) continue;
    pending_commits_.fetch_sub(group->commits.size(), std::memory_order_relaxed);
    pending_bytes_.fetch_sub(group->bytes, std::memory_order_relaxed);
    for (const PendingCommitPtr& commit : group->commits) log_bytes_.fetch_sub(commit->log_bytes);
    Unmark(*group, &waiters);
    CommitResult result{CommitOutcome::kFailed, {}, after};
    if (group == failed.get()) {
      result.status = failure.status;
      if (failure.outcome == WriteOutcome::kUnknown) result.outcome = CommitOutcome::kUnknown;
    }
    for (PendingCommitPtr& commit : group->commits) {
      aftermath->ended.push_back({std::move(commit), result});
    }
    for (Answer& answer : group->answers) {
      aftermath->ended.push_back({std::move(answer.commit), {CommitOutcome::kFailed, {}, after}});
    }
  }
  Claim(std::move(waiters), &aftermath->woken);
}

// From the overlay, but for keys that a later group wrote again.
void CommitPipeline::RemoveWrites(const Group& group) {
  for (const PendingCommitPtr& commit : group.commits) {
    for (size_t i = 0; i < commit->mutation_hashes.size(); ++i) {
      if (!commit->superseded.empty() && commit->superseded[i]) continue;
      Stripe& stripe = (*stripes_)[StripeOf(commit->mutation_hashes[i])];
      std::lock_guard lock(stripe.writes_lock);
      for (PendingWrite& write : stripe.writes) {
        if (write.owner != commit || write.index != i) continue;
        if (&write != &stripe.writes.back()) std::swap(write, stripe.writes.back());
        stripe.writes.pop_back();
        break;
      }
    }
  }
}

void CommitPipeline::Unmark(const Group& group, std::vector<PendingCommitPtr>* waiters) {
  for (const PendingCommitPtr& commit : group.commits) {
    if (commit->request.kind != CommitKind::kTransaction) continue;
    for (uint32_t index : commit->stripes) {
      Stripe& stripe = (*stripes_)[index];
      std::lock_guard lock(stripe.lock);
      std::erase_if(stripe.marks, [&](TransactionMark& mark) {
        if (mark.transaction != commit.get()) return false;
        std::move(mark.waiters.begin(), mark.waiters.end(), std::back_inserter(*waiters));
        return true;
      });
    }
    running_transactions_.fetch_sub(1);
  }
}

// Takes those of the waiters whose wait has not expired.
void CommitPipeline::Claim(std::vector<PendingCommitPtr> waiters,
                           std::vector<PendingCommitPtr>* woken) {
  if (waiters.empty()) return;
  std::lock_guard lock(waits_mutex_);
  for (PendingCommitPtr& commit : waiters) {
    auto wait = waits_.find(commit->wait_key);
    if (wait == waits_.end() || wait->second != commit) continue;
    waits_.erase(wait);
    woken->push_back(std::move(commit));
  }
}

// REQUIRES: no lock is held.
void CommitPipeline::Carry(Aftermath aftermath) {
  for (Ended& ended : aftermath.ended) Finish(ended.commit, std::move(ended.result));
  for (const PendingCommitPtr& commit : aftermath.woken) Run(commit, FirstMode());
}

void CommitPipeline::Maintain(int64_t now) {
  Aftermath aftermath;
  {
    std::lock_guard flush(flush_mutex_);
    if (sync_at_ && now >= *sync_at_) {
      sync_at_.reset();
      syncs_.fetch_add(1, std::memory_order_relaxed);
      if (Result<void> synced = store_->Sync(); !synced) {
        EndFailed({WriteOutcome::kNotWritten, std::move(synced.error())}, &aftermath);
      }
    }
    if (recover_at_ && now >= *recover_at_) {
      if (store_->Recover()) {
        recover_at_.reset();
        {
          std::lock_guard append(append_mutex_);
          broken_.reset();
        }
        LookForRoom(now);
        CountLogs();
      } else {
        recover_at_ = now + kRecoverEveryMicros;
      }
    }
    if (full_at_ && now >= *full_at_) LookForRoom(now);
  }
  Carry(std::move(aftermath));
}

// REQUIRES: flush_mutex_ is held.
void CommitPipeline::LookForRoom(int64_t now) {
  const bool full = store_->NearlyFull();
  full_at_.reset();
  if (full) full_at_ = now + kRecoverEveryMicros;
  std::lock_guard append(append_mutex_);
  nearly_full_ = full;
  writable_.store(!full && !broken_, std::memory_order_relaxed);
}

std::optional<int64_t> CommitPipeline::NextMaintenance() {
  std::lock_guard flush(flush_mutex_);
  std::optional<int64_t> next;
  for (const std::optional<int64_t>& time : {sync_at_, recover_at_, full_at_}) {
    if (time && (!next || *time < *next)) next = time;
  }
  return next;
}

Result<void> CommitPipeline::DropRange(std::string_view begin, std::string_view end) {
  Result<void> dropped = store_->PrepareDrop(begin, end);
  {
    std::lock_guard flush(flush_mutex_);
    if (dropped) dropped = ForgetLogSizes(begin, end);
    if (dropped) dropped = store_->DropRange(begin, end);
    ForgetDurable();
    if (!dropped) recover_at_ = clock_.MonotonicMicros();
  }
  if (!dropped) wake_flush_();
  return dropped;
}

Result<void> CommitPipeline::Ingest(IngestNext& next) {
  Result<void> ingested = store_->Ingest(next);
  std::lock_guard flush(flush_mutex_);
  ForgetDurable();
  return ingested;
}

// What is cached of the store's guards and counters.
void CommitPipeline::ForgetDurable() {
  std::lock_guard append(append_mutex_);
  ForgetDurableEntries();
  ++forgotten_;  // of reads that are under way, too
}

}  // namespace stator
