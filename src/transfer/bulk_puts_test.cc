// Bulk puts by a clock of the test's own: tokens, limits, cancellations, stops, faults that pass,
// and what is forgotten. What they put and report is tested by tests/api/test_bulk_puts.py.
#include "transfer/bulk_puts.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/await.h"
#include "base/temp_dir.h"
#include "storage/open.h"
#include "table/blocking.h"
#include "table/database.h"
#include "table/test_tables.h"

namespace stator {
namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kDay = 86'400 * kSecond;

// Stands still but for Pass; what is measured goes on.
class HandClock final : public Clock {
 public:
  int64_t NowMicros() const override { return now_; }
  int64_t MonotonicMicros() const override { return real_.MonotonicMicros(); }
  void Pass(int64_t micros) { now_ += micros; }

 private:
  SystemClock real_;
  std::atomic<int64_t> now_{1'700'000'000 * kSecond};
};

class BulkPutsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(dir_.file("objects/b/in"));
    Open();
    CreateTable();
  }
  void TearDown() override { Close(); }

  void Close() {
    if (puts_) puts_->Stop();
    database_.reset();
    puts_.reset();
  }

  void Open() {
    Close();
    DatabaseOptions options;
    options.clock = &clock_;
    options.random = &random_;
    options.manual_jobs = true;
    options.service_quotas = quotas_;
    database_ = *Database::Open(*OpenRocksEngine(dir_.file("data"), {}), options);
    BulkPutOptions bulk;
    bulk.most_under_way = 2;
    bulk.run = run_;
    bulk.open_objects =
        [this](const ObjectDemands&,
               const std::atomic<bool>* cancel) -> Result<std::unique_ptr<ObjectStore>> {
      while (!open_ && !*cancel) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      if (faults_-- > 0) return Fail(StatusCode::kIoError, "passes");
      return OpenObjectStore({.url = "file://" + dir_.file("objects")});
    };
    puts_ = *BulkPuts::Open(database_.get(), std::move(bulk));
  }

  void CreateTable() {
    ASSERT_TRUE(ChangeAndWait(database_->catalog(), scope_, "t",
                              [](const TableDefinition*) -> DefinitionChange {
                                return std::optional<TableDefinition>(testing::TestTable());
                              }));
  }

  // Lines of that many items, each only to be put if there is none.
  void WriteObject(const std::string& name, int items) {
    std::ofstream out(dir_.file("objects/b/in/" + name));
    for (int i = 0; i < items; ++i) {
      out << R"j({"Item":{"p":{"S":")j" << name << R"j("},"r":{"N":")j" << i
          << R"j("}},"ConditionExpression":"attribute_not_exists(p)"})j"
          << "\n";
    }
  }

  ApiResult<BulkPtr> Start(const std::string& token = "", uint64_t hash = 0) {
    BulkRecord record{.scope = scope_, .client_token = token, .request_hash = hash};
    record.source = {.bucket = "b", .prefix = "in/"};
    record.target.bucket = "b";
    record.errors.wanted = record.condition_failures.wanted = true;
    record.max_write_units = units_;
    return Await<ApiResult<BulkPtr>>(
        [&](auto done) { puts_->Start(std::move(record), "t", std::move(done)); });
  }
  ApiResult<BulkPtr> Cancel(const BulkPtr& record) {
    return Await<ApiResult<BulkPtr>>([&](auto done) { puts_->Cancel(record, std::move(done)); });
  }

  BulkPtr Find(const BulkPtr& record) { return puts_->Find(scope_, "t", record->id); }
  BulkPtr Finish(const BulkPtr& record) {
    EXPECT_TRUE(Becomes([&] { return !Find(record)->IsUnderWay(); }));
    return Find(record);
  }

  template <class Condition>
  bool Becomes(Condition condition) {
    for (int i = 0; i < 20'000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
  }

  TempDir dir_;
  HandClock clock_;
  SeededRandom random_{7};
  const Scope scope_ = testing::TestTable().scope;
  BulkRunOptions run_;
  bool quotas_ = false;
  std::optional<int64_t> units_;
  std::atomic<bool> open_{true};
  std::atomic<int> faults_{0};
  std::unique_ptr<Database> database_;
  std::unique_ptr<BulkPuts> puts_;
};

