#include "table/storage_key.h"

#include <gtest/gtest.h>

#include "storage/format.h"
#include "table/test_tables.h"

namespace stator {
namespace {

using testing::GlobalIndex;
using testing::LocalIndex;
using testing::TestItem;
using testing::TestTable;
using Type = AttributeValue::Type;

const Scope kScope{"123456789012", "eu-west-1"};

TEST(StorageKey, ReadsWhatLayoutMakes) {
  auto key = ParseStorageKey(CatalogKey(kScope, "Music"));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->space, KeySpace::kCatalog);
  EXPECT_EQ(key->scope, kScope);
  EXPECT_EQ(key->name, "Music");

  key = ParseStorageKey(TableGuardKey(77));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->space, KeySpace::kGuard);
  EXPECT_EQ(key->table_id, 77u);

  const std::string token = TokenKey(kScope, "TransactWriteItems", "t1");
  key = ParseStorageKey(token);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->space, KeySpace::kToken);
  EXPECT_EQ(key->name, "TransactWriteItems");
  EXPECT_EQ(key->token, "t1");

  key = ParseStorageKey(TokenExpiryKey(99, token));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->expires_micros, 99);
  EXPECT_EQ(key->token_key, token);

  key = ParseStorageKey(SizeCounterKey(7, 3));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->table_id, 7u);
  EXPECT_EQ(key->index_id, 3u);

  key = ParseStorageKey(TimeToLiveKey(7, 3, 99, ItemKey(TestTable(), TestItem("a", 1))));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->space, KeySpace::kTimeToLive);
  EXPECT_EQ(key->table_id, 7u);
  EXPECT_EQ(key->index_id, 3u);
  EXPECT_EQ(key->expiry_seconds, 99u);
  EXPECT_EQ(key->parts.size(), 2u);

  key = ParseStorageKey(BackupKey(kScope, "0123-ab"));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->space, KeySpace::kBackup);
  EXPECT_EQ(key->scope, kScope);
  EXPECT_EQ(key->name, "0123-ab");

  key = ParseStorageKey(ImportKey(kScope, "0123-ab"));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->space, KeySpace::kImport);
  EXPECT_EQ(key->scope, kScope);
  EXPECT_EQ(key->name, "0123-ab");

  key = ParseStorageKey(BulkKey(kScope, "0123-ab"));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->space, KeySpace::kBulk);
  EXPECT_EQ(key->scope, kScope);
  EXPECT_EQ(key->name, "0123-ab");

  key = ParseStorageKey(BackupJobKey(7, "0123-ab"));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->space, KeySpace::kBackupJob);
  EXPECT_EQ(key->table_id, 7u);
  EXPECT_EQ(key->name, "0123-ab");

  key = ParseStorageKey(BackfillKey(7, 3));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->space, KeySpace::kBackfill);
  EXPECT_TRUE(ParseStorageKey(NextTableIdKey()));

  key = ParseStorageKey(LogSizeKey(ShardPrefix(7, 3), 99));
  ASSERT_TRUE(key);
  EXPECT_TRUE(key->is_log_size());
  EXPECT_FALSE(ParseStorageKey(kLogSizeKey));
  EXPECT_FALSE(ParseStorageKey(kPositionKey)->is_log_size());
  const auto dropped = ParseStorageKey(DroppedKey("\x20log", "\x20lox"));
  EXPECT_EQ(dropped->dropped_begin, "\x20log");
  EXPECT_EQ(dropped->dropped_end, "\x20lox");
  EXPECT_FALSE(ParseStorageKey(kDroppedKey));
}

TEST(StorageKey, ReadsKeyAttributes) {
  const TableDefinition table = TestTable(
      {LocalIndex("l", 1, "s"), GlobalIndex("g", 2, {{"h", Type::kB}}, {{"r", Type::kN}})});
  Item item = TestItem("a", 5);
  EXPECT_EQ(DecodeDataKey(table, nullptr, ItemKey(table, item)), item);
  EXPECT_EQ(DecodeCollectionKey(table, CollectionCounterKey(table, item))->size(), 1u);
  item.Set("s", AttributeValue::S(std::string("z\0z", 3)));
  EXPECT_EQ(DecodeDataKey(table, &table.indexes[0], IndexEntryKey(table, table.indexes[0], item)),
            item);
  item.Erase("s");
  item.Set("h", AttributeValue::B("\xFF"));
  const std::string entry = IndexEntryKey(table, table.indexes[1], item);  // r stands in it twice
  EXPECT_EQ(DecodeDataKey(table, &table.indexes[1], entry), item);
  EXPECT_FALSE(DecodeDataKey(table, nullptr, entry));

  std::string other_hash = ItemKey(table, TestItem("a", 5));
  other_hash[14] = static_cast<char>(other_hash[14] ^ 1);
  EXPECT_TRUE(ParseStorageKey(other_hash));
  EXPECT_FALSE(DecodeDataKey(table, nullptr, other_hash));
}

TEST(StorageKey, RefusesEverythingElse) {
  for (const std::string& good :
       {CatalogKey(kScope, "Music"), TableGuardKey(1), TokenKey(kScope, "T", "t"),
        TokenExpiryKey(9, TokenKey(kScope, "T", "t")), SizeCounterKey(1, 2), BackfillKey(1, 2),
        CollectionCounterKey(TestTable(), TestItem("a", 1)), NextTableIdKey(),
        ItemKey(TestTable(), TestItem("a", 1)),
        TimeToLiveKey(1, 2, 3, ItemKey(TestTable(), TestItem("a", 1)))}) {
    ASSERT_TRUE(ParseStorageKey(good));
    // The end of a text is free; where it is empty, or fixed, nothing may be cut off.
    EXPECT_FALSE(ParseStorageKey(good.substr(0, good.size() - 1)) &&
                 good.front() != static_cast<char>(KeySpace::kCatalog));
    EXPECT_FALSE(ParseStorageKey(std::string(1, '\x7f') + good.substr(1)));
  }
  EXPECT_FALSE(ParseStorageKey(""));
  EXPECT_FALSE(ParseStorageKey(TableGuardKey(1) + "x"));
  EXPECT_FALSE(ParseStorageKey(NextTableIdKey() + "x"));
  EXPECT_FALSE(ParseStorageKey(ItemKey(TestTable(), TestItem("a", 1)) + "x"));
  EXPECT_FALSE(ParseStorageKey(CatalogKey(kScope, "")));
}

TEST(StorageKey, Hex) { EXPECT_EQ(HexOf(std::string("\x10\x00\xab", 3)), "0x1000ab"); }

}  // namespace
}  // namespace stator
