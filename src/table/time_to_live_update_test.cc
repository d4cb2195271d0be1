// UpdateTimeToLive's rules, from definition to definition.
#include <gtest/gtest.h>

#include "table/table_changes.h"
#include "table/test_tables.h"

namespace stator {
namespace {

using testing::TestTable;

constexpr int64_t kMinute = 60'000'000;

std::string Error(const TableDefinition* current, bool enabled, std::string attribute,
                  const PlanContext& context = {1}) {
  auto next = PlanUpdateTimeToLive(current, {"t", enabled, std::move(attribute)}, context);
  EXPECT_FALSE(next);
  return next ? "" : *next.error().message;
}

TableDefinition Next(const TableDefinition& current, bool enabled, std::string attribute,
                     const PlanContext& context = {1}) {
  auto next = PlanUpdateTimeToLive(&current, {"t", enabled, std::move(attribute)}, context);
  EXPECT_TRUE(next) << *next.error().message;
  return *next;
}

TEST(UpdateTimeToLive, EnablesAndDisables) {
  TableDefinition table = TestTable();
  table.next_index_id = 4;
  const TableDefinition enabled = Next(table, true, "x", {77});
  ASSERT_TRUE(enabled.ttl);
  EXPECT_EQ(*enabled.ttl, (TimeToLive{"x", 4, TimeToLiveStatus::kEnabled, false}));
  EXPECT_EQ(enabled.next_index_id, 5u);
  EXPECT_EQ(enabled.ttl_changed_micros, 77);

  const TableDefinition disabled = Next(enabled, false, "x");
  EXPECT_FALSE(disabled.ttl);
  EXPECT_EQ(disabled.dropped_ttls, std::vector<uint32_t>{4});
  // At once, and with a number of its own while the former's entries are there.
  EXPECT_EQ(Next(disabled, true, "y").ttl->id, 5u);
  EXPECT_EQ(Next(disabled, true, "y").dropped_ttls, std::vector<uint32_t>{4});
}

TEST(UpdateTimeToLive, RefusesWhatIsSoAlready) {
  const TableDefinition table = TestTable();
  EXPECT_EQ(Error(&table, false, "x"), "TimeToLive is already disabled");
  const TableDefinition enabled = Next(table, true, "x");
  EXPECT_EQ(Error(&enabled, true, "x"), "TimeToLive is already enabled");
  for (const bool enable : {true, false}) {
    EXPECT_EQ(Error(&enabled, enable, "y"),
              "TimeToLive is active on a different AttributeName: current AttributeName is x");
  }
}

TEST(UpdateTimeToLive, DependsOnTheTable) {
  EXPECT_EQ(Error(nullptr, true, "x"), "Requested resource not found: Table: t not found");
  TableDefinition table = TestTable();
  table.status = TableStatus::kCreating;
  const std::string in_use = "Attempt to change a resource which is still in use: ";
  EXPECT_EQ(Error(&table, true, "x"), in_use + "Table t is being created");
  table.status = TableStatus::kDeleting;
  EXPECT_EQ(Error(&table, true, "x"), in_use + "Table t is being deleted");
  table.status = TableStatus::kUpdating;
  Next(table, true, "x");
}

TEST(UpdateTimeToLive, CoolsDownIfQuotasApply) {
  const std::string cooldown =
      "Time to live has been modified multiple times within a fixed interval";
  const TableDefinition enabled = Next(TestTable(), true, "x", {100 * kMinute, {}, true});
  EXPECT_EQ(Error(&enabled, false, "x", {130 * kMinute, {}, true}), cooldown);
  EXPECT_EQ(Error(&enabled, true, "x", {130 * kMinute, {}, true}), "TimeToLive is already enabled");
  Next(enabled, false, "x", {130 * kMinute, {}, false});
  Next(enabled, false, "x", {131 * kMinute, {}, true});
}

TEST(UpdateTimeToLive, GoesThroughItsStates) {
  const std::string cooldown =
      "Time to live has been modified multiple times within a fixed interval";
  const PlanContext slow{1, {}, false, true};
  TableDefinition table = Next(TestTable(), true, "x", slow);
  EXPECT_EQ(table.ttl->status, TimeToLiveStatus::kEnabling);
  EXPECT_TRUE(table.ttl->IsMaintained());
  EXPECT_EQ(Error(&table, true, "x", slow), "TimeToLive is already enabled");
  table = Next(table, false, "x", slow);
  EXPECT_EQ(table.ttl->status, TimeToLiveStatus::kDisabling);
  EXPECT_FALSE(table.ttl->IsMaintained());
  EXPECT_EQ(table.dropped_ttls, std::vector<uint32_t>{table.ttl->id});
  EXPECT_EQ(Error(&table, false, "x", slow), "TimeToLive is already disabled");
  EXPECT_EQ(Error(&table, true, "x", slow), cooldown);
}

}  // namespace
}  // namespace stator
