// Point-in-time recovery over weeks of a clock's time, on both embedded engines: what it keeps,
// what goes, and that each second of the window is restored as it was.
#include "backup/recovery.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <thread>

#include "backup/backups.h"
#include "backup/log_changes.h"
#include "base/temp_dir.h"
#include "model/item_codec.h"
#include "storage/open.h"
#include "table/blocking.h"
#include "table/change_record.h"
#include "table/database.h"
#include "table/layout.h"
#include "table/log_keeper.h"
#include "table/table_changes.h"
#include "table/table_jobs.h"
#include "table/test_tables.h"

namespace stator {
namespace {

using testing::TestItem;
using testing::TestTable;

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kHour = 3600 * kSecond;
constexpr int64_t kDay = 24 * kHour;

class HandClock final : public Clock {
 public:
  int64_t NowMicros() const override { return now_; }
  int64_t MonotonicMicros() const override { return now_; }
  void Pass(int64_t micros) { now_ += micros; }

 private:
  std::atomic<int64_t> now_{1'700'000'000 * kSecond};
};

enum class EngineKind { kMemory, kRocks };
using Items = std::map<std::string, std::string>;  // by what follows the table's number in keys

class RecoveryTest : public ::testing::TestWithParam<EngineKind> {
 protected:
  void SetUp() override { Open(); }
  void TearDown() override {
    Close();
    if (log_limit_bytes_ == 0) {
      for (const std::string& told : told_) ADD_FAILURE() << told;
    }
  }

  void Close() {
    if (backups_) backups_->Stop();
    database_.reset();
    backups_.reset();
  }

  void Open() {
    Close();
    std::unique_ptr<Engine> engine;
    EngineOptions engine_options;
    engine_options.clock = &clock_;
    engine_options.log_limit_bytes = log_limit_bytes_;
    if (GetParam() == EngineKind::kMemory) {
      engine = NewMemoryEngine(engine_options);
      space_ = FileSpace::InMemory();
    } else {
      auto opened = OpenRocksEngine(dir_.path() + "/data", engine_options);
      ASSERT_TRUE(opened) << opened.error().message;
      engine = *std::move(opened);
      space_ = FileSpace::OnDisk(dir_.path() + "/data/backups");
    }
    DatabaseOptions options;
    options.clock = &clock_;
    options.random = &random_;
    options.manual_jobs = true;
    auto database = Database::Open(std::move(engine), options);
    ASSERT_TRUE(database) << database.error().message;
    database_ = *std::move(database);
    auto backups = Backups::Open(
        database_.get(), space_,
        {.image = {.step_bytes = 500, .file_bytes = 4000},
         .restorer = {.ingest_bytes = 3000, .sort_bytes = 2000},
         .recovery = {.log_bytes = log_bytes_},
         .report = [this](EventLevel, const std::string& told) { told_.push_back(told); },
         .manual_jobs = true});
    ASSERT_TRUE(backups) << backups.error().message;
    backups_ = *std::move(backups);
  }

  void MakeTable() {
    ASSERT_TRUE(ChangeAndWait(database_->catalog(), scope_, "t",
                              [](const TableDefinition*) -> DefinitionChange {
                                return std::optional<TableDefinition>(TestTable());
                              }));
  }
  TablePtr Find(const std::string& name = "t") { return database_->catalog().Find(scope_, name); }

  // Puts or deletes that item, as the write path does.
  void Write(int number, std::optional<std::string> value) {
    const TablePtr table = Find();
    Item item = TestItem("p" + std::to_string(number % 5), number);
    const std::string key = ItemKey(*table, item);
    std::optional<std::string> bytes;
    if (value) {
      item.Set("x", AttributeValue::S(*value));
      EncodeItem(item, &bytes.emplace());
    }
    CommitRequest request;
    request.keys = {key};
    request.guards = {Catalog::GuardOf(*table)};
    request.decide = [&](const CommitView& view) {
      Decision decision;
      decision.commit = true;
      decision.mutations.push_back({key, bytes});
      if (table->log.active() && (bytes || view.values[0])) {
        decision.appends.push_back(ChangeAppend(
            *table, key, view.values[0],
            bytes ? std::optional<std::string_view>(*bytes) : std::nullopt, Actor::kUser));
      }
      return decision;
    };
    ASSERT_EQ(CommitAndWait(database_->engine(), std::move(request)).outcome,
              CommitOutcome::kCommitted);
    const std::string rest = key.substr(9);
    if (bytes) {
      items_[rest] = *bytes;
    } else {
      items_.erase(rest);
    }
  }

