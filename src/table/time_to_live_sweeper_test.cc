// Times to live that come and go, and items that expire, on both embedded engines.
#include "table/time_to_live_sweeper.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "base/temp_dir.h"
#include "model/item_codec.h"
#include "storage/open.h"
#include "table/blocking.h"
#include "table/database.h"
#include "table/index_maintenance.h"
#include "table/layout.h"
#include "table/table_changes.h"
#include "table/table_jobs.h"
#include "table/test_tables.h"
#include "table/time_to_live.h"
#include "table/write_items.h"

namespace stator {
namespace {

using testing::GlobalIndex;
using testing::LocalIndex;
using testing::TestItem;
using testing::TestTable;
using Type = AttributeValue::Type;

const Scope kScope{"000000000000", "us-east-1"};
constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kStart = 1'700'000'000;  // seconds

class ManualClock final : public Clock {
 public:
  int64_t NowMicros() const override { return wall_; }
  int64_t MonotonicMicros() const override { return monotonic_; }
  void SetSeconds(double seconds) { wall_ = static_cast<int64_t>(seconds * kSecond); }
  void Pass(int64_t micros) { monotonic_ += micros; }

 private:
  std::atomic<int64_t> wall_{kStart * kSecond};
  std::atomic<int64_t> monotonic_{1};
};

class LockedRandom final : public Random {
 public:
  uint64_t Next() override {
    std::lock_guard lock(mutex_);
    return random_.Next();
  }

 private:
  std::mutex mutex_;
  SeededRandom random_{42};
};

enum class EngineKind { kMemory, kRocks };

class TimeToLiveSweeperTest : public ::testing::TestWithParam<EngineKind> {
 protected:
  void SetUp() override {
    options_.clock = &clock_;
    options_.random = &random_;
    options_.manual_jobs = true;
    Open();
  }

  void Open() {
    database_.reset();
    EngineOptions options;
    options.durability = Durability::kNone;
    std::unique_ptr<Engine> engine;
    if (GetParam() == EngineKind::kMemory) {
      engine = NewMemoryEngine(options);
    } else {
      auto opened = OpenRocksEngine(dir_.path(), options);
      ASSERT_TRUE(opened) << opened.error().message;
      engine = *std::move(opened);
    }
    auto database = Database::Open(std::move(engine), options_);
    ASSERT_TRUE(database) << database.error().message;
    database_ = *std::move(database);
  }

  void CreateTable(std::vector<IndexDefinition> indexes = {}) {
    TableDefinition table = TestTable(std::move(indexes));
    table.next_index_id = 5;
    ASSERT_TRUE(
        Change([&](const TableDefinition*) { return DefinitionChange(std::optional(table)); }));
  }

  ApiResult<TablePtr> Change(UniqueFunction<DefinitionChange(const TableDefinition*)> change) {
    return ChangeAndWait(database_->catalog(), kScope, "t", std::move(change));
  }

  ApiResult<TablePtr> SetTimeToLive(bool enabled, const std::string& attribute = "expires") {
    auto changed = Change([&](const TableDefinition* current) -> DefinitionChange {
      auto next = PlanUpdateTimeToLive(current, {"t", enabled, attribute}, {1});
      if (!next) return Unexpected<ApiError>(next.error());
      return std::optional<TableDefinition>(*next);
    });
    if (changed) {
      database_->jobs().Wake(**changed);
      database_->sweeper().Watch(**changed);
    }
    return changed;
  }
  void Enable(const std::string& attribute = "expires") {
    ASSERT_TRUE(SetTimeToLive(true, attribute));
    RunJobs();
    ASSERT_TRUE(Find()->ttl->filled);
  }

  TablePtr Find() { return database_->catalog().Find(kScope, "t"); }

  // All that is due now.
  void RunJobs() {
    while (database_->jobs().NextDue() <= clock_.MonotonicMicros()) database_->jobs().RunOnce();
  }

