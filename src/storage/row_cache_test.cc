#include "storage/row_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "storage/rocksdb_options.h"
#include "storage/rocksdb_slice.h"

namespace stator {
namespace {

class RowCacheTest : public testing::Test {
 protected:
  std::optional<std::string> Find(const std::string& key) const {
    rocksdb::PinnableSlice value;
    uint64_t moment;
    if (!rows_.Find(key, &value, &moment)) return std::nullopt;
    return value.ToString();
  }
  // Of a key that is not there.
  uint64_t Moment(const std::string& key) const {
    rocksdb::PinnableSlice value;
    uint64_t moment;
    EXPECT_FALSE(rows_.Find(key, &value, &moment));
    return moment;
  }
  void Add(const std::string& key, const std::string& value) { rows_.Add(key, value, Moment(key)); }

  const std::string a_ = "a", b_ = "b";
  const std::vector<WriteOp> of_a_{{a_, "written"}};
  const std::shared_ptr<rocksdb::Cache> cache_ = NewBlockCache(1 << 20);
  RowCache rows_{cache_};
};

TEST_F(RowCacheTest, FindsWhatWasAdded) {
  EXPECT_EQ(Find(a_), std::nullopt);
  Add(a_, "one");
  EXPECT_EQ(Find(a_), "one");
  EXPECT_EQ(Find(b_), std::nullopt);
}

TEST_F(RowCacheTest, KeepsNeitherEmptyNorLargeValuesNorLogsNorTheEnginesOwn) {
  Add(a_, "");
  EXPECT_EQ(Find(a_), std::nullopt);
  Add(a_, std::string(RowCache::kLargestValue + 1, 'x'));
  EXPECT_EQ(Find(a_), std::nullopt);
  for (const char first : {'\0', static_cast<char>(kFirstAppended)}) {
    EXPECT_EQ(Moment(first + a_), RowCache::kNever);
    Add(first + a_, "value");
    EXPECT_EQ(Find(first + a_), std::nullopt);
  }
  EXPECT_NE(Moment(a_), RowCache::kNever);
}

TEST_F(RowCacheTest, KnowsRangesOfWhichItKeepsNothing) {
  const std::string own(1, '\0');
  EXPECT_FALSE(RowCache::MayKeepAnyOf(own + "a", own + "b"));
  EXPECT_TRUE(RowCache::MayKeepAnyOf(own + "a", "b"));
  EXPECT_FALSE(RowCache::MayKeepAnyOf("\x20", "\x30"));
  EXPECT_FALSE(RowCache::MayKeepAnyOf("!a", "/b"));  // 21 and 2f
  EXPECT_TRUE(RowCache::MayKeepAnyOf("\x1f", "\x22"));
  EXPECT_TRUE(RowCache::MayKeepAnyOf("\x22", "\x31"));
  EXPECT_TRUE(RowCache::MayKeepAnyOf("a", ""));
}

TEST_F(RowCacheTest, ForgetsWhatIsWritten) {
  Add(a_, "one");
  Add(b_, "other");
  {
    const RowCache::Writing writing(&rows_, of_a_);
    EXPECT_EQ(Find(a_), std::nullopt);
    EXPECT_EQ(Find(b_), "other");
  }
  EXPECT_EQ(Find(a_), std::nullopt);
  EXPECT_EQ(Find(b_), "other");
}

TEST_F(RowCacheTest, WhatIsHeldOutlivesWritesAndIsFoundByNoOneElse) {
  Add(a_, "one");
  rocksdb::PinnableSlice held;
  uint64_t moment;
  ASSERT_TRUE(rows_.Find(a_, &held, &moment));
  { const RowCache::Writing writing(&rows_, of_a_); }
  EXPECT_EQ(Find(a_), std::nullopt);
  EXPECT_EQ(ToView(held), "one");
}

TEST_F(RowCacheTest, KeepsNothingThatWasReadBeforeAWriteEnded) {
  const uint64_t before = Moment(a_);
  uint64_t meanwhile = 0;
  {
    const RowCache::Writing writing(&rows_, of_a_);
    meanwhile = Moment(a_);
    EXPECT_EQ(meanwhile, RowCache::kNever);
    for (const uint64_t moment : {before, meanwhile}) {
      rows_.Add(a_, "old", moment);
      EXPECT_EQ(Find(a_), std::nullopt);
    }
  }
  for (const uint64_t moment : {before, meanwhile}) {
    rows_.Add(a_, "old", moment);
    EXPECT_EQ(Find(a_), std::nullopt);
  }
  Add(a_, "new");
  EXPECT_EQ(Find(a_), "new");
}

TEST_F(RowCacheTest, OneWriteEndsWhileAnotherGoesOn) {
  std::optional<RowCache::Writing> first(std::in_place, &rows_, of_a_);
  std::optional<RowCache::Writing> second(std::in_place, &rows_, of_a_);
  first.reset();
  Add(a_, "old");
  EXPECT_EQ(Find(a_), std::nullopt);
  second.reset();
  Add(a_, "new");
  EXPECT_EQ(Find(a_), "new");
}

TEST_F(RowCacheTest, ForgetsEverything) {
  Add(a_, "one");
  const uint64_t before = Moment(b_);
  {
    const RowCache::WritingAll all(&rows_);
    EXPECT_EQ(Find(a_), std::nullopt);
    Add(a_, "one");
    EXPECT_EQ(Find(a_), std::nullopt);
  }
  EXPECT_EQ(Find(a_), std::nullopt);
  rows_.Add(b_, "old", before);
  EXPECT_EQ(Find(b_), std::nullopt);
  Add(a_, "new");
  EXPECT_EQ(Find(a_), "new");
}

TEST_F(RowCacheTest, TakesTheMemoryOfTheBlockCache) {
  const std::string value(4000, 'x');
  for (int i = 0; i < 1000; ++i) Add(std::to_string(i), value);
  EXPECT_LE(cache_->GetUsage(), cache_->GetCapacity());
  EXPECT_GT(cache_->GetUsage(), cache_->GetCapacity() / 2);
}

// Readers that go by the cache see no version older than one that they, or anyone, saw before.
TEST_F(RowCacheTest, ReadersBesideWritersNeverGoBack) {
  constexpr size_t kKeys = 4, kWrites = 200'000;
  std::vector<std::string> keys;
  for (size_t i = 0; i < kKeys; ++i) keys.push_back(std::to_string(i));
  std::atomic<uint64_t> store[kKeys] = {};
  std::atomic<bool> done{false};
  std::atomic<int> went_back{0};
  std::atomic<uint64_t> hits{0};
  const auto read = [&] {
    while (!done) {
      for (size_t i = 0; i < kKeys; ++i) {
        const uint64_t seen = store[i].load();
        rocksdb::PinnableSlice value;
        uint64_t found = 0, moment;
        if (rows_.Find(keys[i], &value, &moment)) {
          found = std::stoull(value.ToString());
          ++hits;
        } else {
          found = store[i].load();
          rows_.Add(keys[i], std::to_string(found), moment);
        }
        if (found < seen) ++went_back;
      }
    }
  };
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) readers.emplace_back(read);
  for (uint64_t version = 1; version <= kWrites; ++version) {
    const size_t i = version % kKeys;
    const WriteOp op{keys[i], "written"};
    const RowCache::Writing writing(&rows_, {&op, 1});
    store[i] = version;
  }
  // Also on a processor that let no reader in between.
  while (hits == 0) std::this_thread::yield();
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(went_back, 0);
}

}  // namespace
}  // namespace stator
