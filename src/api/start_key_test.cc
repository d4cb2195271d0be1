#include "api/start_key.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include "table/key_range.h"

namespace stator {
namespace {

using Type = AttributeValue::Type;

AttributeValue S(std::string text) { return AttributeValue::S(std::move(text)); }
AttributeValue N(int64_t n) { return AttributeValue::N(n); }

AttributeMap Key(std::vector<std::pair<std::string, AttributeValue>> entries) {
  AttributeMap key;
  for (auto& [name, value] : entries) key.Set(name, std::move(value));
  return key;
}

template <class T>
std::string TextOf(ApiResult<T> result) {
  if (result) return "";
  EXPECT_EQ(result.error().type, ErrorType::kValidation);
  return *result.error().message;
}

std::string FromJson(std::string_view json) {
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(json);
  return TextOf(StartKeyFromJson(parser.parse(padded).get_object().value_unsafe()));
}

const char kInvalid[] = "The provided starting key is invalid";
const char kMismatch[] = "The provided key element does not match the schema";
const char kInvalidMismatch[] =
    "The provided starting key is invalid: The provided key element does not match the schema";

class StartKeyTest : public testing::Test {
 protected:
  StartKeyTest() {
    table_.id = 1;
    table_.keys = {{{"p", Type::kS}}, {{"r", Type::kN}}};
    IndexDefinition global;
    global.name = "g";
    global.id = 1;
    global.global = true;
    global.keys = {{{"g", Type::kS}}, {{"r", Type::kN}}};
    IndexDefinition local;
    local.name = "l";
    local.id = 2;
    local.keys = {{{"p", Type::kS}}, {{"l", Type::kS}}};
    table_.indexes = {local, global};
    hash_only_.id = 2;
    hash_only_.keys = {{{"p", Type::kS}}, {}};
  }

  std::string Scan(const char* index, const AttributeMap& key) const {
    return TextOf(
        CheckScanStartKey(table_, index == nullptr ? nullptr : table_.FindIndex(index), key));
  }
  std::string Query(const char* index, const AttributeMap& key) const {
    return TextOf(
        CheckQueryStartKey(table_, index == nullptr ? nullptr : table_.FindIndex(index), key));
  }
  std::string InQuery(const char* index, const KeyCondition& condition,
                      const AttributeMap& key) const {
    const IndexDefinition* i = index == nullptr ? nullptr : table_.FindIndex(index);
    EXPECT_EQ(TextOf(CheckQueryStartKey(table_, i, key)), "");
    return TextOf(CheckStartKeyInQuery(table_, i, *MatchCondition(table_, i, condition), key));
  }

