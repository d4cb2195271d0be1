#include "storage/memory_store.h"

#include <gtest/gtest.h>

namespace stator {
namespace {

void Put(MemoryStore& store, std::string_view key, std::optional<std::string_view> value,
         bool sync = true) {
  const WriteOp op{key, value};
  ASSERT_EQ(store.Write({&op, 1}, sync).outcome, WriteOutcome::kWritten);
}

std::optional<std::string> Get(MemoryStore& store, std::string_view key,
                               const Snapshot* snapshot = nullptr) {
  std::optional<std::string> value;
  EXPECT_TRUE(store.Read({&key, 1}, snapshot, ReadMode::kMayBlock, [&](auto values) {
                     if (values[0]) value = std::string(*values[0]);
                   }).has_value());
  return value;
}

TEST(MemoryStoreTest, VersionsGoWhenNoSnapshotNeedsThem) {
  MemoryStore store;
  for (int i = 0; i < 100; ++i) Put(store, "a", std::to_string(i));
  EXPECT_EQ(store.VersionCount(), 1u);
  SnapshotPtr old = store.TakeSnapshot();
  for (int i = 100; i < 200; ++i) Put(store, "a", std::to_string(i));
  EXPECT_EQ(store.VersionCount(), 2u);  // an old snapshot does not keep what is newer than it
  SnapshotPtr newer = store.TakeSnapshot();
  Put(store, "a", std::nullopt);
  EXPECT_EQ(Get(store, "a"), std::nullopt);
  EXPECT_EQ(Get(store, "a", old.get()), "99");
  EXPECT_EQ(Get(store, "a", newer.get()), "199");
  old.reset();
  EXPECT_EQ(Get(store, "a", newer.get()), "199");
  newer.reset();
  EXPECT_EQ(store.VersionCount(), 0u);
  EXPECT_EQ(store.Stats().memory_bytes, 0u);
}

TEST(MemoryStoreTest, ReclaimingIsSpreadOverWrites) {
  MemoryStore store;
  for (int i = 0; i < 2000; ++i) Put(store, std::to_string(i), "old");
  SnapshotPtr snapshot = store.TakeSnapshot();
  for (int i = 0; i < 2000; ++i) Put(store, std::to_string(i), "new");
  EXPECT_EQ(store.VersionCount(), 4000u);
  snapshot.reset();
  for (int i = 0; i < 10; ++i) Put(store, "other", "x");
  EXPECT_EQ(store.VersionCount(), 2001u);
}

TEST(MemoryStoreTest, CrashKeepsSyncedWritesAndAPrefixOfTheRest) {
  MemoryStore store(/*model_crashes=*/true);
  Put(store, "a", "1");
  Put(store, "b", "1");
  Put(store, "a", "2", /*sync=*/false);
  Put(store, "b", std::nullopt, /*sync=*/false);
  Put(store, "c", "3", /*sync=*/false);
  {
    auto kept_none = store.Crash();
    EXPECT_EQ(Get(*kept_none, "a"), "1");
    EXPECT_EQ(Get(*kept_none, "b"), "1");
    EXPECT_EQ(Get(*kept_none, "c"), std::nullopt);
  }
  auto kept_two = store.Crash(2);
  EXPECT_EQ(Get(*kept_two, "a"), "2");
  EXPECT_EQ(Get(*kept_two, "b"), std::nullopt);
  EXPECT_EQ(Get(*kept_two, "c"), std::nullopt);
  const WriteOp op{"d", "1"};
  EXPECT_EQ(store.Write({&op, 1}, true).outcome, WriteOutcome::kNotWritten);
  EXPECT_FALSE(store.Recover().has_value());
  Put(*kept_two, "d", "1");
}

TEST(MemoryStoreTest, SyncMakesEarlierWritesDurable) {
  MemoryStore store(/*model_crashes=*/true);
  Put(store, "a", "1", /*sync=*/false);
  ASSERT_TRUE(store.Sync().has_value());
  Put(store, "b", "1", /*sync=*/false);
  EXPECT_EQ(Get(*store.Crash(), "a"), "1");
  EXPECT_EQ(Get(*store.Crash(), "b"), std::nullopt);
}

TEST(MemoryStoreTest, WritesFailUntilRecovered) {
  MemoryStore store(/*model_crashes=*/true);
  Put(store, "a", "1");
  int asked = 0;
  store.SetWriteFault([&](std::span<const WriteOp>) -> std::optional<WriteResult> {
    ++asked;
    return WriteResult{WriteOutcome::kUnknown, {StatusCode::kIoError, "sync failed"}};
  });
  const WriteOp op{"a", "2"};
  EXPECT_EQ(store.Write({&op, 1}, true).outcome, WriteOutcome::kUnknown);
  EXPECT_EQ(store.Write({&op, 1}, true).outcome, WriteOutcome::kNotWritten);
  EXPECT_EQ(asked, 1);
  EXPECT_FALSE(store.Sync().has_value());
  EXPECT_EQ(Get(store, "a"), "1");
  EXPECT_EQ(Get(*store.Crash(0, /*unknown_survives=*/true), "a"), "2");
}

TEST(MemoryStoreTest, RecoveryBuriesAnUnknownWrite) {
  MemoryStore store(/*model_crashes=*/true);
  store.SetWriteFault([](std::span<const WriteOp>) -> std::optional<WriteResult> {
    return WriteResult{WriteOutcome::kUnknown, {StatusCode::kIoError, "sync failed"}};
  });
  const WriteOp op{"a", "2"};
  EXPECT_EQ(store.Write({&op, 1}, true).outcome, WriteOutcome::kUnknown);
  store.SetWriteFault(nullptr);
  ASSERT_TRUE(store.Recover().has_value());
  Put(store, "b", "1");
  auto survivor = store.Crash(0, /*unknown_survives=*/true);
  EXPECT_EQ(Get(*survivor, "a"), std::nullopt);
  EXPECT_EQ(Get(*survivor, "b"), "1");
}

}  // namespace
}  // namespace stator
