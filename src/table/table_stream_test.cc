// Streams in UpdateTable and DeleteTable (facts 5.4, 14.3).
#include <gtest/gtest.h>

#include "table/table_changes.h"
#include "table/test_tables.h"

namespace stator {
namespace {

constexpr int64_t kNow = 1'700'000'000'123'456;
const std::string kInUse = "Attempt to change a resource which is still in use: ";

TableDefinition OnDemandTable() {
  TableDefinition table = testing::TestTable({});
  table.billing = BillingMode::kPayPerRequest;
  return table;
}

UpdateTableRequest Request() {
  UpdateTableRequest request;
  request.name = "t";
  return request;
}

TablePlan Plan(const TableDefinition& table, const UpdateTableRequest& request) {
  auto plan = PlanUpdateTable(&table, request, {kNow, "us-east-1"});
  if (plan) return *plan;
  ADD_FAILURE() << plan.error().message.value_or("");
  return {};
}

std::string ErrorOf(const TableDefinition& table, const UpdateTableRequest& request,
                    ErrorType type = ErrorType::kValidation) {
  auto plan = PlanUpdateTable(&table, request, {kNow, "us-east-1"});
  if (plan) return "no error";
  EXPECT_EQ(plan.error().type, type);
  return plan.error().message.value_or("no message");
}

TEST(PlanUpdateTable, SwitchesAStreamOnAndOff) {
  UpdateTableRequest on = Request(), off = Request();
  on.stream = StreamRequest{true, StreamViewType::kNewAndOldImages};
  off.stream = StreamRequest{};
  TablePlan plan = Plan(OnDemandTable(), on);
  ASSERT_NE(plan.next.log.EnabledStream(), nullptr);
  EXPECT_EQ(plan.next.log.EnabledStream()->view, StreamViewType::kNewAndOldImages);
  EXPECT_TRUE(plan.next.log.active());
  EXPECT_EQ(plan.next.status, TableStatus::kUpdating);
  const std::string which =
      " Table: t Stream: " + plan.next.log.streams[0].label + " Operation: ENABLE";
  EXPECT_EQ(ErrorOf(plan.next, off, ErrorType::kResourceInUse),
            kInUse + "A stream status change is currently in progress." + which);
  EXPECT_EQ(PlanDeleteTable(&plan.next, "t", kNow).error().message,
            kInUse + "Cannot delete table while stream is being enabled/disabled.");

  TableDefinition settled = plan.next;
  settled.status = TableStatus::kActive;
  settled.pending = PendingChange::kNone;
  EXPECT_EQ(ErrorOf(settled, on), "Table already has an enabled stream: TableName: t");
  plan = Plan(settled, off);
  EXPECT_EQ(plan.next.log.EnabledStream(), nullptr);
  EXPECT_FALSE(plan.next.log.active());
  ASSERT_EQ(plan.next.log.streams.size(), 1u);
  EXPECT_EQ(plan.next.log.streams[0].disabled_micros, kNow);
}

}  // namespace
}  // namespace stator