  TableDefinition table_;
  TableDefinition hash_only_;
};

TEST_F(StartKeyTest, FaultsOfValuesAreWrapped) {
  EXPECT_EQ(FromJson(R"({"p":{"S":"x"},"r":{"N":"1"}})"), "");
  EXPECT_EQ(FromJson(R"({"p":{}})"),
            "The provided starting key is invalid: Supplied AttributeValue is empty, must contain "
            "exactly one of the "
            "supported datatypes");
  EXPECT_EQ(FromJson(R"({"p":{"S":"x","N":"1"}})"),
            "The provided starting key is invalid: Supplied AttributeValue has more than one "
            "datatypes set, must "
            "contain exactly one of the supported datatypes");
  EXPECT_EQ(FromJson(R"({"p":{"NULL":false}})"),
            "The provided starting key is invalid: One or more parameter values were invalid: Null "
            "attribute value "
            "types must have the value of true");
  EXPECT_EQ(FromJson(R"({"p":{"SS":[]}})"),
            "The provided starting key is invalid: One or more parameter values were invalid: An "
            "string set  may not "
            "be empty");
}

TEST_F(StartKeyTest, SomeFaultsOfValuesStayBare) {
  EXPECT_EQ(FromJson(R"({"p":{"NS":["1","1.0"]}})"), "Input collection contains duplicates");
  // Both manners of printing the members are in use (facts 1.11).
  const std::string duplicates = FromJson(R"({"p":{"SS":["a","a"]}})");
  EXPECT_TRUE(
      duplicates.starts_with("One or more parameter values were invalid: Input collection ["))
      << duplicates;
  EXPECT_TRUE(duplicates.ends_with("] contains duplicates.")) << duplicates;
  EXPECT_EQ(FromJson(R"({"p":{"N":"b"}})"),
            "The parameter cannot be converted to a numeric value: b");
  EXPECT_EQ(FromJson(R"({"p":{"N":"123456789012345678901234567890123456789"}})"),
            "Attempting to store more than 38 significant digits in a Number");
  EXPECT_EQ(
      FromJson(R"({"p":{"N":"1e126"}})"),
      "Number overflow. Attempting to store a number with magnitude larger than supported range");
}

TEST_F(StartKeyTest, ScanOfATable) {
  EXPECT_EQ(Scan(nullptr, Key({{"p", S("x")}, {"r", N(1)}})), "");
  EXPECT_EQ(Scan(nullptr, Key({{"p", S("x")}})), kInvalidMismatch);
  EXPECT_EQ(Scan(nullptr, Key({{"p", S("x")}, {"r", S("1")}})), kInvalidMismatch);
  EXPECT_EQ(Scan(nullptr, Key({{"p", S("x")}, {"q", N(1)}})), kInvalidMismatch);
  EXPECT_EQ(Scan(nullptr, Key({{"p", S("x")}, {"r", N(1)}, {"g", S("y")}})), kInvalidMismatch);
  EXPECT_EQ(Scan(nullptr, Key({{"p", S("")}, {"r", N(1)}})),
            "The provided starting key is invalid: One or more parameter values are not valid. The "
            "AttributeValue for "
            "a key attribute cannot contain an empty string value. Key: p");
}

TEST_F(StartKeyTest, ScanOfAnIndex) {
  EXPECT_EQ(Scan("g", Key({{"p", S("x")}, {"r", N(1)}, {"g", S("y")}})), "");
  EXPECT_EQ(Scan("g", Key({{"p", S("x")}, {"r", N(1)}})), kInvalid);
  EXPECT_EQ(Scan("g", Key({{"p", S("x")}, {"r", N(1)}, {"h", S("y")}})), kInvalid);
  EXPECT_EQ(Scan("g", Key({{"p", S("x")}, {"r", N(1)}, {"g", N(2)}})), kInvalid);
  EXPECT_EQ(Scan("g", Key({{"p", N(3)}, {"r", N(1)}, {"g", S("y")}})), kInvalid);
  EXPECT_EQ(Scan("l", Key({{"p", S("x")}, {"r", N(1)}, {"l", S("y")}})), "");
}

TEST_F(StartKeyTest, QueryOfATable) {
  EXPECT_EQ(Query(nullptr, Key({{"p", S("x")}, {"r", N(1)}})), "");
  EXPECT_EQ(Query(nullptr, Key({{"p", S("x")}})), kInvalid);
  EXPECT_EQ(Query(nullptr, Key({})), kInvalid);
  EXPECT_EQ(Query(nullptr, Key({{"p", S("x")}, {"r", N(1)}, {"g", S("y")}})), kInvalid);
  EXPECT_EQ(Query(nullptr, Key({{"p", S("x")}, {"r", S("1")}})), kMismatch);
}

TEST_F(StartKeyTest, QueryOfAnIndex) {
  EXPECT_EQ(Query("g", Key({{"p", S("x")}, {"r", N(1)}, {"g", S("y")}})), "");
  EXPECT_EQ(Query("g", Key({{"p", S("x")}, {"r", N(1)}, {"h", S("y")}})), kInvalid);
  EXPECT_EQ(Query("g", Key({{"p", S("x")}, {"r", N(1)}, {"g", N(1)}})), kMismatch);
  EXPECT_EQ(Query("g", Key({{"p", N(1)}, {"r", N(1)}, {"g", S("y")}})), kInvalidMismatch);
  EXPECT_EQ(Query("g", Key({{"q", S("x")}, {"r", N(1)}, {"g", S("y")}})), kInvalidMismatch);
  EXPECT_EQ(Query("g", Key({{"p", S("x")}, {"r", N(1)}, {"g", S("")}})),
            "The provided starting key is invalid: One or more parameter values are not valid. The "
            "AttributeValue for "
            "a key attribute cannot contain an empty string value. Key: g");
}

TEST_F(StartKeyTest, MustLieInThePartitionQueried) {
  const KeyCondition x{{{"p", KeyOperator::kEqual, {S("x")}}}};
  EXPECT_EQ(InQuery(nullptr, x, Key({{"p", S("x")}, {"r", N(1)}})), "");
  EXPECT_EQ(InQuery(nullptr, x, Key({{"p", S("y")}, {"r", N(1)}})),
            "The provided starting key is outside query boundaries based on provided conditions");
  const KeyCondition g{{{"g", KeyOperator::kEqual, {S("x")}}}};
  EXPECT_EQ(InQuery("g", g, Key({{"p", S("q")}, {"r", N(1)}, {"g", S("x")}})), "");
  EXPECT_EQ(InQuery("g", g, Key({{"p", S("x")}, {"r", N(1)}, {"g", S("y")}})),
            "The provided starting key is outside query boundaries based on provided conditions");
}

TEST_F(StartKeyTest, MustMeetTheRangeCondition) {
  const KeyCondition above_5{
      {{"p", KeyOperator::kEqual, {S("x")}}, {"r", KeyOperator::kGreater, {N(5)}}}};
  EXPECT_EQ(InQuery(nullptr, above_5, Key({{"p", S("x")}, {"r", N(6)}})), "");
  EXPECT_EQ(InQuery(nullptr, above_5, Key({{"p", S("x")}, {"r", N(5)}})),
            "The provided starting key does not match the range key predicate");
  EXPECT_EQ(InQuery(nullptr, above_5, Key({{"p", S("y")}, {"r", N(5)}})),
            "The provided starting key does not match the range key predicate");
  EXPECT_EQ(InQuery(nullptr, above_5, Key({{"p", S("y")}, {"r", N(6)}})),
            "The provided starting key is outside query boundaries based on provided conditions");
}

TEST_F(StartKeyTest, QueriesOfOneRowCannotBeRestarted) {
  const KeyCondition row{
      {{"p", KeyOperator::kEqual, {S("x")}}, {"r", KeyOperator::kEqual, {N(5)}}}};
  EXPECT_EQ(InQuery(nullptr, row, Key({{"p", S("y")}, {"r", N(5)}})),
            "The query can return at most one row and cannot be restarted");
  EXPECT_EQ(InQuery(nullptr, row, Key({{"p", S("x")}, {"r", N(4)}})),
            "The provided starting key does not match the range key predicate");
  EXPECT_EQ(InQuery(nullptr, row, Key({{"p", S("x")}, {"r", N(5)}})), "");

  const KeyCondition x{{{"p", KeyOperator::kEqual, {S("x")}}}};
  const auto hash_only = [&](const AttributeMap& key) {
    return TextOf(
        CheckStartKeyInQuery(hash_only_, nullptr, *MatchCondition(hash_only_, nullptr, x), key));
  };
  EXPECT_EQ(
      hash_only(Key({{"p", S("x")}})),
      "The provided exclusive start key is invalid: ExclusiveStartKey: {p=AttributeValue: {S:x}}");
}

TEST_F(StartKeyTest, MustLieInTheSegment) {
  int inside = 0;
  for (uint32_t segment = 0; segment < 4; ++segment) {
    const std::string text = TextOf(
        CheckStartKeyInSegment(table_, nullptr, segment, 4, Key({{"p", S("x")}, {"r", N(1)}})));
    if (text.empty()) {
      ++inside;
    } else {
      EXPECT_EQ(text,
                "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use "
                "ExclusiveStartKey with "
                "correct Segment. TotalSegments: 4 Segment: " +
                    std::to_string(segment));
    }
  }
  EXPECT_EQ(inside, 1);
}

}  // namespace
}  // namespace stator
