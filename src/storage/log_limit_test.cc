// The sizes of logs (EngineStats::log_bytes) and their limit.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "storage/embedded_engine.h"
#include "storage/engine_test_util.h"
#include "storage/memory_store.h"

namespace stator {
namespace {

constexpr int64_t kHour = static_cast<int64_t>(kAppendHour);

class LogLimitTest : public EveryEngine {
 protected:
  LogLimitTest() {
    options_.clock = &clock_;
    options_.report = [this](EventLevel level, const std::string& message) {
      std::lock_guard lock(mutex_);
      events_.emplace_back(level, message);
    };
  }
  ~LogLimitTest() override { engine_.reset(); }

  CommitResult Append(std::vector<struct Append> appends, bool passes_on = false) {
    CommitRequest request;
    request.passes_on = passes_on;
    request.decide = [appends = std::move(appends)](const CommitView&) {
      Decision decision = Write({{"k", "v"}});
      decision.appends = appends;
      return decision;
    };
    return CommitNow(engine(), std::move(request));
  }

  uint64_t LogBytes() { return engine().Stats().log_bytes; }

  // What is in the range, counted.
  uint64_t Count(std::string begin, std::string end) {
    uint64_t bytes = 0;
    for (const auto& [key, value] :
         ScanNow(engine(), {.begin = std::move(begin), .end = std::move(end)})) {
      bytes += key.size() + value.size();
    }
    return bytes;
  }

  std::vector<EventLevel> TakeEvents() {
    std::lock_guard lock(mutex_);
    std::vector<EventLevel> levels;
    for (const auto& [level, message] : events_) {
      if (message.find("the logs of changes") != std::string::npos) levels.push_back(level);
    }
    events_.clear();
    return levels;
  }

