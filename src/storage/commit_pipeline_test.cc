// The pipeline step by step: the driver's functions are called by hand, so that every moment between the
// place of a commit in the order and its durability can be looked at.

#include "storage/commit_pipeline.h"

#include <gtest/gtest.h>

#include "storage/embedded_engine.h"
#include "storage/engine_test_util.h"
#include "storage/memory_store.h"

namespace stator {
namespace {

constexpr int64_t kWait = 50'000;

class CommitPipelineTest : public ::testing::Test {
 protected:
  CommitPipelineTest() {
    options_.clock = &clock_;
    options_.conflict_wait_micros = kWait;
    Start(std::make_unique<MemoryStore>(/*model_crashes=*/true));
  }
  void Start(std::unique_ptr<MemoryStore> store) {
    engine_.reset();
    store_ = store.get();
    engine_ = std::make_unique<EmbeddedEngine>(std::move(store), options_,
                                               EmbeddedEngine::Drive::kManual);
  }
  std::future<CommitResult> Commit(CommitRequest request) {
    return CommitAsync(*engine_, std::move(request));
  }
  CommitRequest Transaction(std::string key, std::string value) {
    CommitRequest request = PutRequest(std::move(key), std::move(value));
    request.kind = CommitKind::kTransaction;
    return request;
  }
  // Refuses, and stores what it was shown.
  CommitRequest Refusal(std::string key, std::optional<std::string>* seen) {
    CommitRequest request;
    request.keys = {std::move(key)};
    request.decide = [seen](const CommitView& view) {
      *seen = std::nullopt;
      if (view.values[0]) *seen = std::string(*view.values[0]);
      return Decision{};
    };
    return request;
  }
  CommitRequest Bump(std::string guard, uint64_t from, uint64_t to) {
    CommitRequest request;
    request.guards = {{guard, from}};
    request.decide = [guard, to](const CommitView&) {
      Decision decision;
      decision.commit = true;
      decision.guards = {{guard, to}};
      return decision;
    };
    return request;
  }
  // The next write ends so; `during` runs while it is under way.
  void FailNextWrite(WriteOutcome outcome, std::function<void()> during = [] {}) {
    store_->SetWriteFault([outcome, during](std::span<const WriteOp>) -> std::optional<WriteResult> {
      during();
      return WriteResult{outcome, {StatusCode::kNoSpace, "the device is full"}};
    });
  }
  bool Flush() { return engine_->pipeline().FlushOnce(); }
  void Maintain() { engine_->pipeline().Maintain(clock_.MonotonicMicros()); }
  std::optional<std::string> Get(std::string key) { return GetOne(*engine_, std::move(key)); }

