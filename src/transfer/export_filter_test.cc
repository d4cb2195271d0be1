#include "transfer/export_filter.h"

#include <gtest/gtest.h>

#include "table/test_tables.h"

namespace stator {
namespace {

using testing::TestItem;
using testing::TestTable;

AttributeMap Values(int64_t v) {
  AttributeMap values;
  values.Set(":p", AttributeValue::S("a"));
  values.Set(":v", AttributeValue::N(v));
  return values;
}

std::string ItemKeyOf(const Item& item) {
  const TableDefinition table = TestTable();
  return ItemKey(table, item).substr(AllEntries(table, nullptr).begin.size());
}

TEST(ExportFilter, WantsAllWithoutExpressions) {
  EXPECT_TRUE(ExportFilter().WantsAll());
  EXPECT_TRUE(ExportFilter::Parse({}, TestTable())->WantsAll());
}

TEST(ExportFilter, OnePartitionOfIt) {
  auto filter = ExportFilter::Parse({.key_condition = "p = :p AND r >= :v", .values = Values(5)},
                                    TestTable());
  ASSERT_TRUE(filter) << *filter.error().message;
  EXPECT_FALSE(filter->WantsAll());
  EXPECT_TRUE(filter->WantsKey(ItemKeyOf(TestItem("a", 5))));
  EXPECT_FALSE(filter->WantsKey(ItemKeyOf(TestItem("a", 4))));
  EXPECT_FALSE(filter->WantsKey(ItemKeyOf(TestItem("b", 5))));
  EXPECT_FALSE(filter->IsBehind(ItemKeyOf(TestItem("a", 900))));
  for (int i = 0; i < 100; ++i) {
    const std::string key = ItemKeyOf(TestItem("other" + std::to_string(i), 5));
    EXPECT_EQ(filter->IsBehind(key), key > ItemKeyOf(TestItem("a", 5)));
  }
}

TEST(ExportFilter, ItemsAndWhatIsShownOfThem) {
  auto filter = ExportFilter::Parse({.filter = "#n > :v AND p = :p",
                                     .projection = "r, #n",
                                     .names = {{{"#n", "n"}}},
                                     .values = Values(5)},
                                    TestTable());
  ASSERT_TRUE(filter) << *filter.error().message;
  Item item = TestItem("a", 1);
  EXPECT_FALSE(filter->Wants(item));
  item.Set("n", AttributeValue::N(6));
  EXPECT_TRUE(filter->Wants(item));
  Item shown;
  shown.Set("n", AttributeValue::N(6));
  shown.Set("r", AttributeValue::N(1));
  EXPECT_EQ(filter->Shown(item), shown);
}

TEST(ExportFilter, WhatIsRefused) {
  const auto why = [](const ExportFilterText& text) {
    auto filter = ExportFilter::Parse(text, TestTable());
    return filter ? "" : *filter.error().message;
  };
  EXPECT_EQ(why({.key_condition = "p = :p", .filter = "r > :v", .values = Values(1)}),
            "Filter Expression can only contain non-primary key attributes: Primary key attribute: "
            "r");
  EXPECT_EQ(why({.key_condition = "r = :v AND x = :p", .values = Values(1)}),
            "Query condition missed key schema element: p");
  EXPECT_EQ(why({.filter = "n > :v", .values = Values(1)}),
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:p}");
  EXPECT_NE(why({.projection = "p.x"}), "");
  EXPECT_FALSE(ExportFilter::Check({.filter = "n >"}));
  EXPECT_TRUE(ExportFilter::Check({.projection = "n"}));
}

}  // namespace
}  // namespace stator
