// Exports by a clock of the test's own: what they hold while they wait, tokens, limits, and what is
// forgotten. What they write is tested by tests/api/test_exports.py.
#include "transfer/exports.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <thread>

#include "backup/backups.h"
#include "base/compress.h"
#include "base/temp_dir.h"
#include "model/item_codec.h"
#include "storage/open.h"
#include "table/blocking.h"
#include "table/change_record.h"
#include "table/database.h"
#include "table/layout.h"
#include "table/log_keeper.h"
#include "table/table_jobs.h"
#include "table/test_tables.h"
#include "transfer/item_writer.h"

namespace stator {
namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kDay = 86'400 * kSecond;

class HandClock final : public Clock {
 public:
  int64_t NowMicros() const override { return now_; }
  int64_t MonotonicMicros() const override { return now_; }
  void Pass(int64_t micros) { now_ += micros; }

 private:
  std::atomic<int64_t> now_{1'700'000'000 * kSecond};
};

// Lets no manifest be written until `open`.
class HeldStore final : public ObjectStore {
 public:
  HeldStore(std::unique_ptr<ObjectStore> store, const std::atomic<bool>* open,
            const std::atomic<bool>* cancel)
      : store_(std::move(store)), open_(open), cancel_(cancel) {}

  ObjectResult<std::unique_ptr<ObjectWriter>> Create(const std::string& bucket,
                                                     const std::string& key) override {
    while (key.find("manifest") != std::string::npos && !*open_ && !*cancel_) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return store_->Create(bucket, key);
  }
  ObjectResult<std::string> Read(const std::string& bucket, const std::string& key, uint64_t offset,
                                 size_t size) override {
    return store_->Read(bucket, key, offset, size);
  }
  ObjectResult<void> List(const std::string& bucket, const std::string& prefix,
                          FunctionRef<bool(const ObjectInfo&)> take) override {
    return store_->List(bucket, prefix, take);
  }
  ObjectResult<void> Remove(const std::string& bucket, const std::string& key) override {
    return store_->Remove(bucket, key);
  }
  ObjectResult<void> RemoveUnfinished(const std::string& bucket, const std::string& key) override {
    return store_->RemoveUnfinished(bucket, key);
  }

 private:
  const std::unique_ptr<ObjectStore> store_;
  const std::atomic<bool>* const open_;
  const std::atomic<bool>* const cancel_;
};

class ExportsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(dir_.file("objects/b"));
    Open();
    ASSERT_TRUE(ChangeAndWait(database_->catalog(), scope_, "t",
                              [](const TableDefinition*) -> DefinitionChange {
                                return std::optional<TableDefinition>(testing::TestTable());
                              }));
    Update({.enabled = true, .period_days = 2});
    Work();
    clock_.Pass(2 * kSecond);
  }
  void TearDown() override { Close(); }

  void Close() {
    if (exports_) exports_->Stop();
    if (backups_) backups_->Stop();
    database_.reset();
    exports_.reset();
    backups_.reset();
  }

  void Open() {
    Close();
    EngineOptions engine_options;
    engine_options.clock = &clock_;
    auto engine = OpenRocksEngine(dir_.file("data"), engine_options);
    ASSERT_TRUE(engine) << engine.error().message;
    DatabaseOptions options;
    options.clock = &clock_;
    options.random = &random_;
    options.manual_jobs = true;
    options.service_quotas = quotas_;
    database_ = *Database::Open(*std::move(engine), options);
    const std::shared_ptr<FileSpace> images = FileSpace::OnDisk(dir_.file("data/backups"));
    backups_ = *Backups::Open(database_.get(), images, {.manual_jobs = true});
    ExportOptions export_options;
    export_options.most_under_way = 1;
    export_options.run.told_bytes = 1;
    export_options.open_objects =
        [this](const ObjectDemands&,
               const std::atomic<bool>* cancel) -> Result<std::unique_ptr<ObjectStore>> {
      while (!open_ && !*cancel) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      auto objects = OpenObjectStore({.url = "file://" + dir_.file("objects")});
      if (!objects) return objects;
      return std::unique_ptr<ObjectStore>(
          std::make_unique<HeldStore>(*std::move(objects), &ends_, cancel));
    };
    exports_ = *Exports::Open({.database = database_.get(),
                               .recovery = &backups_->recovery(),
                               .images = images,
                               .scratch = FileSpace::OnDisk(dir_.file("data/exports"))},
                              std::move(export_options));
  }

  void Update(const ContinuousBackupsRequest& request) {
    ASSERT_TRUE(Await<ApiResult<TablePtr>>(
        [&](auto done) { backups_->recovery().Update(scope_, "t", request, std::move(done)); }));
  }

