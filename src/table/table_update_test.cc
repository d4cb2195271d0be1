#include <gtest/gtest.h>

#include "table/table_changes.h"
#include "table/test_tables.h"

namespace stator {
namespace {

using testing::GlobalIndex;
using testing::LocalIndex;
using testing::TestTable;
using Type = AttributeValue::Type;

constexpr int64_t kDay = 86'400'000'000;
constexpr int64_t kNow = 20'000 * kDay + 3'600'000'000;
const std::string kOmp = "One or more parameter values were invalid: ";
const std::string kInUse = "Attempt to change a resource which is still in use: ";

UpdateTableRequest Request() {
  UpdateTableRequest request;
  request.name = "t";
  return request;
}

UpdateTableRequest Units(int64_t read, int64_t write) {
  UpdateTableRequest request = Request();
  request.provisioned = {read, write};
  return request;
}

UpdateTableRequest CreateIndex(std::string name, std::vector<KeySchemaEntry> keys,
                               std::vector<KeyAttribute> attributes) {
  UpdateTableRequest request = Request();
  request.attributes = std::move(attributes);
  request.index_updates.emplace(1);
  IndexRequest& index = request.index_updates->at(0).create.emplace();
  index.name = std::move(name);
  index.keys = std::move(keys);
  index.projection.type = IndexProjection::Type::kKeysOnly;
  return request;
}

UpdateTableRequest UpdateIndex(std::string name, std::optional<ThroughputRequest> provisioned) {
  UpdateTableRequest request = Request();
  request.index_updates.emplace(1);
  request.index_updates->at(0).update = {std::move(name), provisioned, {}, {}};
  return request;
}

UpdateTableRequest DeleteIndex(std::string name) {
  UpdateTableRequest request = Request();
  request.index_updates.emplace(1);
  request.index_updates->at(0).remove = std::move(name);
  return request;
}

TableDefinition OnDemandTable(std::vector<IndexDefinition> indexes = {}) {
  TableDefinition table = TestTable(std::move(indexes));
  table.billing = BillingMode::kPayPerRequest;
  table.billing_was_set = true;
  table.next_index_id = 10;
  return table;
}

TableDefinition ProvisionedTable(std::vector<IndexDefinition> indexes = {}) {
  TableDefinition table = TestTable(std::move(indexes));
  table.provisioned.units = {5, 5};
  for (IndexDefinition& index : table.indexes) index.provisioned.units = {5, 5};
  table.next_index_id = 10;
  return table;
}

IndexDefinition Gsi(IndexStatus status = IndexStatus::kActive, bool backfilling = false) {
  IndexDefinition index = GlobalIndex("gsi", 1, {{"a", Type::kS}});
  index.status = status;
  index.backfilling = backfilling;
  return index;
}

TablePlan Plan(const TableDefinition& table, const UpdateTableRequest& request,
               int64_t now = kNow) {
  auto plan = PlanUpdateTable(&table, request, {now, "us-east-1"});
  if (!plan) {
    ADD_FAILURE() << plan.error().message.value_or("");
    return {};
  }
  return *plan;
}

std::string ErrorOf(const TableDefinition& table, const UpdateTableRequest& request,
                    ErrorType type = ErrorType::kValidation) {
  auto plan = PlanUpdateTable(&table, request, {kNow, "us-east-1"});
  if (plan) return "no error";
  EXPECT_EQ(plan.error().type, type) << plan.error().message.value_or("");
  return plan.error().message.value_or("no message");
}

TEST(PlanUpdateTable, NothingToDo) {
  UpdateTableRequest request = Request();
  request.attributes = {{{"p", Type::kS}}};
  EXPECT_EQ(
      ErrorOf(OnDemandTable(), request),
      "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
      "GlobalSecondaryIndexUpdates, "
      "SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, "
      "MultiRegionConsistency, "
      "DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required");
  request.on_demand.emplace();
  EXPECT_EQ(ErrorOf(OnDemandTable(), request, ErrorType::kInternalFailure), "");
  request = Request();
  request.index_updates.emplace();
  EXPECT_EQ(ErrorOf(OnDemandTable(), request),
            kOmp + "List of GlobalSecondaryIndexUpdates is empty");
}

TEST(PlanUpdateTable, UnknownTable) {
  auto plan = PlanUpdateTable(nullptr, Units(1, 1), {kNow, "us-east-1"});
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().type, ErrorType::kResourceNotFound);
  EXPECT_EQ(plan.error().message, "Requested resource not found: Table: t not found");
}

TEST(PlanUpdateTable, OneChangeAtATime) {
  const TableDefinition table = OnDemandTable();
  UpdateTableRequest request = Units(1, 1);
  request.warm = {20'000, 20'000};
  EXPECT_EQ(ErrorOf(table, request),
            kOmp + "WarmThroughput must be the only operation in the request");
  request.deletion_protection = true;
  EXPECT_EQ(ErrorOf(table, request),
            kOmp + "DeletionProtection modification must be the only operation in the request");
  request.table_class = "STANDARD";
  EXPECT_EQ(ErrorOf(table, request),
            kOmp + "TableClass modification must be the only operation in the request");
  request.sse.emplace();
  EXPECT_EQ(ErrorOf(table, request),
            kOmp + "Server-Side Encryption modification must be the only operation in the request");

  request = CreateIndex("new", {{"a", true}}, {{"a", Type::kS}});
  request.warm = {20'000, 20'000};
  EXPECT_EQ(
      ErrorOf(table, request),
      kOmp + "Create global secondary index cannot be specified when updating WarmThroughput");
  request = Units(1, 1);
  request.on_demand = {1, 1};
  EXPECT_EQ(
      ErrorOf(table, request),
      kOmp + "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request");
  request = Units(1, 1);
  request.stream.emplace();
  EXPECT_EQ(ErrorOf(table, request),
            kOmp + "You cannot modify stream status while updating table IOPS");
  request = CreateIndex("new", {{"a", true}}, {{"a", Type::kS}});
  request.provisioned = {1, 1};
  EXPECT_EQ(ErrorOf(table, request),
            kOmp + "You cannot create or delete index while updating table IOPS");
  request = DeleteIndex("gsi");
  request.billing = BillingMode::kPayPerRequest;
  EXPECT_EQ(ErrorOf(table, request),
            kOmp + "You cannot create or delete index while updating table IOPS");
  request = DeleteIndex("gsi");
  request.stream.emplace();
  EXPECT_EQ(ErrorOf(table, request),
            kOmp + "You cannot create or delete index while changing stream status");
}

TEST(PlanUpdateTable, Throughput) {
  const TablePlan plan = Plan(ProvisionedTable(), Units(6, 7));
  EXPECT_EQ(plan.next.provisioned.units, (Throughput{6, 7}));
  EXPECT_EQ(plan.next.provisioned.last_increase_micros, kNow);
  EXPECT_EQ(plan.next.provisioned.last_decrease_micros, 0);
  EXPECT_EQ(plan.next.status, TableStatus::kUpdating);
  EXPECT_EQ(plan.next.pending, PendingChange::kThroughput);
  EXPECT_EQ(plan.answer.provisioned.units, (Throughput{5, 5}));
  EXPECT_EQ(plan.answer.status, TableStatus::kUpdating);

  EXPECT_EQ(ErrorOf(ProvisionedTable(), Units(5, 5)),
            "The provisioned throughput for the table will not change. The requested value equals "
            "the current value. "
            "Current ReadCapacityUnits provisioned for the table: 5. Requested ReadCapacityUnits: "
            "5. Current "
            "WriteCapacityUnits provisioned for the table: 5. Requested WriteCapacityUnits: 5. "
            "Refer to the Amazon "
            "DynamoDB Developer Guide for current limits and how to request higher limits.");
  EXPECT_EQ(
      ErrorOf(OnDemandTable(), Units(5, 5)),
      kOmp +
          "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
          "PAY_PER_REQUEST");
  EXPECT_EQ(ErrorOf(ProvisionedTable(), Units(1'000'000'000'001, 5)),
            "Given value 1000000000001 for ReadCapacityUnits is out of bounds");
}

TEST(PlanUpdateTable, DecreasesAreCountedByUtcDay) {
  TableDefinition table = ProvisionedTable();
  for (int i = 1; i <= 3; ++i) {
    table = Plan(table, Units(5 - i, 5 - i)).next;
    table.status = TableStatus::kActive;
    EXPECT_EQ(table.provisioned.decreases_today, i);
  }
  table = Plan(table, Units(1, 2), kNow + kDay).next;
  EXPECT_EQ(table.provisioned.decreases_today, 1);
  EXPECT_EQ(table.provisioned.last_decrease_micros, kNow + kDay);
}

TEST(PlanUpdateTable, DecreaseQuota) {
  TableDefinition table = ProvisionedTable();
  table.provisioned.decreases_today = 4;
  table.provisioned.last_decrease_micros = kNow - 1;
  EXPECT_TRUE(PlanUpdateTable(&table, Units(4, 4), {kNow, "us-east-1", false}));
  auto plan = PlanUpdateTable(&table, Units(4, 6), {kNow, "us-east-1", true});
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().type, ErrorType::kLimitExceeded);
  EXPECT_EQ(plan.error().message->find(
                "Subscriber limit exceeded: Provisioned throughput decreases are limited within "
                "a given UTC day. After the first 4 decreases, each subsequent decrease in the "
                "same UTC day can be performed at most once every 3600 seconds. Number of "
                "decreases today: 4. Last decrease at 2024-10-04T00:59:59Z. Next decrease can "
                "be made at 2024-10-04T01:59:59Z"),
            0u)
      << *plan.error().message;
  EXPECT_TRUE(PlanUpdateTable(&table, Units(6, 6), {kNow, "us-east-1", true}));
  EXPECT_TRUE(PlanUpdateTable(&table, Units(4, 4), {kNow + 3'600'000'000, "us-east-1", true}));
}

TEST(PlanUpdateTable, ToOnDemandAndBack) {
  UpdateTableRequest request = Request();
  request.billing = BillingMode::kPayPerRequest;
  TablePlan plan = Plan(ProvisionedTable({Gsi()}), request);
  EXPECT_EQ(plan.next.billing, BillingMode::kPayPerRequest);
  EXPECT_TRUE(plan.next.billing_was_set);
  EXPECT_EQ(plan.next.last_to_on_demand_micros, kNow);
  EXPECT_EQ(plan.next.provisioned.units, Throughput{});
  EXPECT_EQ(plan.next.indexes[0].provisioned.units, Throughput{});
  EXPECT_EQ(plan.answer.billing, BillingMode::kProvisioned);

  TableDefinition table = plan.next;
  table.status = TableStatus::kActive;
  table.on_demand = Throughput{7, -1};
  request.billing = BillingMode::kProvisioned;
  EXPECT_EQ(ErrorOf(table, request),
            kOmp + "ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
  request.provisioned = {3, 4};
  EXPECT_EQ(ErrorOf(table, request),
            kOmp + "ProvisionedThroughput must be specified for index: gsi");
  request.index_updates.emplace(1);
  request.index_updates->at(0).update = {"gsi", ThroughputRequest{1, 2}, {}, {}};
  plan = Plan(table, request);
  EXPECT_EQ(plan.next.billing, BillingMode::kProvisioned);
  EXPECT_EQ(plan.next.provisioned.units, (Throughput{3, 4}));
  EXPECT_EQ(plan.next.indexes[0].provisioned.units, (Throughput{1, 2}));
  EXPECT_EQ(plan.next.on_demand, std::nullopt);
  // A switch is not an increase.
  EXPECT_EQ(plan.next.provisioned.last_increase_micros, 0);
}

TEST(PlanUpdateTable, SameModeAgainIsFine) {
  UpdateTableRequest request = Request();
  request.billing = BillingMode::kPayPerRequest;
  TableDefinition table = OnDemandTable();
  table.on_demand = Throughput{7, 8};
  const TablePlan plan = Plan(table, request);
  EXPECT_EQ(plan.answer.status, TableStatus::kUpdating);
  EXPECT_EQ(plan.next.last_to_on_demand_micros, 0);
  EXPECT_EQ(plan.next.on_demand, (Throughput{7, 8}));
}

TEST(PlanUpdateTable, OnDemandCeilings) {
  UpdateTableRequest request = Request();
  request.on_demand = {10, std::nullopt};
  TableDefinition table = OnDemandTable();
  TablePlan plan = Plan(table, request);
  EXPECT_EQ(plan.next.on_demand, (Throughput{10, -1}));
  EXPECT_EQ(plan.answer.on_demand, (Throughput{10, 0}));
  EXPECT_EQ(plan.next.status, TableStatus::kActive);

  table.on_demand = Throughput{10, 20};
  request.on_demand = {-1, std::nullopt};
  plan = Plan(table, request);
  EXPECT_EQ(plan.next.on_demand, (Throughput{-1, 20}));
  EXPECT_EQ(plan.answer.on_demand, (Throughput{-1, 20}));
  request.on_demand = {-1, -1};
  plan = Plan(table, request);
  EXPECT_EQ(plan.next.on_demand, std::nullopt);
  EXPECT_EQ(plan.answer.on_demand, (Throughput{-1, -1}));

  request.on_demand = {0, 1};
  EXPECT_EQ(ErrorOf(table, request), kOmp +
                                         "Requested MaxReadRequestUnits for OnDemandThroughput for "
                                         "table is outside of valid range");
  request.on_demand = {1, 1};
  EXPECT_EQ(ErrorOf(ProvisionedTable(), request),
            kOmp +
                "MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table "
                "BillingMode is "
                "PROVISIONED");
}

TEST(PlanUpdateTable, WarmThroughputOnlyGrows) {
  UpdateTableRequest request = Request();
  request.warm = {15'000, std::nullopt};
  TableDefinition table = Plan(OnDemandTable(), request).next;
  EXPECT_EQ(table.warm, (Throughput{15'000, 4'000}));
  EXPECT_EQ(table.status, TableStatus::kActive);
  request.warm = {14'000, 5'000};
  EXPECT_EQ(ErrorOf(table, request),
            kOmp +
                "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than "
                "current WarmThroughput, decreasing WarmThroughput is not supported");
  request.warm = {4, 5};
  EXPECT_EQ(ErrorOf(ProvisionedTable(), request),
            kOmp +
                "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than "
                "ReadCapacityUnits of "
                "ProvisionedThroughput");
  request.warm.emplace();
  EXPECT_EQ(ErrorOf(table, request, ErrorType::kInternalFailure), "");
}

TEST(PlanUpdateTable, ClassProtectionSseAndStream) {
  UpdateTableRequest request = Request();
  request.table_class = "STANDARD_INFREQUENT_ACCESS";
  TablePlan plan = Plan(OnDemandTable(), request);
  EXPECT_EQ(plan.next.table_class, TableClass::kStandardInfrequentAccess);
  EXPECT_EQ(plan.next.table_class_micros, kNow);
  EXPECT_EQ(plan.next.status, TableStatus::kUpdating);
  EXPECT_EQ(plan.answer.table_class, std::nullopt);

  request = Request();
  request.deletion_protection = true;
  plan = Plan(OnDemandTable(), request);
  EXPECT_TRUE(plan.next.deletion_protection);
  EXPECT_EQ(plan.next.status, TableStatus::kActive);

  request = Request();
  request.sse.emplace();
  EXPECT_EQ(ErrorOf(OnDemandTable(), request), kOmp + "Table is already encrypted by default");
  request = Request();
  request.stream.emplace();
  EXPECT_EQ(ErrorOf(OnDemandTable(), request), "Table has no stream to disable: TableName: t");
  request.stream = StreamRequest{false, StreamViewType::kNewImage};
  EXPECT_EQ(ErrorOf(OnDemandTable(), request),
            kOmp + "If stream is being disabled, then UpdateViewType must not be specified");
  request.stream = StreamRequest{true, std::nullopt};
  EXPECT_EQ(ErrorOf(OnDemandTable(), request),
            kOmp + "If stream is being enabled then UpdateViewType is required");
}

TEST(PlanUpdateTable, CreatesAnIndex) {
  const TablePlan plan =
      Plan(OnDemandTable(), CreateIndex("new", {{"a", true}, {"p", false}},
                                        {{"a", Type::kN}, {"p", Type::kS}, {"unused", Type::kS}}));
  ASSERT_EQ(plan.next.indexes.size(), 1u);
  const IndexDefinition& index = plan.next.indexes[0];
  EXPECT_EQ(index.id, 10u);
  EXPECT_EQ(plan.next.next_index_id, 11u);
  EXPECT_EQ(index.status, IndexStatus::kCreating);
  EXPECT_FALSE(index.backfilling);
  EXPECT_EQ(plan.next.status, TableStatus::kUpdating);
  EXPECT_EQ(plan.next.attributes,
            (std::vector<KeyAttribute>{{"p", Type::kS}, {"r", Type::kN}, {"a", Type::kN}}));
}

TEST(PlanUpdateTable, CreateIndexErrors) {
  const TableDefinition table = OnDemandTable({LocalIndex("lsi", 1, "x")});
  UpdateTableRequest request = CreateIndex("new", {{"p", true}}, {{"a", Type::kS}});
  EXPECT_EQ(ErrorOf(table, request),
            kOmp +
                "Some index key attributes are not defined in AttributeDefinitions. Keys: "
                "[p], AttributeDefinitions: [a]");
  request.attributes.reset();
  EXPECT_EQ(ErrorOf(table, request), kOmp + "AttributeDefinitions is not specified for index: new");
  EXPECT_EQ(ErrorOf(table, CreateIndex("lsi", {{"a", true}}, {{"a", Type::kS}})),
            "Attempting to create an index which already exists");
  EXPECT_EQ(ErrorOf(table, CreateIndex("new", {{"r", true}}, {{"r", Type::kS}})),
            kOmp +
                "Attributes cannot be redefined. Please check that your attribute has the same "
                "type as previously "
                "defined. Existing schema: Schema:[SchemaElement: key{r:N:HASH}] New schema: "
                "Schema:[SchemaElement: "
                "key{r:S:HASH}]");
  EXPECT_EQ(ErrorOf(ProvisionedTable(), CreateIndex("new", {{"a", true}}, {{"a", Type::kS}})),
            kOmp + "ProvisionedThroughput must be specified for index: new");
  request = CreateIndex("new", {{"a", true}}, {{"a", Type::kS}});
  request.index_updates->at(0).create->provisioned = {1, 1};
  EXPECT_EQ(ErrorOf(table, request), kOmp +
                                         "ProvisionedThroughput should not be specified for index: "
                                         "new when BillingMode is PAY_PER_REQUEST");
  std::vector<IndexDefinition> many;
  for (uint32_t i = 0; i < 20; ++i)
    many.push_back(GlobalIndex("g" + std::to_string(i), i + 1, {{"p", Type::kS}}));
  EXPECT_EQ(ErrorOf(OnDemandTable(many), CreateIndex("new", {{"a", true}}, {{"a", Type::kS}}),
                    ErrorType::kLimitExceeded),
            "Subscriber limit exceeded: Number of global secondary indexes exceeds per-table limit "
            "of 20");
}

TEST(PlanUpdateTable, ShapeOfIndexUpdates) {
  const TableDefinition table = OnDemandTable({LocalIndex("lsi", 2, "x"), Gsi()});
  UpdateTableRequest request = Request();
  request.index_updates.emplace(1);
  EXPECT_EQ(ErrorOf(table, request),
            kOmp +
                "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
                "GlobalSecondaryIndexUpdate.Delete must not be null");
  request = DeleteIndex("gsi");
  request.index_updates->at(0).update = {"gsi", ThroughputRequest{1, 1}, {}, {}};
  EXPECT_EQ(ErrorOf(table, request), kOmp +
                                         "Only one global secondary index action is allowed per "
                                         "GlobalSecondaryIndexUpdate object");
  request = DeleteIndex("gsi");
  request.index_updates->push_back(request.index_updates->front());
  EXPECT_EQ(
      ErrorOf(table, request),
      kOmp +
          "Only one global secondary index update per index is allowed simultaneously. Index: gsi");
  request.index_updates->at(1).remove = "other";
  EXPECT_EQ(ErrorOf(table, request, ErrorType::kLimitExceeded),
            "Subscriber limit exceeded: Only 1 online index can be created or deleted "
            "simultaneously per table");
  EXPECT_EQ(
      ErrorOf(table, UpdateIndex("gsi", ThroughputRequest{1, std::nullopt})),
      kOmp + "Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: gsi");
  EXPECT_EQ(ErrorOf(table, DeleteIndex("lsi")),
            "Cannot delete an index that is not a GlobalSecondaryIndex: lsi");
  EXPECT_EQ(ErrorOf(table, UpdateIndex("lsi", ThroughputRequest{1, 1})),
            "Cannot update an index that is not a GlobalSecondaryIndex: lsi");
  EXPECT_EQ(ErrorOf(table, DeleteIndex("zzz"), ErrorType::kResourceNotFound),
            "Requested resource not found: Index zzz for table t not found");
}

TEST(PlanUpdateTable, IndexThroughput) {
  const TableDefinition table = ProvisionedTable({Gsi()});
  const TablePlan plan = Plan(table, UpdateIndex("gsi", ThroughputRequest{1, 9}));
  EXPECT_EQ(plan.next.status, TableStatus::kActive);
  EXPECT_EQ(plan.next.indexes[0].status, IndexStatus::kUpdating);
  EXPECT_EQ(plan.next.indexes[0].provisioned.units, (Throughput{1, 9}));
  EXPECT_EQ(plan.next.indexes[0].provisioned.decreases_today, 1);
  EXPECT_EQ(plan.answer.indexes[0].provisioned.units, (Throughput{5, 5}));
  EXPECT_EQ(ErrorOf(table, UpdateIndex("gsi", ThroughputRequest{5, 5}))
                .find("The provisioned throughput for the index gsi will not change. "),
            0u);
  EXPECT_EQ(
      ErrorOf(OnDemandTable({Gsi()}), UpdateIndex("gsi", ThroughputRequest{5, 5})),
      kOmp +
          "The only Updates for index: gsi when TableThroughputMode is PAY_PER_REQUEST can be to "
          "OnDemandThroughput, WarmThroughput");
}

TEST(PlanUpdateTable, DeletesAnIndex) {
  TablePlan plan = Plan(OnDemandTable({Gsi()}), DeleteIndex("gsi"));
  EXPECT_EQ(plan.next.indexes[0].status, IndexStatus::kDeleting);
  EXPECT_EQ(plan.next.status, TableStatus::kUpdating);
  plan = Plan(OnDemandTable({Gsi(IndexStatus::kCreating, true)}), DeleteIndex("gsi"));
  EXPECT_EQ(plan.next.indexes[0].status, IndexStatus::kDeleting);
  EXPECT_FALSE(plan.next.indexes[0].backfilling);
}

TEST(PlanUpdateTable, WhileTheTableComesOrGoes) {
  TableDefinition table = OnDemandTable();
  table.status = TableStatus::kCreating;
  UpdateTableRequest request = Request();
  request.billing = BillingMode::kPayPerRequest;
  EXPECT_EQ(ErrorOf(table, request, ErrorType::kResourceInUse),
            kInUse + "Table is being created: t");
  table.status = TableStatus::kDeleting;
  EXPECT_EQ(ErrorOf(table, request, ErrorType::kResourceInUse),
            kInUse + "Table is being deleted: t");
}

TEST(PlanUpdateTable, WhileThroughputIsUpdated) {
  TableDefinition table = ProvisionedTable({Gsi()});
  table.status = TableStatus::kUpdating;
  table.pending = PendingChange::kThroughput;
  EXPECT_EQ(ErrorOf(table, Units(9, 9), ErrorType::kResourceInUse),
            kInUse + "Table IOPS are currently being updated. Table: t");
  UpdateTableRequest request = Request();
  request.stream.emplace();
  EXPECT_EQ(ErrorOf(table, request, ErrorType::kResourceInUse),
            kInUse + "Can't enable or disable stream while table IOPS are being updated. Table: t");
  request = Request();
  request.deletion_protection = true;
  EXPECT_EQ(ErrorOf(table, request, ErrorType::kResourceInUse),
            "Table needs to be in ACTIVE status to modify deletion protection setting.");
}

TEST(PlanUpdateTable, WhileTheClassIsUpdated) {
  TableDefinition table = ProvisionedTable();
  table.status = TableStatus::kUpdating;
  table.pending = PendingChange::kTableClass;
  table.table_class = TableClass::kStandardInfrequentAccess;
  UpdateTableRequest request = Request();
  request.table_class = "STANDARD";
  EXPECT_EQ(ErrorOf(table, request, ErrorType::kResourceInUse),
            kInUse +
                "Can't update table class when a table class update is in progress. Table: t "
                "TableClassUpdateInProgress: STANDARD_INFREQUENT_ACCESS");
  EXPECT_EQ(ErrorOf(table, Units(9, 9), ErrorType::kResourceInUse),
            kInUse +
                "Can't change table IOPS when a table class update is in progress. Table: t "
                "TableClassUpdateInProgress: STANDARD_INFREQUENT_ACCESS");
}

TEST(PlanUpdateTable, WhileAnIndexIsCreated) {
  TableDefinition table = ProvisionedTable({Gsi(IndexStatus::kCreating)});
  table.status = TableStatus::kUpdating;
  EXPECT_EQ(
      ErrorOf(table, Units(9, 9), ErrorType::kResourceInUse),
      kInUse + "Can't change table IOPS when an index is being created. Table: t Indexes: [gsi]");
  EXPECT_EQ(ErrorOf(table, DeleteIndex("gsi"), ErrorType::kResourceInUse),
            kInUse +
                "Index creation is in resource allocation phase. Retry deletion during backfilling "
                "phase or when "
                "the index is active. Table: t Index: gsi");
  EXPECT_EQ(ErrorOf(table, UpdateIndex("gsi", ThroughputRequest{6, 6}), ErrorType::kResourceInUse),
            kInUse + "Index is being created but is not backfilling yet.  Table: t Index: gsi");
  EXPECT_EQ(ErrorOf(table, CreateIndex("new", {{"a", true}}, {{"a", Type::kS}}),
                    ErrorType::kLimitExceeded),
            "Subscriber limit exceeded: Only 1 online index can be created or deleted "
            "simultaneously per table");

  table = ProvisionedTable({Gsi(IndexStatus::kCreating, true)});
  const TablePlan plan = Plan(table, UpdateIndex("gsi", ThroughputRequest{6, 6}));
  EXPECT_EQ(plan.next.indexes[0].status, IndexStatus::kCreating);
  EXPECT_TRUE(plan.next.indexes[0].backfilling);
}

TEST(PlanUpdateTable, WhileAnIndexIsUpdatedOrDeleted) {
  TableDefinition table = ProvisionedTable({Gsi(IndexStatus::kDeleting)});
  table.status = TableStatus::kUpdating;
  EXPECT_EQ(ErrorOf(table, DeleteIndex("gsi"), ErrorType::kResourceInUse),
            kInUse + "Index is being deleted. Table: t Index: gsi");
  EXPECT_EQ(ErrorOf(table, CreateIndex("new", {{"a", true}}, {{"a", Type::kS}}),
                    ErrorType::kLimitExceeded),
            "Subscriber limit exceeded: Only 1 online index can be created or deleted "
            "simultaneously per table");
  table = ProvisionedTable({Gsi(IndexStatus::kUpdating)});
  EXPECT_EQ(ErrorOf(table, DeleteIndex("gsi"), ErrorType::kResourceInUse),
            kInUse + "Index is being updated. Table: t Index: gsi");
}

std::string DeleteErrorOf(const TableDefinition& table, ErrorType type) {
  auto next = PlanDeleteTable(&table, table.name, 0);
  if (next) return "no error";
  EXPECT_EQ(next.error().type, type);
  return next.error().message.value_or("no message");
}

TEST(PlanDeleteTable, Texts) {
  EXPECT_EQ(PlanDeleteTable(nullptr, "x", 0).error().message,
            "Requested resource not found: Table: x not found");
  TableDefinition table = OnDemandTable({Gsi()});
  EXPECT_EQ(PlanDeleteTable(&table, "t", 0)->status, TableStatus::kDeleting);
  table.indexes[0] = Gsi(IndexStatus::kCreating, true);
  EXPECT_EQ(DeleteErrorOf(table, ErrorType::kResourceInUse),
            kInUse + "Cannot delete table while indexes are being created, updated, or deleted.");
  table = OnDemandTable();
  table.status = TableStatus::kCreating;
  EXPECT_EQ(DeleteErrorOf(table, ErrorType::kResourceInUse), kInUse + "Table is being created: t");
  table.status = TableStatus::kDeleting;
  EXPECT_EQ(DeleteErrorOf(table, ErrorType::kResourceInUse), kInUse + "Table is being deleted: t");
  table.status = TableStatus::kUpdating;
  EXPECT_EQ(DeleteErrorOf(table, ErrorType::kResourceInUse), kInUse + "Table is being updated: t");
  table.pending = PendingChange::kThroughput;
  EXPECT_EQ(DeleteErrorOf(table, ErrorType::kResourceInUse),
            kInUse + "Table: t is in the process of being updated.");
  table = OnDemandTable();
  table.deletion_protection = true;
  EXPECT_EQ(DeleteErrorOf(table, ErrorType::kValidation),
            "Resource cannot be deleted as it is currently protected against deletion. Disable "
            "deletion protection "
            "first.");
}

}  // namespace
}  // namespace stator
