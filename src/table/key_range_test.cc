#include "table/key_range.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>

namespace stator {
namespace {

using Type = AttributeValue::Type;

TableDefinition MakeTable(Type range_type) {
  TableDefinition table;
  table.id = 7;
  table.keys = {{{"p", Type::kS}}, {{"r", range_type}}};
  IndexDefinition local;
  local.name = "local";
  local.id = 1;
  local.keys = {{{"p", Type::kS}}, {{"l", Type::kN}}};
  IndexDefinition global;
  global.name = "global";
  global.id = 2;
  global.global = true;
  global.keys = {{{"h1", Type::kS}, {"h2", Type::kN}},
                 {{"r1", Type::kS}, {"r2", Type::kN}, {"r", range_type}}};
  table.indexes = {local, global};
  return table;
}

AttributeValue S(std::string text) { return AttributeValue::S(std::move(text)); }
AttributeValue N(int64_t n) { return AttributeValue::N(n); }
AttributeValue N(std::string_view text) { return AttributeValue::N(*Decimal::Parse(text)); }
AttributeValue B(std::string bytes) { return AttributeValue::B(std::move(bytes)); }

bool Holds(const TableDefinition& table, const IndexDefinition* index,
           const KeyCondition& condition, const AttributeMap& entry) {
  auto matched = MatchCondition(table, index, condition);
  EXPECT_TRUE(matched.has_value());
  const KeyRange range = MatchingEntries(table, index, *matched);
  const std::string key = CursorKey(table, index, entry);
  return range.begin <= key && key < range.end;
}

std::string ErrorOf(const TableDefinition& table, const IndexDefinition* index,
                    const KeyCondition& condition) {
  auto matched = MatchCondition(table, index, condition);
  return matched ? "" : *matched.error().message;
}

KeyTest Equal(std::string attribute, AttributeValue value) {
  return {std::move(attribute), KeyOperator::kEqual, {std::move(value)}};
}

AttributeMap Key(std::vector<std::pair<std::string, AttributeValue>> entries) {
  AttributeMap key;
  for (auto& [name, value] : entries) key.Set(name, std::move(value));
  return key;
}

// The values that each range test is tried with, in ascending order: neighbours, prefixes of each
// other, bytes that the encoding must escape.
std::vector<AttributeValue> Ladder(Type type) {
  using namespace std::string_literals;
  const std::vector<std::string> texts = {
      "\0"s,  "\0\0"s, "\0\1"s,   "\0\xff"s,     "\1"s, "a"s, "a\0"s,  "a\0a"s,
      "a\1"s, "ab"s,   "ab\xff"s, "ab\xff\xff"s, "ac"s, "b"s, "\xff"s, "\xff\xff"s};
  std::vector<AttributeValue> ladder;
  if (type == Type::kN) {
    for (const char* text : {"-9.9e125", "-100", "-10.5", "-10", "-1", "-1e-130", "0", "1e-130",
                             "0.1", "0.11", "1", "9", "10", "10.000001", "1e38", "9.9e125"}) {
      ladder.push_back(N(text));
    }
  } else {
    for (const std::string& text : texts) ladder.push_back(type == Type::kS ? S(text) : B(text));
  }
  return ladder;
}

class KeyRangeByTypeTest : public testing::TestWithParam<Type> {};

TEST_P(KeyRangeByTypeTest, EveryOrderTestHoldsForExactlyItsValues) {
  const TableDefinition table = MakeTable(GetParam());
  const std::vector<AttributeValue> ladder = Ladder(GetParam());
  for (size_t bound = 0; bound < ladder.size(); ++bound) {
    for (size_t at = 0; at < ladder.size(); ++at) {
      const AttributeMap key = Key({{"p", S("x")}, {"r", ladder[at]}});
      const auto holds = [&](KeyOperator op) {
        return Holds(table, nullptr, {{Equal("p", S("x")), {"r", op, {ladder[bound]}}}}, key);
      };
      SCOPED_TRACE(testing::Message() << "value " << at << ", bound " << bound);
      EXPECT_EQ(holds(KeyOperator::kEqual), at == bound);
      EXPECT_EQ(holds(KeyOperator::kLess), at < bound);
      EXPECT_EQ(holds(KeyOperator::kLessOrEqual), at <= bound);
      EXPECT_EQ(holds(KeyOperator::kGreater), at > bound);
      EXPECT_EQ(holds(KeyOperator::kGreaterOrEqual), at >= bound);
      for (size_t upper = bound; upper < ladder.size(); ++upper) {
        EXPECT_EQ(Holds(table, nullptr,
                        {{{"r", KeyOperator::kBetween, {ladder[bound], ladder[upper]}},
                          Equal("p", S("x"))}},
                        key),
                  bound <= at && at <= upper);
      }
      if (GetParam() == Type::kN) continue;
      const auto text = [](const AttributeValue& v) { return v.is(Type::kS) ? v.s() : v.b(); };
      EXPECT_EQ(holds(KeyOperator::kBeginsWith), text(ladder[at]).starts_with(text(ladder[bound])));
    }
  }
}

TEST_P(KeyRangeByTypeTest, NoTestReachesIntoAnotherPartition) {
  const TableDefinition table = MakeTable(GetParam());
  const std::vector<AttributeValue> ladder = Ladder(GetParam());
  for (const char* other : {"w", "xa", "y"}) {
    for (const AttributeValue& value : ladder) {
      const AttributeMap key = Key({{"p", S(other)}, {"r", value}});
      EXPECT_FALSE(Holds(table, nullptr, {{Equal("p", S("x"))}}, key));
      EXPECT_FALSE(Holds(table, nullptr,
                         {{Equal("p", S("x")), {"r", KeyOperator::kLessOrEqual, {ladder.back()}}}},
                         key));
      EXPECT_FALSE(Holds(table, nullptr,
                         {{Equal("p", S("x")), {"r", KeyOperator::kGreaterOrEqual, {ladder[0]}}}},
                         key));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Types, KeyRangeByTypeTest, testing::Values(Type::kS, Type::kN, Type::kB));

TEST(KeyRangeTest, MultiAttributeKeysAreTestedFromTheLeft) {
  const TableDefinition table = MakeTable(Type::kS);
  const IndexDefinition* index = table.FindIndex("global");
  const auto entry = [](std::string h1, int64_t h2, std::string r1, int64_t r2, std::string r) {
    return Key(
        {{"p", S("x")}, {"h1", S(h1)}, {"h2", N(h2)}, {"r1", S(r1)}, {"r2", N(r2)}, {"r", S(r)}});
  };
  const KeyTest h1 = Equal("h1", S("a")), h2 = Equal("h2", N(1)), r1 = Equal("r1", S("m"));

  const KeyCondition hash_only{{h2, h1}};  // in any order
  EXPECT_TRUE(Holds(table, index, hash_only, entry("a", 1, "zz", -5, "q")));
  EXPECT_FALSE(Holds(table, index, hash_only, entry("a", 2, "zz", -5, "q")));
  EXPECT_FALSE(Holds(table, index, hash_only, entry("b", 1, "zz", -5, "q")));

  const KeyCondition first_range{{r1, h1, h2}};
  EXPECT_TRUE(Holds(table, index, first_range, entry("a", 1, "m", 99, "q")));
  EXPECT_FALSE(Holds(table, index, first_range, entry("a", 1, "ma", 99, "q")));

  const KeyCondition second_range{{h1, h2, r1, {"r2", KeyOperator::kGreater, {N(7)}}}};
  EXPECT_TRUE(Holds(table, index, second_range, entry("a", 1, "m", 8, "q")));
  EXPECT_FALSE(Holds(table, index, second_range, entry("a", 1, "m", 7, "q")));
  EXPECT_FALSE(Holds(table, index, second_range, entry("a", 1, "n", 8, "q")));
  EXPECT_FALSE(Holds(table, index, second_range, entry("a", 1, "l", 8, "q")));

  const KeyCondition third_range{
      {h1, h2, r1, Equal("r2", N(7)), {"r", KeyOperator::kBeginsWith, {S("q")}}}};
  EXPECT_TRUE(Holds(table, index, third_range, entry("a", 1, "m", 7, "qq")));
  EXPECT_FALSE(Holds(table, index, third_range, entry("a", 1, "m", 7, "r")));

  EXPECT_EQ(ErrorOf(table, index, {{h1}}), "Query condition missed key schema element: h2");
  EXPECT_EQ(ErrorOf(table, index, {{h1, h2, Equal("r2", N(7))}}),
            "Query condition missed key schema element: r1");
}

TEST(KeyRangeTest, LocalIndexes) {
  const TableDefinition table = MakeTable(Type::kS);
  const IndexDefinition* index = table.FindIndex("local");
  const KeyCondition condition{{Equal("p", S("x")), {"l", KeyOperator::kLess, {N(3)}}}};
  EXPECT_TRUE(Holds(table, index, condition, Key({{"p", S("x")}, {"r", S("zzz")}, {"l", N(2)}})));
  EXPECT_FALSE(Holds(table, index, condition, Key({{"p", S("x")}, {"r", S("a")}, {"l", N(3)}})));
  // The item of the same key values in the table itself is not among the index's entries.
  const KeyRange range = MatchingEntries(table, index, *MatchCondition(table, index, condition));
  EXPECT_FALSE(ItemKey(table, Key({{"p", S("x")}, {"r", S("a")}})) >= range.begin &&
               ItemKey(table, Key({{"p", S("x")}, {"r", S("a")}})) < range.end);
}

TEST(KeyRangeTest, ValuesMustBeFitForKeys) {
  const TableDefinition table = MakeTable(Type::kB);
  EXPECT_EQ(ErrorOf(table, nullptr, {{Equal("p", S(""))}}),
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an "
            "empty string value. Key: p");
  EXPECT_EQ(
      ErrorOf(table, nullptr, {{Equal("p", S("x")), {"r", KeyOperator::kBeginsWith, {B("")}}}}),
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
      "contain an "
      "empty binary value. Key: r");
  EXPECT_EQ(ErrorOf(table, nullptr, {{Equal("p", S(std::string(2049, 'x')))}}),
            "One or more parameter values were invalid: Size of hashkey has exceeded the maximum "
            "size limit of2048 "
            "bytes");
  EXPECT_EQ(ErrorOf(table, nullptr,
                    {{Equal("p", S("x")),
                      {"r", KeyOperator::kBetween, {B("a"), B(std::string(1025, 'x'))}}}}),
            "One or more parameter values were invalid: Aggregated size of all range keys has "
            "exceeded the size limit of "
            "1024 bytes");
  EXPECT_EQ(
      ErrorOf(table, nullptr,
              {{Equal("p", S(std::string(2048, 'x'))), Equal("r", B(std::string(1024, 'x')))}}),
      "");
}

TEST(KeyRangeTest, SingleItems) {
  const TableDefinition table = MakeTable(Type::kS);
  TableDefinition hash_only = table;
  hash_only.keys.range.clear();
  const auto single = [](const TableDefinition& t, const IndexDefinition* index,
                         const KeyCondition& condition) {
    return IsSingleItem(t, index, *MatchCondition(t, index, condition));
  };
  const KeyTest p = Equal("p", S("x"));
  EXPECT_TRUE(single(hash_only, nullptr, {{p}}));
  EXPECT_FALSE(single(table, nullptr, {{p}}));
  EXPECT_TRUE(single(table, nullptr, {{p, Equal("r", S("a"))}}));
  EXPECT_FALSE(single(table, nullptr, {{p, {"r", KeyOperator::kBeginsWith, {S("a")}}}}));
  EXPECT_FALSE(single(table, table.FindIndex("local"), {{p, Equal("l", N(1))}}));
}

TEST(KeyRangeTest, StartAfter) {
  const auto after = [](std::string_view last, bool reverse) {
    KeyRange range{"b", "d"};
    StartAfter(&range, last, reverse);
    return std::pair(range.begin, range.end);
  };
  using Bounds = std::pair<std::string, std::string>;
  const std::string nul(1, '\0');
  EXPECT_EQ(after("a", false), Bounds("b", "d"));
  EXPECT_EQ(after("b", false), Bounds("b" + nul, "d"));
  EXPECT_EQ(after("c", false), Bounds("c" + nul, "d"));
  EXPECT_GE(after("d", false).first, "d");
  EXPECT_GE(after("e", false).first, "d");
  EXPECT_LE(after("a", true).second, "b");
  EXPECT_EQ(after("b", true), Bounds("b", "b"));
  EXPECT_EQ(after("c", true), Bounds("b", "c"));
  EXPECT_EQ(after("d", true), Bounds("b", "d"));
  EXPECT_EQ(after("e", true), Bounds("b", "d"));
}

TEST(KeyRangeTest, KeyAttributesAreListedOnce) {
  const TableDefinition table = MakeTable(Type::kS);
  const auto names = [&table](const IndexDefinition* index) {
    std::vector<std::string> result;
    for (const KeyAttribute* attribute : KeyAttributesOf(table, index))
      result.push_back(attribute->name);
    return result;
  };
  EXPECT_EQ(names(nullptr), (std::vector<std::string>{"p", "r"}));
  EXPECT_EQ(names(table.FindIndex("local")), (std::vector<std::string>{"p", "r", "l"}));
  EXPECT_EQ(names(table.FindIndex("global")),
            (std::vector<std::string>{"p", "r", "h1", "h2", "r1", "r2"}));
}

}  // namespace
}  // namespace stator
