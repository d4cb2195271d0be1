#include "model/item_size.h"

#include <gtest/gtest.h>

#include <string>

namespace stator {
namespace {

using AV = AttributeValue;

TEST(ItemSize, Scalars) {
  EXPECT_EQ(SizeOf(AV::S("")), 0u);
  EXPECT_EQ(SizeOf(AV::S("h\u00E9\u20AC")), 6u);  // UTF-8 bytes
  EXPECT_EQ(SizeOf(AV::B(std::string(3, '\0'))), 3u);
  EXPECT_EQ(SizeOf(AV::Bool(false)), 1u);
  EXPECT_EQ(SizeOf(AV::NullValue()), 1u);
  EXPECT_EQ(SizeOf(AV::N(0)), 1u);
  EXPECT_EQ(SizeOf(AV::N(-42)), 3u);
}

TEST(ItemSize, SetsHaveNoOverhead) {
  EXPECT_EQ(SizeOf(AV::SS({"a", "bcd"})), 4u);
  EXPECT_EQ(SizeOf(AV::BS({"", "xy"})), 2u);
  EXPECT_EQ(SizeOf(AV::NS({Decimal::FromInt(42), Decimal::FromInt(-42)})), 5u);
}

TEST(ItemSize, ListsAndMaps) {
  EXPECT_EQ(SizeOf(AV::L({})), 3u);
  EXPECT_EQ(SizeOf(AV::M({})), 3u);
  EXPECT_EQ(SizeOf(AV::L({AV::S("abc"), AV::NullValue()})), 3u + (1 + 3) + (1 + 1));
  AttributeMap map;
  map.Set("ab", AV::S("xyz"));
  map.Set("c", AV::L({AV::Bool(true)}));
  EXPECT_EQ(SizeOf(AV::M(map)), 3u + (2 + 1 + 3) + (1 + 1 + (3 + 1 + 1)));
  // As an item only names and values count.
  EXPECT_EQ(SizeOf(map), (2u + 3) + (1 + (3 + 1 + 1)));
  EXPECT_EQ(SizeOf(AttributeMap()), 0u);
}

TEST(ItemSize, NestingLevels) {
  EXPECT_EQ(NestingLevels(AV::N(1)), 1);
  EXPECT_EQ(NestingLevels(AV::SS({"a"})), 1);
  EXPECT_EQ(NestingLevels(AV::L({})), 1);
  AttributeMap map;
  map.Set("a", AV::N(1));
  map.Set("b", AV::L({AV::N(1), AV::L({AV::S("x")})}));
  map.Set("c", AV::M({}));
  EXPECT_EQ(NestingLevels(AV::M(map)), 4);
}

}  // namespace
}  // namespace stator
