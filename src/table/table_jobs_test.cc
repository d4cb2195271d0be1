// Tables and indexes that come and go, on both embedded engines, with writers at work.
#include "table/table_jobs.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "base/temp_dir.h"
#include "model/item_codec.h"
#include "model/item_size.h"
#include "storage/open.h"
#include "table/blocking.h"
#include "table/database.h"
#include "table/index_maintenance.h"
#include "table/layout.h"
#include "table/table_changes.h"
#include "table/token_record.h"
#include "table/write_items.h"

namespace stator {
namespace {

using Type = AttributeValue::Type;

const Scope kScope{"000000000000", "us-east-1"};

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

class ManualClock final : public Clock {
 public:
  int64_t NowMicros() const override { return micros_; }
  int64_t MonotonicMicros() const override { return micros_; }
  void Advance(int64_t micros) { micros_ += micros; }

 private:
  std::atomic<int64_t> micros_{1'700'000'000'000'000};
};

enum class EngineKind { kMemory, kRocks };

class TableJobsTest : public ::testing::TestWithParam<EngineKind> {
 protected:
  void SetUp() override { Open(); }
  void TearDown() override { database_.reset(); }

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
    DatabaseOptions database_options;
    database_options.clock = clock_;
    database_options.random = &random_;
    database_options.control_plane_delay_factor = delay_factor_;
    database_options.manual_jobs = manual_jobs_;
    auto database = Database::Open(std::move(engine), database_options);
    ASSERT_TRUE(database) << database.error().message;
    database_ = *std::move(database);
  }

  // The jobs go on in Eventually only: what is seen between two steps stays so.
  void StepByHand() {
    manual_jobs_ = true;
    Open();
  }

  TablePtr Find() { return database_->catalog().Find(kScope, "t"); }

