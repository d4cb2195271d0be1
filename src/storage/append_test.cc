// Decision::appends: records of a log whose keys the engine completes.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <thread>

#include "base/bytes.h"
#include "storage/engine_test_util.h"
#include "storage/format.h"

namespace stator {
namespace {

// The time of day is set by hand.
class SetClock final : public Clock {
 public:
  int64_t NowMicros() const override { return now; }
  int64_t MonotonicMicros() const override { return SystemClock().MonotonicMicros(); }
  std::atomic<int64_t> now{1'000'000};
};

class AppendTest : public EveryEngine {
 protected:
  AppendTest() { options_.clock = &clock_; }
  ~AppendTest() override { engine_.reset(); }

  SetClock clock_;
  EngineOptions options_;
};

struct Stamp {
  uint64_t position = 0;
  uint16_t place = 0;
  auto operator<=>(const Stamp&) const = default;
};

Stamp StampOf(std::string_view key) {
  Stamp stamp;
  ByteReader reader(key.substr(key.size() - kAppendStampBytes));
  EXPECT_TRUE(reader.ReadU64(&stamp.position) && reader.ReadU16(&stamp.place));
  return stamp;
}

CommitRequest AppendRequest(std::vector<Append> appends) {
  Decision decision;
  decision.commit = true;
  decision.appends = std::move(appends);
  CommitRequest request;
  request.decide = Always(std::move(decision));
  return request;
}

uint64_t AppendNow(Engine& engine, std::vector<Append> appends) {
  const CommitResult result = CommitNow(engine, AppendRequest(std::move(appends)));
  EXPECT_EQ(result.outcome, CommitOutcome::kCommitted) << result.status.message;
  return result.position;
}

TEST_P(AppendTest, KeysHoldPositionAndPlace) {
  Open(options_);
  EXPECT_EQ(AppendNow(engine(), {{"x/", "1"}, {"y/", "2"}, {"x/", "3"}}), 1'000'000u);
  clock_.now += 500;
  EXPECT_EQ(AppendNow(engine(), {{"x/", "4"}}), 1'000'500u);

  const Entries x = ScanNow(engine(), {.begin = "x/", .end = "x0"});
  ASSERT_EQ(x.size(), 3u);
  EXPECT_EQ(x[0].second + x[1].second + x[2].second, "134");
  EXPECT_EQ(StampOf(x[0].first), (Stamp{1'000'000, 0}));
  EXPECT_EQ(StampOf(x[1].first), (Stamp{1'000'000, 2}));
  EXPECT_EQ(StampOf(x[2].first), (Stamp{1'000'500, 0}));
  const Entries y = ScanNow(engine(), {.begin = "y/", .end = "y0"});
  ASSERT_EQ(y.size(), 1u);
  EXPECT_EQ(StampOf(y[0].first), (Stamp{1'000'000, 1}));
}

// Also of one that another commit of the same group writes again.
TEST_P(AppendTest, ARecordMayEndWithWhatAMutationPuts) {
  Open(options_);
  std::vector<std::future<CommitResult>> commits;
  for (int i = 0; i < 100; ++i) {
    CommitRequest request = AppendRequest({});
    Decision decision;
    decision.commit = true;
    decision.mutations = {{"gone", std::nullopt}, {"item", std::to_string(i)}};
    decision.appends = {{"x/", "of x: ", 1}, {"\x20log", "of a log: ", 1}, {"\x20log", "whole"}};
    request.decide = Always(std::move(decision));
    commits.push_back(CommitAsync(engine(), std::move(request)));
  }
  for (auto& commit : commits) EXPECT_EQ(commit.get().outcome, CommitOutcome::kCommitted);
  const auto check = [&] {
    const Entries x = ScanNow(engine(), {.begin = "x/", .end = "x0"});
    const Entries log = ScanNow(engine(), {.begin = "\x20log", .end = "\x20loh"});
    ASSERT_EQ(x.size(), 100u);
    ASSERT_EQ(log.size(), 200u);
    for (size_t i = 0; i < 100; ++i) {
      EXPECT_EQ(x[i].second, "of x: " + std::to_string(i));
      EXPECT_EQ(log[2 * i].second, "of a log: " + std::to_string(i));
      EXPECT_EQ(log[2 * i + 1].second, "whole");
    }
  };
  check();
  if (!durable()) return;
  Open(options_);
  check();
}

TEST_P(AppendTest, PositionsAscendWhateverTheClockDoes) {
  Open(options_);
  const uint64_t first = AppendNow(engine(), {{"x/", "1"}});
  EXPECT_EQ(AppendNow(engine(), {{"x/", "2"}}), first + 1);
  clock_.now -= 900'000;
  EXPECT_EQ(AppendNow(engine(), {{"x/", "3"}}), first + 2);
  if (!durable()) return;
  Open(options_);
  EXPECT_EQ(AppendNow(engine(), {{"x/", "4"}}), first + 3);
}

TEST_P(AppendTest, ARefusalAppendsNothing) {
  Open(options_);
  CommitRequest request = AppendRequest({{"x/", "1"}});
  request.decide = [](const CommitView&) {
    Decision decision;
    decision.appends = {{"x/", "1"}};
    return decision;
  };
  EXPECT_EQ(CommitNow(engine(), std::move(request)).outcome, CommitOutcome::kRefused);
  CommitRequest guarded = AppendRequest({{"x/", "1"}});
  guarded.guards = {{"g", 3}};
  EXPECT_EQ(CommitNow(engine(), std::move(guarded)).outcome, CommitOutcome::kGuardChanged);
  EXPECT_TRUE(ScanNow(engine(), {.begin = "x/", .end = "x0"}).empty());
}

// The log of a key is the history of its values, and a reader that follows it misses nothing.
TEST_P(AppendTest, RecordsAreInTheOrderOfCommits) {
  Open(options_);
  constexpr int kThreads = 4, kCommits = 300, kKeys = 3;
  std::atomic<int> running{kThreads};
  std::vector<std::thread> writers;
  for (int t = 0; t < kThreads; ++t) {
    writers.emplace_back([&, t] {
      for (int i = 0; i < kCommits; ++i) {
        const std::string key = "k" + std::to_string((t + i) % kKeys);
        CommitRequest request;
        request.keys = {key};
        request.decide = [key](const CommitView& view) {
          const int n = view.values[0] ? std::stoi(std::string(*view.values[0])) : 0;
          Decision decision = Write({{key, std::to_string(n + 1)}});
          decision.appends = {{"log/", key + "=" + std::to_string(n + 1)}};
          return decision;
        };
        ASSERT_EQ(CommitNow(engine(), std::move(request)).outcome, CommitOutcome::kCommitted);
      }
      running.fetch_sub(1);
    });
  }
  std::string from = "log/";
  std::map<std::string, int> seen;
  size_t records = 0;
  const auto follow = [&] {
    for (const auto& [key, value] : ScanNow(engine(), {.begin = from, .end = "log0"})) {
      const size_t sign = value.find('=');
      EXPECT_EQ(std::stoi(value.substr(sign + 1)), ++seen[value.substr(0, sign)]);
      from = key + '\0';
      ++records;
    }
  };
  while (running.load() > 0) follow();
  for (std::thread& writer : writers) writer.join();
  follow();
  EXPECT_EQ(records, size_t{kThreads * kCommits});
}

INSTANTIATE_TEST_SUITE_P(Engines, AppendTest,
                         ::testing::Values(EngineKind::kMemory, EngineKind::kRocks),
                         [](const auto& info) {
                           return info.param == EngineKind::kMemory ? "Memory" : "Rocks";
                         });

}  // namespace
}  // namespace stator
