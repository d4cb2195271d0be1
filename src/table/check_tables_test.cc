// A real database is written, damaged key by key, and each damage must be found and named.
#include "table/check_tables.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/temp_dir.h"
#include "model/attribute_value_json.h"
#include "model/item_codec.h"
#include "model/limits.h"
#include "storage/embedded_engine.h"
#include "storage/format.h"
#include "storage/memory_store.h"
#include "storage/offline_store.h"
#include "storage/open.h"
#include "storage/rocksdb_store.h"
#include "table/blocking.h"
#include "table/database.h"
#include "table/index_maintenance.h"
#include "table/layout.h"
#include "table/test_tables.h"
#include "table/token_record.h"
#include "table/write_items.h"

namespace stator {
namespace {

using testing::GlobalIndex;
using testing::LocalIndex;
using testing::TestItem;
using testing::TestTable;
using Type = AttributeValue::Type;

constexpr int64_t kNow = 1'700'000'000'000'000;

class FixedClock final : public Clock {
 public:
  int64_t NowMicros() const override { return kNow; }
  int64_t MonotonicMicros() const override { return SystemClock().MonotonicMicros(); }
};

Item ItemOf(const std::string& p, int64_t r) {
  Item item = TestItem(p, r);
  item.Set("l", AttributeValue::S("l" + std::to_string(r % 3)));
  if (r % 2 == 0) item.Set("g", AttributeValue::S("even"));
  item.Set("x", AttributeValue::S(std::string(static_cast<size_t>(r) * 7, 'x')));
  return item;
}

TableDefinition Definition() {
  IndexDefinition keys_only = GlobalIndex("keys", 3, {{"l", Type::kS}}, {{"r", Type::kN}});
  keys_only.projection.type = IndexProjection::Type::kKeysOnly;
  TableDefinition table =
      TestTable({LocalIndex("local", 1, "l"), GlobalIndex("even", 2, {{"g", Type::kS}}),
                 std::move(keys_only)});
  table.next_index_id = 5;
  return table;
}

std::unique_ptr<Database> OpenDatabase(std::unique_ptr<Engine> engine, const Clock* clock,
                                       Random* random) {
  auto database = Database::Open(std::move(engine), DatabaseOptions{clock, random});
  EXPECT_TRUE(database);
  return std::move(*database);
}

TablePtr Create(Database* database, TableDefinition table) {
  const Scope scope = table.scope;
  const std::string name = table.name;
  auto created = ChangeAndWait(database->catalog(), scope, name, [&](const TableDefinition*) {
    return DefinitionChange(std::optional(table));
  });
  EXPECT_TRUE(created);
  return *created;
}

void Put(Database* database, std::vector<Item> items, WriteForm form = WriteForm::kSingle) {
  WriteItemsRequest request{{"000000000000", "us-east-1"}, form, {}, {}};
  for (Item& item : items) {
    ItemWrite write;
    write.table_name = "t";
    write.item = std::move(item);
    request.writes.push_back(std::move(write));
  }
  if (form == WriteForm::kTransaction) request.token = IdempotencyToken{"some-token", 99};
  std::promise<bool> done;
  WriteItems(database, std::move(request),
             [&](ApiResult<WriteItemsResult> result, const WriteItemsRequest&) {
               done.set_value(bool(result));
             });
  EXPECT_TRUE(done.get_future().get());
}

void Fill(Database* database) {
  for (const char* p : {"a", "b", "c"}) {
    for (int64_t r = 0; r < 10; ++r) Put(database, {ItemOf(p, r)});
  }
  Put(database, {ItemOf("t", 1), ItemOf("t", 2)}, WriteForm::kTransaction);
}

class CheckTablesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    FixedClock clock;
    SeededRandom random{1};
    auto engine =
        OpenRocksEngine(dir_.path() + "/data", EngineOptions{.durability = Durability::kNone});
    ASSERT_TRUE(engine);
    auto database = OpenDatabase(std::move(*engine), &clock, &random);
    table_ = Create(database.get(), Definition());
    Fill(database.get());
  }

