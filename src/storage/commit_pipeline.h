// Conflict control, the overlay of pending writes and group commit, in one component that all
// embedded stores share.
//
// A commit is decided in the thread that submits it, while it holds the stripes of its declared
// keys. It reads them through the overlay of the writes that are ordered but not yet in the store,
// and what it decides is appended to the open group: that is its place in the order of commits, and
// there its guards are compared. A driver calls FlushOnce(), which writes the open group as one
// batch with one sync while the next group gathers, and then completes its commits. The store
// itself so shows durable state only, and plain reads need nothing of what is here.
//
// An answer that was derived from pending writes (a refusal, a changed guard) waits for the group
// of the newest of them and fails with it. If a group fails, all that was ordered after it fails
// too, and commits are refused until the store says that it recovered.
//
// The pipeline has no thread and reads no clock but the injected one, so that a simulator can drive
// it. Thread-safe, but for the functions of the driver. Completions run without any lock held.
#ifndef STATOR_STORAGE_COMMIT_PIPELINE_H_
#define STATOR_STORAGE_COMMIT_PIPELINE_H_

#include <array>
#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "storage/engine.h"
#include "storage/engine_options.h"
#include "storage/kv_store.h"
#include "storage/pending_commit.h"

namespace stator {

class CommitPipeline {
 public:
  // Runs a task on a thread that may block. Null: the submitting thread may.
  using RunBlocking = UniqueFunction<void(UniqueFunction<void()>)>;

  // REQUIRES: `store` and options.clock (not null here) outlive it.
  CommitPipeline(KvStore* store, const EngineOptions& options, RunBlocking run_blocking);
  // REQUIRES: AwaitIdle() returned.
  ~CommitPipeline();

  CommitPipeline(const CommitPipeline&) = delete;
  CommitPipeline& operator=(const CommitPipeline&) = delete;

  void Commit(CommitRequest request, CommitDone done);

  // Indexes of the keys that a running transaction holds.
  std::vector<size_t> HeldByTransactions(std::span<const std::string> keys);

  // As Engine::DropRange and Engine::Ingest; they block.
  Result<void> DropRange(std::string_view begin, std::string_view end);
  Result<void> Ingest(IngestNext& next);

  // From now on commits end in kClosed; those accepted before go on.
  void BeginClose();
  // Returns when every accepted commit has ended. REQUIRES: BeginClose() was called, the driver
  // runs.
  void AwaitIdle();
  bool Idle() const { return in_flight_.load() == 0; }

  // As Engine::LogsAreFull.
  bool LogsAreFull() const {
    return options_.log_limit_bytes != 0 &&
           log_bytes_.load(std::memory_order_relaxed) >= options_.log_limit_bytes;
  }

  // Fills the figures about commits and logs.
  void AddStats(EngineStats* stats) const;

  // ---- For the driver ----

  // Called, from any thread and without locks, when there is something for FlushOnce() (see
  // Gathered()) or when NextExpiry() became earlier. REQUIRES: called before the first commit.
  void SetWakers(UniqueFunction<void()> flush, UniqueFunction<void()> expiry);

  // Writes the open group and completes it; returns how many commits it had. Blocks on the device.
  // REQUIRES: one thread at a time calls FlushOnce() and Maintain().
  size_t FlushOnce();
  // Whether the open group has so many commits. If not, FlushOnce() is called for when it has.
  bool Gathered(size_t commits);
  size_t pending_commits() const { return pending_commits_.load(std::memory_order_relaxed); }

  // Syncs if that is due (Durability::kInterval), and tries to recover from a failed write. Blocks.
  void Maintain(int64_t now);
  std::optional<int64_t> NextMaintenance();

  // Ends the waits for transactions that last until `now` or less. Never blocks.
  void ExpireWaits(int64_t now);
  std::optional<int64_t> NextExpiry();

 private:
  struct Answer {
    PendingCommitPtr commit;
    CommitOutcome outcome;
  };
  struct Group {
    explicit Group(uint64_t id) : id(id) {}
    const uint64_t id;
    std::vector<PendingCommitPtr> commits;  // in order
    std::vector<Answer> answers;            // derived from writes of this group at the newest
    std::vector<std::pair<std::string_view, Counter>> counters;  // as they are after this group
    size_t bytes = 0;
  };
  struct Ended {
    PendingCommitPtr commit;
    CommitResult result;
  };
  // What follows from a group's end, to be done without locks.
  struct Aftermath {
    std::vector<Ended> ended;
    std::vector<PendingCommitPtr> woken;
  };
  struct StringHash {
    using is_transparent = void;
    size_t operator()(std::string_view key) const { return StableHash64(key); }
  };
  // What is cached of the store, as it is after all commits that have their place in the order.
  struct GuardEntry {
    uint64_t value;
    uint64_t group;  // that wrote it; at most durable_group_ when it is durable
  };
  struct CounterEntry {
    Counter value;
    uint64_t group;
    size_t place = 0;  // in Group::counters of that group
  };
  template <class Entry>
  using Cache = std::unordered_map<std::string, Entry, StringHash, std::equal_to<>>;
  class HeldStripes;
  struct View;
  struct Attempted;

