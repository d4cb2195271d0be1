// Records of which the write-ahead log leaves out what their commits replaced: they are whole
// whenever the directory is opened, whatever happened to the replaced value since.
#include "storage/former_values.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "base/temp_dir.h"
#include "base/test_files.h"
#include "storage/embedded_engine.h"
#include "storage/engine_test_util.h"
#include "storage/offline_store.h"
#include "storage/rocksdb_store.h"
#include "storage/test_seed.h"

namespace stator {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLog = "\x20log";
constexpr const char* kAfterLog = "\x20loh";

std::string Noise(SeededRandom* random, size_t bytes) {
  std::string noise;
  while (noise.size() < bytes) AppendU64(random->Next(), &noise);
  return noise;
}

size_t CountIn(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

class FormerValuesTest : public ::testing::Test {
 protected:
  FormerValuesTest() {
    options_.write_buffer_bytes = 256 << 10;
    options_.report = [this](EventLevel level, const std::string& text) {
      if (level == EventLevel::kError) errors_ += text + "\n";
    };
  }

  std::string data() const { return dir_.path() + "/data"; }
  void Open() {
    engine_.reset();
    auto store = OpenRocksStore(data(), options_);
    ASSERT_TRUE(store) << store.error().message;
    engine_ = std::make_unique<EmbeddedEngine>(std::move(*store), options_,
                                               EmbeddedEngine::Drive::kManual);
  }

  // Replaces what a key has, and appends what it had before, all but the first two bytes, between
  // two words; what it has then comes last.
  std::future<CommitResult> Replace(const std::string& key, std::optional<std::string> value,
                                    const std::string& log = kLog) {
    CommitRequest request;
    request.keys = {key};
    request.decide = [=, this, number = next_++](const CommitView& view) {
      Decision decision = stator::Write({{"other" + key, "o"}, {key, value}});
      Append append{log, "from "};
      if (view.values[0] && view.values[0]->size() > 2) {
        append.former = {.mutation = 1, .at = 5, .from = 2, .length = view.values[0]->size() - 2};
        append.value += view.values[0]->substr(2);
      }
      append.value += " to ";
      if (value) append.ends_with = 1;
      expected_[number] = append.value + value.value_or("");
      decision.appends = {append};
      return decision;
    };
    return CommitAsync(*engine_, std::move(request));
  }
  void ReplaceNow(const std::string& key, std::optional<std::string> value,
                  const std::string& log = kLog) {
    auto commit = Replace(key, std::move(value), log);
    engine_->pipeline().FlushOnce();
    ASSERT_EQ(commit.get().outcome, CommitOutcome::kCommitted);
  }

  // Into other blocks than those of the keys that tests replace.
  void PutOthers() {
    for (const char* key : {"a", "b", "c", "d"}) {
      auto put = CommitAsync(*engine_, PutRequest(key, Noise(&random_, 3000)));
      engine_->pipeline().FlushOnce();
      ASSERT_EQ(put.get().outcome, CommitOutcome::kCommitted);
    }
  }

  std::vector<std::string> Records() {
    std::vector<std::string> records;
    for (auto& [key, value] : ScanNow(*engine_, {.begin = kLog, .end = kAfterLog})) {
      records.push_back(std::move(value));
    }
    return records;
  }
  // REQUIRES: the engine is closed.
  std::vector<std::string> RecordsOffline() const {
    std::vector<std::string> records;
    const auto store = OfflineStore::Open(data());
    EXPECT_TRUE(store && !(*store)->fault());
    if (!store) return records;
    EXPECT_TRUE(
        (*store)->Scan({kLog, kAfterLog}, nullptr, ReadMode::kMayBlock, [&](auto, auto value) {
          records.emplace_back(value);
          return true;
        }));
    return records;
  }
  std::vector<std::string> Expected() const {
    std::vector<std::string> records;
    for (const auto& [number, record] : expected_) records.push_back(record);
    return records;
  }
  void ExpectAll() { EXPECT_TRUE(Records() == Expected()); }
  void Flush() {
    ASSERT_TRUE(engine_->store().Compact([](double) {}));
  }
  // Files with records.
  int64_t LogTables() const {
    return std::count_if(fs::directory_iterator(data() + "/logs"), {},
                         [](const auto& entry) { return entry.path().extension() == ".sst"; });
  }
  // All write-ahead logs of the map.
  std::string Logged() const {
    std::string all;
    for (const auto& entry : fs::directory_iterator(data() + "/db")) {
      if (entry.path().extension() == ".log") all += ReadFile(entry.path());
    }
    return all;
  }

  TempDir dir_;
  EngineOptions options_;
  std::string errors_;
  SeededRandom random_{TestSeed()};
  std::unique_ptr<EmbeddedEngine> engine_;
  std::map<int, std::string> expected_;
  int next_ = 0;
};

TEST_F(FormerValuesTest, AreLoggedOnce) {
  Open();
  const std::string first = Noise(&random_, 5000), second = Noise(&random_, 5000);
  ReplaceNow("k", first);
  ReplaceNow("k", second);
  ReplaceNow("k", std::nullopt);
  EXPECT_EQ(CountIn(Logged(), first.substr(2)), 1u);
  EXPECT_EQ(CountIn(Logged(), second.substr(2)), 1u);
  ExpectAll();
  Open();
  ExpectAll();
}

// From tables, from batches before, and from commits of the same group.
TEST_F(FormerValuesTest, AreFoundWhereverTheyAre) {
  Open();
  for (int round = 0; round < 30; ++round) {
    for (uint64_t groups = random_.Uniform(40); groups > 0; --groups) {
      std::vector<std::future<CommitResult>> commits;
      for (uint64_t n = 1 + random_.Uniform(5); n > 0; --n) {
        const std::string key = "k" + std::to_string(random_.Uniform(20));
        if (random_.OneIn(6)) {
          commits.push_back(Replace(key, std::nullopt));
        } else {
          commits.push_back(Replace(key, Noise(&random_, random_.Uniform(3000))));
        }
      }
      engine_->pipeline().FlushOnce();
      for (auto& commit : commits) ASSERT_EQ(commit.get().outcome, CommitOutcome::kCommitted);
    }
    if (random_.OneIn(3)) continue;
    Open();
    ExpectAll();
  }
}

TEST_F(FormerValuesTest, AreFoundOffline) {
  Open();
  ReplaceNow("k", Noise(&random_, 3000));
  ReplaceNow("k", Noise(&random_, 3000));
  engine_.reset();
  EXPECT_TRUE(RecordsOffline() == Expected());
}

// A table is deleted, and its stream is readable for a day; then the stream goes.
TEST_F(FormerValuesTest, OutliveTheirTable) {
  Open();
  // In a file of its own, which is deleted with the table.
  ASSERT_TRUE(IngestNow(*engine_, {{"t/k", Noise(&random_, 3000)}}));
  ReplaceNow("t/k", Noise(&random_, 3000));
  ASSERT_TRUE(DropNow(*engine_, "t/", "t0"));
  ReplaceNow("other", Noise(&random_, 3000), "\x20more");
  expected_.erase(next_ - 1);
  ExpectAll();
  Open();
  ExpectAll();
}

// The records are in no table any more, and still in the write-ahead log: without what they
// replaced.
TEST_F(FormerValuesTest, GoWithTheirLog) {
  Open();
  // In a file of its own, which is deleted with the table.
  ASSERT_TRUE(IngestNow(*engine_, {{"t/k", Noise(&random_, 3000)}}));
  ReplaceNow("t/k", Noise(&random_, 3000));
  ASSERT_TRUE(DropNow(*engine_, "t/", "t0"));
  for (int table = 0; table < 8; ++table) {  // then they are moved to where they can be deleted
    ReplaceNow("o", Noise(&random_, 3000));
    ASSERT_TRUE(DropNow(*engine_, "none/", "none0"));  // makes a table of records
  }
  for (int i = 0; i < 1000 && LogTables() > 0; ++i) {
    ASSERT_TRUE(DropNow(*engine_, kLog, kAfterLog));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ASSERT_EQ(LogTables(), 0);
  EXPECT_NE(Logged(), "");
  Open();
  EXPECT_TRUE(Records().empty());
  EXPECT_EQ(errors_, "");
  expected_.clear();
  ReplaceNow("u/k", Noise(&random_, 3000));
  ReplaceNow("u/k", Noise(&random_, 3000));
  Open();
  ExpectAll();
}

// The server starts all the same, says which file it is, and shows nothing that is wrong.
TEST_F(FormerValuesTest, AreDamaged) {
  Open();
  PutOthers();
  const std::string value = Noise(&random_, 3000);
  ReplaceNow("k", value);
  Flush();
  ReplaceNow("k", Noise(&random_, 3000));
  ReplaceNow("k", Noise(&random_, 3000));
  engine_.reset();
  std::string damaged;
  for (const auto& entry : fs::directory_iterator(data() + "/db")) {
    if (entry.path().extension() != ".sst") continue;
    std::string bytes = ReadFile(entry.path());
    const size_t at = bytes.find(value.substr(100, 100));
    if (at == bytes.npos) continue;
    bytes[at] ^= 1;
    WriteFile(entry.path(), bytes);
    damaged = entry.path().filename();
  }
  ASSERT_NE(damaged, "");
  expected_[1] = "";
  EXPECT_TRUE(RecordsOffline() == Expected());
  Open();
  EXPECT_TRUE(errors_.starts_with("1 records of logs are lost")) << errors_;
  EXPECT_NE(errors_.find(damaged), errors_.npos) << errors_;
  ExpectAll();
}

}  // namespace
}  // namespace stator