  void Edit(std::vector<std::pair<std::string, std::optional<std::string>>> changes) {
    auto store = OpenRocksStore(dir_.path() + "/data", EngineOptions{});
    ASSERT_TRUE(store) << store.error().message;
    std::vector<WriteOp> ops;
    for (const auto& [key, value] : changes) {
      ops.push_back({key, value ? std::optional<std::string_view>(*value) : std::nullopt});
    }
    ASSERT_EQ((*store)->Write(ops, true).outcome, WriteOutcome::kWritten);
  }
  void Edit(std::string key, std::optional<std::string> value) {
    Edit({{std::move(key), std::move(value)}});
  }
  void EditDefinition(TableDefinition changed) {
    Edit(CatalogKey(changed.scope, changed.name), EncodeTableDefinition(changed));
  }

  std::string Read(const std::string& key) {
    auto store = OfflineStore::Open(dir_.path() + "/data");
    EXPECT_TRUE(store);
    StoreWalk walk(store->get(), nullptr);
    std::string found;
    EXPECT_TRUE(walk.Get({key}, [&](size_t, auto value) { found = value.value_or("(missing)"); }));
    return found;
  }

  const CheckReport& Check(size_t kept_per_kind = 20) {
    auto store = OfflineStore::Open(dir_.path() + "/data");
    EXPECT_TRUE(store) << store.error().message;
    report_.emplace(CheckReport::Options{
        .kept_per_kind = kept_per_kind,
        .file_with = [&](std::string_view key) { return (*store)->FileWith(key); }});
    totals_ = CheckTables(store->get(), {.now_micros = kNow}, &*report_);
    return *report_;
  }

  // One problem and no other; its text.
  std::string TheProblem(ProblemKind kind) {
    const CheckReport& report = Check();
    std::string all;
    for (const Problem& problem : report.problems()) all += problem.Text() + "\n";
    EXPECT_EQ(report.total(), 1u) << all;
    EXPECT_EQ(report.count(kind), 1u) << all;
    return all;
  }

  const IndexDefinition& Index(std::string_view name) const { return *table_->FindIndex(name); }
  std::string EntryKey(std::string_view index, const Item& item) const {
    return IndexEntryKey(*table_, Index(index), item);
  }

  TempDir dir_;
  TablePtr table_;
  std::optional<CheckReport> report_;
  CheckTotals totals_;
};

TEST_F(CheckTablesTest, WhatAServerWritesIsSound) {
  const CheckReport& report = Check();
  EXPECT_EQ(report.total(), 0u);
  EXPECT_TRUE(report.notes().empty());
  EXPECT_EQ(totals_.tables, 1u);
  EXPECT_EQ(totals_.indexes, 3u);
  EXPECT_EQ(totals_.items, 32u);
  EXPECT_EQ(totals_.entries, 32u + 16u + 32u);
  EXPECT_EQ(totals_.tokens, 1u);
}

TEST_F(CheckTablesTest, AlsoInMemory) {
  FixedClock clock;
  SeededRandom random{1};
  auto owned = std::make_unique<EmbeddedEngine>(std::make_unique<MemoryStore>(), EngineOptions{});
  EmbeddedEngine* engine = owned.get();
  auto database = OpenDatabase(std::move(owned), &clock, &random);
  const TablePtr table = Create(database.get(), Definition());
  Fill(database.get());
  CheckReport sound({});
  EXPECT_EQ(CheckTables(&engine->store(), {.now_micros = kNow}, &sound).items, 32u);
  EXPECT_EQ(sound.total(), 0u);

  const std::string key = IndexEntryKey(*table, *table->FindIndex("even"), ItemOf("a", 4));
  const WriteOp gone{key, std::nullopt};
  ASSERT_EQ(engine->store().Write({&gone, 1}, true).outcome, WriteOutcome::kWritten);
  CheckReport damaged({});
  CheckTables(&engine->store(), {.now_micros = kNow}, &damaged);
  EXPECT_EQ(damaged.count(ProblemKind::kEntryMissing), 1u);
}

TEST_F(CheckTablesTest, AMissingEntryIsNamed) {
  Edit(EntryKey("even", ItemOf("b", 4)), std::nullopt);
  const CheckReport& report = Check();
  ASSERT_EQ(report.problems().size(), 2u);
  EXPECT_EQ(report.problems()[0].Text(),
            "size: table t, index even: stored: 16 with 655 bytes; counted: 15 with 613 bytes")
      << report.problems()[0].Text();
  EXPECT_EQ(
      report.problems()[1].Text(),
      R"(entry missing: table t, index even, key {"g":{"S":"even"},"p":{"S":"b"},"r":{"N":"4"}}: the item has no entry)");
}

