// What every engine promises (storage/engine.h) when many call at once.

#include <gtest/gtest.h>

#include <charconv>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/random.h"
#include "storage/engine.h"
#include "storage/engine_test_util.h"

namespace stator {
namespace {

using std::chrono::steady_clock;

int64_t ToInt(std::string_view digits) {
  int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

int64_t MillisSince(steady_clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - start).count();
}

void InThreads(int n, const std::function<void(int)>& body) {
  std::vector<std::thread> threads;
  for (int t = 0; t < n; ++t) threads.emplace_back([&body, t] { body(t); });
  for (std::thread& thread : threads) thread.join();
}

class EngineConcurrencyTest : public EveryEngine {
 protected:
  int Rounds(int in_memory) const { return durable() ? in_memory / 4 : in_memory; }
};

TEST_P(EngineConcurrencyTest, HotCounterAndHotKeyLoseNoIncrement) {
  Open();
  const int threads = 64, rounds = Rounds(100);
  InThreads(threads, [&](int t) {
    for (int i = 0; i < rounds; ++i) {
      CommitRequest request;
      request.keys = {"hot", "own" + std::to_string(t)};
      request.decide = [&](const CommitView& view) {
        const int64_t hot = view.values[0] ? ToInt(*view.values[0]) : 0;
        const int64_t own = view.values[1] ? ToInt(*view.values[1]) : 0;
        Decision decision = Write({{"hot", std::to_string(hot + 1)},
                                   {"own" + std::to_string(t), std::to_string(own + 1)}});
        decision.counters = {{"counter", {1, 10}}};
        return decision;
      };
      ASSERT_EQ(CommitNow(engine(), std::move(request)).outcome, CommitOutcome::kCommitted);
    }
  });
  EXPECT_EQ(GetOne(engine(), "hot"), std::to_string(threads * rounds));
  EXPECT_EQ(GetOne(engine(), "own63"), std::to_string(rounds));
  EXPECT_EQ(engine().ReadCounter("counter").value().count, threads * rounds);
  EXPECT_EQ(engine().ReadCounter("counter").value().bytes, threads * rounds * 10);
  EXPECT_LT(engine().Stats().commit_groups, engine().Stats().commits);
}

// Blind writers and declared writers of the same keys: a declared writer never loses a blind write.
TEST_P(EngineConcurrencyTest, BlindWritesAreNotLost) {
  Open();
  const int rounds = Rounds(400);
  // The value is a count of declared writes since the last blind write, and that write's number.
  InThreads(4, [&](int t) {
    for (int i = 0; i < rounds; ++i) {
      CommitRequest request;
      if (t == 0) {
        request.decide = Always(Write({{"k", std::to_string(i)}, {"last", std::to_string(i)}}));
      } else {
        request.keys = {"k", "last"};
        request.decide = [](const CommitView& view) {
          EXPECT_EQ(view.values[0], view.values[1]);
          return Write({{"k", std::string(view.values[1].value_or("none"))},
                        {"last", std::string(view.values[1].value_or("none"))}});
        };
      }
      ASSERT_EQ(CommitNow(engine(), std::move(request)).outcome, CommitOutcome::kCommitted);
    }
  });
  EXPECT_EQ(GetOne(engine(), "k"), std::to_string(rounds - 1));
}

// Money moves between accounts while the sum is read by all means of reading.
TEST_P(EngineConcurrencyTest, TransfersKeepTheSum) {
  Open();
  constexpr int kAccounts = 8, kEach = 100;
  const auto account = [](uint64_t i) { return "account" + std::to_string(i); };
  std::vector<std::string> all;
  for (int i = 0; i < kAccounts; ++i) {
    all.push_back(account(i));
    Put(engine(), all.back(), std::to_string(kEach));
  }
  std::atomic<int> moved{0}, conflicts{0};
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  for (int r = 0; r < 3; ++r) {
    readers.emplace_back([&, r] {
      while (!stop) {
        int64_t sum = 0;
        if (r == 0) {
          for (auto& [key, value] : ScanNow(engine(), {})) sum += ToInt(value);
        } else if (r == 1) {
          for (auto& value : GetNow(engine(), {.keys = all}).values) sum += ToInt(*value);
        } else {
          GetAnswer answer = GetNow(engine(), {.keys = all, .transaction = true});
          if (answer.error) continue;
          for (auto& value : answer.values) sum += ToInt(*value);
        }
        ASSERT_EQ(sum, kAccounts * kEach);
      }
    });
  }
  const int rounds = Rounds(800);
  InThreads(4, [&](int t) {
    SeededRandom random(t);
    for (int i = 0; i < rounds; ++i) {
      const uint64_t from = random.Uniform(kAccounts);
      const uint64_t to = (from + 1 + random.Uniform(kAccounts - 1)) % kAccounts;
      CommitRequest request;
      request.kind = random.OneIn(2) ? CommitKind::kTransaction : CommitKind::kSingle;
      request.keys = {account(from), account(to)};
      const int64_t amount = static_cast<int64_t>(random.Uniform(30));
      request.decide = [&](const CommitView& view) {
        const int64_t a = ToInt(*view.values[0]), b = ToInt(*view.values[1]);
        if (a < amount) return Decision{};
        return Write({{account(from), std::to_string(a - amount)},
                      {account(to), std::to_string(b + amount)}});
      };
      const CommitResult result = CommitNow(engine(), std::move(request));
      if (result.outcome == CommitOutcome::kCommitted) {
        ++moved;
      } else if (result.outcome == CommitOutcome::kConflict) {
        ++conflicts;
      } else {
        ASSERT_EQ(result.outcome, CommitOutcome::kRefused) << result.status.message;
      }
    }
  });
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_GT(moved.load(), rounds);
}

// Each reader of a register sees its writes in their order, and none older than what was reported.
TEST_P(EngineConcurrencyTest, ReadsAreNeverOlderThanWhatWasReported) {
  Open();
  Put(engine(), "register", "0");
  std::atomic<int64_t> reported{0};
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  for (int r = 0; r < 3; ++r) {
    readers.emplace_back([&, r] {
      int64_t last = 0;
      while (!stop) {
        const int64_t floor = std::max(last, reported.load());
        int64_t seen = 0;
        if (r == 0) {
          seen = ToInt(*GetOne(engine(), "register"));
        } else if (r == 1) {
          seen = ToInt(ScanNow(engine(), {.reverse = true}).at(0).second);
        } else {
          CommitRequest request;  // a refusal is a read, too
          request.keys = {"register"};
          request.decide = [&](const CommitView& view) {
            seen = ToInt(*view.values[0]);
            return Decision{};
          };
          ASSERT_EQ(CommitNow(engine(), std::move(request)).outcome, CommitOutcome::kRefused);
          // Durable when it is reported: plain reads show it from now on.
          EXPECT_GE(ToInt(*GetOne(engine(), "register")), seen);
        }
        ASSERT_GE(seen, floor);
        last = seen;
      }
    });
  }
  for (int i = 1; i <= Rounds(2000); ++i) {
    Put(engine(), "register", std::to_string(i));
    reported = i;
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
}

// A definition changes under writers: once the bump is reported, nothing decided before it is to
// come.
TEST_P(EngineConcurrencyTest, GuardChangeEndsWhatWasDecidedBeforeIt) {
  Open();
  std::atomic<uint64_t> epoch{0};
  std::atomic<bool> stop{false};
  std::vector<std::thread> writers;
  std::atomic<int> changed{0}, committed{0};
  for (int t = 0; t < 4; ++t) {
    writers.emplace_back([&, t] {
      for (int i = 0; !stop; ++i) {
        const uint64_t mine = epoch.load();
        CommitRequest request = PutRequest("k" + std::to_string(t), std::to_string(mine));
        request.guards = {{"epoch", mine}};
        if (i % 3 == 0) request.kind = CommitKind::kTransaction;
        const CommitResult result = CommitNow(engine(), std::move(request));
        if (result.outcome == CommitOutcome::kCommitted) {
          ++committed;
        } else {
          ASSERT_EQ(result.outcome, CommitOutcome::kGuardChanged);
          ++changed;
        }
      }
    });
  }
  for (uint64_t next = 1; next <= static_cast<uint64_t>(Rounds(200)); ++next) {
    CommitRequest bump;
    bump.guards = {{"epoch", next - 1}};
    bump.decide = [next](const CommitView&) {
      Decision decision;
      decision.commit = true;
      decision.guards = {{"epoch", next}};
      return decision;
    };
    const int before = committed.load();
    ASSERT_EQ(CommitNow(engine(), std::move(bump)).outcome, CommitOutcome::kCommitted);
    // No one writes now: all still carry the old epoch.
    const Entries base = ScanNow(engine(), {.begin = "k", .end = "k~"});
    std::this_thread::sleep_for(std::chrono::microseconds(200));
    ASSERT_EQ(ScanNow(engine(), {.begin = "k", .end = "k~"}), base);
    epoch = next;
    for (int i = 0; i < 1000 && committed.load() == before; ++i) std::this_thread::yield();
  }
  stop = true;
  for (std::thread& writer : writers) writer.join();
  EXPECT_GT(changed.load(), 0);
  EXPECT_GT(committed.load(), 0);
}

// With the clock and the threads of production.
TEST_P(EngineConcurrencyTest, ConflictsTakeTheTimeTheyShould) {
  EngineOptions options;
  options.commit_delay_micros = 2'000'000;
  options.conflict_wait_micros = 50'000;
  Open(options);
  CommitRequest request = PutRequest("a", "1");
  request.kind = CommitKind::kTransaction;
  const auto start = steady_clock::now();
  auto transaction = CommitAsync(engine(), std::move(request));
  const CommitResult single = CommitNow(engine(), PutRequest("a", "2"));
  EXPECT_EQ(single.outcome, CommitOutcome::kConflict);
  EXPECT_EQ(single.conflicts, (std::vector<size_t>{0}));
  EXPECT_GE(MillisSince(start), 50);
  EXPECT_FALSE(IsReady(transaction));
  CommitRequest other = PutRequest("a", "3");
  other.kind = CommitKind::kTransaction;
  EXPECT_EQ(CommitNow(engine(), std::move(other)).outcome, CommitOutcome::kConflict);
  const auto read = GetNow(engine(), {.keys = {"a"}, .transaction = true});
  ASSERT_TRUE(read.error);
  EXPECT_EQ(read.error->code, StatusCode::kConflict);
  EXPECT_EQ(transaction.get().outcome, CommitOutcome::kCommitted);
  EXPECT_GE(MillisSince(start), 2000);
  EXPECT_EQ(GetOne(engine(), "a"), "1");
}

TEST_P(EngineConcurrencyTest, SingleOutwaitsAShortTransaction) {
  EngineOptions options;
  options.commit_delay_micros = 20'000;
  options.conflict_wait_micros = 10'000'000;
  Open(options);
  CommitRequest request = PutRequest("a", "1");
  request.kind = CommitKind::kTransaction;
  auto transaction = CommitAsync(engine(), std::move(request));
  auto single = CommitAsync(engine(), PutRequest("a", "2"));
  EXPECT_EQ(transaction.get().outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(single.get().outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(GetOne(engine(), "a"), "2");
}

TEST_P(EngineConcurrencyTest, RefusalIsHeldBackUntilDurable) {
  EngineOptions options;
  options.commit_delay_micros = 100'000;
  Open(options);
  const auto start = steady_clock::now();
  auto put = CommitAsync(engine(), PutRequest("a", "1"));
  CommitRequest refusal;
  refusal.keys = {"a"};
  refusal.decide = [](const CommitView& view) {
    EXPECT_EQ(view.values[0], "1");
    return Decision{};
  };
  EXPECT_EQ(CommitNow(engine(), std::move(refusal)).outcome, CommitOutcome::kRefused);
  EXPECT_GE(MillisSince(start), 100);
  EXPECT_EQ(GetOne(engine(), "a"), "1");
}

TEST_P(EngineConcurrencyTest, OverloadIsAnsweredAndPasses) {
  EngineOptions options;
  options.max_pending_commits = 50;
  options.commit_delay_micros = 50'000;
  Open(options);
  std::atomic<int> committed{0}, overloaded{0};
  InThreads(4, [&](int t) {
    std::vector<std::future<CommitResult>> results;
    for (int i = 0; i < 100; ++i) {
      results.push_back(CommitAsync(engine(), PutRequest(std::to_string(1000 * t + i), "v")));
    }
    for (auto& result : results) {
      const CommitResult r = result.get();
      if (r.outcome == CommitOutcome::kCommitted) {
        ++committed;
      } else {
        EXPECT_EQ(r.outcome, CommitOutcome::kFailed);
        EXPECT_EQ(r.status.code, StatusCode::kOverloaded);
        ++overloaded;
      }
    }
  });
  EXPECT_GE(committed.load(), 50);
  EXPECT_GT(overloaded.load(), 0);
  EXPECT_EQ(ScanNow(engine(), {}).size(), static_cast<size_t>(committed.load()));
  Put(engine(), "after", "v");
}

// Transactions of many keys in opposite orders, over colliding stripes, come to an end.
TEST_P(EngineConcurrencyTest, LargeTransactionsDoNotDeadlock) {
  Open();
  const int rounds = Rounds(60);
  std::atomic<int> committed{0};
  InThreads(4, [&](int t) {
    for (int i = 0; i < rounds; ++i) {
      CommitRequest request;
      request.kind = CommitKind::kTransaction;
      Decision decision = Write({});
      for (int k = 0; k < 100; ++k) {
        request.keys.push_back("k" + std::to_string(t % 2 ? k : 99 - k));
        decision.mutations.push_back({request.keys.back(), std::to_string(t * 1000 + i)});
      }
      request.decide = Always(decision);
      const CommitOutcome outcome = CommitNow(engine(), std::move(request)).outcome;
      if (outcome == CommitOutcome::kCommitted) {
        ++committed;
      } else {
        ASSERT_EQ(outcome, CommitOutcome::kConflict);
      }
      const Entries entries = ScanNow(engine(), {});
      for (const auto& [key, value] : entries) ASSERT_EQ(value, entries[0].second);
    }
  });
  EXPECT_GT(committed.load(), 0);  // most meet another that runs
}

INSTANTIATE_TEST_SUITE_P(Engines, EngineConcurrencyTest,
                         ::testing::Values(EngineKind::kMemory, EngineKind::kRocks),
                         [](const auto& info) {
                           return info.param == EngineKind::kMemory ? "Memory" : "Rocks";
                         });

}  // namespace
}  // namespace stator