  ManualClock clock_;
  EngineOptions options_;
  std::mutex mutex_;
  std::vector<std::pair<EventLevel, std::string>> events_;
};

TEST_P(LogLimitTest, TheSizeIsThatOfTheRecords) {
  Open(options_);
  EXPECT_EQ(LogBytes(), 0u);
  for (int i = 0; i < 20; ++i) {
    const std::string value(static_cast<size_t>(100 * i), 'v');
    ASSERT_EQ(Append({{"x/", value}, {"y/", value}, {"x/", "2"}}).outcome,
              CommitOutcome::kCommitted);
    clock_.Advance(kHour / 4);
  }
  EXPECT_GT(LogBytes(), 30'000u);
  EXPECT_EQ(LogBytes(), Count("x/", "x0") + Count("y/", "y0"));
}

TEST_P(LogLimitTest, WhatIsDroppedCountsNoMore) {
  Open(options_);
  ASSERT_EQ(Append({{"x/", std::string(1000, 'v')}, {"y/", std::string(500, 'v')}}).outcome,
            CommitOutcome::kCommitted);
  ASSERT_TRUE(DropNow(engine(), "x/", "x0"));
  EXPECT_EQ(LogBytes(), Count("y/", "y0"));
  EXPECT_EQ(LogBytes(), 2u + kAppendStampBytes + 500);
  ASSERT_TRUE(DropNow(engine(), "x/", "x0"));  // nothing is there
  EXPECT_EQ(LogBytes(), 2u + kAppendStampBytes + 500);
  // A log that begins anew, under the same prefix and in the same hour.
  ASSERT_EQ(Append({{"x/", "1"}}).outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(LogBytes(), Count("x/", "x0") + Count("y/", "y0"));
  ASSERT_TRUE(DropNow(engine(), "x", ""));
  EXPECT_EQ(LogBytes(), 0u);
}

TEST_P(LogLimitTest, HoursCanBeDroppedByThemselves) {
  Open(options_);
  std::vector<uint64_t> positions;
  for (int i = 0; i < 10; ++i) {
    const CommitResult result = Append({{"x/", std::string(100, 'v')}});
    ASSERT_EQ(result.outcome, CommitOutcome::kCommitted);
    positions.push_back(result.position);
    clock_.Advance(kHour / 3);
  }
  // Where an hour begins, as the log spells it.
  std::string end = "x/";
  const uint64_t cutoff = positions[6] - positions[6] % kAppendHour;
  for (int shift = 56; shift >= 0; shift -= 8) end += static_cast<char>(cutoff >> shift & 0xff);
  end.append(2, '\0');
  ASSERT_TRUE(DropNow(engine(), "x/", end));
  const uint64_t left = Count("x/", "x0");
  EXPECT_GT(left, 0u);
  EXPECT_EQ(LogBytes(), left);
}

TEST_P(LogLimitTest, ARestartKnowsTheSize) {
  if (!durable()) GTEST_SKIP() << "nothing is left after the end";
  Open(options_);
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(Append({{"x/", std::string(300, 'v')}}).outcome, CommitOutcome::kCommitted);
  }
  const uint64_t before = LogBytes();
  Open(options_);
  EXPECT_EQ(LogBytes(), before);
  ASSERT_EQ(Append({{"x/", std::string(300, 'v')}}).outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(LogBytes(), Count("x/", "x0"));
  ASSERT_TRUE(DropNow(engine(), "x/", "x0"));
  Open(options_);
  EXPECT_EQ(LogBytes(), 0u);
}

TEST_P(LogLimitTest, AtTheLimitNothingIsAppended) {
  options_.log_limit_bytes = 10'000;
  Open(options_);
  EXPECT_EQ(engine().Stats().log_limit_bytes, 10'000u);
  const std::string value(1000 - 2 - kAppendStampBytes, 'v');
  for (int i = 0; i < 7; ++i) {
    ASSERT_EQ(Append({{"x/", value}}).outcome, CommitOutcome::kCommitted);
  }
  EXPECT_FALSE(engine().Stats().log_alarm);
  ASSERT_EQ(Append({{"x/", value}}).outcome, CommitOutcome::kCommitted);
  EXPECT_TRUE(engine().Stats().log_alarm);
  EXPECT_FALSE(engine().LogsAreFull());
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(Append({{"y/", value}}).outcome, CommitOutcome::kCommitted);
  }
  EXPECT_TRUE(engine().LogsAreFull());

  const CommitResult refused = Append({{"x/", "1"}});
  EXPECT_EQ(refused.outcome, CommitOutcome::kFailed);
  EXPECT_EQ(refused.status.code, StatusCode::kNoSpace);
  EXPECT_EQ(LogBytes(), 10'000u);
  Put(engine(), "k", "not recorded");  // what appends nothing goes on
  EXPECT_EQ(GetOne(engine(), "k"), "not recorded");
  EXPECT_EQ(Append({{"y/", "1"}}, /*passes_on=*/true).outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(Count("x/", "x0") + Count("y/", "y0"), LogBytes());

  ASSERT_TRUE(DropNow(engine(), "x/", "x0"));
  EXPECT_FALSE(engine().LogsAreFull());
  EXPECT_FALSE(engine().Stats().log_alarm);
  EXPECT_EQ(Append({{"x/", "1"}}).outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(TakeEvents(), (std::vector{EventLevel::kWarning, EventLevel::kError, EventLevel::kInfo,
                                       EventLevel::kInfo}));
  if (!durable()) return;
  // A smaller limit is met at once.
  options_.log_limit_bytes = 1000;
  Open(options_);
  EXPECT_TRUE(engine().LogsAreFull());
  EXPECT_EQ(TakeEvents(), (std::vector{EventLevel::kError}));
  options_.log_limit_bytes = 0;
  Open(options_);
  EXPECT_EQ(Append({{"x/", "1"}}).outcome, CommitOutcome::kCommitted);
}

INSTANTIATE_TEST_SUITE_P(Engines, LogLimitTest,
                         ::testing::Values(EngineKind::kMemory, EngineKind::kRocks),
                         [](const auto& info) {
                           return info.param == EngineKind::kMemory ? "Memory" : "Rocks";
                         });

CommitRequest AppendRequest() {
  CommitRequest request;
  request.decide = [](const CommitView&) {
    Decision decision;
    decision.commit = true;
    decision.appends = {{"x/", std::string(100, 'v')}};
    return decision;
  };
  return request;
}

TEST(LogSizeTest, WhatFailedIsNotCounted) {
  for (const WriteOutcome outcome : {WriteOutcome::kNotWritten, WriteOutcome::kUnknown}) {
    auto owned = std::make_unique<MemoryStore>();
    MemoryStore* store = owned.get();
    EmbeddedEngine engine(std::move(owned), EngineOptions{});
    ASSERT_EQ(CommitNow(engine, AppendRequest()).outcome, CommitOutcome::kCommitted);
    const uint64_t before = engine.Stats().log_bytes;
    store->SetWriteFault([&](std::span<const WriteOp>) -> std::optional<WriteResult> {
      return WriteResult{outcome, {StatusCode::kIoError, "injected"}};
    });
    EXPECT_NE(CommitNow(engine, AppendRequest()).outcome, CommitOutcome::kCommitted);
    EXPECT_FALSE(DropNow(engine, "x/", "x0"));
    store->SetWriteFault(nullptr);
    while (CommitNow(engine, AppendRequest()).outcome != CommitOutcome::kCommitted) {
    }
    EXPECT_EQ(engine.Stats().log_bytes, 2 * before);
    ASSERT_TRUE(DropNow(engine, "x/", "x0"));
    EXPECT_EQ(engine.Stats().log_bytes, 0u);
  }
}

}  // namespace
}  // namespace stator