TEST_F(CheckTablesTest, AnEntryWithoutItsItemIsNamed) {
  Item item = ItemOf("nobody", 4);
  const IndexEntry entry = *EntryOf(*table_, Index("local"), item);
  Edit(entry.key, entry.value);
  const CheckReport& report = Check();
  EXPECT_EQ(report.total(), 2u);
  EXPECT_EQ(report.count(ProblemKind::kSize), 1u);
  ASSERT_EQ(report.count(ProblemKind::kEntryOrphan), 1u);
  EXPECT_EQ(
      report.problems()[1].Text(),
      R"(entry without item: table t, index local, key {"l":{"S":"l1"},"p":{"S":"nobody"},"r":{"N":"4"}}, in the log: there is no such item)");
}

TEST_F(CheckTablesTest, AnEntryUnderAnOldIndexKeyIsNamed) {
  Item moved = ItemOf("a", 4);
  moved.Set("g", AttributeValue::S("odd"));
  const IndexEntry entry = *EntryOf(*table_, Index("even"), moved);
  Edit({{EntryKey("even", ItemOf("a", 4)), std::nullopt}, {entry.key, entry.value}});
  const CheckReport& report = Check();
  EXPECT_EQ(report.count(ProblemKind::kEntryMissing), 1u);
  ASSERT_EQ(report.count(ProblemKind::kEntryOrphan), 1u);
  EXPECT_NE(report.problems().back().Text().find("the item has other values of the index's key"),
            std::string::npos);
}

TEST_F(CheckTablesTest, AnEntryThatProjectsSomethingElseIsNamed) {
  Item item = ItemOf("a", 4);
  const IndexEntry entry = *EntryOf(*table_, Index("keys"), item);
  Item other = *DecodeItem(entry.value);
  other.Set("secret", AttributeValue::S("y"));
  std::string bytes;
  EncodeItem(other, &bytes);
  Edit({{entry.key, bytes}, {SizeCounterKey(table_->id, 3), Read(SizeCounterKey(table_->id, 3))}});
  const CheckReport& report = Check();
  EXPECT_EQ(report.count(ProblemKind::kSize), 1u);  // 7 bytes more
  ASSERT_EQ(report.count(ProblemKind::kEntryWrong), 1u);
  EXPECT_EQ(
      report.problems()[1].Text(),
      R"(entry wrong: table t, index keys, key {"l":{"S":"l1"},"p":{"S":"a"},"r":{"N":"4"}}, in the log: attribute secret is not projected, or not the item's)");
}

TEST_F(CheckTablesTest, ACounterThatIsOffIsNamed) {
  Edit(SizeCounterKey(table_->id, 0), EncodeCounter({33, 1}));
  EXPECT_EQ(TheProblem(ProblemKind::kSize).substr(0, 51),
            "size: table t: stored: 33 with 1 bytes; counted: 32");
}

TEST_F(CheckTablesTest, ACounterThatIsGoneIsNamed) {
  Edit(SizeCounterKey(table_->id, 2), std::nullopt);
  EXPECT_EQ(TheProblem(ProblemKind::kSize).substr(0, 53),
            "size: table t, index even: stored: 0 with 0 bytes; co");
}

// The record is one of a Kinesis stream, which is not looked at otherwise.
TEST_F(CheckTablesTest, TheSizesOfLogsAreCompared) {
  const std::string prefix = KinesisShardPrefix(9, 0), record = KinesisRecordKey(9, 0, 5, 0);
  const std::string size = LogSizeKey(prefix, 5);
  const auto bytes = static_cast<int64_t>(record.size() + 3);
  Edit({{record, "abc"},
        {size, EncodeCounter({1, bytes})},
        {std::string(kPositionKey), EncodeGuard(5)}});
  EXPECT_EQ(Check().total(), 0u);
  Edit(size, EncodeCounter({2, bytes + 7}));
  EXPECT_NE(TheProblem(ProblemKind::kSize).find("counts 1 records and 7 bytes more than there are"),
            std::string::npos);
  Edit(size, "\x01oops");
  EXPECT_NE(TheProblem(ProblemKind::kSize).find("cannot be decoded"), std::string::npos);
  Edit(size, std::nullopt);  // is about to be dropped
  EXPECT_EQ(Check().total(), 0u);
}

TEST_F(CheckTablesTest, AnUnreadableCounterIsNamed) {
  Edit(SizeCounterKey(table_->id, 2), "\x01oops");
  const CheckReport& report = Check();
  EXPECT_EQ(report.count(ProblemKind::kSize), report.total());
  EXPECT_EQ(report.problems()[0].Text(),
            "size: table t, index even, in the log: a counter's value cannot be decoded");
}

