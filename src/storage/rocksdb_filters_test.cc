// Scans and reads must find the same whether filters over prefixes are asked or not: ranges within
// one partition, across partitions, of keys shorter than a prefix, over memtables and table files.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "base/random.h"
#include "base/temp_dir.h"
#include "storage/engine_test_util.h"
#include "storage/rocksdb_options.h"

namespace stator {
namespace {

class RocksFiltersTest : public ::testing::Test {
 protected:
  // So many partitions that each table file lacks most; some keys end before the prefix does.
  std::string RandomKey() {
    std::string key(kFilteredPrefix, 'a');
    key[kFilteredPrefix - 2] = static_cast<char>('a' + Below(20));
    key[kFilteredPrefix - 1] = static_cast<char>('a' + Below(20));
    if (Below(8) == 0) return key.substr(0, Below(kFilteredPrefix) + 1);
    const size_t length = Below(4);
    for (size_t i = 0; i < length; ++i) key.push_back(static_cast<char>('a' + Below(6)));
    return key;
  }
  size_t Below(size_t n) { return random_.Uniform(n); }

  void ExpectSameScan(Engine& engine, std::string begin, std::string end, bool reverse) {
    Entries expected;
    if (end.empty() || begin < end) {
      expected.assign(model_.lower_bound(begin),
                      end.empty() ? model_.end() : model_.lower_bound(end));
    }
    if (reverse) std::reverse(expected.begin(), expected.end());
    EXPECT_EQ(ScanNow(engine, {begin, end, reverse, nullptr}), expected)
        << "from '" << begin << "' to '" << end << "', reverse " << reverse;
  }

  SeededRandom random_{20261124};
  std::map<std::string, std::string> model_;
  TempDir dir_;
};

TEST_F(RocksFiltersTest, ScansAndReadsMeetEveryKey) {
  EngineOptions options;
  options.durability = Durability::kNone;
  options.write_buffer_bytes = 64 << 10;  // so that there are table files
  for (int round = 0; round < 4; ++round) {
    auto opened = OpenRocksEngine(dir_.file("data"), options);
    ASSERT_TRUE(opened) << opened.error().message;
    Engine& engine = **opened;
    for (int i = 0; i < 400; ++i) {
      std::string key = RandomKey();
      if (Below(4) == 0) {
        CommitNow(engine, {.keys = {}, .decide = Always(Write({Mutation{key, std::nullopt}}))});
        model_.erase(key);
      } else {
        std::string value(Below(600), static_cast<char>('0' + round));
        Put(engine, key, value);
        model_[key] = std::move(value);
      }
    }
    for (int i = 0; i < 300; ++i) {
      const std::string begin = RandomKey();
      std::string end = RandomKey();
      if (Below(3) == 0) end = begin + static_cast<char>('a' + Below(26));
      if (Below(10) == 0) end.clear();
      ExpectSameScan(engine, begin, end, Below(2) == 1);
      const std::string key = RandomKey();
      const auto known = model_.find(key);
      EXPECT_EQ(GetOne(engine, key),
                known == model_.end() ? std::nullopt : std::optional(known->second));
    }
  }
}

}  // namespace
}  // namespace stator
