#include "storage/long_snapshot.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "storage/engine_test_util.h"
#include "storage/format.h"

namespace stator {
namespace {

class LongSnapshotTest : public EveryEngine {
 protected:
  // All entries of the snapshot in [begin, end), a few at a page.
  Entries Everything(const LongSnapshot& snapshot, std::string begin, std::string end) {
    Entries entries;
    std::optional<std::string> from = std::move(begin);
    while (from) {
      size_t shown = 0;
      auto next = snapshot.Page(*from, end, [&](std::string_view key, std::string_view value) {
        entries.emplace_back(key, value);
        return ++shown < 7;
      });
      if (!next) {
        ADD_FAILURE() << next.error().message;
        break;
      }
      from = std::move(*next);
    }
    return entries;
  }
};

CommitRequest Numbered(std::string key, int number) {
  CommitRequest request;
  Decision decision = Write({{std::move(key), std::to_string(number)}});
  decision.appends.push_back({std::string("\x20log", 4), std::to_string(number)});
  request.decide = Always(std::move(decision));
  return request;
}

TEST_P(LongSnapshotTest, BeforeAnyAppendThePositionIsNone) {
  Open();
  EXPECT_EQ(*LongSnapshot(&engine()).Position(), 0u);
}

TEST_P(LongSnapshotTest, ShowsItsMomentWhateverIsWrittenLater) {
  Open();
  for (int i = 100; i < 150; ++i) Put(engine(), "k" + std::to_string(i), "old");
  const LongSnapshot snapshot(&engine());
  for (int i = 100; i < 150; i += 2) Put(engine(), "k" + std::to_string(i), "new");
  ASSERT_TRUE(DropNow(engine(), "k120", "k130"));
  const Entries entries = Everything(snapshot, "k", "l");
  ASSERT_EQ(entries.size(), 50u);
  for (const auto& [key, value] : entries) EXPECT_EQ(value, "old") << key;
  EXPECT_EQ(*snapshot.Get("k100"), "old");
  EXPECT_EQ(*snapshot.Get("m"), std::nullopt);
}

// Each commit overwrites its key and appends a record: the snapshot and the records beyond its
// position come to what is there at the end, and the commits up to it to the snapshot.
TEST_P(LongSnapshotTest, RecordsBeyondThePositionAreTheCommitsThatItLacks) {
  Open();
  constexpr int kWriters = 4, kKeys = 5;
  std::atomic<bool> stop{false};
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (int n = 0; !stop; ++n) {
        const std::string key = "k" + std::to_string(n % kKeys) + std::to_string(w);
        ASSERT_EQ(CommitNow(engine(), Numbered(key, n)).outcome, CommitOutcome::kCommitted);
      }
    });
  }
  std::vector<LongSnapshot> snapshots;
  for (int i = 0; i < 20; ++i) {
    snapshots.emplace_back(&engine());
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  stop = true;
  for (std::thread& writer : writers) writer.join();

  const Entries records = ScanNow(engine(), {std::string("\x20log", 4), std::string("\x20loh", 4)});
  for (const LongSnapshot& snapshot : snapshots) {
    const uint64_t position = *snapshot.Position();
    size_t up_to_it = 0;
    for (const auto& record : records) {
      uint64_t at = 0;
      for (size_t i = 4; i < 12; ++i) at = at << 8 | static_cast<unsigned char>(record.first[i]);
      if (at <= position) ++up_to_it;
    }
    EXPECT_EQ(Everything(snapshot, std::string("\x20log", 4), std::string("\x20loh", 4)).size(),
              up_to_it);
  }
  EXPECT_EQ(Everything(LongSnapshot(&engine()), "k", "l"), ScanNow(engine(), {"k", "l"}));
}

TEST_P(LongSnapshotTest, ThePositionGrowsAcrossARestart) {
  if (!durable()) GTEST_SKIP();
  Open();
  ASSERT_EQ(CommitNow(engine(), Numbered("a", 1)).outcome, CommitOutcome::kCommitted);
  const uint64_t before = *LongSnapshot(&engine()).Position();
  EXPECT_GT(before, 0u);
  Open();
  EXPECT_EQ(*LongSnapshot(&engine()).Position(), before);
  ASSERT_EQ(CommitNow(engine(), Numbered("a", 2)).outcome, CommitOutcome::kCommitted);
  EXPECT_GT(*LongSnapshot(&engine()).Position(), before);
}

TEST_P(LongSnapshotTest, IngestsWhileOthersWrite) {
  Open();
  std::atomic<bool> stop{false};
  std::atomic<int> written{0};
  std::thread writer([&] {
    for (; !stop; ++written)
      Put(engine(), "w" + std::to_string(written % 50), std::to_string(written));
  });
  std::optional<LongSnapshot> before(&engine());
  for (int part = 0; part < 5; ++part) {
    Entries entries;
    for (int i = 0; i < 2000; ++i) {
      entries.emplace_back("n" + std::to_string(100'000 + part * 2000 + i), std::string(100, 'x'));
    }
    ASSERT_TRUE(IngestNow(engine(), std::move(entries)));
  }
  const int seen = written;
  while (written == seen) std::this_thread::yield();
  stop = true;
  writer.join();
  EXPECT_EQ(Everything(*before, "n", "o").size(), 0u);
  before.reset();
  EXPECT_EQ(Everything(LongSnapshot(&engine()), "n", "o").size(), 10'000u);
  const Entries all = ScanNow(engine(), {"", ""});
  Open();
  if (durable()) EXPECT_EQ(ScanNow(engine(), {"", ""}), all);
}

TEST_P(LongSnapshotTest, WhatAnIngestLeftBehindGoesAtTheNextStart) {
  if (!durable()) GTEST_SKIP();
  Open();
  engine_.reset();
  const std::string ingest = dir_.path() + "/data/ingest";
  std::filesystem::create_directories(ingest);
  std::ofstream(ingest + "/0.sst") << "half a file";
  Open();
  EXPECT_FALSE(std::filesystem::exists(ingest + "/0.sst"));
  ASSERT_TRUE(IngestNow(engine(), {{"n", "1"}}));
  EXPECT_EQ(GetOne(engine(), "n"), "1");
}

INSTANTIATE_TEST_SUITE_P(Engines, LongSnapshotTest,
                         ::testing::Values(EngineKind::kMemory, EngineKind::kRocks),
                         [](const auto& info) {
                           return info.param == EngineKind::kMemory ? "Memory" : "Rocks";
                         });

}  // namespace
}  // namespace stator