  void WriteSome(int count) {
    for (int i = 0; i < count; ++i) {
      const int number = static_cast<int>(random_.Next() % 40);
      if (random_.Next() % 4 == 0) {
        Write(number, std::nullopt);
      } else {
        Write(number, std::string(random_.Next() % 60, 'x') + std::to_string(i));
      }
    }
  }

  // The second passes, and is remembered.
  void Remember() {
    states_[clock_.NowMicros() / kSecond] = items_;
    clock_.Pass(2 * kSecond);
  }

  ApiResult<TablePtr> Update(const ContinuousBackupsRequest& request) {
    return Await<ApiResult<TablePtr>>(
        [&](auto done) { backups_->recovery().Update(scope_, "t", request, std::move(done)); });
  }
  ApiResult<TablePtr> Restore(const std::string& target, std::optional<int64_t> second) {
    return Await<ApiResult<TablePtr>>([&](auto done) {
      backups_->recovery().Restore(
          scope_, {.source = "t", .target = target, .second = second, .overrides = {}},
          std::move(done));
    });
  }

  void Work(int steps = 100'000) {
    while (steps-- > 0 && backups_->RunOnce()) {
    }
    for (int i = 0; i < 20; ++i) database_->jobs().RunOnce();
  }

  Items ItemsOf(const TableDefinition& table) {
    Items items;
    KeyRange range = AllEntries(table, nullptr);
    EXPECT_TRUE(ScanAndWait(database_->engine(), {range.begin, range.end},
                            [&](std::string_view key, std::string_view value) {
                              items.emplace(key.substr(9), value);
                              return true;
                            }));
    return items;
  }

  void ExpectRestores(int64_t second, const Items& expected) {
    const std::string name = "restored-" + std::to_string(second);
    auto restored = Restore(name, second);
    ASSERT_TRUE(restored) << restored.error().message.value_or("");
    Work();
    const TablePtr table = Find(name);
    ASSERT_EQ(table->status, TableStatus::kActive);
    EXPECT_EQ(ItemsOf(*table), expected) << second;
    EXPECT_EQ(database_->engine().ReadCounter(SizeCounterKey(table->id, 0))->count,
              static_cast<int64_t>(expected.size()));
  }

  std::vector<std::string> BaseFolders() {
    std::vector<std::string> names;
    const std::vector<std::string> folders = *space_->Folders();
    for (const std::string& name : folders) {
      if (name.starts_with(kBaseFolderPrefix)) names.push_back(name);
    }
    return names;
  }