  ManualClock clock_;
  EngineOptions options_;
  MemoryStore* store_ = nullptr;
  std::unique_ptr<EmbeddedEngine> engine_;
};

TEST_F(CommitPipelineTest, CommitsCompleteWithTheirGroup) {
  auto a = Commit(PutRequest("a", "1"));
  auto b = Commit(PutRequest("b", "1"));
  EXPECT_FALSE(IsReady(a));
  EXPECT_EQ(Get("a"), std::nullopt);  // reads see durable state only
  EXPECT_EQ(engine_->Stats().pending_commits, 2u);
  EXPECT_GT(engine_->Stats().pending_bytes, 0u);
  EXPECT_TRUE(Flush());
  EXPECT_EQ(a.get().outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(b.get().outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(Get("a"), "1");
  EXPECT_EQ(engine_->Stats().commit_groups, 1u);
  EXPECT_EQ(engine_->Stats().pending_bytes, 0u);
  EXPECT_FALSE(Flush());
}

TEST_F(CommitPipelineTest, RefusalWaitsForWhatItSaw) {
  std::optional<std::string> seen;
  auto early = Commit(Refusal("a", &seen));
  EXPECT_EQ(early.get().outcome, CommitOutcome::kRefused);  // nothing pending: at once
  EXPECT_EQ(seen, std::nullopt);

  auto put = Commit(PutRequest("a", "1"));
  auto late = Commit(Refusal("a", &seen));
  EXPECT_EQ(seen, "1");
  EXPECT_FALSE(IsReady(late));
  auto other = Commit(Refusal("b", &seen));
  EXPECT_EQ(other.get().outcome, CommitOutcome::kRefused);
  Flush();
  EXPECT_EQ(late.get().outcome, CommitOutcome::kRefused);
}

TEST_F(CommitPipelineTest, PendingDeletesAreSeenAndWaitedFor) {
  auto put = Commit(PutRequest("a", "1"));
  Flush();
  CommitRequest removal;
  removal.keys = {"a"};
  removal.decide = Always(Write({{"a", std::nullopt}}));
  auto removed = Commit(std::move(removal));
  std::optional<std::string> seen = "?";
  auto refused = Commit(Refusal("a", &seen));
  EXPECT_EQ(seen, std::nullopt);
  EXPECT_FALSE(IsReady(refused));
  Flush();
  EXPECT_EQ(refused.get().outcome, CommitOutcome::kRefused);
}

// An answer that depends on the group being written completes with that one, not with the next.
TEST_F(CommitPipelineTest, AnswersJoinTheGroupTheyDependOn) {
  auto first = Commit(PutRequest("a", "1"));
  std::future<CommitResult> refused, second;
  std::optional<std::string> seen;
  store_->SetWriteFault([&](std::span<const WriteOp>) -> std::optional<WriteResult> {
    second = Commit(PutRequest("b", "1"));
    refused = Commit(Refusal("a", &seen));
    EXPECT_FALSE(IsReady(refused));
    return std::nullopt;
  });
  Flush();
  store_->SetWriteFault(nullptr);
  EXPECT_EQ(seen, "1");
  ASSERT_TRUE(IsReady(refused));
  EXPECT_EQ(refused.get().outcome, CommitOutcome::kRefused);
  EXPECT_FALSE(IsReady(second));
  Flush();
  EXPECT_EQ(second.get().outcome, CommitOutcome::kCommitted);
}

TEST_F(CommitPipelineTest, KeyWrittenInTwoGroupsStaysPending) {
  auto first = Commit(PutRequest("a", "1"));
  std::future<CommitResult> second;
  store_->SetWriteFault([&](std::span<const WriteOp>) -> std::optional<WriteResult> {
    second = Commit(PutRequest("a", "2"));
    return std::nullopt;
  });
  Flush();
  store_->SetWriteFault(nullptr);
  EXPECT_EQ(Get("a"), "1");
  std::optional<std::string> seen;
  auto refused = Commit(Refusal("a", &seen));
  EXPECT_EQ(seen, "2");
  EXPECT_FALSE(IsReady(refused));
  Flush();
  EXPECT_EQ(Get("a"), "2");
  EXPECT_TRUE(IsReady(refused));
}

TEST_F(CommitPipelineTest, AGroupWritesEachKeyOnce) {
  for (int i = 0; i < 10; ++i) {
    CommitRequest request;
    request.keys = {"a"};
    Decision decision = Write({{"a", std::to_string(i)}});
    decision.counters = {{"c", {1, 2}}};
    decision.guards = {{"g", static_cast<uint64_t>(i)}};
    request.decide = Always(decision);
    engine_->Commit(std::move(request), [](CommitResult) {});
  }
  size_t ops = 0;
  store_->SetWriteFault([&](std::span<const WriteOp> batch) -> std::optional<WriteResult> {
    ops = batch.size();
    return std::nullopt;
  });
  Flush();
  EXPECT_EQ(ops, 3u);
  EXPECT_EQ(Get("a"), "9");
  EXPECT_EQ(engine_->ReadCounter("c").value().count, 10);
  EXPECT_EQ(engine_->ReadCounter("c").value().bytes, 20);
}

TEST_F(CommitPipelineTest, BlindWriteOvertakesADecision) {
  int calls = 0;
  std::vector<std::string> seen;
  CommitRequest request;
  request.keys = {"a"};
  request.decide = [&](const CommitView& view) {
    seen.emplace_back(view.values[0].value_or("nothing"));
    if (calls++ == 0) {
      CommitRequest blind;
      blind.decide = Always(Write({{"a", "blind"}}));
      engine_->Commit(std::move(blind), [](CommitResult) {});
    }
    return Write({{"a", "late"}});
  };
  auto late = Commit(std::move(request));
  EXPECT_EQ(seen, (std::vector<std::string>{"nothing", "blind"}));
  Flush();
  EXPECT_EQ(late.get().outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(Get("a"), "late");
}

// The same, when the blind write has even become durable before the decision was made.
TEST_F(CommitPipelineTest, DurableBlindWriteOvertakesADecision) {
  int calls = 0;
  std::string seen;
  CommitRequest request;
  request.keys = {"a"};
  request.decide = [&](const CommitView& view) {
    seen = view.values[0].value_or("nothing");
    if (calls++ == 0) {
      CommitRequest blind;
      blind.decide = Always(Write({{"a", "blind"}}));
      engine_->Commit(std::move(blind), [](CommitResult) {});
      Flush();
    }
    return Decision{};
  };
  auto refused = Commit(std::move(request));
  EXPECT_EQ(seen, "blind");
  EXPECT_EQ(refused.get().outcome, CommitOutcome::kRefused);
}

TEST_F(CommitPipelineTest, GuardChangeTakesEffectInTheOrder) {
  CommitRequest before = PutRequest("a", "1");
  before.guards = {{"g", 0}};
  auto put = Commit(std::move(before));
  auto bump = Commit(Bump("g", 0, 1));
  CommitRequest after = PutRequest("a", "2");
  after.guards = {{"g", 0}};
  auto stale = Commit(std::move(after));
  EXPECT_FALSE(IsReady(stale));  // the bump may yet fail
  CommitRequest fresh = PutRequest("a", "3");
  fresh.guards = {{"g", 1}};
  auto current = Commit(std::move(fresh));
  Flush();
  EXPECT_EQ(put.get().outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(bump.get().outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(stale.get().outcome, CommitOutcome::kGuardChanged);
  EXPECT_EQ(current.get().outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(Get("a"), "3");
  CommitRequest again = PutRequest("a", "4");
  again.guards = {{"g", 0}};
  EXPECT_EQ(Commit(std::move(again)).get().outcome, CommitOutcome::kGuardChanged);
}

TEST_F(CommitPipelineTest, FailedGuardChangeIsForgotten) {
  auto bump = Commit(Bump("g", 0, 1));
  CommitRequest request = PutRequest("a", "1");
  request.guards = {{"g", 0}};
  auto stale = Commit(std::move(request));
  FailNextWrite(WriteOutcome::kNotWritten);
  Flush();
  EXPECT_EQ(bump.get().outcome, CommitOutcome::kFailed);
  EXPECT_EQ(stale.get().outcome, CommitOutcome::kFailed);
  store_->SetWriteFault(nullptr);
  Maintain();
  CommitRequest again = PutRequest("a", "1");
  again.guards = {{"g", 0}};
  auto put = Commit(std::move(again));
  Flush();
  EXPECT_EQ(put.get().outcome, CommitOutcome::kCommitted);
}

TEST_F(CommitPipelineTest, FailureTakesAllThatFollowsWithIt) {
  Commit(PutRequest("a", "0"));
  Flush();
  Decision counted = Write({{"a", "1"}});
  counted.counters = {{"c", {1, 1}}};
  CommitRequest request;
  request.keys = {"a"};
  request.decide = Always(counted);
  auto put = Commit(std::move(request));
  std::optional<std::string> seen;
  auto refused = Commit(Refusal("a", &seen));
  std::future<CommitResult> next, late;
  FailNextWrite(WriteOutcome::kUnknown, [&] {
    next = Commit(PutRequest("b", "1"));
    late = Commit(Refusal("b", &seen));
  });
  Flush();
  const CommitResult unknown = put.get();
  EXPECT_EQ(unknown.outcome, CommitOutcome::kUnknown);
  EXPECT_EQ(unknown.status.code, StatusCode::kNoSpace);
  EXPECT_EQ(refused.get().outcome, CommitOutcome::kFailed);
  EXPECT_EQ(next.get().outcome, CommitOutcome::kFailed);
  EXPECT_EQ(late.get().outcome, CommitOutcome::kFailed);
  EXPECT_EQ(engine_->Stats().pending_commits, 0u);
  EXPECT_EQ(engine_->Stats().pending_bytes, 0u);

  // Broken until recovered: reads go on, commits do not.
  EXPECT_EQ(Get("a"), "0");
  EXPECT_EQ(Commit(PutRequest("a", "2")).get().outcome, CommitOutcome::kFailed);
  EXPECT_EQ(Commit(Refusal("a", &seen)).get().outcome, CommitOutcome::kFailed);
  store_->SetWriteFault(nullptr);
  EXPECT_TRUE(engine_->pipeline().NextMaintenance().has_value());
  Maintain();
  EXPECT_FALSE(engine_->pipeline().NextMaintenance().has_value());
  EXPECT_EQ(Commit(Refusal("a", &seen)).get().outcome, CommitOutcome::kRefused);
  EXPECT_EQ(seen, "0");
  EXPECT_EQ(engine_->ReadCounter("c").value().count, 0);
  CommitRequest again;
  again.decide = Always(counted);
  auto counted_again = Commit(std::move(again));
  Flush();
  EXPECT_EQ(counted_again.get().outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(engine_->ReadCounter("c").value().count, 1);
}

// A decision made from a view that the failure took away is made again.
TEST_F(CommitPipelineTest, FailureOvertakesADecision) {
  auto put = Commit(PutRequest("a", "1"));
  FailNextWrite(WriteOutcome::kNotWritten);
  int calls = 0;
  std::string seen;
  CommitRequest request;
  request.keys = {"a"};
  request.decide = [&](const CommitView& view) {
    seen = view.values[0].value_or("nothing");
    if (calls++ == 0) {
      Flush();
      store_->SetWriteFault(nullptr);
      Maintain();
    }
    return Decision{};
  };
  auto refused = Commit(std::move(request));
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(seen, "nothing");
  EXPECT_EQ(refused.get().outcome, CommitOutcome::kRefused);
}

TEST_F(CommitPipelineTest, CrashLosesWhatWasNotAcknowledged) {
  auto a = Commit(PutRequest("a", "1"));
  Flush();
  auto b = Commit(PutRequest("b", "1"));
  FailNextWrite(WriteOutcome::kUnknown);
  Flush();
  EXPECT_EQ(b.get().outcome, CommitOutcome::kUnknown);
  for (bool survives : {true, false}) {
    auto survivor = store_->Crash(0, survives);
    std::unique_ptr<EmbeddedEngine> after = std::make_unique<EmbeddedEngine>(
        std::move(survivor), options_, EmbeddedEngine::Drive::kManual);
    EXPECT_EQ(GetOne(*after, "a"), "1");
    EXPECT_EQ(GetOne(*after, "b").has_value(), survives);
  }
  // The engine whose store is gone ends what it is given.
  EXPECT_EQ(Commit(PutRequest("c", "1")).get().outcome, CommitOutcome::kFailed);
}

TEST_F(CommitPipelineTest, RelaxedDurabilitySyncsWhenDue) {
  options_.durability = Durability::kInterval;
  options_.sync_interval_micros = 1000;
  Start(std::make_unique<MemoryStore>(/*model_crashes=*/true));
  auto a = Commit(PutRequest("a", "1"));
  Flush();
  EXPECT_EQ(a.get().outcome, CommitOutcome::kCommitted);
  ASSERT_EQ(engine_->pipeline().NextMaintenance(), clock_.MonotonicMicros() + 1000);
  clock_.Advance(1000);
  Maintain();
  EXPECT_EQ(engine_->pipeline().NextMaintenance(), std::nullopt);
  auto b = Commit(PutRequest("b", "1"));
  Flush();
  auto c = Commit(PutRequest("a", "2"));
  Flush();
  Start(store_->Crash());
  EXPECT_EQ(Get("a"), "1");
  EXPECT_EQ(Get("b"), std::nullopt);
}

TEST_F(CommitPipelineTest, SingleWaitsForATransactionThenSucceeds) {
  auto transaction = Commit(Transaction("a", "1"));
  auto single = Commit(PutRequest("a", "2"));
  auto other = Commit(PutRequest("b", "1"));
  EXPECT_EQ(engine_->pipeline().NextExpiry(), clock_.MonotonicMicros() + kWait);
  clock_.Advance(kWait - 1);
  engine_->pipeline().ExpireWaits(clock_.MonotonicMicros());
  EXPECT_FALSE(IsReady(single));
  Flush();
  EXPECT_EQ(transaction.get().outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(other.get().outcome, CommitOutcome::kCommitted);
  EXPECT_FALSE(IsReady(single));  // decided now, not yet durable
  EXPECT_EQ(engine_->pipeline().NextExpiry(), std::nullopt);
  Flush();
  EXPECT_EQ(single.get().outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(Get("a"), "2");
}

TEST_F(CommitPipelineTest, SingleGivesUpOnATransaction) {
  auto transaction = Commit(Transaction("a", "1"));
  CommitRequest request = PutRequest("b", "2");
  request.keys = {"b", "a"};
  auto single = Commit(std::move(request));
  clock_.Advance(kWait);
  engine_->pipeline().ExpireWaits(clock_.MonotonicMicros());
  ASSERT_TRUE(IsReady(single));
  const CommitResult result = single.get();
  EXPECT_EQ(result.outcome, CommitOutcome::kConflict);
  EXPECT_EQ(result.conflicts, (std::vector<size_t>{1}));
  EXPECT_EQ(engine_->Stats().conflicts, 1u);
  Flush();
  EXPECT_EQ(Get("a"), "1");
  EXPECT_EQ(Get("b"), std::nullopt);
}

TEST_F(CommitPipelineTest, PatienceIsNotRenewedByAnotherTransaction) {
  auto first = Commit(Transaction("a", "1"));
  auto single = Commit(PutRequest("a", "2"));
  clock_.Advance(kWait / 2);
  // The next transaction takes the key in the completion of the first.
  std::future<CommitResult> second;
  CommitRequest request = Transaction("b", "1");
  engine_->Commit(std::move(request),
                  [&](CommitResult) { second = Commit(Transaction("a", "3")); });
  Flush();
  EXPECT_EQ(engine_->pipeline().NextExpiry(), clock_.MonotonicMicros() + kWait / 2);
  clock_.Advance(kWait / 2);
  engine_->pipeline().ExpireWaits(clock_.MonotonicMicros());
  EXPECT_EQ(single.get().outcome, CommitOutcome::kConflict);
}

TEST_F(CommitPipelineTest, TransactionsConflictAtOnce) {
  CommitRequest request = Transaction("a", "1");
  request.keys = {"a", "b", "c"};
  auto first = Commit(std::move(request));
  CommitRequest overlapping = Transaction("c", "2");
  overlapping.keys = {"c", "d", "a"};
  const CommitResult result = Commit(std::move(overlapping)).get();
  EXPECT_EQ(result.outcome, CommitOutcome::kConflict);
  EXPECT_EQ(result.conflicts, (std::vector<size_t>{0, 2}));
  auto apart = Commit(Transaction("d", "1"));
  // A single commit that is pending is no obstacle to a transaction.
  auto single = Commit(PutRequest("e", "1"));
  auto after = Commit(Transaction("e", "2"));

  GetAnswer held = GetNow(*engine_, {.keys = {"x", "b", "d"}, .transaction = true});
  ASSERT_TRUE(held.error.has_value());
  EXPECT_EQ(held.error->code, StatusCode::kConflict);
  EXPECT_EQ(held.conflicts, (std::vector<size_t>{1, 2}));
  EXPECT_FALSE(GetNow(*engine_, {.keys = {"b"}}).error.has_value());
  Flush();
  EXPECT_EQ(apart.get().outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(after.get().outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(GetNow(*engine_, {.keys = {"a", "e"}, .transaction = true}).values,
            (Values{"1", "2"}));
}

TEST_F(CommitPipelineTest, RefusedAndFailedTransactionsHoldNothing) {
  std::optional<std::string> seen;
  CommitRequest refusal = Refusal("a", &seen);
  refusal.kind = CommitKind::kTransaction;
  EXPECT_EQ(Commit(std::move(refusal)).get().outcome, CommitOutcome::kRefused);
  auto next = Commit(Transaction("a", "1"));
  auto single = Commit(PutRequest("a", "2"));
  FailNextWrite(WriteOutcome::kNotWritten);
  Flush();
  EXPECT_EQ(next.get().outcome, CommitOutcome::kFailed);
  EXPECT_EQ(single.get().outcome, CommitOutcome::kFailed);  // woken, and the store is broken
  store_->SetWriteFault(nullptr);
  Maintain();
  auto again = Commit(Transaction("a", "3"));
  Flush();
  EXPECT_EQ(again.get().outcome, CommitOutcome::kCommitted);
}

TEST_F(CommitPipelineTest, NoWaitIfToldSo) {
  options_.conflict_wait_micros = 0;
  Start(std::make_unique<MemoryStore>());
  auto transaction = Commit(Transaction("a", "1"));
  EXPECT_EQ(Commit(PutRequest("a", "2")).get().outcome, CommitOutcome::kConflict);
  Flush();
  EXPECT_EQ(Get("a"), "1");
}

TEST_F(CommitPipelineTest, OverloadIsRefused) {
  options_.max_pending_commits = 3;
  Start(std::make_unique<MemoryStore>());
  std::vector<std::future<CommitResult>> accepted;
  for (int i = 0; i < 3; ++i) accepted.push_back(Commit(PutRequest("k" + std::to_string(i), "v")));
  const CommitResult result = Commit(PutRequest("k3", "v")).get();
  EXPECT_EQ(result.outcome, CommitOutcome::kFailed);
  EXPECT_EQ(result.status.code, StatusCode::kOverloaded);
  Flush();
  for (auto& commit : accepted) EXPECT_EQ(commit.get().outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(Get("k3"), std::nullopt);

  options_.max_pending_bytes = 1000;
  Start(std::make_unique<MemoryStore>());
  auto large = Commit(PutRequest("a", std::string(2000, 'x')));
  EXPECT_EQ(Commit(PutRequest("b", "v")).get().status.code, StatusCode::kOverloaded);
  Flush();
  auto after = Commit(PutRequest("b", "v"));
  Flush();
  EXPECT_EQ(after.get().outcome, CommitOutcome::kCommitted);
}

TEST_F(CommitPipelineTest, ClosedRefusesCommits) {
  engine_->pipeline().BeginClose();
  const CommitResult result = Commit(PutRequest("a", "1")).get();
  EXPECT_EQ(result.outcome, CommitOutcome::kFailed);
  EXPECT_EQ(result.status.code, StatusCode::kClosed);
}

TEST_F(CommitPipelineTest, UndecodableCounterAndGuardAreReported) {
  Commit(PutRequest("bad", "not a value of the engine's"));
  Flush();
  CommitRequest guarded = PutRequest("a", "1");
  guarded.guards = {{"bad", 0}};
  EXPECT_EQ(Commit(std::move(guarded)).get().status.code, StatusCode::kCorruption);
  CommitRequest limited = PutRequest("a", "1");
  limited.read_counters = {"bad"};
  EXPECT_EQ(Commit(std::move(limited)).get().status.code, StatusCode::kCorruption);
  CommitRequest counting;
  Decision decision = Write({{"a", "1"}});
  decision.counters = {{"bad", {1, 1}}};
  counting.decide = Always(decision);
  auto counted = Commit(std::move(counting));
  Flush();
  EXPECT_EQ(counted.get().status.code, StatusCode::kCorruption);
  EXPECT_EQ(Get("a"), std::nullopt);
  EXPECT_EQ(engine_->ReadCounter("bad").error().code, StatusCode::kCorruption);
}

// The commits that share its group, or come after it, have nothing to do with it.
TEST_F(CommitPipelineTest, UndecodableCounterFailsOnlyWhoNamesIt) {
  Commit(PutRequest("bad", "not a value of the engine's"));
  Flush();
  const auto counting = [](std::string key, std::string counter) {
    CommitRequest request;
    request.keys = {key};
    Decision decision = Write({{std::move(key), "1"}});
    decision.counters = {{"good", {1, 10}}, {std::move(counter), {1, 10}}};
    request.decide = Always(std::move(decision));
    return request;
  };
  auto before = Commit(counting("a", "other"));
  auto bad = Commit(counting("b", "bad"));
  auto after = Commit(counting("c", "other"));
  Flush();
  EXPECT_EQ(before.get().outcome, CommitOutcome::kCommitted);
  const CommitResult failed = bad.get();
  EXPECT_EQ(failed.outcome, CommitOutcome::kFailed);
  EXPECT_EQ(failed.status.code, StatusCode::kCorruption);
  EXPECT_EQ(after.get().outcome, CommitOutcome::kCommitted);
  auto next = Commit(counting("d", "other"));
  Flush();
  EXPECT_EQ(next.get().outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(Get("b"), std::nullopt);
  EXPECT_EQ(engine_->ReadCounter("good")->count, 3);
  EXPECT_EQ(engine_->ReadCounter("other")->bytes, 30);
}

// Deltas of a group that is being written and of the next one.
TEST_F(CommitPipelineTest, CountersOfOverlappingGroupsAddUp) {
  const auto counting = [](int64_t n) {
    CommitRequest request;
    Decision decision;
    decision.commit = true;
    decision.counters = {{"c", {n, 0}}};
    request.decide = Always(std::move(decision));
    return request;
  };
  std::vector<std::future<CommitResult>> results;
  results.push_back(Commit(counting(1)));
  store_->SetWriteFault([&](std::span<const WriteOp> ops) -> std::optional<WriteResult> {
    EXPECT_EQ(ops.size(), 1u);
    if (results.size() == 1) {
      results.push_back(Commit(counting(10)));
      results.push_back(Commit(counting(100)));
    }
    return std::nullopt;
  });
  Flush();
  EXPECT_EQ(engine_->ReadCounter("c")->count, 1);
  Flush();
  EXPECT_EQ(engine_->ReadCounter("c")->count, 111);
  store_->SetWriteFault(nullptr);

  // What a failed group added is taken back.
  results.push_back(Commit(counting(1000)));
  FailNextWrite(WriteOutcome::kNotWritten);
  Flush();
  store_->SetWriteFault(nullptr);
  Maintain();
  results.push_back(Commit(counting(10'000)));
  Flush();
  EXPECT_EQ(engine_->ReadCounter("c")->count, 10'111);
}

}  // namespace
}  // namespace stator
