#include "api/read_plan.h"

#include <gtest/gtest.h>

#include "api/test_json.h"

namespace stator {
namespace {

using Type = AttributeValue::Type;
using Shown = ReadPlan::Shown;

IndexDefinition MakeIndex(std::string name, uint32_t id, bool global, KeySchema keys,
                          IndexProjection projection) {
  IndexDefinition index;
  index.name = std::move(name);
  index.id = id;
  index.global = global;
  index.keys = std::move(keys);
  index.projection = std::move(projection);
  return index;
}

TablePtr MakeTable() {
  auto table = std::make_shared<TableDefinition>();
  table->id = 1;
  const KeyAttribute p{"p", Type::kS}, r{"r", Type::kN}, l{"l", Type::kS}, g{"g", Type::kS};
  using Projection = IndexProjection::Type;
  table->keys = {{p}, {r}};
  table->indexes = {
      MakeIndex("lkeys", 1, false, {{p}, {l}}, {Projection::kKeysOnly, {}}),
      MakeIndex("lall", 2, false, {{p}, {l}}, {Projection::kAll, {}}),
      MakeIndex("gkeys", 3, true, {{g}, {r}}, {Projection::kKeysOnly, {}}),
      MakeIndex("gsome", 4, true, {{g}, {}}, {Projection::kInclude, {"x"}}),
      MakeIndex("gall", 5, true, {{g}, {}}, {Projection::kAll, {}}),
      MakeIndex("gnew", 6, true, {{g}, {}}, {Projection::kAll, {}}),
      MakeIndex("gold", 7, true, {{g}, {}}, {Projection::kAll, {}}),
  };
  table->indexes[5].status = IndexStatus::kCreating;
  table->indexes[6].status = IndexStatus::kDeleting;
  return table;
}

ApiResult<ReadPlan> Plan(const std::string& members, bool query) {
  static const TablePtr table = MakeTable();
  const Caller caller{"000000000000", "us-east-1", "AKID"};
  const TestJson json("{\"TableName\":\"t\"" + (members.empty() ? "" : "," + members) + "}");
  auto request = query ? DecodeQuery(json.members(), caller) : DecodeScan(json.members(), caller);
  EXPECT_TRUE(request) << members;
  return PlanRead(table, *request);
}

// Queries give key conditions as "attribute=string" or "attribute>number".
std::string Conditions(std::vector<std::string> tests) {
  std::string json = "\"KeyConditions\":{";
  for (const std::string& test : tests) {
    const size_t at = test.find_first_of("=>");
    if (json.back() != '{') json += ',';
    json += "\"" + test.substr(0, at) + "\":{\"ComparisonOperator\":\"" +
            (test[at] == '=' ? "EQ" : "GT") + "\",\"AttributeValueList\":[{\"" +
            (test[at] == '=' ? "S" : "N") + "\":\"" + test.substr(at + 1) + "\"}]}";
  }
  return json + "}";
}

ApiResult<ReadPlan> Query(std::vector<std::string> tests, const std::string& more = "") {
  return Plan(Conditions(std::move(tests)) + (more.empty() ? "" : "," + more), true);
}
ApiResult<ReadPlan> Scan(const std::string& members) { return Plan(members, false); }

std::string TextOf(ApiResult<ReadPlan> plan) {
  if (plan) return "";
  EXPECT_EQ(plan.error().type, ErrorType::kValidation);
  return *plan.error().message;
}
std::string QueryError(std::vector<std::string> tests, const std::string& more = "") {
  return TextOf(Query(std::move(tests), more));
}
std::string ScanError(const std::string& members) { return TextOf(Scan(members)); }

std::string FilterOn(const std::string& path) {
  return "\"FilterExpression\":\"attribute_exists(" + path + ")\"";
}
std::string Projection(const std::string& paths) {
  return "\"ProjectionExpression\":\"" + paths + "\"";
}

TEST(ReadPlanTest, IndexMustExistAndBeReadable) {
  EXPECT_EQ(ScanError(R"("IndexName":"none")"),
            "The table does not have the specified index: none");
  EXPECT_EQ(QueryError({"g=x"}, R"("IndexName":"gold")"),
            "The table does not have the specified index: gold");
  EXPECT_EQ(QueryError({"g=x"}, R"("IndexName":"gnew")"),
            "Cannot read from backfilling global secondary index: gnew");
  EXPECT_EQ(ScanError(R"("IndexName":"gall")"), "");
}

TEST(ReadPlanTest, ConsistentReads) {
  EXPECT_EQ(QueryError({"g=x"}, R"("IndexName":"gall","ConsistentRead":true)"),
            "Consistent reads are not supported on global secondary indexes");
  EXPECT_EQ(ScanError(R"("IndexName":"gall","ConsistentRead":true)"),
            "Consistent reads are not supported on global secondary indexes");
  EXPECT_EQ(QueryError({"p=x"}, R"("IndexName":"lall","ConsistentRead":true)"), "");
  EXPECT_EQ(ScanError(R"("ConsistentRead":true)"), "");
}

TEST(ReadPlanTest, KeyConditionsMustFitTheSchema) {
  EXPECT_EQ(QueryError({"r>1"}), "Query condition missed key schema element: p");
  EXPECT_EQ(QueryError({"p=x", "a=1"}), "Query condition missed key schema element: r");
  EXPECT_EQ(QueryError({"p=x", "r>1", "a=1"}), "Conditions can be of length 1 or 2 only");
  EXPECT_EQ(QueryError({"p>1"}), "Query key condition not supported");
  EXPECT_EQ(QueryError({"p=x", "r=1"}),
            "One or more parameter values were invalid: Condition parameter type does not match "
            "schema type");
  EXPECT_EQ(QueryError({"p=x", "r>1"}), "");
  EXPECT_EQ(QueryError({"p=x", "r>1"}, R"("IndexName":"lall")"),
            "Query condition missed key schema element: l");
  EXPECT_EQ(QueryError({"g=x", "p=y"}, R"("IndexName":"gall")"),
            "Query key condition not supported");
}

TEST(ReadPlanTest, FiltersOnKeys) {
  const char kText[] =
      "Filter Expression can only contain non-primary key attributes: Primary key attribute: ";
  EXPECT_EQ(QueryError({"p=x"}, FilterOn("p")), std::string(kText) + "p");
  EXPECT_EQ(QueryError({"p=x"}, FilterOn("r")), std::string(kText) + "r");
  EXPECT_EQ(QueryError({"p=x"}, R"("IndexName":"lall",)" + FilterOn("l")),
            std::string(kText) + "l");
  // Only the keys of what is queried count, and only in a query.
  EXPECT_EQ(QueryError({"p=x"}, R"("IndexName":"lall",)" + FilterOn("r")), "");
  EXPECT_EQ(QueryError({"g=x"}, R"("IndexName":"gall",)" + FilterOn("p")), "");
  EXPECT_EQ(ScanError(FilterOn("p")), "");
  EXPECT_EQ(QueryError({"p=x"}, R"("QueryFilter":{"r":{"ComparisonOperator":"NOT_NULL"}})"),
            "QueryFilter can only contain non-primary key attributes: Primary key attribute: r");
}

TEST(ReadPlanTest, KeysAreScalars) {
  const char kText[] =
      "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
      "allowed: ";
  EXPECT_EQ(ScanError(Projection("p.a")), std::string(kText) + "Key: p");
  EXPECT_EQ(ScanError(Projection("a, r[1]")), std::string(kText) + "Key: r");
  EXPECT_EQ(ScanError(FilterOn("p.a")), std::string(kText) + "Key: p");
  EXPECT_EQ(ScanError(R"("IndexName":"lall",)" + Projection("l.a")),
            std::string(kText) + "IndexKey: l");
  EXPECT_EQ(QueryError({"p=x"}, R"("IndexName":"lall",)" + FilterOn("r.a")),
            std::string(kText) + "Key: r");
  // So are keys of indexes that are not read.
  EXPECT_EQ(ScanError(Projection("l.a")), std::string(kText) + "IndexKey: l");
  EXPECT_EQ(QueryError({"p=x"}, FilterOn("g.a")), std::string(kText) + "IndexKey: g");
}

TEST(ReadPlanTest, GlobalIndexesAnswerFromWhatTheyHold) {
  EXPECT_EQ(QueryError({"g=x"}, R"("IndexName":"gsome","Select":"ALL_ATTRIBUTES")"),
            "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not "
            "supported for global "
            "secondary index gsome because its projection type is not ALL");
  EXPECT_EQ(QueryError({"g=x"}, R"("IndexName":"gall","Select":"ALL_ATTRIBUTES")"), "");
  EXPECT_EQ(ScanError(R"("IndexName":"gsome",)" + Projection("p, r, g, x.y")), "");
  EXPECT_EQ(ScanError(R"("IndexName":"gsome",)" + Projection("p, b")),
            "One or more parameter values were invalid: Global secondary index gsome does not "
            "project [b]");
  EXPECT_EQ(
      ScanError(R"("IndexName":"gkeys",)" + Projection("x, p, b.c, b.d") + "," + FilterOn("y")),
      "One or more parameter values were invalid: Global secondary index gkeys does not project "
      "[x, b, y]");
  EXPECT_EQ(ScanError(R"("IndexName":"gall",)" + Projection("b") + "," + FilterOn("y")), "");
}

TEST(ReadPlanTest, TheOrderOfTheChecks) {
  // index - consistency - count of the start key - start key - key condition - boundary -
  // projection - filter - Select
  const std::string start = R"("ExclusiveStartKey":{"p":{"S":"y"},"r":{"N":"1"},"g":{"S":"y"}},)";
  const std::string short_start = R"("ExclusiveStartKey":{"p":{"S":"y"}},)";
  const std::string rest = Projection("p.a") + "," + FilterOn("g");
  EXPECT_EQ(
      QueryError({"p=x"}, R"("IndexName":"none","ConsistentRead":true,)" + short_start + rest),
      "The table does not have the specified index: none");
  EXPECT_EQ(
      QueryError({"p=x"}, R"("IndexName":"gkeys","ConsistentRead":true,)" + short_start + rest),
      "Consistent reads are not supported on global secondary indexes");
  EXPECT_EQ(QueryError({"p=x"}, R"("IndexName":"gkeys",)" + short_start + rest),
            "The provided starting key is invalid");
  EXPECT_EQ(QueryError({"p=x"}, R"("IndexName":"gkeys",)" + start + rest),
            "Query condition missed key schema element: g");
  EXPECT_EQ(QueryError({"g=x"}, R"("IndexName":"gkeys",)" + start + rest),
            "The provided starting key is outside query boundaries based on provided conditions");
  EXPECT_EQ(QueryError({"g=x"}, R"("IndexName":"gkeys",)" + rest),
            "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
            "allowed: Key: p");
  EXPECT_EQ(
      QueryError({"g=x"}, R"("IndexName":"gkeys","Select":"ALL_ATTRIBUTES",)" + FilterOn("g")),
      "Filter Expression can only contain non-primary key attributes: Primary key attribute: g");
  EXPECT_EQ(
      QueryError({"g=x"}, R"("IndexName":"gkeys","Select":"ALL_ATTRIBUTES",)" + FilterOn("p.a")),
      "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for "
      "global "
      "secondary index gkeys because its projection type is not ALL");
}

TEST(ReadPlanTest, ScanStartKeys) {
  EXPECT_EQ(
      ScanError(R"("ExclusiveStartKey":{"p":{"S":"y"}})"),
      "The provided starting key is invalid: The provided key element does not match the schema");
  EXPECT_EQ(ScanError(R"("IndexName":"gall","ExclusiveStartKey":{"p":{"S":"y"},"r":{"N":"1"}})"),
            "The provided starting key is invalid");
  int refused = 0;
  for (const char* segment : {"0", "1"}) {
    const std::string text = ScanError(
        R"("TotalSegments":2,"ExclusiveStartKey":{"p":{"S":"y"},"r":{"N":"1"}},"Segment":)" +
        std::string(segment));
    if (text.empty()) continue;
    ++refused;
    EXPECT_EQ(text,
              "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use "
              "ExclusiveStartKey with "
              "correct Segment. TotalSegments: 2 Segment: " +
                  std::string(segment));
  }
  EXPECT_EQ(refused, 1);
}

struct ShownCase {
  std::string members;
  Shown shown;
  bool whole_items;
};

TEST(ReadPlanTest, WhatIsShownAndWhereItIsRead) {
  const std::string lkeys = R"("IndexName":"lkeys")";
  const ShownCase cases[] = {
      {R"("Limit":1)", Shown::kItem, false},
      {R"("Select":"COUNT")", Shown::kNothing, false},
      {Projection("a"), Shown::kProjection, false},
      {lkeys, Shown::kItem, false},
      {lkeys + R"(,"Select":"ALL_PROJECTED_ATTRIBUTES")", Shown::kItem, false},
      {lkeys + R"(,"Select":"ALL_ATTRIBUTES")", Shown::kItem, true},
      {lkeys + R"(,"Select":"ALL_ATTRIBUTES",)" + FilterOn("a"), Shown::kItem, true},
      {lkeys + "," + Projection("p, l"), Shown::kProjection, false},
      {lkeys + "," + Projection("p, a"), Shown::kProjection, true},
      {lkeys + "," + FilterOn("l"), Shown::kItem, false},
      {lkeys + "," + FilterOn("a"), Shown::kIndexAttributes, true},
      {lkeys + "," + FilterOn("a") + "," + Projection("p"), Shown::kProjection, true},
      {lkeys + R"(,"Select":"COUNT")", Shown::kNothing, false},
      {lkeys + R"(,"Select":"COUNT",)" + FilterOn("a"), Shown::kNothing, true},
      {R"("IndexName":"lall","Select":"ALL_ATTRIBUTES")", Shown::kItem, false},
      {R"("IndexName":"lall",)" + Projection("a"), Shown::kProjection, false},
      {R"("IndexName":"gsome",)" + FilterOn("x"), Shown::kItem, false},
  };
  for (const ShownCase& c : cases) {
    auto plan = Scan(c.members);
    ASSERT_TRUE(plan) << c.members;
    EXPECT_EQ(plan->shown, c.shown) << c.members;
    EXPECT_EQ(plan->page.whole_items, c.whole_items) << c.members;
  }
}

TEST(ReadPlanTest, SingleItems) {
  EXPECT_FALSE(Query({"p=x"})->single_item);
  EXPECT_FALSE(Query({"p=x", "r>1"})->single_item);
  auto row = Plan(R"("KeyConditionExpression":"p = :p and r = :r",
                     "ExpressionAttributeValues":{":p":{"S":"x"},":r":{"N":"1"}})",
                  true);
  EXPECT_TRUE(row->single_item);
  EXPECT_FALSE(Scan("")->single_item);
}

}  // namespace
}  // namespace stator