  TablePtr Table() { return database_->catalog().Find(scope_, "t"); }

  void Write(int number, const std::string& value) {
    const TablePtr table = Table();
    Item item = testing::TestItem("p" + std::to_string(number % 5), number);
    const std::string key = ItemKey(*table, item);
    item.Set("x", AttributeValue::S(value));
    std::string bytes;
    EncodeItem(item, &bytes);
    CommitRequest request;
    request.keys = {key};
    request.guards = {Catalog::GuardOf(*table)};
    request.decide = [&](const CommitView& view) {
      Decision decision;
      decision.commit = true;
      decision.mutations.push_back({key, bytes});
      decision.appends.push_back(
          ChangeAppend(*table, key, view.values[0], std::string_view(bytes), Actor::kUser));
      return decision;
    };
    const CommitOutcome outcome = CommitAndWait(database_->engine(), std::move(request)).outcome;
    // An export changes the definition when it begins.
    if (outcome == CommitOutcome::kGuardChanged) return Write(number, value);
    ASSERT_EQ(outcome, CommitOutcome::kCommitted);
    std::string line;
    AppendItemLine(ExportFormat::kDynamoDbJson, item, &line);
    lines_[number] = line;
  }

  void Work() {
    while (backups_->RunOnce()) {
    }
    database_->log_keeper().RunOnce();
    for (int i = 0; i < 20; ++i) database_->jobs().RunOnce();
  }

  ApiResult<ExportPtr> Start(const std::string& token = "", const ExportTimes& times = {}) {
    ExportRecord record{.scope = scope_, .client_token = token, .target = {.bucket = "b"}};
    if (times.from) record.type = ExportType::kIncremental;
    return Await<ApiResult<ExportPtr>>(
        [&](auto done) { exports_->Start(std::move(record), "t", times, std::move(done)); });
  }

  ExportPtr Find(const ExportPtr& started) { return exports_->Find(scope_, "t", started->id); }

