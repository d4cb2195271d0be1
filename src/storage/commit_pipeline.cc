#include "storage/commit_pipeline.h"

#include <algorithm>

#include "storage/format.h"

namespace stator {
namespace {

// Attempts whose reads may be overtaken by blind writes before one is made that excludes them.
constexpr int kOptimisticAttempts = 2;
constexpr size_t kMaxCached = 65'536;  // guards, and as many counters

// Wraps around instead of overflowing.
int64_t Sum(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

CommitResult Answered(CommitOutcome outcome) {
  Status status{StatusCode::kGuardChanged, "a guard has another value"};
  if (outcome != CommitOutcome::kGuardChanged) status.message.clear();
  return {outcome, {}, std::move(status)};
}

CommitResult Failed(Status status) { return {CommitOutcome::kFailed, {}, std::move(status)}; }

// Hashes the declared keys and lists their stripes.
void Place(PendingCommit* commit) {
  const std::vector<std::string>& keys = commit->request.keys;
  commit->key_hashes.reserve(keys.size());
  commit->stripes.reserve(keys.size());
  for (const std::string& key : keys) {
    commit->key_hashes.push_back(StableHash64(key));
    commit->stripes.push_back(StripeOf(commit->key_hashes.back()));
  }
  std::sort(commit->stripes.begin(), commit->stripes.end());
  commit->stripes.erase(std::unique(commit->stripes.begin(), commit->stripes.end()),
                        commit->stripes.end());
}

bool HasEffect(const Decision& decision) {
  return !decision.mutations.empty() || !decision.counters.empty() || !decision.guards.empty() ||
         !decision.appends.empty();
}

// The one of that prefix, added if there is none; its hour is still to be found (FindPosition).
CounterDelta& LogSizeOf(std::string_view prefix, std::vector<CounterDelta>* sizes) {
  for (CounterDelta& size : *sizes) {
    const std::string_view record = FirstRecordOf(size.key);
    if (record.substr(0, record.size() - kAppendStampBytes) == prefix) return size;
  }
  return sizes->emplace_back(CounterDelta{LogSizeKey(prefix, 0), {}});
}

// Prepares a decision for Append(), which must be short.
void Measure(PendingCommit* commit) {
  const Decision& decision = commit->decision;
  commit->mutation_hashes.clear();
  commit->bytes = sizeof(PendingCommit);
  for (const Mutation& mutation : decision.mutations) {
    commit->mutation_hashes.push_back(StableHash64(mutation.key));
    commit->bytes += sizeof(Mutation) + mutation.key.size();
    if (mutation.value) commit->bytes += mutation.value->size();
  }
  for (const CounterDelta& counter : decision.counters) {
    commit->bytes += sizeof(CounterDelta) + counter.key.size();
  }
  commit->log_sizes.clear();
  commit->log_bytes = 0;
  for (const struct Append& append : decision.appends) {
    commit->bytes += sizeof append + append.prefix.size() + append.value.size();
    const size_t bytes = append.prefix.size() + kAppendStampBytes + append.value.size() +
                         decision.EndOf(append).size();
    commit->log_bytes += bytes;
    CounterDelta& size = LogSizeOf(append.prefix, &commit->log_sizes);
    size.delta.count += 1;
    size.delta.bytes += static_cast<int64_t>(bytes);
  }
}

}  // namespace

class CommitPipeline::HeldStripes {
 public:
  HeldStripes(std::array<Stripe, kStripes>& stripes, const Few<uint32_t>& held)
      : stripes_(stripes), held_(held) {
    for (uint32_t stripe : held_) stripes_[stripe].lock.lock();
  }
  ~HeldStripes() {
    for (uint32_t stripe : held_) stripes_[stripe].lock.unlock();
  }
  HeldStripes(const HeldStripes&) = delete;
  HeldStripes& operator=(const HeldStripes&) = delete;