TEST_F(BulkPutsTest, ATokenIsGoodForEightHours) {
  const BulkPtr first = *Start("once");
  EXPECT_EQ((*Start("once"))->id, first->id);
  const auto other = Start("once", 1);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().type, ErrorType::kIdempotentParameterMismatch);
  Finish(first);
  clock_.Pass(8 * 3600 * kSecond);
  Open();
  EXPECT_EQ((*Start("once"))->id, first->id);
  clock_.Pass(1);
  const BulkPtr second = *Start("once", 1);
  EXPECT_NE(second->id, first->id);
  Finish(second);
}

TEST_F(BulkPutsTest, TheServicesLimit) {
  quotas_ = true;
  open_ = false;
  Open();
  ASSERT_TRUE(Start());
  const BulkPtr second = *Start();
  const auto third = Start();
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().type, ErrorType::kLimitExceeded);
  open_ = true;
  Finish(second);
  EXPECT_TRUE(Becomes([&] { return Start().has_value(); }));
}

TEST_F(BulkPutsTest, WhatIsCancelledEndsSoAlsoAfterAStop) {
  WriteObject("a", 10);
  open_ = false;
  const BulkPtr started = *Start();
  const auto cancelled = Cancel(started);
  ASSERT_TRUE(cancelled);
  EXPECT_EQ((*cancelled)->status, BulkStatus::kCancelling);
  ASSERT_TRUE(Cancel(started)) << "it may be said twice";
  Open();
  open_ = true;
  const BulkPtr ended = Finish(started);
  EXPECT_EQ(ended->status, BulkStatus::kCancelled);
  EXPECT_EQ(ended->processed_items, 0);
  EXPECT_GT(ended->ended_micros, 0);
  const auto late = Cancel(started);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().type, ErrorType::kValidation);
  Open();
  EXPECT_EQ(Find(started)->status, BulkStatus::kCancelled);
}

// However often it is stopped, each line counts once, and a condition that was met stays met.
TEST_F(BulkPutsTest, GoesOnAfterStops) {
  for (const char* const name : {"a", "b", "c"}) WriteObject(name, 3000);
  run_.note_micros = 20'000;
  run_.read_bytes = 10'000;
  units_ = 9000;
  Open();
  const BulkPtr started = *Start();
  for (int stops = 1; stops <= 3; ++stops) {
    ASSERT_TRUE(Becomes([&] { return Find(started)->processed_items > 1500 * stops; }));
    Open();
  }
  const BulkPtr ended = Finish(started);
  EXPECT_EQ(ended->status, BulkStatus::kCompleted);
  EXPECT_EQ(ended->processed_items, 9000);
  EXPECT_EQ(ended->unmet_items, 0);
  EXPECT_EQ(ended->processed_bytes, ended->total_bytes);
}

TEST_F(BulkPutsTest, FaultsThatPassAreOvercome) {
  WriteObject("a", 10);
  faults_ = 1;
  const BulkPtr ended = Finish(*Start());
  EXPECT_EQ(ended->status, BulkStatus::kCompleted);
  EXPECT_EQ(ended->processed_items, 10);
}

TEST_F(BulkPutsTest, AnotherTableOfTheNameIsAnother) {
  WriteObject("a", 10);
  open_ = false;
  const BulkPtr started = *Start();
  for (const bool again : {false, true}) {
    ASSERT_TRUE(ChangeAndWait(database_->catalog(), scope_, "t",
                              [&](const TableDefinition*) -> DefinitionChange {
                                if (!again) return std::optional<TableDefinition>();
                                return std::optional<TableDefinition>(testing::TestTable());
                              }));
  }
  open_ = true;
  const BulkPtr ended = Finish(started);
  EXPECT_EQ(ended->status, BulkStatus::kFailed);
  EXPECT_EQ(ended->failure_code, "ResourceNotFoundException");
  EXPECT_EQ(ended->processed_items, 0);
}

TEST_F(BulkPutsTest, WhatEndedLongAgoIsForgotten) {
  const BulkPtr started = *Start();
  Finish(started);
  clock_.Pass(90 * kDay);
  Open();
  EXPECT_NE(Find(started), nullptr);
  clock_.Pass(1);
  Open();
  EXPECT_EQ(Find(started), nullptr);
  EXPECT_TRUE(puts_->List(scope_).empty());
}

}  // namespace
}  // namespace stator