TEST_F(CheckTablesTest, TheSizeOfAnItemCollectionIsRecounted) {
  const std::string key = CollectionCounterKey(*table_, TestItem("b", 0));
  Counter counter = *DecodeCounter(Read(key));
  counter.bytes += 1;
  Edit(key, EncodeCounter(counter));
  const std::string text = TheProblem(ProblemKind::kCollection);
  EXPECT_TRUE(text.starts_with(
      R"(collection size: table t, key {"p":{"S":"b"}}, in the log: stored: 10 items)"))
      << text;
}

TEST_F(CheckTablesTest, TheSizeOfNoItemCollectionIsNamed) {
  Edit(CollectionCounterKey(*table_, TestItem("nobody", 0)), EncodeCounter({1, 10}));
  EXPECT_NE(TheProblem(ProblemKind::kCollection).find(R"(key {"p":{"S":"nobody"}})"),
            std::string::npos);
}

TEST_F(CheckTablesTest, ZeroIsTheSizeOfAnEmptyCollection) {
  Edit(CollectionCounterKey(*table_, TestItem("nobody", 0)), EncodeCounter({0, 0}));
  EXPECT_EQ(Check().total(), 0u);
}

TEST_F(CheckTablesTest, ATruncatedItemIsNamed) {
  const std::string key = ItemKey(*table_, TestItem("a", 7));
  std::string value = Read(key);
  value.resize(value.size() - 5);
  Edit(key, value);
  const CheckReport& report = Check();
  ASSERT_EQ(report.count(ProblemKind::kItem), 1u);
  EXPECT_TRUE(report.problems()[0].Text().starts_with(
      R"(item: table t, key {"p":{"S":"a"},"r":{"N":"7"}}, in the log: item: )"))
      << report.problems()[0].Text();
  // Its entries are not called orphans, nor the counters wrong; its collection is not what it was.
  EXPECT_EQ(report.total(), 1u + report.count(ProblemKind::kCollection));
}

TEST_F(CheckTablesTest, AnItemUnderAnotherKeyIsNamed) {
  std::string value;
  EncodeItem(ItemOf("a", 7), &value);
  Edit(ItemKey(*table_, TestItem("a", 8)), value);
  const CheckReport& report = Check();
  ASSERT_EQ(report.count(ProblemKind::kItem), 1u);
  EXPECT_EQ(
      report.problems()[0].Text(),
      R"(item: table t, key {"p":{"S":"a"},"r":{"N":"8"}}, in the log: the item's attribute r is {"N":"7"})");
}

TEST_F(CheckTablesTest, AKeyWithAnotherHashIsNamed) {
  std::string key = ItemKey(*table_, TestItem("a", 7));
  const std::string value = Read(key);
  key[15] = static_cast<char>(key[15] ^ 1);  // 1 + 8 + 4, then the hash
  Edit(key, value);
  const CheckReport& report = Check();
  ASSERT_EQ(report.count(ProblemKind::kKey), 1u);
  EXPECT_EQ(report.count(ProblemKind::kSize), 1u);
  EXPECT_EQ(report.problems()[0].key.substr(0, 4), "0x10");
}

TEST_F(CheckTablesTest, AnItemThatIsTooLargeIsNamed) {
  Item item = ItemOf("a", 7);
  item.Set("x", AttributeValue::S(std::string(kMaxItemSize, 'x')));
  std::string value;
  EncodeItem(item, &value);
  Edit(ItemKey(*table_, item), value);
  const CheckReport& report = Check();
  ASSERT_EQ(report.count(ProblemKind::kItem), 1u);
  EXPECT_NE(report.problems()[0].Text().find("more than allowed"), std::string::npos);
}

TEST_F(CheckTablesTest, KeysInNoKeySpaceAreNamed) {
  Edit({{std::string("\x0azz", 3), "1"},
        {"\x7f", "2"},
        {std::string(1, '\0'), "3"},
        {std::string("\x02\x01", 2), "4"}});
  const CheckReport& report = Check();
  EXPECT_EQ(report.count(ProblemKind::kKey), 4u);
  EXPECT_EQ(report.total(), 4u);
}