 private:
  std::array<Stripe, kStripes>& stripes_;
  const Few<uint32_t>& held_;
};

// What one attempt saw.
struct CommitPipeline::View {
  uint64_t era = 0;
  uint64_t depends_on = 0;                      // the newest group a value came from
  Few<uint64_t> versions;                       // of the stripes, parallel to the declared keys
  Few<std::optional<std::string_view>> values;  // parallel to the declared keys
  Few<PendingCommitPtr> owners;                 // of values from the overlay
  Few<std::string_view> stored_keys;            // to be read from the store: keys, then counters
  Few<size_t> stored_at;                        // indexes of those keys in `values`
};

struct CommitPipeline::Attempted {
  enum class Step {
    kEnded,       // with `result`
    kWaits,       // for its group, or for a transaction: it is no longer ours
    kAgain,       // overtaken
    kLoad,        // a guard or a counter is not in the cache
    kWouldBlock,  // a key is not in the store's cache
  };
  Step step = Step::kAgain;
  CommitResult result;
  bool wake_flush = false;
  bool wake_expiry = false;

  static Attempted End(CommitResult result) { return {Step::kEnded, std::move(result)}; }
};

CommitPipeline::CommitPipeline(KvStore* store, const EngineOptions& options,
                               RunBlocking run_blocking)
    : store_(store),
      options_(options),
      clock_(*options.clock),
      run_blocking_(std::move(run_blocking)),
      wake_flush_([] {}),
      wake_expiry_([] {}),
      stripes_(std::make_unique<std::array<Stripe, kStripes>>()),
      open_(std::make_unique<Group>(1)) {
  LookForRoom(clock_.MonotonicMicros());
  CountLogs();
}

CommitPipeline::~CommitPipeline() = default;

void CommitPipeline::SetWakers(UniqueFunction<void()> flush, UniqueFunction<void()> expiry) {
  wake_flush_ = std::move(flush);
  wake_expiry_ = std::move(expiry);
}

void CommitPipeline::Commit(CommitRequest request, CommitDone done) {
  auto commit = std::make_shared<PendingCommit>();
  commit->request = std::move(request);
  commit->done = std::move(done);
  const size_t others = in_flight_.fetch_add(1);
  if (closed_.load()) {
    return Finish(commit, Failed({StatusCode::kClosed, "the engine is closing"}));
  }
  if (others >= options_.max_pending_commits ||
      pending_bytes_.load(std::memory_order_relaxed) >= options_.max_pending_bytes) {
    return Finish(commit, Failed({StatusCode::kOverloaded, "too many commits are pending"}));
  }
  Place(commit.get());
  Run(commit, FirstMode());
}

void CommitPipeline::Run(const PendingCommitPtr& commit, ReadMode mode) {
  using Step = Attempted::Step;
  for (int attempt = 0;; ++attempt) {
    Attempted attempted = Attempt(commit, mode, attempt >= kOptimisticAttempts);
    if (attempted.step == Step::kLoad) {
      Result<ReadEnd> loaded = Load(*commit, mode);
      if (!loaded) return Finish(commit, Failed(std::move(loaded.error())));
      if (*loaded == ReadEnd::kWouldBlock) attempted.step = Step::kWouldBlock;
    }
    switch (attempted.step) {
      case Step::kEnded:
        return Finish(commit, std::move(attempted.result));
      case Step::kWaits:
        if (attempted.wake_flush) wake_flush_();
        if (attempted.wake_expiry) wake_expiry_();
        return;
      case Step::kAgain:
      case Step::kLoad:
        continue;
      case Step::kWouldBlock:
        return run_blocking_([this, commit] {
          // Into the cache first, without holding the stripes; an error shows again below.
          Few<std::string_view> keys(commit->request.keys.begin(), commit->request.keys.end());
          (void)store_->ReadEach({keys.data(), keys.size()}, ReadMode::kMayBlock, [](auto) {});
          Run(commit, ReadMode::kMayBlock);
        });
    }
  }
}

CommitPipeline::Attempted CommitPipeline::Attempt(const PendingCommitPtr& commit, ReadMode mode,
                                                  bool exclusive) {
  HeldStripes held(*stripes_, commit->stripes);
  Attempted attempted;
  if (MeetsTransaction(commit, &attempted)) return attempted;

  std::unique_lock<std::mutex> append(append_mutex_, std::defer_lock);
  if (exclusive) append.lock();
  View view;
  ReadPending(*commit, &view);
  for (const std::string& key : commit->request.read_counters) view.stored_keys.push_back(key);
  if (view.stored_keys.empty()) {
    attempted = DecideAndSeal(commit, &view, {}, &append);
  } else {
    // A key that is not pending can only change by a commit that Overtaken() sees.
    Result<ReadEnd> read = store_->ReadEach(
        {view.stored_keys.data(), view.stored_keys.size()}, mode,
        [&](auto stored) { attempted = DecideAndSeal(commit, &view, stored, &append); });
    if (!read) return Attempted::End(Failed(std::move(read.error())));
    if (*read == ReadEnd::kWouldBlock) attempted.step = Attempted::Step::kWouldBlock;
  }
  return attempted;
}

// True if a running transaction holds a declared key; *attempted then says what follows.
bool CommitPipeline::MeetsTransaction(const PendingCommitPtr& commit, Attempted* attempted) {
  TransactionMark* first = nullptr;
  commit->conflicts.clear();
  for (size_t i = 0; i < commit->request.keys.size(); ++i) {
    Stripe& stripe = (*stripes_)[StripeOf(commit->key_hashes[i])];
    if (TransactionMark* mark = stripe.FindMark(commit->request.keys[i])) {
      if (!first) first = mark;
      commit->conflicts.push_back(i);
    }
  }
  if (!first) return false;

  bool wait = commit->request.kind == CommitKind::kSingle && options_.conflict_wait_micros > 0;
  if (wait) {
    const int64_t now = clock_.MonotonicMicros();
    if (!commit->wait_until) commit->wait_until = now + options_.conflict_wait_micros;
    wait = now < *commit->wait_until;
  }
  if (!wait) {
    // True at this moment whatever becomes of the transaction: there is nothing to wait for.
    *attempted = Attempted::End({CommitOutcome::kConflict,
                                 commit->conflicts,
                                 {StatusCode::kConflict, "a running transaction holds a key"}});
    return true;
  }
  attempted->step = Attempted::Step::kWaits;
  first->waiters.push_back(commit);
  std::lock_guard lock(waits_mutex_);
  commit->wait_key = {*commit->wait_until, next_wait_++};
  const auto place = waits_.emplace(commit->wait_key, commit).first;
  attempted->wake_expiry = place == waits_.begin();
  return true;
}

void CommitPipeline::ReadPending(const PendingCommit& commit, View* view) {
  view->era = era_.load();
  const std::vector<std::string>& keys = commit.request.keys;
  view->values.resize(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    Stripe& stripe = (*stripes_)[StripeOf(commit.key_hashes[i])];
    std::lock_guard lock(stripe.writes_lock);
    view->versions.push_back(stripe.version);
    const PendingWrite* write = stripe.FindWrite(commit.key_hashes[i], keys[i]);
    if (!write) {
      view->stored_keys.push_back(keys[i]);
      view->stored_at.push_back(i);
      continue;
    }
    if (const auto& value = write->mutation().value) view->values[i] = *value;
    view->depends_on = std::max(view->depends_on, write->owner->group);
    view->owners.push_back(write->owner);
  }
}

CommitPipeline::Attempted CommitPipeline::DecideAndSeal(
    const PendingCommitPtr& commit, View* view,
    std::span<const std::optional<std::string_view>> stored, std::unique_lock<std::mutex>* append) {
  for (size_t i = 0; i < view->stored_at.size(); ++i) view->values[view->stored_at[i]] = stored[i];
  Few<Counter> counters;
  for (size_t i = view->stored_at.size(); i < stored.size(); ++i) {
    Result<Counter> counter = DecodeCounter(stored[i]);
    if (!counter) return Attempted::End(Failed(std::move(counter.error())));
    counters.push_back(*counter);
  }
  if (commit->request.keys.size() > 1) {
    // What decide() is shown was there at one moment, even if the decision will have to be made
    // again.
    const bool owned = append->owns_lock();
    if (!owned) append->lock();
    const bool overtaken = Overtaken(*commit, *view);
    if (!owned) append->unlock();
    if (overtaken) return {};
  }
  commit->decision = commit->request.decide(
      CommitView{{view->values.data(), view->values.size()}, {counters.data(), counters.size()}});
  if (commit->decision.commit) Measure(commit.get());
  return Seal(commit, *view, append);
}

// Whether what was read is no longer so: a group failed, or a blind write came between (commits
// that declare these keys are kept out by the stripes). REQUIRES: append_mutex_ is held.
bool CommitPipeline::Overtaken(const PendingCommit& commit, const View& view) const {
  if (era_.load() != view.era) return true;
  for (size_t i = 0; i < view.versions.size(); ++i) {
    const Stripe& stripe = (*stripes_)[StripeOf(commit.key_hashes[i])];
    if (stripe.version != view.versions[i]) return true;
  }
  return false;
}

// Gives the commit its place in the order: appends it, or answers it as of this moment.
CommitPipeline::Attempted CommitPipeline::Seal(const PendingCommitPtr& commit, const View& view,
                                               std::unique_lock<std::mutex>* append) {
  Attempted attempted;
  if (!append->owns_lock()) append->lock();
  if (broken_) return Attempted::End(Failed(*broken_));
  if (nearly_full_ && !commit->request.frees_space && commit->decision.commit) {
    return Attempted::End(Failed({StatusCode::kNoSpace, "the disk is full: only deletes are taken"}));
  }
  const bool appends = commit->decision.commit && !commit->decision.appends.empty();
  if (appends && !commit->request.passes_on && LogsAreFull()) {
    return Attempted::End(Failed({StatusCode::kNoSpace, "the logs of changes are at their limit"}));
  }
  if (Overtaken(*commit, view)) return attempted;
  if (appends && position_) FindPosition(commit.get());
  if (!Cached(*commit)) {
    attempted.step = Attempted::Step::kLoad;
    return attempted;
  }
  uint64_t depends_on = view.depends_on;
  bool guards_hold = true;
  for (const Guard& guard : commit->request.guards) {
    const GuardEntry& entry = guards_.find(std::string_view(guard.key))->second;
    depends_on = std::max(depends_on, entry.group);
    guards_hold = guards_hold && entry.value == guard.value;
  }

  if (guards_hold && commit->decision.commit && HasEffect(commit->decision)) {
    attempted.step = Attempted::Step::kWaits;
    Append(commit);
    attempted.wake_flush = open_->commits.size() == wake_at_;
    append->unlock();
    // The stripes are still held, so the marks are there before anyone, Unmark() included, can
    // look.
    if (commit->request.kind == CommitKind::kTransaction) MarkTransaction(commit);
    return attempted;
  }
  const CommitOutcome outcome = !guards_hold              ? CommitOutcome::kGuardChanged
                                : commit->decision.commit ? CommitOutcome::kCommitted
                                                          : CommitOutcome::kRefused;
  if (depends_on > durable_group_) {
    Group& group = writing_ && writing_->id >= depends_on ? *writing_ : *open_;
    group.answers.push_back({commit, outcome});
    attempted.step = Attempted::Step::kWaits;
    return attempted;
  }
  return Attempted::End(Answered(outcome));
}

// REQUIRES: append_mutex_ is held.
void CommitPipeline::Append(const PendingCommitPtr& commit) {
  Group& group = *open_;
  commit->group = group.id;
  group.commits.push_back(commit);
  group.bytes += commit->bytes;
  pending_bytes_.fetch_add(commit->bytes, std::memory_order_relaxed);
  pending_commits_.fetch_add(1, std::memory_order_relaxed);

  const std::vector<Mutation>& mutations = commit->decision.mutations;
  for (uint32_t i = 0; i < mutations.size(); ++i) {
    const uint64_t hash = commit->mutation_hashes[i];
    Stripe& stripe = (*stripes_)[StripeOf(hash)];
    std::lock_guard lock(stripe.writes_lock);
    ++stripe.version;
    PendingWrite* write = stripe.FindWrite(hash, mutations[i].key);
    if (!write) {
      stripe.writes.push_back({hash, commit, i});
      continue;
    }
    if (write->owner->group == group.id) {
      write->owner->superseded.resize(write->owner->decision.mutations.size());
      write->owner->superseded[write->index] = 1;
      commit->supersedes = true;
    }
    write->owner = commit;
    write->index = i;
  }
  for (const Guard& guard : commit->decision.guards) {
    guards_.insert_or_assign(guard.key, GuardEntry{guard.value, group.id});
  }
  for (const CounterDelta& counter : commit->decision.counters) AddCounter(counter, &group);
  if (commit->decision.appends.empty()) return;
  position_ = commit->position;
  for (const CounterDelta& size : commit->log_sizes) AddCounter(size, &group);
  log_bytes_.fetch_add(commit->log_bytes, std::memory_order_relaxed);
}

// Which one the commit gets if it is appended now, and the hour of its records' sizes. REQUIRES:
// append_mutex_ is held until then; the last position is known.
void CommitPipeline::FindPosition(PendingCommit* commit) const {
  const auto now = static_cast<uint64_t>(std::max<int64_t>(clock_.NowMicros(), 0));
  commit->position = std::max(*position_ + 1, now);
  for (CounterDelta& size : commit->log_sizes) SetLogSizeHour(commit->position, &size.key);
}

// REQUIRES: append_mutex_ is held; the counter is cached.
void CommitPipeline::AddCounter(const CounterDelta& counter, Group* group) {
  const auto cached = counters_.find(std::string_view(counter.key));
  CounterEntry& entry = cached->second;
  entry.value.count = Sum(entry.value.count, counter.delta.count);
  entry.value.bytes = Sum(entry.value.bytes, counter.delta.bytes);
  if (entry.group != group->id) {
    entry.group = group->id;
    entry.place = group->counters.size();
    group->counters.emplace_back(cached->first, Counter{});
  }
  group->counters[entry.place].second = entry.value;
}

// REQUIRES: the stripes of the declared keys are held.
void CommitPipeline::MarkTransaction(const PendingCommitPtr& commit) {
  for (size_t i = 0; i < commit->request.keys.size(); ++i) {
    Stripe& stripe = (*stripes_)[StripeOf(commit->key_hashes[i])];
    stripe.marks.push_back({commit->request.keys[i], commit.get(), {}});
  }
  running_transactions_.fetch_add(1);
}

// Whether all guards and counters that the commit names are in the caches: once it has its place in
// the order, nothing that cannot be read may turn up. REQUIRES: append_mutex_ is held.
bool CommitPipeline::Cached(const PendingCommit& commit) const {
  for (const Guard& guard : commit.request.guards) {
    if (!guards_.contains(std::string_view(guard.key))) return false;
  }
  if (!commit.decision.commit) return true;
  const auto cached = [this](const CounterDelta& counter) {
    return counters_.contains(std::string_view(counter.key));
  };
  const std::vector<CounterDelta>&counters = commit.decision.counters, &sizes = commit.log_sizes;
  return std::all_of(counters.begin(), counters.end(), cached) &&
         std::all_of(sizes.begin(), sizes.end(), cached) &&
         (commit.decision.appends.empty() || position_.has_value());
}

// Reads the commit's guards and counters into the caches.
Result<ReadEnd> CommitPipeline::Load(const PendingCommit& commit, ReadMode mode) {
  uint64_t forgotten;
  {
    std::lock_guard lock(append_mutex_);
    forgotten = forgotten_;
  }
  Few<std::string_view> keys;
  for (const Guard& guard : commit.request.guards) keys.push_back(guard.key);
  if (commit.decision.commit) {
    for (const CounterDelta& counter : commit.decision.counters) keys.push_back(counter.key);
    for (const CounterDelta& size : commit.log_sizes) keys.push_back(size.key);
    if (!commit.decision.appends.empty()) keys.push_back(kPositionKey);
  }
  std::optional<Status> error;
  Result<ReadEnd> read = store_->Read({keys.data(), keys.size()}, nullptr, mode, [&](auto stored) {
    std::lock_guard lock(append_mutex_);
    // If an entry was forgotten meanwhile, what was read may be older than it: read again.
    if (forgotten_ != forgotten) return;
    const bool full = guards_.size() >= kMaxCached || counters_.size() >= kMaxCached;
    if (full && ForgetDurableEntries()) return;
    error = Remember(commit, stored);
  });
  if (error) return Unexpected<Status>(std::move(*error));
  return read;
}

// `stored`: of the commit's guards, then its counters and sizes of logs, then the last position if
// it appends.
// REQUIRES: append_mutex_ is held.
std::optional<Status> CommitPipeline::Remember(
    const PendingCommit& commit, std::span<const std::optional<std::string_view>> stored) {
  const std::vector<Guard>& guards = commit.request.guards;
  for (size_t i = 0; i < guards.size(); ++i) {
    Result<uint64_t> value = DecodeGuard(stored[i]);
    if (!value) return std::move(value.error());
    guards_.try_emplace(guards[i].key, GuardEntry{*value, 0});
  }
  if (!commit.decision.commit) return std::nullopt;
  size_t next = guards.size();
  for (const auto* counters : {&commit.decision.counters, &commit.log_sizes}) {
    for (const CounterDelta& counter : *counters) {
      Result<Counter> value = DecodeCounter(stored[next++]);
      if (!value) return std::move(value.error());
      counters_.try_emplace(counter.key, CounterEntry{*value, 0});
    }
  }
  if (!commit.decision.appends.empty() && !position_) {
    Result<uint64_t> position = DecodeGuard(stored.back());
    if (!position) return std::move(position.error());
    position_ = *position;
  }
  return std::nullopt;
}

void CommitPipeline::Finish(const PendingCommitPtr& commit, CommitResult result) {
  switch (result.outcome) {
    case CommitOutcome::kCommitted:
      committed_.fetch_add(1, std::memory_order_relaxed);
      break;
    case CommitOutcome::kRefused:
      refused_.fetch_add(1, std::memory_order_relaxed);
      break;
    case CommitOutcome::kConflict:
      conflicts_.fetch_add(1, std::memory_order_relaxed);
      break;
    default:
      break;
  }
  // What the caller gave goes now, on this thread, whoever still reads the commit's writes.
  commit->request.decide = nullptr;
  CommitDone done = std::move(commit->done);
  done(std::move(result));
  if (in_flight_.fetch_sub(1) == 1 && closed_.load()) in_flight_.notify_all();
}

// REQUIRES: append_mutex_ is held. True if any went.
bool CommitPipeline::ForgetDurableEntries() {
  const auto durable = [&](const auto& entry) { return entry.second.group <= durable_group_; };
  if (std::erase_if(guards_, durable) + std::erase_if(counters_, durable) == 0) return false;
  ++forgotten_;
  return true;
}

std::vector<size_t> CommitPipeline::HeldByTransactions(std::span<const std::string> keys) {
  std::vector<size_t> held;
  if (running_transactions_.load() == 0) return held;
  for (size_t i = 0; i < keys.size(); ++i) {
    Stripe& stripe = (*stripes_)[StripeOf(StableHash64(keys[i]))];
    std::lock_guard lock(stripe.lock);
    if (stripe.FindMark(keys[i])) held.push_back(i);
  }
  return held;
}

void CommitPipeline::ExpireWaits(int64_t now) {
  std::vector<PendingCommitPtr> expired;
  {
    std::lock_guard lock(waits_mutex_);
    while (!waits_.empty() && waits_.begin()->first.first <= now) {
      expired.push_back(std::move(waits_.begin()->second));
      waits_.erase(waits_.begin());
    }
  }
  for (const PendingCommitPtr& commit : expired) {
    Finish(commit, {CommitOutcome::kConflict,
                    std::move(commit->conflicts),
                    {StatusCode::kConflict, "a running transaction holds a key"}});
  }
}

std::optional<int64_t> CommitPipeline::NextExpiry() {
  std::lock_guard lock(waits_mutex_);
  if (waits_.empty()) return std::nullopt;
  return waits_.begin()->first.first;
}

void CommitPipeline::BeginClose() { closed_.store(true); }

void CommitPipeline::AwaitIdle() {
  for (size_t n = in_flight_.load(); n != 0; n = in_flight_.load()) in_flight_.wait(n);
}

void CommitPipeline::AddStats(EngineStats* stats) const {
  stats->commits = committed_.load(std::memory_order_relaxed);
  stats->commit_groups = groups_.load(std::memory_order_relaxed);
  stats->syncs = syncs_.load(std::memory_order_relaxed);
  stats->group_sizes = group_sizes_.Get();
  stats->write_micros = write_micros_.Get();
  stats->writable = writable_.load(std::memory_order_relaxed);
  stats->refused = refused_.load(std::memory_order_relaxed);
  stats->conflicts = conflicts_.load(std::memory_order_relaxed);
  stats->pending_commits = pending_commits_.load(std::memory_order_relaxed);
  stats->pending_bytes = pending_bytes_.load(std::memory_order_relaxed);
  stats->memory_bytes += stats->pending_bytes;
  stats->log_bytes = log_bytes_.load(std::memory_order_relaxed);
  stats->log_limit_bytes = options_.log_limit_bytes;
  stats->log_alarm = log_alarm_.load(std::memory_order_relaxed);
}

}  // namespace stator
