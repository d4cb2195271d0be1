// Backups on both embedded engines: what they hold, and what a stop in the middle leaves.
#include "backup/backups.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <set>

#include "backup/check_backups.h"
#include "base/temp_dir.h"
#include "base/test_files.h"
#include "model/item_codec.h"
#include "storage/format.h"
#include "storage/offline_store.h"
#include "storage/open.h"
#include "table/blocking.h"
#include "table/check_tables.h"
#include "table/database.h"
#include "table/index_maintenance.h"
#include "table/layout.h"
#include "table/table_jobs.h"
#include "table/test_tables.h"

namespace stator {
namespace {

using testing::GlobalIndex;
using testing::LocalIndex;
using testing::TestItem;
using testing::TestTable;
using Type = AttributeValue::Type;

enum class EngineKind { kMemory, kRocks };

class BackupsTest : public ::testing::TestWithParam<EngineKind> {
 protected:
  void SetUp() override { Open(); }
  void TearDown() override { Close(); }

  void Close() {
    if (backups_) backups_->Stop();
    database_.reset();
    backups_.reset();
  }

  void Open() {
    Close();
    std::unique_ptr<Engine> engine;
    if (GetParam() == EngineKind::kMemory) {
      engine = NewMemoryEngine({});
      space_ = FileSpace::InMemory();
    } else {
      auto opened = OpenRocksEngine(dir_.path() + "/data", {});
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
    // Files, runs and steps so small that there are many.
    auto backups = Backups::Open(
        database_.get(), space_,
        {.image = {.step_bytes = 500, .file_bytes = 4000},
         .restorer = {.ingest_bytes = 1000, .sort_bytes = 2000},
         .report = [this](EventLevel, const std::string& message) { told_.push_back(message); },
         .manual_jobs = true});
    ASSERT_TRUE(backups) << backups.error().message;
    backups_ = *std::move(backups);
  }
  bool durable() const { return GetParam() == EngineKind::kRocks; }

  // Table "t" with two indexes and so many items, counters and entries included.
  void MakeTable(int items) {
    TableDefinition table =
        TestTable({LocalIndex("l", 1, "s"), GlobalIndex("g", 2, {{"s", Type::kS}})});
    table.attributes.push_back({"s", Type::kS});
    table.next_index_id = 3;
    table.billing = BillingMode::kPayPerRequest;
    auto made = ChangeAndWait(database_->catalog(), table.scope, "t",
                              [table](const TableDefinition*) -> DefinitionChange {
                                return std::optional<TableDefinition>(table);
                              });
    ASSERT_TRUE(made);
    for (int i = 0; i < items; ++i) Write(**made, i);
  }

  void Write(const TableDefinition& table, int number) {
    Item item = TestItem("p" + std::to_string(number % 7), number);
    if (number % 3 != 0) item.Set("s", AttributeValue::S(std::to_string(number % 10)));
    item.Set("x", AttributeValue::S(std::string(static_cast<size_t>(number % 50), 'x')));
    std::string bytes;
    EncodeItem(item, &bytes);
    CommitRequest request;
    request.decide = [&](const CommitView&) {
      Decision decision;
      decision.commit = true;
      decision.mutations.push_back({ItemKey(table, item), bytes});
      const auto size = static_cast<int64_t>(*EncodedItemSize(bytes));
      decision.counters.push_back({SizeCounterKey(table.id, 0), {1, size}});
      Counter collection{1, size};
      for (const IndexDefinition& index : table.indexes) {
        auto entry = EntryOf(table, index, item);
        if (!entry) continue;
        const auto entry_size = static_cast<int64_t>(entry->size);
        if (!index.global) collection.bytes += entry_size;
        decision.counters.push_back({SizeCounterKey(table.id, index.id), {1, entry_size}});
        decision.mutations.push_back({entry->key, entry->value});
      }
      decision.counters.push_back({CollectionCounterKey(table, item), collection});
      return decision;
    };
    ASSERT_EQ(CommitAndWait(database_->engine(), std::move(request)).outcome,
              CommitOutcome::kCommitted);
  }

  TablePtr Find(const std::string& name = "t") { return database_->catalog().Find(scope_, name); }

  BackupPtr Create() {
    auto backup = Await<ApiResult<BackupPtr>>(
        [&](auto done) { backups_->Create(scope_, "t", "name", std::move(done)); });
    EXPECT_TRUE(backup);
    return *backup;
  }
  BackupPtr Now(const BackupPtr& backup) { return backups_->Find(scope_, "t", backup->id); }

  ApiResult<TablePtr> Restore(const BackupPtr& backup, const std::string& target) {
    return Await<ApiResult<TablePtr>>([&](auto done) {
      backups_->Restore(backup, {.backup_arn = backup->Arn(), .target = target}, std::move(done));
    });
  }
  ErrorType DeleteError(const BackupPtr& backup) {
    auto deleted =
        Await<ApiResult<BackupPtr>>([&](auto done) { backups_->Delete(backup, std::move(done)); });
    EXPECT_FALSE(deleted);
    return deleted.error().type;
  }

  // All that is to be done, or so many steps.
  void Work(int steps = 100'000) {
    while (steps-- > 0 && backups_->RunOnce()) {
    }
  }
  void RunTableJobs() {
    for (int i = 0; i < 20; ++i) database_->jobs().RunOnce();
  }

  // What a table has, without its number: items, entries, counters.
  std::vector<std::pair<std::string, std::string>> Everything(const TableDefinition& table) {
    std::vector<std::pair<std::string, std::string>> all;
    for (KeyRange range :
         {TableCounters(table.id), CollectionCounters(table.id), TableData(table.id)}) {
      EXPECT_TRUE(ScanAndWait(database_->engine(), {range.begin, range.end},
                              [&](std::string_view key, std::string_view value) {
                                all.emplace_back(
                                    std::string(key.substr(0, 1)).append(key.substr(9)), value);
                                return true;
                              }));
    }
    return all;
  }

  // `stator check` of the closed directory.
  std::vector<std::string> Problems() {
    Close();
    std::vector<std::string> found;
    CheckReport report({});
    auto store = OfflineStore::Open(dir_.path() + "/data");
    EXPECT_TRUE(store);
    CheckTables(store->get(), {.now_micros = clock_.NowMicros()}, &report);
    const auto space = FileSpace::OnDisk(dir_.path() + "/data/backups");
    CheckBackups(store->get(), space.get(), &report);
    for (const Problem& problem : report.problems()) found.push_back(problem.Text());
    return found;
  }

  const Scope scope_{"000000000000", "us-east-1"};
  const SystemClock clock_;
  SeededRandom random_{42};
  TempDir dir_;
  std::shared_ptr<FileSpace> space_;
  std::unique_ptr<Backups> backups_;
  std::unique_ptr<Database> database_;
  std::vector<std::string> told_;
};

TEST_P(BackupsTest, TellsHowFarItIs) {
  MakeTable(200);
  const BackupPtr backup = Create();
  std::vector<int64_t> made;
  while (Now(backup)->status == BackupStatus::kCreating) {
    Work(1);
    made.push_back(Now(backup)->made_bytes);
  }
  EXPECT_EQ(made.back(), 0);
  made.pop_back();
  EXPECT_TRUE(std::is_sorted(made.begin(), made.end()));
  EXPECT_EQ(Now(backup)->bytes, backup->bytes);
  EXPECT_GT(made.back(), backup->bytes / 2);
  EXPECT_LE(made.back(), backup->bytes);

  const TablePtr target = *Restore(backup, "r");
  std::set<int64_t> filled;
  while (Find("r")->restore) {
    Work(1);
    filled.insert(database_->engine().ReadCounter(SizeCounterKey(target->id, 0))->count);
  }
  EXPECT_GT(filled.size(), 5u);
  EXPECT_EQ(*filled.rbegin(), 200);
}

TEST_P(BackupsTest, ARestoredTableIsAsItWas) {
  MakeTable(200);
  const auto before = Everything(*Find());
  const BackupPtr backup = Create();
  EXPECT_EQ(Now(backup)->status, BackupStatus::kCreating);
  Write(*Find(), 1000);  // after the moment of the backup
  Work();
  ASSERT_EQ(Now(backup)->status, BackupStatus::kAvailable);
  EXPECT_EQ(Now(backup)->items, 200);
  EXPECT_EQ(ReadTableImage(*space_, backup->id)->items, 200);
  EXPECT_GT(ReadTableImage(*space_, backup->id)->files.size(), 1u);

  ASSERT_TRUE(Restore(backup, "new"));
  EXPECT_EQ(Restore(backup, "other").error().type, ErrorType::kBackupInUse);
  EXPECT_EQ(DeleteError(backup), ErrorType::kBackupInUse);
  RunTableJobs();
  EXPECT_EQ(Find("new")->status, TableStatus::kCreating);
  Work();
  RunTableJobs();
  ASSERT_EQ(Find("new")->status, TableStatus::kActive);
  EXPECT_FALSE(Find("new")->restore);
  EXPECT_EQ(Everything(*Find("new")), before);
  EXPECT_EQ(*space_->Folders(), std::vector<std::string>{backup->id});
  EXPECT_EQ(Restore(backup, "new").error().type, ErrorType::kTableAlreadyExists);

  ASSERT_TRUE(
      Await<ApiResult<BackupPtr>>([&](auto done) { backups_->Delete(backup, std::move(done)); }));
  EXPECT_EQ(Now(backup), nullptr);
  Work();
  EXPECT_TRUE(space_->Folders()->empty());
  EXPECT_EQ(told_, std::vector<std::string>{});
}

TEST_P(BackupsTest, ADeletedTableStaysUntilItIsBackedUp) {
  MakeTable(50);
  const BackupPtr backup = Create();
  ASSERT_TRUE(ChangeTableAndWait(database_->catalog(), *Find(), [](TableDefinition* next) {
    next->status = TableStatus::kDeleting;
  }));
  database_->jobs().Wake(*Find());
  RunTableJobs();
  if (durable()) Open();  // the moment is another one now, and its items must be there
  RunTableJobs();
  ASSERT_NE(Find(), nullptr);
  EXPECT_EQ(Await<ApiResult<BackupPtr>>(
                [&](auto done) { backups_->Create(scope_, "t", "late", std::move(done)); })
                .error()
                .type,
            ErrorType::kTableNotFound);
  Work();
  EXPECT_EQ(Now(backup)->items, 50);
  EXPECT_EQ(Now(backup)->table.status, TableStatus::kActive);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  RunTableJobs();
  EXPECT_EQ(Find(), nullptr);
}

TEST_P(BackupsTest, AStopAnywhereInABackupLeavesNothingBehind) {
  if (!durable()) GTEST_SKIP();
  MakeTable(60);
  const auto before = Everything(*Find());
  for (int steps = 0; steps < 14; ++steps) {
    SCOPED_TRACE(steps);
    const BackupPtr backup = Create();
    Work(steps);
    Open();
    ASSERT_NE(Now(backup), nullptr);
    Work();
    ASSERT_EQ(Now(backup)->status, BackupStatus::kAvailable);
    EXPECT_EQ(Now(backup)->items, 60);
  }
  const std::vector<BackupPtr> all = backups_->List(scope_);
  EXPECT_EQ(all.size(), 14u);
  EXPECT_EQ(space_->Folders()->size(), 14u);
  EXPECT_EQ(Problems(), std::vector<std::string>{});
}

TEST_P(BackupsTest, AStopAnywhereInARestoreLeavesNothingBehind) {
  if (!durable()) GTEST_SKIP();
  MakeTable(60);
  const auto before = Everything(*Find());
  const BackupPtr backup = Create();
  Work();
  int unfinished = 0;
  for (int steps = 0; steps < 60; steps += 3) {
    SCOPED_TRACE(steps);
    const std::string target = "new" + std::to_string(steps);
    ASSERT_TRUE(Restore(Now(backup), target));
    Work(steps);
    if (steps % 9 == 0) EXPECT_EQ(Problems(), std::vector<std::string>{});
    Open();
    ASSERT_NE(Find(target), nullptr);
    if (Find(target)->restore) ++unfinished;
    Work();
    RunTableJobs();
    ASSERT_EQ(Find(target)->status, TableStatus::kActive);
    EXPECT_EQ(Everything(*Find(target)), before);
  }
  EXPECT_GT(unfinished, 3);
  EXPECT_EQ(*space_->Folders(), std::vector<std::string>{backup->id});
  EXPECT_EQ(Problems(), std::vector<std::string>{});
}

TEST_P(BackupsTest, ADamagedBackupIsFoundAndNotRestored) {
  if (!durable()) GTEST_SKIP();
  MakeTable(60);
  const BackupPtr backup = Create();
  Work();
  const std::string file = dir_.path() + "/data/backups/" + backup->id + "/0.sst";
  std::string bytes = ReadFile(file);
  ASSERT_FALSE(bytes.empty());
  bytes[bytes.size() / 4] ^= 1;
  WriteFile(file, bytes);
  ASSERT_TRUE(Restore(Now(backup), "new"));
  Work();
  RunTableJobs();
  EXPECT_EQ(Find("new"), nullptr);
  ASSERT_EQ(told_.size(), 1u);
  EXPECT_NE(told_[0].find("given up"), std::string::npos) << told_[0];
  const std::vector<std::string> problems = Problems();
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_NE(problems[0].find(backup->id), std::string::npos) << problems[0];
}

TEST_P(BackupsTest, FoldersOfNothingGo) {
  if (!durable()) GTEST_SKIP();
  ASSERT_TRUE(space_->MakeFolder("restore-99"));
  ASSERT_TRUE(space_->WriteWhole("restore-99/run-0", "x"));
  Open();
  Work();
  EXPECT_TRUE(space_->Folders()->empty());
}

INSTANTIATE_TEST_SUITE_P(Engines, BackupsTest,
                         ::testing::Values(EngineKind::kMemory, EngineKind::kRocks),
                         [](const auto& info) {
                           return info.param == EngineKind::kMemory ? "Memory" : "Rocks";
                         });

TEST(TableImage, SurvivesEncoding) {
  TableImage image{.table = TestTable({LocalIndex("l", 1, "s")}),
                   .position = 1'700'000'000'000'000,
                   .items = 3,
                   .bytes = 99,
                   .files = {{"0.sst", 1000, 2, 0xFFFFFFFF}, {"1.sst", 10, 1, 0}}};
  const std::string bytes = EncodeTableImage(image);
  EXPECT_EQ(*DecodeTableImage(bytes), image);
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(DecodeTableImage(std::string_view(bytes).substr(0, length))) << length;
  }
  std::string flipped = bytes;
  flipped[bytes.size() / 2] ^= 1;
  EXPECT_EQ(DecodeTableImage(flipped).error().code, StatusCode::kCorruption);
  flipped = bytes;
  flipped[0] = 2;
  EXPECT_EQ(DecodeTableImage(flipped).error().code, StatusCode::kUnsupported);
}

TEST(BackupRecord, SurvivesEncoding) {
  const BackupRecord record{.scope = {"000000000000", "us-east-1"},
                            .id = "01489602797149-73d8d5bc",
                            .name = "nightly",
                            .type = BackupType::kSystem,
                            .status = BackupStatus::kAvailable,
                            .created_micros = 5,
                            .expires_micros = 6,
                            .table = TestTable(),
                            .items = 7,
                            .bytes = 8};
  const std::string bytes = EncodeBackupRecord(record);
  EXPECT_EQ(*DecodeBackupRecord(bytes), record);
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(DecodeBackupRecord(std::string_view(bytes).substr(0, length))) << length;
  }
  EXPECT_EQ(record.Arn(),
            "arn:aws:dynamodb:us-east-1:000000000000:table/t/backup/01489602797149-73d8d5bc");
}

}  // namespace
}  // namespace stator