  // Lets it end.
  ExportPtr Finish(const ExportPtr& started) {
    open_ = true;
    for (int i = 0; i < 20'000; ++i) {
      clock_.Pass(1000);
      const ExportPtr found = Find(started);
      if (found && found->status != ExportStatus::kInProgress && Table()->exports.empty()) {
        return found;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ADD_FAILURE() << "the export does not end";
    return started;
  }

  std::multiset<std::string> LinesOf(const ExportRecord& record) {
    auto objects = *OpenObjectStore({.url = "file://" + dir_.file("objects")});
    const std::string text = *Decompress(
        ContentCoding::kGzip, *objects->Read("b", DataFileKey(record, 0), 0, 1 << 20), 1 << 20);
    std::multiset<std::string> lines;
    for (size_t at = 0; at < text.size();) {
      const size_t end = text.find('\n', at) + 1;
      lines.insert(text.substr(at, end - at));
      at = end;
    }
    return lines;
  }
  std::multiset<std::string> Lines() const {
    std::multiset<std::string> lines;
    for (const auto& [number, line] : lines_) lines.insert(line);
    return lines;
  }

  const Scope scope_{"000000000000", "us-east-1"};
  HandClock clock_;
  SeededRandom random_{7};
  TempDir dir_;
  bool quotas_ = false;
  std::atomic<bool> open_{true};  // what object storage answers
  std::atomic<bool> ends_{true};  // what it answers in the end
  std::unique_ptr<Backups> backups_;
  std::unique_ptr<Exports> exports_;
  std::unique_ptr<Database> database_;
  std::map<int, std::string> lines_;
};

TEST_F(ExportsTest, WhatOneReadsStaysHoweverLongItTakes) {
  for (int i = 0; i < 20; ++i) Write(i, "before");
  clock_.Pass(1);
  open_ = false;
  auto started = Start();
  ASSERT_TRUE(started) << started.error().message.value_or("");
  const auto expected = Lines();
  ASSERT_EQ(Table()->exports.size(), 1u);
  for (int day = 0; day < 12; ++day) {
    clock_.Pass(kDay);
    Work();
    Write(day, "after");
    if (day == 8) Open();
  }
  const auto ended = Finish(*started);
  EXPECT_EQ(ended->status, ExportStatus::kCompleted) << ended->failure_message;
  EXPECT_EQ(ended->items, 20);
  EXPECT_EQ(LinesOf(*ended), expected);
  // Then it may go.
  clock_.Pass(12 * kSecond);
  Work();
  clock_.Pass(12 * kSecond);
  Work();
  EXPECT_LE(Table()->recovery->bases.size(), 4u);
}

TEST_F(ExportsTest, AStopAtAnyTimeLeavesOneExport) {
  for (int i = 0; i < 20; ++i) Write(i, "x");
  clock_.Pass(1);
  for (int stops = 0; stops < 4; ++stops) {
    open_ = false;
    auto started = Start();
    ASSERT_TRUE(started);
    for (int i = 0; i < stops; ++i) Open();
    const auto ended = Finish(*started);
    EXPECT_EQ(ended->status, ExportStatus::kCompleted) << ended->failure_message;
    EXPECT_EQ(LinesOf(*ended), Lines());
    Open();
    EXPECT_EQ(*Find(*started), *ended);
  }
  EXPECT_EQ(exports_->List(scope_).size(), 4u);
}

// The snapshot of the first base goes with the server: the next is of a later moment.
TEST_F(ExportsTest, OneWaitsForTheFirstBaseThroughStops) {
  for (int i = 0; i < 20; ++i) Write(i, "before");
  Update({.enabled = false});
  clock_.Pass(1);
  Update({.enabled = true});
  clock_.Pass(1);
  auto started = Start();
  ASSERT_TRUE(started) << started.error().message.value_or("");
  const auto expected = Lines();
  for (int stops = 0; stops < 3; ++stops) {
    clock_.Pass(kSecond);
    for (int i = 0; i < 10; ++i) Write(stops + 5 * i, "after " + std::to_string(stops));
    Open();
    EXPECT_EQ(Find(*started)->status, ExportStatus::kInProgress);
  }
  Work();
  const auto ended = Finish(*started);
  ASSERT_EQ(ended->status, ExportStatus::kCompleted) << ended->failure_message;
  EXPECT_EQ(ended->items, 20);
  EXPECT_EQ(LinesOf(*ended), expected);
}

TEST_F(ExportsTest, ItsRecordShowsHowFarItIs) {
  for (int i = 0; i < 20; ++i) Write(i, "x");
  clock_.Pass(1);
  ends_ = false;
  auto started = Start();
  ASSERT_TRUE(started);
  for (int i = 0; i < 20'000 && Find(*started)->items < 19; ++i) {
    clock_.Pass(1000);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const ExportPtr shown = Find(*started);
  EXPECT_EQ(shown->status, ExportStatus::kInProgress);
  EXPECT_EQ(shown->items, 19);  // told while the last one was read
  ends_ = true;
  const ExportPtr ended = Finish(*started);
  EXPECT_EQ(ended->items, 20);
  EXPECT_EQ(ended->billed_bytes, shown->billed_bytes);
}

TEST_F(ExportsTest, TokensAreGoodForHoursAndRecordsForMonths) {
  clock_.Pass(1);
  auto first = Start("token");
  ASSERT_TRUE(first);
  EXPECT_EQ((*Start("token"))->id, (*first)->id);
  Finish(*first);
  clock_.Pass(8 * 3600 * kSecond - 60 * kSecond);
  EXPECT_EQ((*Start("token"))->id, (*first)->id);
  clock_.Pass(120 * kSecond);
  Work();
  auto second = Start("token");
  ASSERT_TRUE(second) << second.error().message.value_or("");
  EXPECT_NE((*second)->id, (*first)->id);
  Finish(*second);
  EXPECT_EQ(exports_->List(scope_).size(), 2u);
  clock_.Pass(91 * kDay);
  Work();
  Finish(*Start());
  for (int i = 0; i < 60'000 && exports_->List(scope_).size() > 1; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(exports_->List(scope_).size(), 1u);
  Open();
  EXPECT_EQ(exports_->List(scope_).size(), 1u);
}

TEST_F(ExportsTest, Quotas) {
  quotas_ = true;
  Open();
  clock_.Pass(30 * 3600 * kSecond);
  Work();
  const int64_t now = clock_.NowMicros() / kSecond;
  const auto refused = [&](int64_t from, int64_t to) {
    auto started = Start("", {.from = from, .to = to});
    return started ? "" : started.error().message.value_or("");
  };
  EXPECT_EQ(refused(now - 899, now), "An incremental export must be of at least 15 minutes");
  EXPECT_EQ(refused(now - 86'401, now), "An incremental export must be of at most 24 hours");
  open_ = false;
  auto started = Start("", {.from = now - 86'400, .to = now});
  ASSERT_TRUE(started) << started.error().message.value_or("");
  auto another = Start();
  ASSERT_FALSE(another);
  EXPECT_EQ(another.error().type, ErrorType::kLimitExceeded);
  EXPECT_EQ(Finish(*started)->status, ExportStatus::kCompleted);
  EXPECT_TRUE(Start());
}

}  // namespace
}  // namespace stator
