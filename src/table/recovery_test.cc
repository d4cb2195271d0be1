#include "table/recovery.h"

#include <gtest/gtest.h>

#include "table/test_tables.h"

namespace stator {
namespace {

using testing::TestTable;

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kDay = 24 * 3600 * kSecond;
constexpr int64_t kNow = 1'700'000'000 * kSecond + 300'000;

TableDefinition Plan(const TableDefinition& table, const ContinuousBackupsRequest& request,
                     int64_t now = kNow) {
  auto next = PlanUpdateContinuousBackups(&table, table.name, request, now);
  EXPECT_TRUE(next);
  return *next;
}

TEST(PlanUpdateContinuousBackups, EnablingBeginsALogAndDisablingEndsIt) {
  const TableDefinition on = Plan(TestTable(), {.enabled = true});
  ASSERT_TRUE(on.recovery);
  EXPECT_EQ(on.recovery->period_days, 35);
  EXPECT_NE(on.log.FindReader(on.recovery->Reader()), nullptr);
  EXPECT_TRUE(on.log.KeepsOld());
  // Once more changes the period alone.
  const TableDefinition again = Plan(on, {.enabled = true, .period_days = 3}, kNow + kDay);
  EXPECT_EQ(again.recovery->period_days, 3);
  EXPECT_EQ(again.recovery->enabled_micros, kNow);
  EXPECT_EQ(again.log, on.log);
  EXPECT_EQ(Plan(again, {.enabled = true}).recovery->period_days, 3);
  const TableDefinition off = Plan(again, {});
  EXPECT_FALSE(off.recovery);
  EXPECT_FALSE(off.log.active());
  EXPECT_EQ(Plan(off, {}), off);
  // The window begins anew.
  EXPECT_EQ(Plan(off, {.enabled = true}, kNow + kDay).recovery->first_micros, kNow + kDay);
}

TEST(PlanUpdateContinuousBackups, Errors) {
  const auto error = [](const TableDefinition* table, const ContinuousBackupsRequest& request) {
    auto next = PlanUpdateContinuousBackups(table, "t", request, kNow);
    EXPECT_FALSE(next);
    return next.error().type;
  };
  TableDefinition table = TestTable();
  EXPECT_EQ(error(nullptr, {}), ErrorType::kTableNotFound);
  EXPECT_EQ(error(&table, {.enabled = false, .period_days = 3}), ErrorType::kValidation);
  table.status = TableStatus::kCreating;
  EXPECT_EQ(error(&table, {}), ErrorType::kContinuousBackupsUnavailable);
  table.status = TableStatus::kDeleting;
  EXPECT_EQ(error(&table, {}), ErrorType::kTableNotFound);
}

TEST(Recovery, TheWindow) {
  PointInTimeRecovery recovery{.first_micros = kNow, .period_days = 2};
  // A second counts to its end.
  EXPECT_EQ(RestorableTimesOf(recovery, kNow).earliest, kNow / kSecond);
  EXPECT_EQ(RestorableTimesOf(recovery, kNow).latest, kNow / kSecond);
  EXPECT_EQ(RestorableTimesOf(recovery, kNow + 9 * kSecond).latest, kNow / kSecond + 8);
  EXPECT_EQ(RestorableTimesOf(recovery, kNow + 3 * kDay).earliest, (kNow + kDay) / kSecond);
  EXPECT_EQ(LastPositionOf(5), 5'999'999u);
}

TEST(Recovery, BasesGoWhenNoRestoreBeginsFromThem) {
  PointInTimeRecovery recovery{.first_micros = kNow, .period_days = 2};
  EXPECT_EQ(BaseFor(recovery, kNow / kSecond), nullptr);
  for (int64_t day = 0; day < 5; ++day) {
    const int64_t made = kNow + day * kDay;
    recovery.bases.push_back(
        {std::to_string(day), static_cast<uint64_t>(made - 10), static_cast<uint64_t>(made), made});
  }
  EXPECT_EQ(BaseFor(recovery, kNow / kSecond)->folder, "0");
  EXPECT_EQ(BaseFor(recovery, (kNow + kDay) / kSecond)->folder, "1");
  EXPECT_EQ(BaseFor(recovery, (kNow + kDay) / kSecond - 1)->folder, "0");
  EXPECT_EQ(BaseFor(recovery, (kNow + 9 * kDay) / kSecond)->folder, "4");
  TableDefinition table = TestTable();
  EXPECT_EQ(RecoveryNeedsFrom(table), UINT64_MAX);
  EXPECT_FALSE(ExpireBases(kNow + kDay, &recovery));
  EXPECT_FALSE(ExpireBases(kNow + 3 * kDay, &recovery));
  for (int64_t now = kNow + 3 * kDay; now < kNow + 7 * kDay; now += kDay / 7) {
    ExpireBases(now, &recovery);
    // Every second that can be asked for still has its base.
    const RestorableTimes times = RestorableTimesOf(recovery, now);
    ASSERT_NE(BaseFor(recovery, times.earliest), nullptr);
    table.recovery = recovery;
    EXPECT_LE(RecoveryNeedsFrom(table), LastPositionOf(times.earliest));
  }
  EXPECT_EQ(recovery.bases.front().folder, "4");
  EXPECT_FALSE(ExpireBases(kNow + 100 * kDay, &recovery));
}

}  // namespace
}  // namespace stator