  // commit_pipeline.cc
  ReadMode FirstMode() const { return run_blocking_ ? ReadMode::kCachedOnly : ReadMode::kMayBlock; }
  void Run(const PendingCommitPtr& commit, ReadMode mode);
  Attempted Attempt(const PendingCommitPtr& commit, ReadMode mode, bool exclusive);
  bool MeetsTransaction(const PendingCommitPtr& commit, Attempted* attempted);
  void ReadPending(const PendingCommit& commit, View* view);
  Attempted DecideAndSeal(const PendingCommitPtr& commit, View* view,
                          std::span<const std::optional<std::string_view>> stored,
                          std::unique_lock<std::mutex>* append);
  bool Overtaken(const PendingCommit& commit, const View& view) const;
  Attempted Seal(const PendingCommitPtr& commit, const View& view,
                 std::unique_lock<std::mutex>* append);
  void Append(const PendingCommitPtr& commit);
  void MarkTransaction(const PendingCommitPtr& commit);
  bool Cached(const PendingCommit& commit) const;
  void FindPosition(PendingCommit* commit) const;
  void AddCounter(const CounterDelta& counter, Group* group);
  Result<ReadEnd> Load(const PendingCommit& commit, ReadMode mode);
  std::optional<Status> Remember(const PendingCommit& commit,
                                 std::span<const std::optional<std::string_view>> stored);
  bool ForgetDurableEntries();
  void Finish(const PendingCommitPtr& commit, CommitResult result);

  // commit_flush.cc
  void Fold(const Group& group);
  void EndWritten(Aftermath* aftermath);
  void EndFailed(const WriteResult& failure, Aftermath* aftermath);
  void RemoveWrites(const Group& group);
  void Unmark(const Group& group, std::vector<PendingCommitPtr>* waiters);
  void Claim(std::vector<PendingCommitPtr> waiters, std::vector<PendingCommitPtr>* woken);
  void Carry(Aftermath aftermath);
  void ForgetDurable();
  void LookForRoom(int64_t now);

  // commit_log_size.cc
  Result<uint64_t> StoredLogBytes(std::string_view begin, std::string_view end);
  void CountLogs();
  Result<void> ForgetLogSizes(std::string_view begin, std::string_view end);
  void WatchLogs();

  KvStore* const store_;
  const EngineOptions options_;
  const Clock& clock_;
  RunBlocking run_blocking_;
  UniqueFunction<void()> wake_flush_;
  UniqueFunction<void()> wake_expiry_;

  std::unique_ptr<std::array<Stripe, kStripes>> stripes_;

  // The order of commits.
  std::mutex append_mutex_;
  std::unique_ptr<Group> open_;
  size_t wake_at_ = 1;              // commits in it
  std::unique_ptr<Group> writing_;  // null if none
  uint64_t durable_group_ = 0;      // the newest that is in the store
  Cache<GuardEntry> guards_;
  Cache<CounterEntry> counters_;
  uint64_t forgotten_ = 0;        // raised whenever an entry leaves one of the caches
  bool nearly_full_ = false;       // only what frees space is taken
  std::optional<uint64_t> position_;  // the last one given; unknown before it is needed
  std::optional<Status> broken_;  // a write failed, and the store has not recovered since
  // Raised, after the overlay was cleared, when a group fails: views read before are worth nothing.
  // Changed under append_mutex_.
  std::atomic<uint64_t> era_{0};

  // Commits that wait for a transaction, by the end of their patience. Locked last.
  std::mutex waits_mutex_;
  std::map<std::pair<int64_t, uint64_t>, PendingCommitPtr> waits_;
  uint64_t next_wait_ = 0;

  // Held while a group is written; taken before all other locks. Guards what follows.
  std::mutex flush_mutex_;
  std::vector<WriteOp> ops_;
  std::deque<std::string> encoded_;    // values that ops_ refers to
  std::optional<int64_t> sync_at_;     // set while there are writes to sync
  std::optional<int64_t> full_at_;     // set while nearly_full_: when to look again
  std::optional<int64_t> recover_at_;  // set while broken
  int log_level_ = 0;                  // what was reported last: 1 near the limit of logs, 2 at it

  std::atomic<bool> closed_{false};
  std::atomic<size_t> in_flight_{0};
  std::atomic<size_t> pending_commits_{0};
  std::atomic<size_t> pending_bytes_{0};
  std::atomic<size_t> running_transactions_{0};
  std::atomic<uint64_t> log_bytes_{0};  // of all logs, what is pending included
  std::atomic<bool> log_alarm_{false};
  std::atomic<uint64_t> committed_{0}, groups_{0}, refused_{0}, conflicts_{0}, syncs_{0};
  std::atomic<bool> writable_{true};
  DistributionRecorder group_sizes_, write_micros_;
};

}  // namespace stator

#endif  // STATOR_STORAGE_COMMIT_PIPELINE_H_
