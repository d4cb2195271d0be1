// What every engine promises (storage/engine.h), one caller at a time. engine_concurrency_test.cc has the
// rest.

#include "storage/engine.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "storage/engine_test_util.h"
#include "storage/format.h"

namespace stator {
namespace {

using EngineTest = EveryEngine;

TEST_P(EngineTest, CommitShowsDeclaredKeysAndAppliesMutations) {
  Open();
  Put(engine(), "a", "1");
  CommitRequest request;
  request.keys = {"a", "b"};
  Values seen;
  request.decide = [&seen](const CommitView& view) {
    seen.clear();
    for (auto value : view.values) {
      seen.push_back(value ? std::optional<std::string>(*value) : std::nullopt);
    }
    return Write({{"a", std::nullopt}, {"b", "2"}, {"blind", "3"}});
  };
  EXPECT_EQ(CommitNow(engine(), std::move(request)).outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(seen, (Values{"1", std::nullopt}));
  EXPECT_EQ(GetNow(engine(), {.keys = {"a", "b", "blind"}}).values,
            (Values{std::nullopt, "2", "3"}));
}

TEST_P(EngineTest, LastMutationOfAKeyWins) {
  Open();
  CommitRequest request;
  request.decide = Always(Write({{"k", "1"}, {"k", std::nullopt}, {"k", "3"}}));
  EXPECT_EQ(CommitNow(engine(), std::move(request)).outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(GetOne(engine(), "k"), "3");
}

TEST_P(EngineTest, RefusalAppliesNothing) {
  Open();
  Decision refusal = Write({{"k", "1"}});
  refusal.commit = false;
  refusal.counters = {{"c", {1, 1}}};
  refusal.guards = {{"g", 7}};
  CommitRequest request;
  request.keys = {"k"};
  request.decide = Always(refusal);
  EXPECT_EQ(CommitNow(engine(), std::move(request)).outcome, CommitOutcome::kRefused);
  EXPECT_EQ(GetOne(engine(), "k"), std::nullopt);
  EXPECT_EQ(engine().ReadCounter("c").value().count, 0);
  CommitRequest guarded = PutRequest("k", "1");
  guarded.guards = {{"g", 0}};
  EXPECT_EQ(CommitNow(engine(), std::move(guarded)).outcome, CommitOutcome::kCommitted);
}

TEST_P(EngineTest, CommitWithoutEffectsSucceeds) {
  Open();
  Put(engine(), "k", "1");
  CommitRequest request;
  request.kind = CommitKind::kTransaction;
  request.keys = {"k"};
  request.decide = Always(Write({}));
  EXPECT_EQ(CommitNow(engine(), std::move(request)).outcome, CommitOutcome::kCommitted);
}

TEST_P(EngineTest, GuardsAreComparedAndChanged) {
  Open();
  const auto guarded = [&](uint64_t value) {
    CommitRequest request = PutRequest("k", std::to_string(value));
    request.guards = {{"g", value}};
    return CommitNow(engine(), std::move(request)).outcome;
  };
  EXPECT_EQ(guarded(0), CommitOutcome::kCommitted);
  EXPECT_EQ(guarded(1), CommitOutcome::kGuardChanged);

  CommitRequest bump;
  bump.guards = {{"g", 0}};
  bump.decide = [](const CommitView&) {
    Decision decision;
    decision.commit = true;
    decision.guards = {{"g", 5}};
    return decision;
  };
  EXPECT_EQ(CommitNow(engine(), std::move(bump)).outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(guarded(0), CommitOutcome::kGuardChanged);
  EXPECT_EQ(GetOne(engine(), "k"), "0");
  if (durable()) Open();
  EXPECT_EQ(guarded(0), CommitOutcome::kGuardChanged);
  EXPECT_EQ(guarded(5), CommitOutcome::kCommitted);

  // A refusal under a definition that is no longer so is no refusal.
  CommitRequest refusal;
  refusal.guards = {{"g", 0}};
  refusal.decide = Always({});
  EXPECT_EQ(CommitNow(engine(), std::move(refusal)).outcome, CommitOutcome::kGuardChanged);
}

TEST_P(EngineTest, CountersAddUpAndAreShown) {
  Open();
  for (int i = 1; i <= 10; ++i) {
    CommitRequest request;
    request.decide = [i](const CommitView&) {
      Decision decision;
      decision.commit = true;
      decision.counters = {{"c", {i, -10 * i}}, {"c", {1, 0}}};
      return decision;
    };
    ASSERT_EQ(CommitNow(engine(), std::move(request)).outcome, CommitOutcome::kCommitted);
  }
  if (durable()) Open();
  const Counter counter = engine().ReadCounter("c").value();
  EXPECT_EQ(counter.count, 65);
  EXPECT_EQ(counter.bytes, -550);

  CommitRequest request;
  request.keys = {"k"};
  request.read_counters = {"c", "never written"};
  std::vector<Counter> seen;
  request.decide = [&seen](const CommitView& view) {
    seen.assign(view.counters.begin(), view.counters.end());
    return Decision{};
  };
  EXPECT_EQ(CommitNow(engine(), std::move(request)).outcome, CommitOutcome::kRefused);
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].count, 65);
  EXPECT_EQ(seen[1].count, 0);
}

TEST_P(EngineTest, ScanHonoursBoundsDirectionAndStop) {
  Open();
  for (const char* key : {"a", "b", "c", "d"}) Put(engine(), key, std::string("v") + key);
  const auto keys = [&](ScanRequest request, size_t limit = SIZE_MAX) {
    std::string all;
    for (const auto& [key, value] : ScanNow(engine(), std::move(request), limit)) {
      EXPECT_EQ(value, "v" + key);
      all += key;
    }
    return all;
  };
  EXPECT_EQ(keys({}), "abcd");
  EXPECT_EQ(keys({.reverse = true}), "dcba");
  EXPECT_EQ(keys({.begin = "b", .end = "d"}), "bc");
  EXPECT_EQ(keys({.begin = "b", .end = "d", .reverse = true}), "cb");
  EXPECT_EQ(keys({.begin = "aa"}), "bcd");
  EXPECT_EQ(keys({.begin = "aa", .end = "cc", .reverse = true}), "cb");
  EXPECT_EQ(keys({.begin = "c", .end = "b"}), "");
  EXPECT_EQ(keys({.begin = "x"}), "");
  EXPECT_EQ(keys({}, 2), "ab");
  EXPECT_EQ(keys({.reverse = true}, 2), "dc");
}

// More than one hold of a lock, one chunk, or the bytes that a scan may visit in its caller's thread.
TEST_P(EngineTest, LongScansSeeOnePointInTime) {
  Open();
  std::map<std::string, std::string> model;
  CommitRequest fill;
  Decision decision = Write({});
  for (int i = 0; i < 3000; ++i) {
    const std::string key = "k" + std::to_string(100000 + i);
    decision.mutations.push_back({key, std::string(100, static_cast<char>('a' + i % 26))});
    model[key] = *decision.mutations.back().value;
  }
  fill.decide = Always(decision);
  ASSERT_EQ(CommitNow(engine(), std::move(fill)).outcome, CommitOutcome::kCommitted);

  for (bool reverse : {false, true}) {
    Entries expected(model.begin(), model.end());
    if (reverse) std::reverse(expected.begin(), expected.end());
    // Deletes everything from within the scan's first step.
    Entries seen;
    std::promise<void> deleted, done;
    std::shared_future<void> is_deleted = deleted.get_future().share();
    engine().Scan(
        {.reverse = reverse},
        [&](std::string_view key, std::string_view value) {
          if (seen.empty()) {
            Decision removal = Write({});
            for (const auto& [k, v] : model) removal.mutations.push_back({k, std::nullopt});
            CommitRequest request;
            request.decide = Always(removal);
            engine().Commit(std::move(request), [&](CommitResult) { deleted.set_value(); });
            is_deleted.wait();
          }
          seen.emplace_back(key, value);
          return true;
        },
        [&](Result<void> end) {
          EXPECT_TRUE(end.has_value());
          done.set_value();
        });
    done.get_future().wait();
    EXPECT_EQ(seen, expected);
    EXPECT_TRUE(ScanNow(engine(), {.reverse = reverse}).empty());
    CommitRequest again;
    again.decide = Always(decision);
    ASSERT_EQ(CommitNow(engine(), std::move(again)).outcome, CommitOutcome::kCommitted);
  }
}

TEST_P(EngineTest, SnapshotsAreStable) {
  Open();
  Put(engine(), "a", "1");
  Put(engine(), "b", "1");
  SnapshotPtr first = engine().TakeSnapshot();
  Put(engine(), "a", "2");
  SnapshotPtr second = engine().TakeSnapshot();
  CommitRequest request;
  request.decide = Always(Write({{"a", std::nullopt}, {"b", std::nullopt}, {"c", "3"}}));
  ASSERT_EQ(CommitNow(engine(), std::move(request)).outcome, CommitOutcome::kCommitted);

  EXPECT_EQ(ScanNow(engine(), {.snapshot = first}), (Entries{{"a", "1"}, {"b", "1"}}));
  EXPECT_EQ(ScanNow(engine(), {.reverse = true, .snapshot = second}),
            (Entries{{"b", "1"}, {"a", "2"}}));
  EXPECT_EQ(ScanNow(engine(), {}), (Entries{{"c", "3"}}));
  EXPECT_EQ(GetOne(engine(), "a", first), "1");
  EXPECT_EQ(GetNow(engine(), {.keys = {"a", "b", "c"}, .snapshot = second}).values,
            (Values{"2", "1", std::nullopt}));
  first.reset();
  EXPECT_EQ(GetOne(engine(), "a", second), "2");
}

TEST_P(EngineTest, DropRangeRemovesEntriesAndCounters) {
  Open();
  for (const char* key : {"a", "b", "c", "d"}) Put(engine(), key, "v");
  const auto count = [&](std::string key) {
    CommitRequest request;
    request.decide = [key](const CommitView&) {
      Decision decision;
      decision.commit = true;
      decision.counters = {{key, {3, 4}}};
      return decision;
    };
    ASSERT_EQ(CommitNow(engine(), std::move(request)).outcome, CommitOutcome::kCommitted);
  };
  count("bc");
  SnapshotPtr before = engine().TakeSnapshot();
  ASSERT_TRUE(DropNow(engine(), "b", "d").has_value());
  EXPECT_EQ(ScanNow(engine(), {}), (Entries{{"a", "v"}, {"d", "v"}}));
  EXPECT_EQ(ScanNow(engine(), {.snapshot = before}).size(), 5u);
  EXPECT_EQ(engine().ReadCounter("bc").value().count, 0);
  count("bc");  // starts again from nothing, in the caches too
  EXPECT_EQ(engine().ReadCounter("bc").value().count, 3);
  before.reset();

  ASSERT_TRUE(DropNow(engine(), "b", "").has_value());
  EXPECT_EQ(ScanNow(engine(), {}), (Entries{{"a", "v"}}));
  ASSERT_TRUE(DropNow(engine(), "b", "").has_value());
  ASSERT_TRUE(DropNow(engine(), "", "").has_value());
  EXPECT_TRUE(ScanNow(engine(), {}).empty());
  if (durable()) Open();
  EXPECT_TRUE(ScanNow(engine(), {}).empty());
}

TEST_P(EngineTest, IngestAddsToTheMap) {
  Open();
  Put(engine(), "a", "1");
  Put(engine(), "z", "1");
  Entries entries;
  for (int i = 0; i < 5000; ++i) {
    entries.emplace_back("m" + std::to_string(10000 + i), std::to_string(i));
  }
  entries.emplace_back("mc", EncodeCounter({7, 8}));
  EXPECT_EQ(engine().ReadCounter("mc").value().count, 0);
  SnapshotPtr before = engine().TakeSnapshot();
  ASSERT_TRUE(IngestNow(engine(), entries).has_value());
  EXPECT_EQ(ScanNow(engine(), {.begin = "m", .end = "n"}), entries);
  EXPECT_EQ(ScanNow(engine(), {.snapshot = before}).size(), 2u);
  EXPECT_EQ(engine().ReadCounter("mc").value().count, 7);
  before.reset();
  if (durable()) Open();
  EXPECT_EQ(ScanNow(engine(), {.begin = "m", .end = "n"}).size(), entries.size());

  ASSERT_TRUE(IngestNow(engine(), {}).has_value());
  auto unordered = IngestNow(engine(), {{"q2", ""}, {"q1", ""}});
  ASSERT_FALSE(unordered.has_value());
  EXPECT_EQ(unordered.error().code, StatusCode::kInvalidArgument);
}

// Also what was read before, and may be remembered.
TEST_P(EngineTest, GetSeesEveryKindOfChange) {
  Open();
  const auto expect = [&](const Values& values) {
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(GetOne(engine(), "ma"), values[0]);
      EXPECT_EQ(GetOne(engine(), "mb"), values[1]);
      EXPECT_EQ(GetNow(engine(), {.keys = {"ma", "mb"}}).values, values);
    }
  };
  expect({std::nullopt, std::nullopt});
  Put(engine(), "ma", "1");
  Put(engine(), "mb", "1");
  expect({"1", "1"});
  const SnapshotPtr before = engine().TakeSnapshot();
  Put(engine(), "ma", "2");
  expect({"2", "1"});
  EXPECT_EQ(GetOne(engine(), "ma", before), "1");
  CommitRequest removal;
  removal.decide = Always(Write({{"ma", std::nullopt}}));
  ASSERT_EQ(CommitNow(engine(), std::move(removal)).outcome, CommitOutcome::kCommitted);
  expect({std::nullopt, "1"});
  ASSERT_TRUE(DropNow(engine(), "m", "n").has_value());
  expect({std::nullopt, std::nullopt});
  ASSERT_TRUE(IngestNow(engine(), {{"ma", "3"}, {"mb", "3"}}).has_value());
  expect({"3", "3"});
  ASSERT_TRUE(IngestNow(engine(), {{"mb", "4"}}).has_value());
  expect({"3", "4"});
}

TEST_P(EngineTest, ClosingEndsWhatWasAccepted) {
  EngineOptions options;
  options.commit_delay_micros = 20'000;
  Open(options);
  std::vector<std::future<CommitResult>> pending;
  for (int i = 0; i < 20; ++i) {
    CommitRequest request = PutRequest("k", std::to_string(i));
    if (i % 5 == 0) request.kind = CommitKind::kTransaction;
    pending.push_back(CommitAsync(engine(), std::move(request)));
  }
  engine_.reset();
  for (auto& result : pending) {
    ASSERT_TRUE(IsReady(result));
    const CommitOutcome outcome = result.get().outcome;
    EXPECT_TRUE(outcome == CommitOutcome::kCommitted || outcome == CommitOutcome::kConflict);
  }
}

// Random commits against a plain map, with a reopen now and then.
TEST_P(EngineTest, BehavesAsAMap) {
  Open();
  SeededRandom random(17);
  std::map<std::string, std::string> model;
  std::map<std::string, int64_t> counters;
  std::map<std::string, uint64_t> guards;
  const auto any_key = [&] { return "k" + std::to_string(random.Uniform(60)); };
  const int rounds = durable() ? 1500 : 6000;
  for (int round = 0; round < rounds; ++round) {
    if (durable() && round % 500 == 250) Open();
    const std::string guard = "~g" + std::to_string(random.Uniform(3));
    const std::string counter = "~c" + std::to_string(random.Uniform(5));
    const bool stale = random.OneIn(10);
    const bool bump = random.OneIn(10);
    const bool refuse = random.OneIn(5);
    CommitRequest request;
    if (random.OneIn(4)) request.kind = CommitKind::kTransaction;
    request.guards = {{guard, guards[guard] + (stale ? 1 : 0)}};
    Values expected, seen;
    for (uint64_t i = random.Uniform(4); i > 0; --i) {
      request.keys.push_back(any_key());
      auto entry = model.find(request.keys.back());
      expected.push_back(entry == model.end() ? std::nullopt : std::optional(entry->second));
    }
    request.read_counters = {counter};
    Decision decision;
    decision.commit = !refuse;
    for (uint64_t i = random.Uniform(5); i > 0; --i) {
      decision.mutations.push_back({any_key(), std::nullopt});
      if (!random.OneIn(3)) decision.mutations.back().value = std::to_string(random.Next());
    }
    decision.counters = {{counter, {static_cast<int64_t>(random.Uniform(9)) - 4, 0}}};
    if (bump) decision.guards = {{guard, guards[guard] + 1}};
    int64_t counted = 0;
    request.decide = [&](const CommitView& view) {
      seen.clear();
      for (auto value : view.values) {
        seen.push_back(value ? std::optional<std::string>(*value) : std::nullopt);
      }
      counted = view.counters[0].count;
      return decision;
    };
    const CommitOutcome outcome = CommitNow(engine(), std::move(request)).outcome;
    EXPECT_EQ(seen, expected);
    EXPECT_EQ(counted, counters[counter]);
    if (stale) {
      ASSERT_EQ(outcome, CommitOutcome::kGuardChanged);
    } else if (refuse) {
      ASSERT_EQ(outcome, CommitOutcome::kRefused);
    } else {
      ASSERT_EQ(outcome, CommitOutcome::kCommitted);
      for (const Mutation& mutation : decision.mutations) {
        if (mutation.value) {
          model[mutation.key] = *mutation.value;
        } else {
          model.erase(mutation.key);
        }
      }
      counters[counter] += decision.counters[0].delta.count;
      if (bump) ++guards[guard];
    }
    if (round % 20 != 0) continue;
    std::string begin = any_key(), end = any_key();
    Entries range(model.lower_bound(begin), model.lower_bound(std::max(begin, end)));
    ASSERT_EQ(ScanNow(engine(), {.begin = begin, .end = end}), range);
    std::reverse(range.begin(), range.end());
    ASSERT_EQ(ScanNow(engine(), {.begin = begin, .end = end, .reverse = true}), range);
    ASSERT_EQ(engine().ReadCounter(counter).value().count, counters[counter]);
  }
}

TEST_P(EngineTest, StatsCount) {
  Open();
  Put(engine(), "a", std::string(1000, 'x'));
  CommitRequest refusal;
  refusal.decide = Always({});
  CommitNow(engine(), std::move(refusal));
  const EngineStats stats = engine().Stats();
  EXPECT_EQ(stats.commits, 1u);
  EXPECT_EQ(stats.commit_groups, 1u);
  EXPECT_EQ(stats.refused, 1u);
  EXPECT_EQ(stats.pending_commits, 0u);
  EXPECT_EQ(stats.pending_bytes, 0u);
  EXPECT_GT(stats.memory_bytes, 1000u);
}

INSTANTIATE_TEST_SUITE_P(Engines, EngineTest,
                         ::testing::Values(EngineKind::kMemory, EngineKind::kRocks),
                         [](const auto& info) {
                           return info.param == EngineKind::kMemory ? "Memory" : "Rocks";
                         });

}  // namespace
}  // namespace stator
