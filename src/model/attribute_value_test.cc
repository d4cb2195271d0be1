#include "model/attribute_value.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stator {
namespace {

std::string Names(const AttributeMap& map) {
  std::string names;
  for (const auto& [name, value] : map) names += name + " ";
  return names;
}

TEST(AttributeMap, KeepsByteOrder) {
  AttributeMap map;
  for (const char* name : {"b", "\xC3\xA9", "a", "B", "aa"}) map.Set(name, AttributeValue::S(name));
  EXPECT_EQ(Names(map), "B a aa b \xC3\xA9 ");
  EXPECT_EQ(map.Find("aa")->s(), "aa");
  EXPECT_EQ(map.Find("ab"), nullptr);
  EXPECT_FALSE(map.Contains(""));
}

TEST(AttributeMap, SetReplacesAndEraseRemoves) {
  AttributeMap map;
  map.Set("a", AttributeValue::N(1));
  map.Set("a", AttributeValue::N(2));
  EXPECT_EQ(map.size(), 1u);
  EXPECT_EQ(map.Find("a")->n(), Decimal::FromInt(2));
  EXPECT_FALSE(map.Erase("b"));
  EXPECT_TRUE(map.Erase("a"));
  EXPECT_FALSE(map.Erase("a"));
  EXPECT_TRUE(map.empty());
}

TEST(AttributeMap, FromUnsortedKeepsTheLast) {
  std::vector<AttributeMap::Entry> entries;
  int64_t i = 0;
  for (const char* name : {"c", "a", "c", "b", "a", "c"})
    entries.emplace_back(name, AttributeValue::N(i++));
  const AttributeMap map = AttributeMap::FromUnsorted(std::move(entries));
  EXPECT_EQ(Names(map), "a b c ");
  EXPECT_EQ(map.Find("a")->n(), Decimal::FromInt(4));
  EXPECT_EQ(map.Find("b")->n(), Decimal::FromInt(3));
  EXPECT_EQ(map.Find("c")->n(), Decimal::FromInt(5));
  EXPECT_TRUE(AttributeMap::FromUnsorted({}).empty());
}

TEST(AttributeValue, SetsAreSorted) {
  EXPECT_EQ(AttributeValue::SS({"b", "a", "\xC3"}).ss(),
            (std::vector<std::string>{"a", "b", "\xC3"}));
  EXPECT_EQ(AttributeValue::BS({"\xFF", std::string(1, '\0')}).bs(),
            (std::vector<std::string>{std::string(1, '\0'), "\xFF"}));
  const auto ns =
      AttributeValue::NS({Decimal::FromInt(10), Decimal::FromInt(-3), Decimal::FromInt(9)}).ns();
  EXPECT_EQ(ns[0].ToString() + " " + ns[1].ToString() + " " + ns[2].ToString(), "-3 9 10");
}

TEST(AttributeValue, EqualityIsDeepAndTyped) {
  EXPECT_EQ(AttributeValue::SS({"a", "b"}), AttributeValue::SS({"b", "a"}));
  EXPECT_FALSE(AttributeValue::S("a") == AttributeValue::B("a"));
  EXPECT_FALSE(AttributeValue::SS({"a"}) == AttributeValue::BS({"a"}));
  EXPECT_FALSE(AttributeValue::L({AttributeValue::N(1), AttributeValue::N(2)}) ==
               AttributeValue::L({AttributeValue::N(2), AttributeValue::N(1)}));
  AttributeMap a;
  a.Set("x", AttributeValue::L({AttributeValue::N(1)}));
  AttributeMap b = a;
  EXPECT_EQ(AttributeValue::M(a), AttributeValue::M(b));
  b.Find("x")->l()[0] = AttributeValue::N(2);
  EXPECT_FALSE(AttributeValue::M(a) == AttributeValue::M(b));
}

TEST(AttributeValue, TypeNames) {
  EXPECT_EQ(TypeName(AttributeValue::S("").type()), "S");
  EXPECT_EQ(TypeName(AttributeValue::N(1).type()), "N");
  EXPECT_EQ(TypeName(AttributeValue::B("").type()), "B");
  EXPECT_EQ(TypeName(AttributeValue::Bool(true).type()), "BOOL");
  EXPECT_EQ(TypeName(AttributeValue().type()), "NULL");
  EXPECT_EQ(TypeName(AttributeValue::SS({"a"}).type()), "SS");
  EXPECT_EQ(TypeName(AttributeValue::NS({Decimal()}).type()), "NS");
  EXPECT_EQ(TypeName(AttributeValue::BS({"a"}).type()), "BS");
  EXPECT_EQ(TypeName(AttributeValue::L({}).type()), "L");
  EXPECT_EQ(TypeName(AttributeValue::M({}).type()), "M");
}

}  // namespace
}  // namespace stator
