// Entries of items that expire, damaged one by one: each must be found and named.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "storage/embedded_engine.h"
#include "storage/memory_store.h"
#include "table/blocking.h"
#include "table/check_tables.h"
#include "table/database.h"
#include "table/layout.h"
#include "table/test_tables.h"
#include "table/write_items.h"

namespace stator {
namespace {

using testing::TestItem;
using testing::TestTable;

constexpr uint64_t kSeconds = 1'800'000'000;

class CheckTimeToLiveTest : public ::testing::Test {
 protected:
  CheckTimeToLiveTest() {
    auto engine =
        std::make_unique<EmbeddedEngine>(std::make_unique<MemoryStore>(), EngineOptions{});
    engine_ = engine.get();
    DatabaseOptions options;
    options.clock = &clock_;
    options.random = &random_;
    options.manual_jobs = true;
    database_ = *Database::Open(std::move(engine), options);
    TableDefinition table = TestTable();
    table.next_index_id = 5;
    table.ttl = TimeToLive{.attribute = "expires", .id = 4, .filled = true};
    Define(table);
    for (int64_t r = 0; r < 20; ++r) Put(r, r % 2 == 0);
  }

  void Define(TableDefinition table) {
    table_ = *ChangeAndWait(database_->catalog(), table.scope, "t", [&](const TableDefinition*) {
      return DefinitionChange(std::optional(table));
    });
  }

  void Put(int64_t r, bool expires) {
    WriteItemsRequest request{table_->scope, WriteForm::kSingle, {}, {}};
    ItemWrite& write = request.writes.emplace_back();
    write.table_name = "t";
    write.item = TestItem("a", r);
    if (expires) write.item.Set("expires", AttributeValue::N(static_cast<int64_t>(kSeconds) + r));
    EXPECT_TRUE(Await<bool>([&](auto done) {
      WriteItems(
          database_.get(), std::move(request),
          [done = std::move(done)](ApiResult<WriteItemsResult> result,
                                   const WriteItemsRequest&) mutable { done(result.has_value()); });
    }));
  }

  std::string Entry(int64_t r, uint64_t seconds, uint32_t ttl_id = 4) const {
    return TimeToLiveKey(table_->id, ttl_id, seconds, ItemKey(*table_, TestItem("a", r)));
  }

  void Edit(const std::string& key, std::optional<std::string_view> value) {
    const WriteOp op{key, value};
    ASSERT_EQ(engine_->store().Write({&op, 1}, true).outcome, WriteOutcome::kWritten);
  }

  const CheckReport& Check() {
    report_.emplace(CheckReport::Options{});
    CheckTables(&engine_->store(), {.now_micros = 1}, &*report_);
    return *report_;
  }
  std::string TheProblem() {
    const CheckReport& report = Check();
    EXPECT_EQ(report.total(), 1u);
    return report.problems().empty() ? "" : report.problems()[0].Text();
  }

  SystemClock clock_;
  SeededRandom random_{1};
  EmbeddedEngine* engine_ = nullptr;
  std::unique_ptr<Database> database_;
  TablePtr table_;
  std::optional<CheckReport> report_;
};

TEST_F(CheckTimeToLiveTest, WhatAServerWritesIsSound) {
  EXPECT_EQ(Check().total(), 0u);
  EXPECT_TRUE(Check().notes().empty());
}

TEST_F(CheckTimeToLiveTest, AMissingEntryIsNamed) {
  Edit(Entry(4, kSeconds + 4), std::nullopt);
  EXPECT_EQ(
      TheProblem(),
      R"(entry missing: table t, key {"p":{"S":"a"},"r":{"N":"4"}}: the item expires and has no entry)");
}

TEST_F(CheckTimeToLiveTest, AnEntryOfNoItemIsNamed) {
  Edit(Entry(99, kSeconds), "");
  EXPECT_EQ(
      TheProblem(),
      R"(entry without item: table t, key {"p":{"S":"a"},"r":{"N":"99"}}: the entry says when an item expires that is not there)");
}

TEST_F(CheckTimeToLiveTest, AnEntryAtAnotherTimeIsNamed) {
  Edit(Entry(4, kSeconds), "");
  EXPECT_NE(TheProblem().find("the entry says that the item expires at another time than it does"),
            std::string::npos);
  Edit(Entry(4, kSeconds), std::nullopt);
  Edit(Entry(3, kSeconds), "");
  EXPECT_NE(TheProblem().find("the entry says that the item expires, which it does not"),
            std::string::npos);
}

TEST_F(CheckTimeToLiveTest, AnEntryWithAValueIsNamed) {
  Edit(Entry(4, kSeconds + 4), "x");
  EXPECT_TRUE(TheProblem().starts_with("entry wrong: table t"));
}

TEST_F(CheckTimeToLiveTest, AKeyOfNoItemIsNamed) {
  TableDefinition other = *table_;
  other.keys.range.clear();
  Edit(TimeToLiveKey(table_->id, 4, kSeconds, ItemKey(other, TestItem("a", 1))), "");
  EXPECT_TRUE(TheProblem().starts_with("key: table t"));
}

TEST_F(CheckTimeToLiveTest, EntriesOfNoTimeToLiveAreLeftovers) {
  Edit(Entry(1, kSeconds, 3), "");
  EXPECT_NE(TheProblem().find("1 entry (37 bytes) of a time to live that is not there"),
            std::string::npos)
      << TheProblem();
}

TEST_F(CheckTimeToLiveTest, WhatIsBeingDoneIsNoted) {
  TableDefinition table = *table_;
  table.dropped_ttls = {3};
  table.ttl->filled = false;
  Define(table);
  Edit(Entry(1, kSeconds, 3), "");
  // Not yet reached.
  Edit(Entry(4, kSeconds + 4), std::nullopt);
  const CheckReport& report = Check();
  EXPECT_EQ(report.total(), 0u);
  ASSERT_EQ(report.notes().size(), 2u);
  EXPECT_EQ(report.notes()[0], "what expires in table t is being collected");
  EXPECT_EQ(report.notes()[1],
            "a former time to live of table t is being deleted; 1 entries are left to go");
}

TEST_F(CheckTimeToLiveTest, AnImpossibleNumberIsNamed) {
  TableDefinition table = *table_;
  table.ttl->id = 9;
  Edit(CatalogKey(table.scope, table.name), EncodeTableDefinition(table));
  const CheckReport& report = Check();
  EXPECT_EQ(report.count(ProblemKind::kCatalog), 1u);
}

}  // namespace
}  // namespace stator
