#include "table/table_definition.h"

#include <gtest/gtest.h>

#include "table/test_tables.h"

namespace stator {
namespace {

using testing::GlobalIndex;
using testing::LocalIndex;
using testing::TestTable;

TableDefinition FullTable() {
  IndexDefinition global = GlobalIndex("g", 2, {{"a", AttributeValue::Type::kB}, {"b", AttributeValue::Type::kN}});
  global.projection = {IndexProjection::Type::kInclude, {"x", "y"}};
  global.status = IndexStatus::kCreating;
  global.backfilling = true;
  global.provisioned = {{5, 6}, 11, 12, 3};
  global.on_demand = Throughput{-1, 9};
  global.warm = Throughput{12000, 4000};
  TableDefinition table = TestTable({LocalIndex("l", 1, "z"), global});
  table.next_index_id = 6;
  table.created_micros = 1'700'000'000'123'456;
  table.billing = BillingMode::kPayPerRequest;
  table.billing_was_set = true;
  table.last_to_on_demand_micros = 99;
  table.provisioned = {{1, 2}, 3, 4, 5};
  table.on_demand = Throughput{7, 8};
  table.warm = Throughput{1, 2};
  table.table_class = TableClass::kStandardInfrequentAccess;
  table.table_class_micros = 77;
  table.deletion_protection = true;
  table.destinations = {{"arn:old", "kinesis-1", DestinationStatus::kEnableFailed,
                         TimePrecision::kMillisecond, "why", 5},
                        {"arn:new", "kinesis-2", DestinationStatus::kActive,
                         TimePrecision::kMicrosecond, "", 6}};
  table.ttl = TimeToLive{"expires", 4, TimeToLiveStatus::kDisabling, true};
  table.ttl_changed_micros = 88;
  table.dropped_ttls = {3, 5};
  table.restore = TableRestore{"arn:b", "arn:t", "0-1", 1234, 7};
  table.recovery = PointInTimeRecovery{1, 2, 35, 4, {{"base-7-1", 5, 6, 7, 8, 9}, {"base-7-2", 10}}};
  table.import_id = "0123-ab";
  table.exports = {{"0123-cd", "base-1-2"}, {"0124-ef", ""}};
  table.tags = {{"Owner", "me"}, {"empty", ""}};
  return table;
}

TEST(TableDefinition, SurvivesEncoding) {
  for (const TableDefinition& table : {TestTable(), FullTable()}) {
    auto decoded = DecodeTableDefinition(EncodeTableDefinition(table));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(*decoded, table);
  }
}

TEST(TableDefinition, RefusesWhatIsNoDefinition) {
  const std::string bytes = EncodeTableDefinition(FullTable());
  EXPECT_FALSE(DecodeTableDefinition(""));
  EXPECT_FALSE(DecodeTableDefinition("nonsense"));
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(DecodeTableDefinition(std::string_view(bytes).substr(0, length))) << length;
  }
}

TEST(TableDefinition, NamesItsArns) {
  EXPECT_EQ(TestTable().Arn(), "arn:aws:dynamodb:us-east-1:000000000000:table/t");
  EXPECT_EQ(TestTable().IndexArn("g"), "arn:aws:dynamodb:us-east-1:000000000000:table/t/index/g");
}

TEST(TableDefinition, KnowsItsIndexes) {
  const TableDefinition table = FullTable();
  EXPECT_EQ(table.FindIndex("g")->id, 2u);
  EXPECT_EQ(table.FindIndex("nope"), nullptr);
  EXPECT_TRUE(table.HasLocalIndex());
  EXPECT_FALSE(TestTable({GlobalIndex("g", 1, {{"a", AttributeValue::Type::kS}})}).HasLocalIndex());
}

}  // namespace
}  // namespace stator