  const Scope scope_{"000000000000", "us-east-1"};
  HandClock clock_;
  SeededRandom random_{7};
  TempDir dir_;
  int64_t log_bytes_ = int64_t{64} << 20;
  uint64_t log_limit_bytes_ = 0;
  std::vector<std::string> told_;
  std::shared_ptr<FileSpace> space_;
  std::unique_ptr<Backups> backups_;
  std::unique_ptr<Database> database_;
  Items items_;
  std::map<int64_t, Items> states_;
};

TEST_P(RecoveryTest, EachSecondOfTheWindowIsRestoredAsItWas) {
  MakeTable();
  WriteSome(50);
  ASSERT_TRUE(Update({.enabled = true, .period_days = 4}));
  WriteSome(10);  // while the base is made
  for (int hour = 0; hour < 24 * 9; hour += 3) {
    WriteSome(static_cast<int>(random_.Next() % 10));
    Remember();
    Work();
    database_->log_keeper().RunOnce();
    clock_.Pass(3 * kHour);
    if (GetParam() == EngineKind::kRocks && hour % 39 == 0) Open();
  }
  const int64_t now = clock_.NowMicros();
  const RestorableTimes times = RestorableTimesOf(*Find()->recovery, now);
  EXPECT_EQ(times.earliest, (now - 4 * kDay) / kSecond);
  size_t restored = 0;
  for (const auto& [second, items] : states_) {
    if (second < times.earliest) {
      auto refused = Restore("early", second);
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().type, ErrorType::kInvalidRestoreTime);
      continue;
    }
    ExpectRestores(second, items);
    ++restored;
  }
  EXPECT_GE(restored, 30u);
  // A base a day, and one before the window.
  clock_.Pass(2 * kSecond);
  Work();
  const size_t bases = Find()->recovery->bases.size();
  EXPECT_GE(bases, 4u);
  EXPECT_LE(bases, 6u);
  EXPECT_EQ(BaseFolders().size(), bases);
  // A shard each four hours.
  EXPECT_LE(Find()->log.shards.size(), 6u * 6u);
}

TEST_P(RecoveryTest, AGrownLogMakesABase) {
  log_bytes_ = 3000;
  Open();
  MakeTable();
  ASSERT_TRUE(Update({.enabled = true}));
  Work();
  EXPECT_EQ(Find()->recovery->bases.size(), 1u);
  clock_.Pass(11 * kSecond);
  for (size_t bases = 2; bases < 5; ++bases) {
    for (int i = 0; i < 20; ++i) Write(i, std::string(200, 'y'));
    Remember();
    clock_.Pass(9 * kSecond);
    Work();
    EXPECT_EQ(Find()->recovery->bases.size(), bases);
    clock_.Pass(11 * kSecond);
    Work();
    EXPECT_EQ(Find()->recovery->bases.size(), bases) << "without more of a log";
  }
  for (const auto& [second, items] : states_) ExpectRestores(second, items);
}

TEST_P(RecoveryTest, WithoutChangesThereIsNoNewBase) {
  MakeTable();
  WriteSome(30);
  ASSERT_TRUE(Update({.enabled = true, .period_days = 2}));
  Work();
  const auto bases = BaseFolders();
  for (int day = 0; day < 10; ++day) {
    clock_.Pass(kDay);
    Work();
    database_->log_keeper().RunOnce();
  }
  EXPECT_EQ(BaseFolders(), bases);
  EXPECT_LE(Find()->log.shards.size(), 3u);
  ExpectRestores(clock_.NowMicros() / kSecond - 1, items_);
}

TEST_P(RecoveryTest, ChangesWhileABaseIsMadeOutliveIdleDays) {
  MakeTable();
  WriteSome(60);
  ASSERT_TRUE(Update({.enabled = true, .period_days = 2}));
  Work(1);
  WriteSome(30);
  Work();
  for (int hour = 0; hour < 24 * 6; hour += 2) {
    clock_.Pass(2 * kHour);
    Work();
    database_->log_keeper().RunOnce();
  }
  ExpectRestores(clock_.NowMicros() / kSecond - 1, items_);
  ExpectRestores(clock_.NowMicros() / kSecond - 24 * 3600, items_);
}

TEST_P(RecoveryTest, TheEarliestTimeMovesUpBeforeLogsAreFull) {
  log_limit_bytes_ = 100'000;
  Open();
  MakeTable();
  ASSERT_TRUE(Update({.enabled = true}));
  Work();
  const int64_t first = Find()->recovery->first_micros;
  for (int round = 0; round < 60; ++round) {
    for (int i = 0; i < 10; ++i) Write(i, std::string(200, 'z') + std::to_string(round));
    Remember();
    Work();
    database_->log_keeper().RunOnce();
    ASSERT_FALSE(database_->engine().LogsAreFull());
  }
  const RestorableTimes times = RestorableTimesOf(*Find()->recovery, clock_.NowMicros());
  EXPECT_GT(times.earliest, first / kSecond);
  size_t restored = 0;
  for (const auto& [second, items] : states_) {
    if (second < times.earliest) continue;
    ExpectRestores(second, items);
    ++restored;
  }
  EXPECT_GE(restored, 1u);
  EXPECT_FALSE(told_.empty());
}

// Within an hour, the smallest unit by which the sizes of logs are known.
TEST_P(RecoveryTest, FullLogsHaveRoomAgainEachTime) {
  log_limit_bytes_ = 100'000;
  Open();
  MakeTable();
  ASSERT_TRUE(Update({.enabled = true}));
  Work();
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; !database_->engine().LogsAreFull(); ++i) {
      Write(i % 10, std::string(200, 'z') + std::to_string(i));
    }
    int looks = 0;
    for (; looks < 10 && database_->engine().Stats().log_alarm; ++looks) {
      Remember();
      Work();
      database_->log_keeper().RunOnce();
    }
    ASSERT_LT(looks, 10) << "round " << round;
    ExpectRestores(clock_.NowMicros() / kSecond - 1, items_);
  }
}

TEST_P(RecoveryTest, ARestoreHoldsWhatItReads) {
  MakeTable();
  WriteSome(30);
  ASSERT_TRUE(Update({.enabled = true}));
  Work();
  WriteSome(30);
  Remember();
  const auto [second, items] = *states_.begin();
  ASSERT_TRUE(Restore("r", second));
  ASSERT_TRUE(Update({.enabled = false}));
  clock_.Pass(2 * kDay);
  database_->log_keeper().RunOnce();
  Work();
  EXPECT_EQ(ItemsOf(*Find("r")), items);
  // What it read goes after it.
  clock_.Pass(2 * kSecond);
  Work();
  database_->log_keeper().RunOnce();
  EXPECT_TRUE(BaseFolders().empty());
  EXPECT_TRUE(Find()->log.shards.empty());
  auto refused = Restore("late", second);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().type, ErrorType::kPointInTimeRecoveryUnavailable);
}

