#include "table/key_check.h"

#include <gtest/gtest.h>

#include "table/test_tables.h"

namespace stator {
namespace {

using testing::GlobalIndex;
using testing::TestItem;
using testing::TestTable;

std::string MessageOf(const KeyCheck& check) { return check ? "ok" : check.error().message; }

TEST(KeyCheck, Items) {
  const TableDefinition table = TestTable();
  EXPECT_EQ(MessageOf(CheckItemKey(table, TestItem("a", 1))), "ok");

  Item item = TestItem("a", 1);
  item.Erase("r");
  EXPECT_EQ(MessageOf(CheckItemKey(table, item)),
            "One or more parameter values were invalid: Missing the key r in the item");
  item.Set("r", AttributeValue::S("1"));
  EXPECT_EQ(MessageOf(CheckItemKey(table, item)),
            "One or more parameter values were invalid: Type mismatch for key r expected: N actual: S");
  const KeyCheck empty = CheckItemKey(table, TestItem("", 1));
  EXPECT_EQ(MessageOf(empty),
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain "
            "an empty string value. Key: p");
  EXPECT_TRUE(empty.error().empty_value);
  EXPECT_EQ(MessageOf(CheckItemKey(table, TestItem(std::string(2048, 'a'), 1))), "ok");
  EXPECT_EQ(MessageOf(CheckItemKey(table, TestItem(std::string(2049, 'a'), 1))),
            "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit "
            "of2048 bytes");
}

TEST(KeyCheck, SortKeysAreShorter) {
  TableDefinition table = TestTable();
  table.keys.range[0].type = AttributeValue::Type::kB;
  Item item = TestItem("a", 1);
  item.Set("r", AttributeValue::B(std::string(1024, '\0')));
  EXPECT_EQ(MessageOf(CheckItemKey(table, item)), "ok");
  item.Set("r", AttributeValue::B(std::string(1025, '\0')));
  EXPECT_EQ(MessageOf(CheckItemKey(table, item)),
            "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size "
            "limit of 1024 bytes");
  item.Set("r", AttributeValue::B(""));
  EXPECT_EQ(MessageOf(CheckItemKey(table, item)),
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain "
            "an empty binary value. Key: r");
}

TEST(KeyCheck, Lookups) {
  const TableDefinition table = TestTable();
  const std::string mismatch = "The provided key element does not match the schema";
  EXPECT_EQ(MessageOf(CheckLookupKey(table, TestItem("a", 1))), "ok");
  Item key = TestItem("a", 1);
  key.Set("x", AttributeValue::S("extra"));
  EXPECT_EQ(MessageOf(CheckLookupKey(table, key)), mismatch);
  key.Erase("r");
  EXPECT_EQ(MessageOf(CheckLookupKey(table, key)), mismatch);
  key.Erase("x");
  EXPECT_EQ(MessageOf(CheckLookupKey(table, key)), mismatch);
  key.Set("r", AttributeValue::S("1"));
  EXPECT_EQ(MessageOf(CheckLookupKey(table, key)), mismatch);
}

TEST(KeyCheck, IndexKeys) {
  const TableDefinition table = TestTable({GlobalIndex("zz", 1, {{"c", AttributeValue::Type::kS}}),
                                           GlobalIndex("aa", 2, {{"c", AttributeValue::Type::kS}})});
  Item item = TestItem("a", 1);
  EXPECT_EQ(MessageOf(CheckIndexKeys(table, item, nullptr, IndexKeyForm::kPut)), "ok");
  item.Set("c", AttributeValue::N(1));
  EXPECT_EQ(MessageOf(CheckIndexKeys(table, item, nullptr, IndexKeyForm::kPut)),
            "One or more parameter values were invalid: Type mismatch for Index Key c Expected: S Actual: N "
            "IndexName: aa");
  // An update looks only at what changes.
  EXPECT_EQ(MessageOf(CheckIndexKeys(table, item, &item, IndexKeyForm::kUpdate)), "ok");
  item.Set("c", AttributeValue::S(""));
  EXPECT_EQ(MessageOf(CheckIndexKeys(table, item, nullptr, IndexKeyForm::kPut)),
            "One or more parameter values are not valid. A value specified for a secondary index key is not "
            "supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: "
            "aa, IndexKey: c");
  EXPECT_EQ(MessageOf(CheckIndexKeys(table, item, nullptr, IndexKeyForm::kUpdate)),
            "One or more parameter values are not valid. The update expression attempted to update a secondary "
            "index key to a value that is not supported. The AttributeValue for a key attribute cannot contain "
            "an empty string value.");
}

TEST(KeyCheck, IndexesThatAreBeingDeletedAskForNothing) {
  TableDefinition table = TestTable({GlobalIndex("g", 1, {{"c", AttributeValue::Type::kS}})});
  table.indexes[0].status = IndexStatus::kDeleting;
  Item item = TestItem("a", 1);
  item.Set("c", AttributeValue::N(1));
  EXPECT_EQ(MessageOf(CheckIndexKeys(table, item, nullptr, IndexKeyForm::kPut)), "ok");
}

}  // namespace
}  // namespace stator