  // Lets the sweeper work until `done`, and as much longer as it takes to see that nothing more
  // happens.
  template <class Done>
  ::testing::AssertionResult SweepUntil(Done done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!done()) {
      if (std::chrono::steady_clock::now() > deadline)
        return ::testing::AssertionFailure() << "nothing happened for 60 s";
      SweepOnce();
    }
    for (int i = 0; i < 50; ++i) SweepOnce();
    return ::testing::AssertionSuccess();
  }
  void SweepOnce() {
    database_->sweeper().RunOnce();
    clock_.Pass(kSecond / 4);
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  ::testing::AssertionResult SweepUntilDeleted(uint64_t count) {
    return SweepUntil([&] { return database_->sweeper().Stats().deleted >= count; });
  }

  static Item Expiring(int64_t number, double seconds) {
    Item item = TestItem("p" + std::to_string(number % 7), number);
    item.Set("expires", AttributeValue::N(*Decimal::Parse(std::to_string(seconds))));
    return item;
  }
  bool Write(WriteKind kind, Item item) {
    WriteItemsRequest request{kScope, WriteForm::kSingle, {}, {}};
    ItemWrite& write = request.writes.emplace_back();
    write.table_name = "t";
    write.kind = kind;
    write.item = std::move(item);
    return Await<bool>([&](auto done) {
      WriteItems(
          database_.get(), std::move(request),
          [done = std::move(done)](ApiResult<WriteItemsResult> result,
                                   const WriteItemsRequest&) mutable { done(result.has_value()); });
    });
  }
  void Put(Item item) { ASSERT_TRUE(Write(WriteKind::kPut, std::move(item))); }

  std::set<std::string> Keys(const KeyRange& range) {
    std::set<std::string> keys;
    EXPECT_TRUE(ScanAndWait(database_->engine(), {range.begin, range.end}, [&](auto key, auto) {
      keys.emplace(key);
      return true;
    }));
    return keys;
  }
  std::set<int64_t> Numbers() {
    std::set<int64_t> numbers;
    const KeyRange items = AllEntries(*Find(), nullptr);
    EXPECT_TRUE(ScanAndWait(database_->engine(), {items.begin, items.end}, [&](auto, auto value) {
      numbers.insert(std::stoll(DecodeItem(value)->Find("r")->n().ToString()));
      return true;
    }));
    return numbers;
  }
  // Number of the item that is last in the order of storage keys, as all expire at once.
  int64_t LastInOrder() {
    const KeyRange items = AllEntries(*Find(), nullptr);
    int64_t last = 0;
    EXPECT_TRUE(ScanAndWait(database_->engine(), {items.begin, items.end}, [&](auto, auto value) {
      last = std::stoll(DecodeItem(value)->Find("r")->n().ToString());
      return true;
    }));
    return last;
  }
  // The entries of the table are those of its items and no others.
  void ExpectEntriesOfItems() {
    const TablePtr table = Find();
    std::set<std::string> expected;
    const KeyRange items = AllEntries(*table, nullptr);
    EXPECT_TRUE(
        ScanAndWait(database_->engine(), {items.begin, items.end}, [&](auto key, auto value) {
          if (!table->ttl) return true;
          const auto entry = TimeToLiveEntry(*table, key, value);
          if (*entry) expected.insert(**entry);
          return true;
        }));
    EXPECT_EQ(Keys(TimeToLiveData(table->id)), expected);
  }

  ManualClock clock_;
  LockedRandom random_;
  DatabaseOptions options_;
  TempDir dir_;
  std::unique_ptr<Database> database_;
};

TEST_P(TimeToLiveSweeperTest, DeletesWhatHasExpired) {
  CreateTable();
  Enable();
  Put(Expiring(1, kStart - 1));
  Put(Expiring(2, kStart + 1));
  Put(Expiring(3, kStart - 5.0 * 365 * 86'400 - 10));  // too old
  Put(Expiring(4, kStart));                            // not yet past
  Put(Expiring(5, kStart - 0.5));
  Put(TestItem("p", 6));
  Item text = TestItem("p", 7);
  text.Set("expires", AttributeValue::S("1600000000"));
  Put(text);
  // 5 is not past by the full second.
  ASSERT_TRUE(SweepUntilDeleted(1));
  EXPECT_EQ(Numbers(), (std::set<int64_t>{2, 3, 4, 5, 6, 7}));
  clock_.SetSeconds(kStart + 0.25);
  ASSERT_TRUE(SweepUntilDeleted(3));
  EXPECT_EQ(Numbers(), (std::set<int64_t>{2, 3, 6, 7}));
  clock_.SetSeconds(kStart + 1.25);
  ASSERT_TRUE(SweepUntilDeleted(4));
  EXPECT_EQ(Numbers(), (std::set<int64_t>{3, 6, 7}));
  ExpectEntriesOfItems();
  EXPECT_EQ(database_->engine().ReadCounter(SizeCounterKey(Find()->id, 0))->count, 3);
  EXPECT_EQ(database_->sweeper().Stats().lag_micros, 0);
}

TEST_P(TimeToLiveSweeperTest, WaitsForTheDelay) {
  options_.time_to_live.delay_micros = 10 * kSecond;
  Open();
  CreateTable();
  Enable();
  Put(Expiring(1, kStart - 20));
  Put(Expiring(2, kStart - 5));
  ASSERT_TRUE(SweepUntilDeleted(1));
  EXPECT_EQ(Numbers(), std::set<int64_t>{2});
  clock_.SetSeconds(kStart + 5.5);
  ASSERT_TRUE(SweepUntilDeleted(2));
}

TEST_P(TimeToLiveSweeperTest, AnItemIsSavedByANewTime) {
  CreateTable();
  Enable();
  for (int64_t n = 1; n <= 100; ++n) Put(Expiring(n, kStart - 1));
  // A scan finds all; then the first are deleted.
  while (database_->sweeper().Stats().deleted == 0) SweepOnce();
  EXPECT_GT(database_->sweeper().Stats().lag_micros, 0);
  const std::set<int64_t> left = Numbers();
  ASSERT_LT(left.size(), 100u);
  ASSERT_FALSE(left.empty());
  // One that is not being deleted already: those go in the order of their keys.
  const int64_t saved = LastInOrder();
  Put(Expiring(saved, kStart + 100));
  ASSERT_TRUE(SweepUntilDeleted(99));
  EXPECT_EQ(Numbers(), std::set<int64_t>{saved});
  ExpectEntriesOfItems();
}

TEST_P(TimeToLiveSweeperTest, WhatIsWrittenExpiredIsFoundToo) {
  CreateTable();
  Enable();
  Put(Expiring(1, kStart - 1));
  ASSERT_TRUE(SweepUntilDeleted(1));
  Put(Expiring(2, kStart - 1000));
  ASSERT_TRUE(SweepUntilDeleted(2));
  EXPECT_TRUE(Numbers().empty());
}

TEST_P(TimeToLiveSweeperTest, IndexEntriesAndSizesGoToo) {
  CreateTable({LocalIndex("local", 1, "l"), GlobalIndex("global", 2, {{"g", Type::kS}})});
  Enable();
  for (int64_t n = 1; n <= 30; ++n) {
    Item item = Expiring(n, n % 2 == 0 ? kStart - 1 : kStart + 1000);
    item.Set("l", AttributeValue::S("l" + std::to_string(n)));
    item.Set("g", AttributeValue::S("g"));
    Put(item);
  }
  ASSERT_TRUE(SweepUntilDeleted(15));
  EXPECT_EQ(Numbers().size(), 15u);
  for (const char* name : {"local", "global"}) {
    EXPECT_EQ(Keys(AllEntries(*Find(), Find()->FindIndex(name))).size(), 15u);
    const auto counter =
        database_->engine().ReadCounter(SizeCounterKey(Find()->id, Find()->FindIndex(name)->id));
    EXPECT_EQ(counter->count, 15);
  }
  int64_t items = 0;
  for (int64_t p = 0; p < 7; ++p) {
    const std::string key = CollectionCounterKey(*Find(), TestItem("p" + std::to_string(p), 0));
    items += database_->engine().ReadCounter(key)->count;
  }
  EXPECT_EQ(items, 15);
}

TEST_P(TimeToLiveSweeperTest, KeysMayBeTheTime) {
  CreateTable();
  Put(TestItem("a", kStart - 1));
  Put(TestItem("a", kStart + 100));
  Enable("r");
  ASSERT_TRUE(SweepUntilDeleted(1));
  EXPECT_EQ(Numbers(), std::set<int64_t>{kStart + 100});
  ASSERT_TRUE(SetTimeToLive(false, "r"));
  RunJobs();
  Put(TestItem("1600000000", 1));
  Enable("p");
  for (int i = 0; i < 100; ++i) SweepOnce();
  EXPECT_EQ(Numbers(), (std::set<int64_t>{1, kStart + 100}));
}

TEST_P(TimeToLiveSweeperTest, DisablingDropsTheEntries) {
  CreateTable();
  Enable();
  for (int64_t n = 1; n <= 10; ++n) Put(Expiring(n, kStart + 10));
  EXPECT_EQ(Keys(TimeToLiveData(Find()->id)).size(), 10u);
  const uint32_t first = Find()->ttl->id;
  ASSERT_TRUE(SetTimeToLive(false));
  Put(Expiring(11, kStart + 10));
  RunJobs();
  EXPECT_TRUE(Find()->dropped_ttls.empty());
  EXPECT_TRUE(Keys(TimeToLiveData(Find()->id)).empty());
  clock_.SetSeconds(kStart + 20);
  for (int i = 0; i < 100; ++i) SweepOnce();
  EXPECT_EQ(Numbers().size(), 11u);
  Enable();
  EXPECT_GT(Find()->ttl->id, first);
  ASSERT_TRUE(SweepUntilDeleted(11));
  EXPECT_TRUE(Numbers().empty());
  EXPECT_TRUE(Keys(TimeToLiveData(Find()->id)).empty());
}

TEST_P(TimeToLiveSweeperTest, DeletingTheTableDropsTheEntries) {
  CreateTable();
  options_.backfill = {.entries = 5, .steps_between_saves = 1};
  if (GetParam() == EngineKind::kRocks) Open();
  for (int64_t n = 1; n <= 50; ++n) Put(Expiring(n, kStart + 10));
  ASSERT_TRUE(SetTimeToLive(true));
  for (int i = 0; i < 4; ++i) database_->jobs().RunOnce();  // in the middle of filling
  const uint64_t id = Find()->id;
  EXPECT_FALSE(Keys(TimeToLiveData(id)).empty());
  auto deleting = Change([](const TableDefinition* current) -> DefinitionChange {
    return std::optional<TableDefinition>(*PlanDeleteTable(current, "t", 1));
  });
  ASSERT_TRUE(deleting);
  database_->jobs().Wake(**deleting);
  RunJobs();
  EXPECT_EQ(Find(), nullptr);
  EXPECT_TRUE(Keys(TimeToLiveData(id)).empty());
  EXPECT_TRUE(Keys(TableBackfills(id)).empty());
  for (int i = 0; i < 10; ++i) SweepOnce();
}

TEST_P(TimeToLiveSweeperTest, StatesLastIfDelaysAreAskedFor) {
  options_.control_plane_delay_factor = 1;
  Open();
  CreateTable();
  const auto set = [&](bool enabled) {
    auto changed = Change([&](const TableDefinition* current) -> DefinitionChange {
      return std::optional<TableDefinition>(
          *PlanUpdateTimeToLive(current, {"t", enabled, "expires"}, {1, {}, false, true}));
    });
    database_->jobs().Wake(**changed);
    RunJobs();
  };
  set(true);
  EXPECT_EQ(Find()->ttl->status, TimeToLiveStatus::kEnabling);
  clock_.Pass(2 * kSecond);
  RunJobs();
  EXPECT_EQ(Find()->ttl->status, TimeToLiveStatus::kEnabled);
  set(false);
  EXPECT_EQ(Find()->ttl->status, TimeToLiveStatus::kDisabling);
  clock_.Pass(2 * kSecond);
  RunJobs();
  EXPECT_FALSE(Find()->ttl);
}

TEST_P(TimeToLiveSweeperTest, EnablingUnderWritersMissesNothing) {
  CreateTable();
  constexpr int64_t kItems = 2000;
  for (int64_t n = 0; n < kItems; ++n) Put(Expiring(n, kStart + 100 + static_cast<double>(n % 9)));
  options_.backfill = {.entries = 50, .items = 100};
  std::atomic<bool> stop{false};
  std::vector<std::thread> writers;
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    writers.emplace_back([&, seed] {
      SeededRandom random(seed);
      while (!stop) {
        const auto n = static_cast<int64_t>(random.Uniform(kItems));
        const auto seconds = static_cast<double>(kStart + 100 + random.Uniform(50));
        Item item = Expiring(n, seconds);
        const bool remove = random.OneIn(4);
        if (remove) item.Erase("expires");
        EXPECT_TRUE(Write(remove ? WriteKind::kDelete : WriteKind::kPut, std::move(item)));
      }
    });
  }
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(SetTimeToLive(true));
    RunJobs();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (round == 2) break;
    ASSERT_TRUE(SetTimeToLive(false));
    RunJobs();
  }
  stop = true;
  for (std::thread& writer : writers) writer.join();
  RunJobs();
  ASSERT_TRUE(Find()->ttl->filled);
  ExpectEntriesOfItems();
  clock_.SetSeconds(kStart + 1000);
  ASSERT_TRUE(SweepUntil([&] { return Numbers().empty(); }));
  EXPECT_TRUE(Keys(TimeToLiveData(Find()->id)).empty());
  EXPECT_EQ(database_->engine().ReadCounter(SizeCounterKey(Find()->id, 0))->count, 0);
}

TEST_P(TimeToLiveSweeperTest, GoesOnAfterReopening) {
  if (GetParam() == EngineKind::kMemory) GTEST_SKIP() << "nothing survives";
  CreateTable();
  options_.backfill = {.entries = 10, .steps_between_saves = 1};
  Open();
  for (int64_t n = 1; n <= 100; ++n) Put(Expiring(n, kStart - 1));
  ASSERT_TRUE(SetTimeToLive(true));
  for (int i = 0; i < 3; ++i) database_->jobs().RunOnce();
  EXPECT_FALSE(Find()->ttl->filled);
  EXPECT_EQ(Keys(TableBackfills(Find()->id)).size(), 1u);
  Open();
  Put(Expiring(101, kStart - 1));
  RunJobs();
  EXPECT_TRUE(Find()->ttl->filled);
  EXPECT_TRUE(Keys(TableBackfills(Find()->id)).empty());
  ExpectEntriesOfItems();
  while (database_->sweeper().Stats().deleted == 0) SweepOnce();
  Open();
  ASSERT_TRUE(SweepUntil([&] { return Numbers().empty(); }));
  ExpectEntriesOfItems();
}

TEST_P(TimeToLiveSweeperTest, AnItemThatCannotBeDeletedKeepsNoOthers) {
  CreateTable({GlobalIndex("global", 2, {{"g", Type::kS}})});
  Enable();
  for (int64_t n = 1; n <= 60; ++n) Put(Expiring(n, kStart - 100 + static_cast<double>(n)));
  // Its expiry can be read, but not all of it.
  Item item = Expiring(3, kStart - 97);
  item.Set("z", AttributeValue::S("zzzz"));
  std::string bytes;
  EncodeItem(item, &bytes);
  bytes.pop_back();
  CommitRequest damage;
  damage.decide = [&](const CommitView&) {
    Decision decision;
    decision.commit = true;
    decision.mutations.push_back({ItemKey(*Find(), item), bytes});
    return decision;
  };
  ASSERT_EQ(CommitAndWait(database_->engine(), std::move(damage)).outcome,
            CommitOutcome::kCommitted);
  ASSERT_TRUE(SweepUntilDeleted(59));
  EXPECT_EQ(Keys(AllEntries(*Find(), nullptr)).size(), 1u);
}

TEST_P(TimeToLiveSweeperTest, DeletesNoFasterThanAllowed) {
  options_.time_to_live.deletions_per_second = 10;
  Open();
  CreateTable();
  Enable();
  for (int64_t n = 1; n <= 20; ++n) Put(Expiring(n, kStart - 1));
  const int64_t began = clock_.MonotonicMicros();
  while (database_->sweeper().Stats().deleted < 20) {
    database_->sweeper().RunOnce();
    clock_.Pass(kSecond / 100);
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  EXPECT_GE(clock_.MonotonicMicros() - began, 19 * kSecond / 10);
}

TEST_P(TimeToLiveSweeperTest, HasAThreadOfItsOwn) {
  options_.manual_jobs = false;
  SystemClock clock;
  options_.clock = &clock;
  Open();
  CreateTable();
  for (int64_t n = 1; n <= 50; ++n) Put(Expiring(n, 1'750'000'000));
  Put(Expiring(51, 4'000'000'000));
  ASSERT_TRUE(SetTimeToLive(true));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (Numbers().size() > 1) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(Numbers(), std::set<int64_t>{51});
  database_.reset();
}

INSTANTIATE_TEST_SUITE_P(Engines, TimeToLiveSweeperTest,
                         ::testing::Values(EngineKind::kMemory, EngineKind::kRocks),
                         [](const auto& info) {
                           return info.param == EngineKind::kMemory ? "Memory" : "Rocks";
                         });

}  // namespace
}  // namespace stator