TEST_F(CheckTablesTest, WhatIsLeftOfDroppedTablesAndIndexesIsNamed) {
  TableDefinition dropped = *table_;
  dropped.id = 999;
  std::string value;
  EncodeItem(ItemOf("a", 1), &value);
  Edit({{ItemKey(dropped, ItemOf("a", 1)), value},
        {ItemKey(dropped, ItemOf("a", 2)), value},
        {IndexEntryKey(dropped, dropped.indexes[0], ItemOf("a", 1)), value},
        {SizeCounterKey(999, 0), EncodeCounter({2, 10})},
        {CollectionCounterKey(dropped, ItemOf("a", 1)), EncodeCounter({2, 10})},
        {IndexData(table_->id, 4).begin + std::string(8, 'h') + value.substr(0, 0) +
             std::string("\x04z\0\0", 4),
         "x"}});
  const CheckReport& report = Check();
  std::string all;
  for (const Problem& problem : report.problems()) all += problem.Text() + "\n";
  EXPECT_EQ(report.count(ProblemKind::kLeftover), 5u) << all;
  EXPECT_EQ(report.total(), 5u) << all;
  EXPECT_NE(all.find("leftover: table number 999, in the log: 2 entries ("), std::string::npos)
      << all;
  EXPECT_NE(all.find("leftover: table t, index number 4, in the log: 1 entry ("), std::string::npos)
      << all;
}

TEST_F(CheckTablesTest, DefinitionsThatCannotBeReadAreNamed) {
  Edit(CatalogKey(table_->scope, "t"), "nonsense");
  const CheckReport& report = Check();
  EXPECT_EQ(report.count(ProblemKind::kCatalog), 1u);
  EXPECT_GT(report.count(ProblemKind::kLeftover), 0u);
  EXPECT_NE(report.problems().back().what.find("whose definition cannot be read"),
            std::string::npos);
}

TEST_F(CheckTablesTest, ADefinitionUnderAnotherNameIsNamed) {
  Edit(CatalogKey(table_->scope, "u"), EncodeTableDefinition(*table_));
  EXPECT_NE(TheProblem(ProblemKind::kCatalog)
                .find("table u, in the log: the definition is that of table t"),
            std::string::npos);
}

TEST_F(CheckTablesTest, TwoTablesWithOneNumberAreNamed) {
  TableDefinition other = *table_;
  other.name = "u";
  EditDefinition(other);
  EXPECT_NE(TheProblem(ProblemKind::kCatalog).find("the same number"), std::string::npos);
}

TEST_F(CheckTablesTest, TheEpochOfADefinitionIsCompared) {
  Edit(TableGuardKey(table_->id), EncodeGuard(table_->epoch + 1));
  EXPECT_NE(TheProblem(ProblemKind::kGuard).find("epoch: table t: the guard is "),
            std::string::npos);
  Edit(TableGuardKey(table_->id), std::nullopt);
  EXPECT_NE(TheProblem(ProblemKind::kGuard).find("missing"), std::string::npos);
}

TEST_F(CheckTablesTest, TheLastTableNumberIsCompared) {
  std::string zero;
  AppendU64(0, &zero);
  Edit(NextTableIdKey(), zero);
  EXPECT_NE(TheProblem(ProblemKind::kCatalog).find("recorded as 0, but"), std::string::npos);
  // A number that was given must not be given again, whether or not its table is still there.
  AppendU64(1, &zero);
  Edit({{NextTableIdKey(), zero.substr(8)}, {TableGuardKey(9), EncodeGuard(3)}});
  EXPECT_NE(TheProblem(ProblemKind::kCatalog).find("there is or was a table 9"), std::string::npos);
}

TEST_F(CheckTablesTest, TokensAndTheirExpiryComeInPairs) {
  const std::string token = TokenKey(table_->scope, "TransactWriteItems", "some-token");
  const std::string expiry = TokenExpiryKey(kNow + kTokenLifetimeMicros, token);
  const std::string record = Read(token);
  Edit(expiry, std::nullopt);
  EXPECT_NE(TheProblem(ProblemKind::kToken).find("token: key some-token of account 000000000000"),
            std::string::npos);
  Edit({{expiry, token}, {token, std::nullopt}});
  EXPECT_NE(TheProblem(ProblemKind::kToken).find("list by expiry only"), std::string::npos);
  Edit({{token, "\x07"}});
  EXPECT_NE(TheProblem(ProblemKind::kToken).find("cannot be read"), std::string::npos);
  Edit({{token, record}, {expiry, "another"}});
  EXPECT_NE(Check().problems().at(0).what.find("names another token"), std::string::npos);
  // One that was due, of a token that was used again later, may stand alone.
  Edit({{expiry, token}, {TokenExpiryKey(kNow, token + "2"), token + "2"}});
  EXPECT_EQ(Check().total(), 0u);
}

