// Table jobs that fail: when they are tried again, and what operators hear of it.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "storage/embedded_engine.h"
#include "storage/memory_store.h"
#include "table/blocking.h"
#include "table/database.h"
#include "table/table_changes.h"
#include "table/table_jobs.h"

namespace stator {
namespace {

const Scope kScope{"000000000000", "us-east-1"};

class StoppedClock final : public Clock {
 public:
  int64_t NowMicros() const override { return micros; }
  int64_t MonotonicMicros() const override { return micros; }
  std::atomic<int64_t> micros{1'700'000'000'000'000};
};

// Drops nothing while it is told so.
class KeepingStore final : public MemoryStore {
 public:
  Result<void> DropRange(std::string_view begin, std::string_view end) override {
    if (keep) return Fail(StatusCode::kIoError, "the device is gone");
    return MemoryStore::DropRange(begin, end);
  }
  std::atomic<bool> keep{true};
};

TEST(TableJobsRetryTest, AFailedStepIsToldOfAndTriedAgainEverMoreSeldom) {
  StoppedClock clock;
  SeededRandom random(1);
  auto made = std::make_unique<KeepingStore>();
  KeepingStore* const store = made.get();
  EngineOptions engine_options;
  engine_options.clock = &clock;
  std::vector<std::string> events;
  DatabaseOptions options{&clock, &random};
  options.manual_jobs = true;
  options.report = [&](EventLevel, const std::string& message) { events.push_back(message); };
  auto database =
      Database::Open(std::make_unique<EmbeddedEngine>(std::move(made), engine_options), options);
  ASSERT_TRUE(database) << database.error().message;
  TableJobs& jobs = (*database)->jobs();

  CreateTableRequest request;
  request.name = "table";
  request.attributes = {{"p", AttributeValue::Type::kS}};
  request.keys = {{"p", true}};
  request.billing = BillingMode::kPayPerRequest;
  TableDefinition table = *PlanCreateTable(request, {1, kScope.region});
  table.scope = kScope;
  table.status = TableStatus::kDeleting;
  auto created = ChangeAndWait((*database)->catalog(), kScope, "table",
                               [&](const TableDefinition*) -> DefinitionChange {
                                 return std::optional<TableDefinition>(table);
                               });
  ASSERT_TRUE(created);
  jobs.Wake(**created);

  std::vector<int64_t> waits;
  for (int i = 0; i < 5; ++i) {
    jobs.RunOnce();
    waits.push_back((jobs.NextDue() - clock.micros) / 1'000'000);
    clock.micros = jobs.NextDue();
  }
  EXPECT_EQ(waits, (std::vector<int64_t>{1, 2, 4, 4, 4}));
  EXPECT_EQ(
      events,
      (std::vector<std::string>{
          "a change of table table failed (1 in a row), and is tried again: the device is gone",
          "a change of table table failed (2 in a row), and is tried again: the device is gone",
          "a change of table table failed (4 in a row), and is tried again: the device is gone"}));
  store->keep = false;
  for (int i = 0; i < 10 && (*database)->catalog().Find(kScope, "table"); ++i) jobs.RunOnce();
  EXPECT_EQ((*database)->catalog().Find(kScope, "table"), nullptr);
  EXPECT_EQ(events.size(), 3u);
}

}  // namespace
}  // namespace stator