  // Waits for a state of table "t" (null: gone).
  template <class Predicate>
  ::testing::AssertionResult Eventually(Predicate predicate) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < deadline) {
      if (predicate(Find())) return ::testing::AssertionSuccess();
      if (manual_jobs_) {
        database_->jobs().RunOnce();
        continue;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return ::testing::AssertionFailure() << "nothing happened for 60 s";
  }
  static bool IsActive(const TablePtr& table) {
    return table != nullptr && table->status == TableStatus::kActive;
  }
  static bool IndexIsActive(const TablePtr& table) {
    return table != nullptr && table->FindIndex("gsi") != nullptr &&
           table->FindIndex("gsi")->status == IndexStatus::kActive;
  }

  ApiResult<TablePtr> Change(UniqueFunction<DefinitionChange(const TableDefinition*)> change) {
    auto changed = ChangeAndWait(database_->catalog(), kScope, "t", std::move(change));
    if (changed) database_->jobs().Wake(**changed);
    return changed;
  }

  void CreateTable() {
    CreateTableRequest request;
    request.name = "t";
    request.attributes = {{"p", Type::kS}};
    request.keys = {{"p", true}};
    request.billing = BillingMode::kPayPerRequest;
    TableDefinition table = *PlanCreateTable(request, {1, kScope.region});
    table.scope = kScope;
    auto created = Change([&](const TableDefinition* current) -> DefinitionChange {
      EXPECT_EQ(current, nullptr);
      return std::optional<TableDefinition>(table);
    });
    ASSERT_TRUE(created);
    EXPECT_EQ((*created)->status, TableStatus::kCreating);
  }

  ApiResult<TablePtr> Update(const UpdateTableRequest& request) {
    return Change([&](const TableDefinition* current) -> DefinitionChange {
      auto plan = PlanUpdateTable(current, request, {1, kScope.region});
      if (!plan) return Unexpected<ApiError>(plan.error());
      return std::optional<TableDefinition>(plan->next);
    });
  }

  void AddIndex() {
    UpdateTableRequest request;
    request.name = "t";
    request.attributes = {{{"g", Type::kS}}};
    request.index_updates.emplace(1);
    IndexRequest& index = request.index_updates->at(0).create.emplace();
    index.name = "gsi";
    index.keys = {{"g", true}};
    index.projection = {IndexProjection::Type::kInclude, {{"v"}}};
    auto updated = Update(request);
    ASSERT_TRUE(updated) << *updated.error().message;
    EXPECT_EQ((*updated)->status, TableStatus::kUpdating);
  }

  ApiResult<TablePtr> RemoveIndex() {
    UpdateTableRequest request;
    request.name = "t";
    request.index_updates.emplace(1);
    request.index_updates->at(0).remove = "gsi";
    return Update(request);
  }

  ApiResult<TablePtr> DeleteTable() {
    return Change([](const TableDefinition* current) -> DefinitionChange {
      auto next = PlanDeleteTable(current, "t", 0);
      if (!next) return Unexpected<ApiError>(next.error());
      return std::optional<TableDefinition>(*next);
    });
  }

  static Item MakeItem(uint64_t number, uint64_t variant) {
    Item item;
    item.Set("p", AttributeValue::S("item" + std::to_string(number)));
    // Not all items belong into the index.
    if (variant % 5 != 0) item.Set("g", AttributeValue::S("group" + std::to_string(variant % 17)));
    item.Set("v", AttributeValue::S(std::string(variant % 40, 'v')));
    item.Set("other", AttributeValue::N(static_cast<int64_t>(variant)));
    return item;
  }

  ItemWrite Put(Item item) {
    ItemWrite write;
    write.table_name = "t";
    write.item = std::move(item);
    return write;
  }
  ItemWrite Delete(uint64_t number) {
    ItemWrite write;
    write.table_name = "t";
    write.kind = WriteKind::kDelete;
    write.item.Set("p", AttributeValue::S("item" + std::to_string(number)));
    return write;
  }

  // Null: it worked.
  std::optional<ApiError> Write(std::vector<ItemWrite> writes,
                                WriteForm form = WriteForm::kSingle) {
    WriteItemsRequest request;
    request.scope = kScope;
    request.form = form;
    request.writes = std::move(writes);
    return Await<std::optional<ApiError>>([&](auto done) {
      WriteItems(database_.get(), std::move(request),
                 [done = std::move(done)](ApiResult<WriteItemsResult> result,
                                          const WriteItemsRequest&) mutable {
                   done(result ? std::nullopt : std::optional<ApiError>(result.error()));
                 });
    });
  }

  void Fill(uint64_t count) {
    for (uint64_t i = 0; i < count; i += 25) {
      std::vector<ItemWrite> writes;
      for (uint64_t j = i; j < std::min(i + 25, count); ++j) writes.push_back(Put(MakeItem(j, j)));
      const auto error = Write(std::move(writes), WriteForm::kBatch);
      ASSERT_FALSE(error) << error->message.value_or("");
    }
  }

  std::map<std::string, std::string> Entries(const KeyRange& range) {
    std::map<std::string, std::string> entries;
    auto scanned =
        ScanAndWait(database_->engine(), {range.begin, range.end}, [&](auto key, auto value) {
          entries.emplace(key, value);
          return true;
        });
    EXPECT_TRUE(scanned);
    return entries;
  }

  // Items and index entries agree, and both agree with their counters.
  void ExpectConsistent() {
    const TablePtr table = Find();
    ASSERT_NE(table, nullptr);
    Counter items;
    std::map<uint32_t, std::map<std::string, std::string>> expected;
    std::map<uint32_t, Counter> counted;
    for (const auto& [key, value] : Entries(AllEntries(*table, nullptr))) {
      const Item item = *DecodeItem(value);
      items.count += 1;
      items.bytes += static_cast<int64_t>(SizeOf(item));
      for (const IndexDefinition& index : table->indexes) {
        auto entry = EntryOf(*table, index, item);
        if (!entry) continue;
        counted[index.id].count += 1;
        counted[index.id].bytes += static_cast<int64_t>(entry->size);
        expected[index.id].emplace(entry->key, entry->value);
      }
    }
    const Counter stored = *database_->engine().ReadCounter(SizeCounterKey(table->id, 0));
    EXPECT_EQ(stored.count, items.count);
    EXPECT_EQ(stored.bytes, items.bytes);
    for (const IndexDefinition& index : table->indexes) {
      EXPECT_TRUE(Entries(AllEntries(*table, &index)) == expected[index.id]) << index.name;
      const Counter counter = *database_->engine().ReadCounter(SizeCounterKey(table->id, index.id));
      EXPECT_EQ(counter.count, counted[index.id].count);
      EXPECT_EQ(counter.bytes, counted[index.id].bytes);
    }
  }

  // Puts and deletes of `items` items until told to stop. Errors other than `tolerated` fail the
  // test.
  class Writers {
   public:
    Writers(TableJobsTest* test, int count, uint64_t items,
            std::optional<ErrorType> tolerated = std::nullopt) {
      for (int i = 0; i < count; ++i) {
        threads_.emplace_back([this, test, i, items, tolerated] {
          SeededRandom random(static_cast<uint64_t>(i) + 1);
          while (!stop_) {
            const uint64_t number = random.Uniform(items);
            const bool remove = random.OneIn(4);
            const auto error =
                test->Write({remove ? test->Delete(number)
                                    : test->Put(MakeItem(number, random.Uniform(1000)))});
            if (error && error->type != tolerated) ADD_FAILURE() << error->message.value_or("");
            ++writes_;
          }
        });
      }
    }
    ~Writers() { Stop(); }
    void Stop() {
      stop_ = true;
      for (std::thread& thread : threads_) thread.join();
      threads_.clear();
    }
    // Returns when `count` more writes were made.
    void Await(uint64_t count) {
      const uint64_t until = writes_ + count;
      while (writes_ < until) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }

   private:
    std::atomic<bool> stop_{false};
    std::atomic<uint64_t> writes_{0};
    std::vector<std::thread> threads_;
  };

  SystemClock system_clock_;
  ManualClock manual_clock_;
  const Clock* clock_ = &system_clock_;
  LockedRandom random_;
  double delay_factor_ = 0;
  bool manual_jobs_ = false;
  TempDir dir_;
  std::unique_ptr<Database> database_;
};

TEST_P(TableJobsTest, TablesComeAndGo) {
  CreateTable();
  ASSERT_TRUE(Eventually(IsActive));
  Fill(100);
  ExpectConsistent();
  const uint64_t first_id = Find()->id;
  auto deleted = DeleteTable();
  ASSERT_TRUE(deleted);
  EXPECT_EQ((*deleted)->status, TableStatus::kDeleting);
  ASSERT_TRUE(Eventually([](const TablePtr& table) { return table == nullptr; }));
  EXPECT_TRUE(Entries(TableData(first_id)).empty());
  EXPECT_EQ(database_->engine().ReadCounter(SizeCounterKey(first_id, 0))->count, 0);

  CreateTable();
  ASSERT_TRUE(Eventually(IsActive));
  EXPECT_GT(Find()->id, first_id);
  ExpectConsistent();
  EXPECT_EQ(database_->engine().ReadCounter(SizeCounterKey(Find()->id, 0))->count, 0);
}

TEST_P(TableJobsTest, UpdatesEndInActive) {
  CreateTable();
  ASSERT_TRUE(Eventually(IsActive));
  UpdateTableRequest request;
  request.name = "t";
  request.table_class = "STANDARD_INFREQUENT_ACCESS";
  auto updated = Update(request);
  ASSERT_TRUE(updated);
  EXPECT_EQ((*updated)->status, TableStatus::kUpdating);
  ASSERT_TRUE(Eventually(IsActive));
  EXPECT_EQ(Find()->pending, PendingChange::kNone);
  EXPECT_EQ(Find()->table_class, TableClass::kStandardInfrequentAccess);
}

TEST_P(TableJobsTest, BackfillTakesWhatFits) {
  CreateTable();
  ASSERT_TRUE(Eventually(IsActive));
  Fill(3);  // items 1 and 2 have a "g"
  Item wrong_type = MakeItem(10, 1);
  wrong_type.Set("g", AttributeValue::N(1));
  Item empty = MakeItem(11, 1);
  empty.Set("g", AttributeValue::S(""));
  Item too_long = MakeItem(12, 1);
  too_long.Set("g", AttributeValue::S(std::string(2049, 'x')));
  for (const Item& item : {wrong_type, empty, too_long}) ASSERT_FALSE(Write({Put(item)}));
  AddIndex();
  ASSERT_TRUE(Eventually(IndexIsActive));
  EXPECT_TRUE(IsActive(Find()));
  EXPECT_FALSE(Find()->FindIndex("gsi")->backfilling);
  ExpectConsistent();
  EXPECT_EQ(database_->engine().ReadCounter(SizeCounterKey(Find()->id, 1))->count, 2);
}

TEST_P(TableJobsTest, BackfillUnderWriters) {
  CreateTable();
  ASSERT_TRUE(Eventually(IsActive));
  Fill(3000);
  Writers writers(this, 4, 3000);
  for (int round = 0; round < 3; ++round) {
    writers.Await(100);
    AddIndex();
    ASSERT_TRUE(Eventually(IndexIsActive));
    writers.Await(100);
    if (round == 2) break;
    ASSERT_TRUE(RemoveIndex());
    ASSERT_TRUE(Eventually([](const TablePtr& table) { return table->indexes.empty(); }));
  }
  writers.Stop();
  ExpectConsistent();
  EXPECT_EQ(Find()->indexes[0].id, 3u);
  EXPECT_TRUE(Entries({BackfillKey(Find()->id, 0), BackfillKey(Find()->id + 1, 0)}).empty());
}

TEST_P(TableJobsTest, InterruptedBackfillGoesOn) {
  if (GetParam() == EngineKind::kMemory) GTEST_SKIP() << "nothing survives";
  StepByHand();
  CreateTable();
  ASSERT_TRUE(Eventually(IsActive));
  Fill(20'000);
  AddIndex();
  const uint64_t table_id = Find()->id;
  ASSERT_TRUE(Eventually([&](const TablePtr&) {
    return database_->engine().ReadCounter(SizeCounterKey(table_id, 1))->count > 5000;
  }));
  // No longer than a step: what is seen after reopening is the interrupted state.
  delay_factor_ = 1;
  Open();
  ASSERT_EQ(Find()->FindIndex("gsi")->status, IndexStatus::kCreating);
  EXPECT_TRUE(Find()->FindIndex("gsi")->backfilling);
  EXPECT_EQ(Entries({BackfillKey(table_id, 1), BackfillKey(table_id, 2)}).size(), 1u);
  ASSERT_FALSE(Write({Put(MakeItem(7, 8))}));
  ASSERT_FALSE(Write({Delete(9)}));
  delay_factor_ = 0;
  Open();
  ASSERT_TRUE(Eventually(IndexIsActive));
  ExpectConsistent();
  EXPECT_TRUE(Entries({BackfillKey(table_id, 1), BackfillKey(table_id, 2)}).empty());
}

TEST_P(TableJobsTest, IndexDeletedWhileBackfilling) {
  StepByHand();
  CreateTable();
  ASSERT_TRUE(Eventually(IsActive));
  Fill(10'000);
  Writers writers(this, 2, 10'000);
  AddIndex();
  const uint64_t table_id = Find()->id;
  ASSERT_TRUE(Eventually([&](const TablePtr& table) {
    return table->indexes[0].backfilling &&
           database_->engine().ReadCounter(SizeCounterKey(table_id, 1))->count > 500;
  }));
  // A table with an index on its way cannot be deleted.
  auto deleted = DeleteTable();
  ASSERT_FALSE(deleted);
  EXPECT_EQ(deleted.error().type, ErrorType::kResourceInUse);
  auto removed = RemoveIndex();
  ASSERT_TRUE(removed) << *removed.error().message;
  ASSERT_TRUE(Eventually([](const TablePtr& table) { return table->indexes.empty(); }));
  writers.Await(50);
  writers.Stop();
  EXPECT_TRUE(IsActive(Find()));
  EXPECT_EQ(Find()->attributes, (std::vector<KeyAttribute>{{"p", Type::kS}}));
  EXPECT_TRUE(Entries(IndexData(table_id, 1)).empty());
  EXPECT_EQ(database_->engine().ReadCounter(SizeCounterKey(table_id, 1))->count, 0);
  EXPECT_TRUE(Entries({BackfillKey(table_id, 1), BackfillKey(table_id, 2)}).empty());
  ExpectConsistent();
}

TEST_P(TableJobsTest, TableDeletedUnderWritersAndMadeAgain) {
  CreateTable();
  ASSERT_TRUE(Eventually(IsActive));
  Writers writers(this, 3, 500, ErrorType::kResourceNotFound);
  std::vector<uint64_t> old_ids;
  for (int round = 0; round < 5; ++round) {
    writers.Await(200);
    old_ids.push_back(Find()->id);
    ASSERT_TRUE(DeleteTable());
    ASSERT_TRUE(Eventually([](const TablePtr& table) { return table == nullptr; }));
    CreateTable();
    ASSERT_TRUE(Eventually(IsActive));
  }
  writers.Await(200);
  writers.Stop();
  ExpectConsistent();
  EXPECT_FALSE(Entries(TableData(Find()->id)).empty());
  for (const uint64_t id : old_ids) EXPECT_TRUE(Entries(TableData(id)).empty()) << id;
}

TEST_P(TableJobsTest, DelaysAsAsked) {
  delay_factor_ = 0.02;
  Open();
  const auto start = std::chrono::steady_clock::now();
  CreateTable();
  ASSERT_TRUE(Eventually(IsActive));
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(75));
}

TEST_P(TableJobsTest, DeletionGoesOnAfterReopening) {
  if (GetParam() == EngineKind::kMemory) GTEST_SKIP() << "nothing survives";
  CreateTable();
  ASSERT_TRUE(Eventually(IsActive));
  Fill(50);
  const uint64_t id = Find()->id;
  delay_factor_ = 1;
  Open();
  ASSERT_TRUE(DeleteTable());
  EXPECT_EQ(Entries(TableData(id)).size(), 50u);
  delay_factor_ = 0;
  Open();
  ASSERT_TRUE(Eventually([](const TablePtr& table) { return table == nullptr; }));
  EXPECT_TRUE(Entries(TableData(id)).empty());
}

TEST_P(TableJobsTest, ExpiredTokensGo) {
  clock_ = &manual_clock_;
  Open();
  CreateTable();
  ASSERT_TRUE(Eventually(IsActive));
  auto transact = [&](uint64_t number, std::string token) {
    WriteItemsRequest request;
    request.scope = kScope;
    request.form = WriteForm::kTransaction;
    request.writes.push_back(Put(MakeItem(number, 1)));
    request.token = IdempotencyToken{std::move(token), number};
    return Await<bool>([&](auto done) {
      WriteItems(
          database_.get(), std::move(request),
          [done = std::move(done)](ApiResult<WriteItemsResult> result,
                                   const WriteItemsRequest&) mutable { done(result.has_value()); });
    });
  };
  auto count = [&] {
    const std::string begin = TokenKey(kScope, "TransactWriteItems", "");
    return Entries({begin, begin + "\x7f"}).size();
  };
  auto expiries = [&] {
    return Entries(TokenExpiryUpTo(manual_clock_.NowMicros() + 100 * kTokenLifetimeMicros)).size();
  };

  ASSERT_TRUE(transact(1, "one"));
  manual_clock_.Advance(kTokenLifetimeMicros + 1);
  // "one" has expired but is still there: used again, it lives on, and its first expiry must not
  // take it.
  ASSERT_TRUE(transact(2, "one"));
  ASSERT_TRUE(transact(3, "two"));
  EXPECT_EQ(count(), 2u);
  database_->jobs().Wake(*Find());
  ASSERT_TRUE(Eventually([&](const TablePtr&) { return expiries() == 2; }));
  EXPECT_EQ(count(), 2u);
  manual_clock_.Advance(kTokenLifetimeMicros + 1);
  database_->jobs().Wake(*Find());
  ASSERT_TRUE(Eventually([&](const TablePtr&) { return expiries() == 0; }));
  EXPECT_EQ(count(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Engines, TableJobsTest,
                         ::testing::Values(EngineKind::kMemory, EngineKind::kRocks),
                         [](const auto& info) {
                           return info.param == EngineKind::kMemory ? "Memory" : "Rocks";
                         });

}  // namespace
}  // namespace stator
