#include "table/layout.h"

#include <gtest/gtest.h>

#include <set>

#include "base/random.h"
#include "table/test_tables.h"

namespace stator {
namespace {

using testing::GlobalIndex;
using testing::LocalIndex;
using testing::TestItem;
using testing::TestTable;

std::string Hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (unsigned char c : bytes) {
    hex.push_back(kDigits[c >> 4]);
    hex.push_back(kDigits[c & 15]);
  }
  return hex;
}

bool Contains(const KeyRange& range, const std::string& key) { return key >= range.begin && key < range.end; }

// Golden bytes: a directory written by one version must be read by the next (docs/format.md, "Key layout").
TEST(Layout, HasItsFormat) {
  const std::string key = ItemKey(TestTable(), TestItem("a", 1));
  EXPECT_EQ(Hex(key.substr(0, 13)), "10" "0000000000000007" "00000000");
  EXPECT_EQ(Hex(TableGuardKey(7)), "02" "0000000000000007");
  EXPECT_EQ(Hex(SizeCounterKey(7, 3)), "05" "0000000000000007" "00000003");
  EXPECT_EQ(Hex(CatalogKey({"1", "r"}, "t")), "01" "3100" "7200" "74");
  EXPECT_EQ(Hex(TokenKey({"1", "r"}, "Op", "k")), "03" "3100" "7200" "4f7000" "6b");
  EXPECT_EQ(Hex(TokenExpiryKey(258, "k")), "04" "0000000000000102" "6b");
}

TEST(Layout, HasEntriesOfItemsThatExpire) {
  const std::string item = ItemKey(TestTable(), TestItem("a", 1));
  const std::string entry = TimeToLiveKey(7, 3, 0x65, item);
  EXPECT_EQ(Hex(entry.substr(0, 21)), "11" "0000000000000007" "00000003" "0000000000000065");
  EXPECT_EQ(entry.substr(21), item.substr(13));
  EXPECT_EQ(ItemKeyOfTimeToLive(entry), item);
  EXPECT_TRUE(Contains(TimeToLiveData(7), entry));
  EXPECT_FALSE(Contains(TimeToLiveData(8), entry));
  EXPECT_TRUE(Contains(TimeToLiveData(7, 3), entry));
  EXPECT_FALSE(Contains(TimeToLiveData(7, 2), entry));
  EXPECT_TRUE(Contains(TimeToLiveDue(7, 3, 0x65, 0x66), entry));
  EXPECT_FALSE(Contains(TimeToLiveDue(7, 3, 0x66, 0x70), entry));
  EXPECT_FALSE(Contains(TimeToLiveDue(7, 3, 0, 0x65), entry));
  EXPECT_TRUE(Contains(TableBackfills(7), BackfillKey(7, 3)));
  EXPECT_FALSE(Contains(TableBackfills(7), BackfillKey(8, 3)));
}

TEST(Layout, OrdersAPartitionByItsSortKey) {
  const TableDefinition table = TestTable();
  const std::string prefix = PartitionPrefix(table, nullptr, {AttributeValue::S("a")});
  std::string last;
  for (int64_t r : {-1000, -1, 0, 1, 2, 10, 999}) {
    const std::string key = ItemKey(table, TestItem("a", r));
    EXPECT_EQ(key.substr(0, prefix.size()), prefix);
    EXPECT_LT(last, key);
    last = key;
  }
  EXPECT_NE(ItemKey(table, TestItem("b", 1)).substr(0, prefix.size()), prefix);
}

TEST(Layout, KeepsTablesAndIndexesApart) {
  TableDefinition table = TestTable({LocalIndex("l", 1, "z"), GlobalIndex("g", 2, {{"z", AttributeValue::Type::kS}})});
  Item item = TestItem("a", 1);
  item.Set("z", AttributeValue::S("zz"));
  const std::string keys[] = {ItemKey(table, item), IndexEntryKey(table, table.indexes[0], item),
                              IndexEntryKey(table, table.indexes[1], item)};
  const IndexDefinition* indexes[] = {nullptr, &table.indexes[0], &table.indexes[1]};
  for (size_t i = 0; i < 3; ++i) {
    for (size_t j = 0; j < 3; ++j) EXPECT_EQ(Contains(AllEntries(table, indexes[j]), keys[i]), i == j);
    EXPECT_TRUE(Contains(TableData(7), keys[i]));
    EXPECT_FALSE(Contains(TableData(6), keys[i]));
    EXPECT_FALSE(Contains(TableData(8), keys[i]));
  }
  EXPECT_TRUE(Contains(IndexData(7, 2), keys[2]));
  EXPECT_FALSE(Contains(IndexData(7, 1), keys[2]));
}

TEST(Layout, EntriesOfItemsWithEqualIndexKeysDiffer) {
  TableDefinition table = TestTable({GlobalIndex("g", 2, {{"z", AttributeValue::Type::kS}})});
  Item one = TestItem("a", 1), two = TestItem("b", 1), three = TestItem("a", 2);
  std::set<std::string> keys;
  for (Item* item : {&one, &two, &three}) {
    item->Set("z", AttributeValue::S("same"));
    keys.insert(IndexEntryKey(table, table.indexes[0], *item));
  }
  EXPECT_EQ(keys.size(), 3u);
}

TEST(Layout, SegmentsCoverATableExactlyOnce) {
  const TableDefinition table = TestTable();
  SeededRandom random(1);
  for (uint32_t total : {1u, 2u, 3u, 7u, 100u, 1'000'000u}) {
    for (int i = 0; i < 50; ++i) {
      const Item item = TestItem(std::to_string(random.Next()), 1);
      const std::string key = ItemKey(table, item);
      int found = 0;
      for (uint32_t segment = 0; segment < total && total <= 100; ++segment) {
        const bool in = Contains(SegmentEntries(table, nullptr, segment, total), key);
        EXPECT_EQ(in, InSegment(table, nullptr, item, segment, total));
        found += in;
      }
      if (total <= 100) EXPECT_EQ(found, 1);
    }
    EXPECT_EQ(SegmentEntries(table, nullptr, total - 1, total).end, AllEntries(table, nullptr).end);
    for (uint32_t segment = 1; segment < total; segment += total / 2 + 1) {
      EXPECT_EQ(SegmentEntries(table, nullptr, segment - 1, total).end,
                SegmentEntries(table, nullptr, segment, total).begin);
    }
  }
}

TEST(Layout, TokenExpiryRangeHoldsWhatIsDue) {
  EXPECT_TRUE(Contains(TokenExpiryUpTo(100), TokenExpiryKey(99, "k")));
  EXPECT_TRUE(Contains(TokenExpiryUpTo(100), TokenExpiryKey(100, "k")));
  EXPECT_FALSE(Contains(TokenExpiryUpTo(100), TokenExpiryKey(101, "k")));
}

TEST(Layout, KeysOfKinesis) {
  const auto bytes = [](const char* text, size_t size) { return std::string(text, size); };
  EXPECT_EQ(KinesisStreamKey({"1", "r"}, "s"), bytes("\x0c""1\0r\0s", 6));
  EXPECT_EQ(KinesisDroppedKey(5), bytes("\x0d\0\0\0\0\0\0\0\x05", 9));
  EXPECT_EQ(KinesisRecordKey(5, 2, 258, 3), bytes("\x21\0\0\0\0\0\0\0\x05\0\0\0\x02\0\0\0\0\0\0\x01\x02\0\x03", 23));
  EXPECT_TRUE(Contains(KinesisRecords(5), KinesisRecordKey(5, 2, 258, 3)));
  EXPECT_FALSE(Contains(KinesisRecords(4), KinesisRecordKey(5, 2, 258, 3)));
}

TEST(Layout, KeysOfBackups) {
  EXPECT_EQ(BackupKey({"1", "r"}, "b"), std::string("\x12" "1\0r\0b", 6));
  EXPECT_EQ(BackupJobKey(5, "b"), std::string("\x13\0\0\0\0\0\0\0\x05" "b", 10));
  EXPECT_TRUE(Contains(TableBackupJobs(5), BackupJobKey(5, "b")));
  EXPECT_FALSE(Contains(TableBackupJobs(4), BackupJobKey(5, "b")));
}

}  // namespace
}  // namespace stator