TEST_P(RecoveryTest, ADeletedTableStaysUntilItIsBackedUpAndRestored) {
  MakeTable();
  WriteSome(30);
  ASSERT_TRUE(Update({.enabled = true}));
  Work();
  WriteSome(30);
  Remember();
  const auto [second, items] = *states_.begin();
  ASSERT_TRUE(Restore("r", second));
  ASSERT_TRUE(ChangeAndWait(database_->catalog(), scope_, "t",
                            [this](const TableDefinition* current) -> DefinitionChange {
                              return std::optional<TableDefinition>(
                                  *PlanDeleteTable(current, "t", clock_.NowMicros()));
                            }));
  database_->jobs().Wake(*Find());
  EXPECT_EQ(Restore("s", second).error().type, ErrorType::kTableNotFound);
  for (int i = 0; i < 10; ++i) {
    Work();
    clock_.Pass(2 * kSecond);
  }
  EXPECT_EQ(Find(), nullptr);
  EXPECT_EQ(ItemsOf(*Find("r")), items);
  EXPECT_TRUE(BaseFolders().empty());
  const auto backups = backups_->List(scope_);
  ASSERT_EQ(backups.size(), 1u);
  EXPECT_EQ(backups[0]->type, BackupType::kSystem);
  EXPECT_EQ(backups[0]->status, BackupStatus::kAvailable);
  EXPECT_EQ(backups[0]->name, "t$DeletedTableBackup");
  ASSERT_TRUE(Await<ApiResult<TablePtr>>([&](auto done) {
    backups_->Restore(backups[0], {.backup_arn = backups[0]->Arn(), .target = "b"},
                      std::move(done));
  }));
  Work();
  EXPECT_EQ(ItemsOf(*Find("b")), items_);
  clock_.Pass(34 * kDay);
  Work();
  EXPECT_EQ(backups_->List(scope_).size(), 1u);
  clock_.Pass(2 * kDay);
  Work();
  // Its end is not waited for.
  for (int i = 0; i < 60'000 && !backups_->List(scope_).empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_TRUE(backups_->List(scope_).empty());
}

// A stop after each number of steps.
TEST_P(RecoveryTest, StopsInTheMiddleLoseNothing) {
  if (GetParam() == EngineKind::kMemory) GTEST_SKIP() << "nothing outlives it";
  MakeTable();
  WriteSome(60);
  ASSERT_TRUE(Update({.enabled = true}));
  for (int steps = 0; steps < 6; ++steps) {
    Work(steps);
    Open();
  }
  Work();
  ASSERT_EQ(Find()->recovery->bases.size(), 1u);
  clock_.Pass(2 * kSecond);
  for (int round = 0; round < 4; ++round) {
    WriteSome(40);
    Remember();
  }
  int name = 0;
  for (const auto& [second, items] : states_) {
    const std::string target = "r" + std::to_string(name++);
    ASSERT_TRUE(Restore(target, second));
    for (int steps = 0; steps < 12; ++steps) {
      Work(steps);
      Open();
    }
    Work();
    EXPECT_EQ(Find(target)->status, TableStatus::kActive);
    EXPECT_EQ(ItemsOf(*Find(target)), items);
  }
  EXPECT_EQ(space_->Folders()->size(), 1u);
}

// The snapshot of the first base goes with the server: the next is of a later moment.
TEST_P(RecoveryTest, ARestoreWaitsForTheFirstBaseThroughStops) {
  if (GetParam() == EngineKind::kMemory) GTEST_SKIP() << "nothing outlives it";
  MakeTable();
  WriteSome(60);
  ASSERT_TRUE(Update({.enabled = true}));
  ASSERT_TRUE(Restore("r", std::nullopt));
  const Items expected = items_;
  for (int steps = 0; steps < 4; ++steps) {
    clock_.Pass(2 * kSecond);
    WriteSome(20);
    Work(steps);
    Open();
  }
  for (int i = 0; i < 3; ++i) {
    Work();
    clock_.Pass(kSecond);
  }
  ASSERT_NE(Find("r"), nullptr);
  EXPECT_EQ(Find("r")->status, TableStatus::kActive);
  EXPECT_EQ(ItemsOf(*Find("r")), expected);
  EXPECT_EQ(BaseFolders().size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Engines, RecoveryTest,
                         ::testing::Values(EngineKind::kMemory, EngineKind::kRocks),
                         [](const auto& info) {
                           return info.param == EngineKind::kMemory ? "Memory" : "Rocks";
                         });

}  // namespace
}  // namespace stator
