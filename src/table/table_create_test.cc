#include <gtest/gtest.h>

#include "table/table_changes.h"

namespace stator {
namespace {

using Type = AttributeValue::Type;

constexpr int64_t kNow = 1'700'000'000'000'000;
const std::string kOmp = "One or more parameter values were invalid: ";

CreateTableRequest OnDemand() {
  CreateTableRequest request;
  request.name = "t";
  request.attributes = {{"p", Type::kS}, {"r", Type::kN}};
  request.keys = {{"p", true}, {"r", false}};
  request.billing = BillingMode::kPayPerRequest;
  return request;
}

CreateTableRequest Provisioned() {
  CreateTableRequest request = OnDemand();
  request.billing.reset();
  request.provisioned = {5, 6};
  return request;
}

IndexRequest Index(std::string name, std::vector<KeySchemaEntry> keys) {
  IndexRequest index;
  index.name = std::move(name);
  index.keys = std::move(keys);
  index.projection.type = IndexProjection::Type::kAll;
  return index;
}

// A request whose local index i has these keys.
CreateTableRequest WithLocal(std::vector<KeySchemaEntry> keys) {
  CreateTableRequest request = OnDemand();
  request.attributes.push_back({"a", Type::kS});
  request.local_indexes = {Index("lsi", std::move(keys))};
  return request;
}

CreateTableRequest WithGlobal(std::vector<KeySchemaEntry> keys) {
  CreateTableRequest request = OnDemand();
  request.attributes.push_back({"a", Type::kS});
  request.global_indexes = {Index("gsi", std::move(keys))};
  return request;
}

TableDefinition Plan(const CreateTableRequest& request) {
  auto table = PlanCreateTable(request, {kNow, "us-east-1"});
  if (!table) {
    ADD_FAILURE() << table.error().message.value_or("");
    return {};
  }
  return *table;
}

std::string ErrorOf(const CreateTableRequest& request, ErrorType type = ErrorType::kValidation,
                    bool service_quotas = false) {
  auto table = PlanCreateTable(request, {kNow, "us-east-1", service_quotas});
  if (table) return "no error";
  EXPECT_EQ(table.error().type, type);
  return table.error().message.value_or("no message");
}

TEST(PlanCreateTable, OnDemandTable) {
  const TableDefinition table = Plan(OnDemand());
  EXPECT_EQ(table.name, "t");
  EXPECT_EQ(table.status, TableStatus::kCreating);
  EXPECT_EQ(table.created_micros, kNow);
  EXPECT_EQ(table.billing, BillingMode::kPayPerRequest);
  EXPECT_TRUE(table.billing_was_set);
  EXPECT_EQ(table.last_to_on_demand_micros, kNow);
  EXPECT_EQ(table.keys, (KeySchema{{{"p", Type::kS}}, {{"r", Type::kN}}}));
  EXPECT_EQ(table.provisioned.units, Throughput{});
}

TEST(PlanCreateTable, ProvisionedTableWithIndexes) {
  CreateTableRequest request = Provisioned();
  request.attributes.push_back({"a", Type::kB});
  request.local_indexes = {Index("l", {{"p", true}, {"a", false}})};
  request.global_indexes = {Index("g", {{"a", true}, {"r", true}, {"p", false}})};
  request.global_indexes->at(0).provisioned = {7, 8};
  request.global_indexes->at(0).projection = {IndexProjection::Type::kInclude, {{"x", "y"}}};
  const TableDefinition table = Plan(request);
  EXPECT_FALSE(table.billing_was_set);
  EXPECT_EQ(table.provisioned.units, (Throughput{5, 6}));
  ASSERT_EQ(table.indexes.size(), 2u);
  EXPECT_EQ(table.next_index_id, 3u);
  const IndexDefinition& local = table.indexes[0];
  EXPECT_EQ(local.id, 1u);
  EXPECT_FALSE(local.global);
  EXPECT_EQ(local.status, IndexStatus::kActive);
  const IndexDefinition& global = table.indexes[1];
  EXPECT_EQ(global.id, 2u);
  EXPECT_TRUE(global.global);
  EXPECT_EQ(global.status, IndexStatus::kCreating);
  EXPECT_EQ(global.keys, (KeySchema{{{"a", Type::kB}, {"r", Type::kN}}, {{"p", Type::kS}}}));
  EXPECT_EQ(global.projection.non_key_attributes, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(global.provisioned.units, (Throughput{7, 8}));
}

TEST(PlanCreateTable, Billing) {
  CreateTableRequest request = OnDemand();
  request.provisioned = {1, 1};
  EXPECT_EQ(
      ErrorOf(request),
      kOmp +
          "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
          "PAY_PER_REQUEST");
  request = Provisioned();
  request.provisioned.reset();
  EXPECT_EQ(ErrorOf(request), kOmp +
                                  "ReadCapacityUnits and WriteCapacityUnits must both be specified "
                                  "when BillingMode is PROVISIONED");
  request.provisioned = {1'000'000'000'001, 1'000'000'000'001};
  EXPECT_EQ(ErrorOf(request), "Given value 1000000000001 for ReadCapacityUnits is out of bounds");
  request.provisioned = {1'000'000'000'000, 1'000'000'000'001};
  EXPECT_EQ(ErrorOf(request), "Given value 1000000000001 for WriteCapacityUnits is out of bounds");
}

TEST(PlanCreateTable, EmptyLists) {
  CreateTableRequest request = OnDemand();
  request.local_indexes.emplace();
  EXPECT_EQ(ErrorOf(request), kOmp + "List of LocalSecondaryIndexes is empty");
  request.local_indexes.reset();
  request.global_indexes.emplace();
  EXPECT_EQ(ErrorOf(request), kOmp + "List of GlobalSecondaryIndexes is empty");
}

TEST(PlanCreateTable, TableKeys) {
  CreateTableRequest request = OnDemand();
  request.attributes = {{"p", Type::kS}};
  EXPECT_EQ(ErrorOf(request), "Invalid KeySchema: Some index key attribute have no definition");
  request.keys = {{"p", true}, {"p", false}};
  EXPECT_EQ(ErrorOf(request), "Invalid KeySchema: Some index key attribute have no definition");
  request.attributes = {{"b", Type::kS}, {"c", Type::kS}};
  request.keys = {{"a", true}};
  EXPECT_EQ(ErrorOf(request),
            kOmp +
                "Some index key attributes are not defined in AttributeDefinitions. Keys: [a], "
                "AttributeDefinitions: [b, c]");
  request.keys = {{"b", true}, {"b", false}};
  EXPECT_EQ(ErrorOf(request),
            "Both the Hash Key and the Range Key element in the KeySchema have the same name");
  request.keys = {{"b", false}, {"c", true}};
  EXPECT_EQ(ErrorOf(request),
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  request.keys = {{"b", true}, {"c", true}};
  EXPECT_EQ(ErrorOf(request),
            "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
}

TEST(PlanCreateTable, DefinitionsMustBeUsed) {
  CreateTableRequest request = OnDemand();
  request.attributes.push_back({"x", Type::kS});
  EXPECT_EQ(ErrorOf(request), kOmp +
                                  "Number of attributes in KeySchema does not exactly match number "
                                  "of attributes defined in "
                                  "AttributeDefinitions");
  request.global_indexes = {Index("gsi", {{"r", true}})};
  EXPECT_EQ(ErrorOf(request),
            kOmp +
                "Some AttributeDefinitions are not used. AttributeDefinitions: [p, r, x], keys "
                "used: [p, r]");
  request.attributes.back().name = "p";
  EXPECT_EQ(ErrorOf(request), "Attribute Name is duplicated: p");
}

TEST(PlanCreateTable, LocalIndexes) {
  CreateTableRequest request = WithLocal({{"p", true}, {"a", false}});
  EXPECT_EQ(ErrorOf(request), "no error");
  request.keys = {{"p", true}};
  request.attributes = {{"p", Type::kS}, {"a", Type::kS}};
  EXPECT_EQ(ErrorOf(request),
            kOmp +
                "Table KeySchema does not have a range key, which is required when specifying a "
                "LocalSecondaryIndex");

  request = WithLocal({{"p", true}, {"zz", false}});
  request.attributes.pop_back();
  EXPECT_EQ(ErrorOf(request),
            kOmp +
                "Some index key attributes are not defined in AttributeDefinitions. Keys: [p, "
                "zz], AttributeDefinitions: [p, r]");
  request = WithLocal({{"a", true}, {"a", false}});
  EXPECT_EQ(ErrorOf(request),
            "Both the Hash Key and the Range Key element in the KeySchema have the same name");
  request = WithLocal({{"a", false}, {"p", true}});
  EXPECT_EQ(ErrorOf(request),
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  request = WithLocal({{"a", true}});
  EXPECT_EQ(ErrorOf(request), kOmp + "Index KeySchema does not have a range key for index: lsi");
  request = WithLocal({{"a", true}, {"p", false}});
  EXPECT_EQ(ErrorOf(request),
            kOmp +
                "Index KeySchema does not have the same leading hash key as table KeySchema for "
                "index: lsi. index hash key: a, table hash key: p");
}

TEST(PlanCreateTable, CountsAndNamesOfIndexes) {
  CreateTableRequest request = WithLocal({{"p", true}, {"a", false}});
  request.local_indexes->push_back(request.local_indexes->front());
  EXPECT_EQ(ErrorOf(request), kOmp + "Duplicate index name: lsi");
  request.local_indexes->pop_back();
  request.global_indexes = {Index("lsi", {{"a", true}})};
  EXPECT_EQ(ErrorOf(request), kOmp + "Duplicate index name: lsi");
  request.global_indexes.reset();
  for (int i = 0; i < 5; ++i)
    request.local_indexes->push_back(Index("l" + std::to_string(i), {{"p", true}, {"a", false}}));
  EXPECT_EQ(ErrorOf(request),
            kOmp + "Number of LocalSecondaryIndexes exceeds per-table limit of 5");
  request.local_indexes->pop_back();
  EXPECT_EQ(ErrorOf(request), "no error");
  request.global_indexes.emplace();
  for (int i = 0; i < 21; ++i)
    request.global_indexes->push_back(Index("g" + std::to_string(i), {{"a", true}}));
  EXPECT_EQ(ErrorOf(request),
            kOmp + "GlobalSecondaryIndex count exceeds the per-table limit of 20");
  request.global_indexes->pop_back();
  EXPECT_EQ(ErrorOf(request), "no error");
}

TEST(PlanCreateTable, GlobalIndexKeys) {
  EXPECT_EQ(ErrorOf(WithGlobal({{"a", false}})),
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  EXPECT_EQ(ErrorOf(WithGlobal({{"a", true}, {"a", false}})),
            "Both the Hash Key and the Range Key element in the KeySchema have the same name");
  EXPECT_EQ(ErrorOf(WithGlobal({{"a", true}, {"p", true}, {"a", false}})),
            "The KeySchema contains multiple key attributes with the same name");
  EXPECT_EQ(ErrorOf(WithGlobal({{"a", true}, {"p", false}, {"r", true}})),
            kOmp + "All HASH key attributes must precede RANGE key attributes in the KeySchema");
}

TEST(PlanCreateTable, GlobalIndexKeyCounts) {
  CreateTableRequest request = OnDemand();
  request.attributes = {{"p", Type::kS}, {"r", Type::kS}};
  for (int i = 0; i < 8; ++i) request.attributes.push_back({"k" + std::to_string(i), Type::kS});
  auto keys = [](int hash, int range) {
    std::vector<KeySchemaEntry> entries;
    for (int i = 0; i < hash + range; ++i) entries.push_back({"k" + std::to_string(i), i < hash});
    return entries;
  };
  request.global_indexes = {Index("g", keys(4, 4))};
  EXPECT_EQ(ErrorOf(request), "no error");
  request.global_indexes = {Index("g", keys(5, 3))};
  EXPECT_EQ(ErrorOf(request),
            kOmp + "The KeySchema exceeds the maximum allowed number of HASH key attributes");
  request.global_indexes = {Index("g", keys(3, 5))};
  EXPECT_EQ(ErrorOf(request),
            kOmp + "The KeySchema exceeds the maximum allowed number of RANGE key attributes");
}

TEST(PlanCreateTable, GlobalIndexThroughput) {
  CreateTableRequest request = WithGlobal({{"a", true}});
  request.global_indexes->at(0).provisioned = {1, 1};
  EXPECT_EQ(ErrorOf(request),
            kOmp +
                "ProvisionedThroughput should not be specified for index: gsi when BillingMode "
                "is PAY_PER_REQUEST");
  request.billing = BillingMode::kProvisioned;
  request.provisioned = {1, 1};
  EXPECT_EQ(ErrorOf(request), "no error");
  request.global_indexes->at(0).provisioned.reset();
  EXPECT_EQ(ErrorOf(request), kOmp + "ProvisionedThroughput is not specified for index: gsi");
}

TEST(PlanCreateTable, Projections) {
  CreateTableRequest request = WithGlobal({{"a", true}});
  ProjectionRequest& projection = request.global_indexes->at(0).projection;
  projection = {};
  EXPECT_EQ(ErrorOf(request), kOmp + "Unknown ProjectionType: null");
  projection = {IndexProjection::Type::kAll, {{"x"}}};
  EXPECT_EQ(ErrorOf(request), kOmp + "ProjectionType is ALL, but NonKeyAttributes is specified");
  projection = {IndexProjection::Type::kKeysOnly, {{"x"}}};
  EXPECT_EQ(ErrorOf(request),
            kOmp + "ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified");
  projection = {IndexProjection::Type::kInclude, std::nullopt};
  EXPECT_EQ(ErrorOf(request),
            kOmp + "ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
  projection = {IndexProjection::Type::kInclude, {{"x", "y", "x"}}};
  EXPECT_EQ(ErrorOf(request), kOmp + "Duplicate element in NonKeyAttributes: x");
  projection.non_key_attributes->pop_back();
  EXPECT_EQ(ErrorOf(request), "no error");
}

TEST(PlanCreateTable, HundredProjectedAttributes) {
  CreateTableRequest request = OnDemand();
  request.global_indexes.emplace();
  for (int i = 0; i < 6; ++i) {
    IndexRequest index = Index("g" + std::to_string(i), {{"r", true}});
    index.projection = {IndexProjection::Type::kInclude, std::vector<std::string>()};
    for (int a = 0; a < (i == 5 ? 1 : 20); ++a)
      index.projection.non_key_attributes->push_back("x" + std::to_string(a));
    request.global_indexes->push_back(index);
  }
  EXPECT_NE(ErrorOf(request), "no error");
  request.global_indexes->pop_back();
  EXPECT_EQ(ErrorOf(request), "no error");
}

TEST(PlanCreateTable, Streams) {
  CreateTableRequest request = OnDemand();
  request.stream = StreamRequest{false, StreamViewType::kNewImage};
  EXPECT_EQ(
      ErrorOf(request),
      kOmp +
          "Table is being created with a stream disabled, UpdateViewType should not be specified");
  request.stream = StreamRequest{true, std::nullopt};
  EXPECT_EQ(ErrorOf(request),
            kOmp + "Table is being created with a stream enabled, UpdateViewType is required");
  request.stream = StreamRequest{true, StreamViewType::kNewImage};
  EXPECT_EQ(ErrorOf(request), "no error");
  request.stream = StreamRequest{false, std::nullopt};
  EXPECT_EQ(ErrorOf(request), "no error");
}

TEST(PlanCreateTable, OnDemandCeilings) {
  CreateTableRequest request = Provisioned();
  request.on_demand = {std::nullopt, 5};
  EXPECT_EQ(ErrorOf(request),
            kOmp +
                "MaxWriteRequestUnits for OnDemandThroughput cannot be specified when table "
                "BillingMode is PROVISIONED.");
  request.on_demand = {5, 5};
  EXPECT_EQ(ErrorOf(request),
            kOmp +
                "MaxReadRequestUnits for OnDemandThroughput cannot be specified when table "
                "BillingMode is PROVISIONED.");
  request = OnDemand();
  request.on_demand = {0, 5};
  EXPECT_EQ(ErrorOf(request), kOmp +
                                  "Requested MaxReadRequestUnits for OnDemandThroughput for table "
                                  "is outside of valid range");
  request.on_demand = {5, -1};
  EXPECT_EQ(ErrorOf(request), kOmp +
                                  "Requested MaxWriteRequestUnits for OnDemandThroughput for table "
                                  "is outside of valid range");
  request.on_demand = {5, std::nullopt};
  EXPECT_EQ(Plan(request).on_demand, (Throughput{5, -1}));
}

TEST(PlanCreateTable, WarmThroughput) {
  CreateTableRequest request = OnDemand();
  request.warm = {11'999, std::nullopt};
  EXPECT_EQ(ErrorOf(request).substr(0, 128),
            (kOmp + "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than "
                    "initial throughput for "
                    "OnDemand. See: ")
                .substr(0, 128));
  request.warm = {15'000, std::nullopt};
  EXPECT_EQ(Plan(request).warm, (Throughput{15'000, 4'000}));
  request = Provisioned();
  request.warm = {5, 5};
  EXPECT_EQ(ErrorOf(request),
            kOmp +
                "Requested WriteUnitsPerSecond for WarmThroughput for table is lower than "
                "WriteCapacityUnits of ProvisionedThroughput");
  request.warm.emplace();
  EXPECT_EQ(ErrorOf(request, ErrorType::kInternalFailure), "");
}

TEST(PlanCreateTable, TagsSseAndClass) {
  CreateTableRequest request = OnDemand();
  request.tags = {{"k", "v"}};
  request.table_class = "STANDARD_INFREQUENT_ACCESS";
  request.deletion_protection = true;
  const TableDefinition table = Plan(request);
  EXPECT_EQ(table.tags.at("k"), "v");
  EXPECT_EQ(table.table_class, TableClass::kStandardInfrequentAccess);
  EXPECT_TRUE(table.deletion_protection);

  request.table_class = "COLD";
  EXPECT_EQ(ErrorOf(request),
            "Invalid table-class parameter provided. Please try again with a valid table-class "
            "value: [STANDARD, STANDARD_INFREQUENT_ACCESS].");
  request.table_class.reset();
  request.tags = {{"k", "v"}, {"k", "w"}};
  EXPECT_EQ(ErrorOf(request), "Duplicate Tag Keys provided as input: Duplicate Tag Key found k");
  request.tags.clear();
  request.sse = {false, "KMS", false};
  EXPECT_EQ(ErrorOf(request), kOmp + "SSEType can not be specified if Enabled is false");
  request.sse = {false, std::nullopt, true};
  EXPECT_EQ(ErrorOf(request), kOmp + "KMSMasterKeyId can not be specified if Enabled is false");
  request.sse = {true, std::nullopt, true};
  EXPECT_EQ(ErrorOf(request), kOmp + "SSEType KMS is required if KMSMasterKeyId is specified");
  request.sse = {true, "AES256", false};
  EXPECT_EQ(ErrorOf(request), kOmp + "SSEType AES256 is not supported");
  request.sse = {true, "KMS", false};
  EXPECT_EQ(ErrorOf(request), "SSESpecification with Enabled true is not supported by Stator yet.");
  request.sse = {false, std::nullopt, false};
  EXPECT_EQ(ErrorOf(request), "no error");
}

TEST(PlanCreateTable, QuotasOnlyWhenAsked) {
  CreateTableRequest request = Provisioned();
  request.provisioned = {40'001, 1};
  EXPECT_EQ(ErrorOf(request), "no error");
  EXPECT_EQ(ErrorOf(request, ErrorType::kLimitExceeded, true),
            "The requested ReadCapacityUnits, 40001, is above the per table maximum for the "
            "account in us-east-1. Per "
            "table maximum: 40000. Refer to the Amazon DynamoDB Developer Guide for current limits "
            "and how to request "
            "higher limits.");
}

}  // namespace
}  // namespace stator