TEST_F(CheckTablesTest, AnIndexBeingFilledNeedNotBeComplete) {
  TableDefinition filling = *table_;
  filling.indexes[1].status = IndexStatus::kCreating;
  filling.indexes[1].backfilling = true;
  // All but the first of its entries are not there yet.
  std::vector<std::pair<std::string, std::optional<std::string>>> changes;
  Counter left = *DecodeCounter(Read(SizeCounterKey(table_->id, 2)));
  std::vector<std::string> item_keys;
  for (const char* p : {"a", "b", "c", "t"}) {
    for (int64_t r = 0; r < 10; r += 2) {
      if (*p == 't' && r != 2) continue;
      item_keys.push_back(ItemKey(*table_, TestItem(p, r)));
      if (*p == 'a' && r == 0) continue;
      const IndexEntry entry = *EntryOf(*table_, Index("even"), ItemOf(p, r));
      changes.push_back({entry.key, std::nullopt});
      left.count -= 1;
      left.bytes -= static_cast<int64_t>(entry.size);
    }
  }
  changes.push_back({SizeCounterKey(table_->id, 2), EncodeCounter(left)});
  Edit(std::move(changes));
  EditDefinition(filling);
  EXPECT_EQ(Check().total(), 0u);
  ASSERT_EQ(Check().notes().size(), 1u);
  EXPECT_EQ(Check().notes()[0], "index even of table t is being filled");

  // What the backfill says it has seen must be there.
  std::sort(item_keys.begin(), item_keys.end());
  Edit(BackfillKey(table_->id, 2), item_keys.back() + '\0');
  EXPECT_EQ(Check().count(ProblemKind::kEntryMissing), 15u);
  EXPECT_EQ(Check().total(), 15u);
  EXPECT_EQ(Check(3).problems().size(), 3u);  // counted, not kept

  // And what is there must be right.
  const IndexEntry orphan = *EntryOf(*table_, Index("even"), ItemOf("nobody", 4));
  Edit({{BackfillKey(table_->id, 2), std::nullopt}, {orphan.key, orphan.value}});
  EXPECT_EQ(Check().count(ProblemKind::kEntryOrphan), 1u);
}

TEST_F(CheckTablesTest, ABackfillThatIsNotUnderWayIsNamed) {
  Edit(BackfillKey(table_->id, 2), ItemKey(*table_, TestItem("a", 1)));
  EXPECT_NE(TheProblem(ProblemKind::kBackfill).find("backfill: table t, index even, in the log: "),
            std::string::npos);
}

TEST_F(CheckTablesTest, WhatIsBeingDeletedIsNotCompared) {
  TableDefinition going = *table_;
  going.status = TableStatus::kUpdating;
  going.indexes[1].status = IndexStatus::kDeleting;
  Edit({{EntryKey("even", ItemOf("a", 0)), std::nullopt},
        {SizeCounterKey(table_->id, 2), std::nullopt}});
  EditDefinition(going);
  EXPECT_EQ(Check().total(), 0u);
  ASSERT_EQ(Check().notes().size(), 1u);
  EXPECT_EQ(Check().notes()[0],
            "index even of table t is being deleted; 15 entries are left to go");

  going.status = TableStatus::kDeleting;
  EditDefinition(going);
  Edit(ItemKey(*table_, TestItem("a", 0)), std::nullopt);
  EXPECT_EQ(Check().total(), 0u);
  ASSERT_EQ(Check().notes().size(), 1u);
  EXPECT_EQ(Check().notes()[0].substr(0, 26), "table t is being deleted; ");
}

TEST_F(CheckTablesTest, TheFileOfAKeyIsNamed) {
  {
    auto store = OpenRocksStore(dir_.path() + "/data", EngineOptions{});
    ASSERT_TRUE(store);
    const WriteOp op{"\x7f", "x"};
    ASSERT_EQ((*store)->Write({&op, 1}, true).outcome, WriteOutcome::kWritten);
    ASSERT_TRUE((*store)->Compact([](double) {}));
  }
  const std::string text = TheProblem(ProblemKind::kKey);
  EXPECT_NE(text.find(".sst: is in no key space"), std::string::npos) << text;
}

}  // namespace
}  // namespace stator
