#include "storage/log_compression.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <rocksdb/table_properties.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "base/bytes.h"
#include "base/temp_dir.h"
#include "storage/log_store.h"
#include "storage/rocksdb_options.h"

namespace stator {
namespace {

using std::chrono::milliseconds;

constexpr uint64_t kMiB = uint64_t{1} << 20;

TEST(LogCompressionTest, GivesWayToManyRecords) {
  EXPECT_TRUE(Compresses(true, 0, 2));
  EXPECT_TRUE(Compresses(true, 16 * kMiB, 2));
  EXPECT_FALSE(Compresses(true, 16 * kMiB + 1, 2));
  EXPECT_TRUE(Compresses(true, 16 * kMiB + 1, 16));
}

TEST(LogCompressionTest, ComesBackWithFewer) {
  EXPECT_FALSE(Compresses(false, 16 * kMiB, 2));
  EXPECT_FALSE(Compresses(false, 8 * kMiB + 1, 2));
  EXPECT_TRUE(Compresses(false, 8 * kMiB, 2));
}

// An environment whose time is the test's.
class Clocked final : public rocksdb::EnvWrapper {
 public:
  Clocked() : EnvWrapper(rocksdb::Env::Default()) {}
  const char* Name() const override { return "Clocked"; }
  uint64_t NowNanos() override { return now_nanos_; }
  void Pass(std::chrono::nanoseconds time) { now_nanos_ += time.count(); }

 private:
  std::atomic<uint64_t> now_nanos_{1};  // RocksDB's threads ask, too
};

class LogTablesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const rocksdb::Options options = MakeLogOptions({}, &env_, NewBlockCache(kMiB));
    ASSERT_NE(options.compression, rocksdb::kNoCompression);
    rocksdb::DB* db = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(options, dir_.path() + "/logs", &db).ok());
    db_.reset(db);
    compression_ = std::make_unique<LogCompression>(db);
  }
  // How the newest table is compressed.
  static std::string Newest(rocksdb::DB* db) {
    rocksdb::TablePropertiesCollection tables;
    EXPECT_TRUE(db->GetPropertiesOfAllTables(&tables).ok());
    const std::map<std::string, std::shared_ptr<const rocksdb::TableProperties>> by_path(
        tables.begin(), tables.end());
    return by_path.empty() ? "no table" : by_path.rbegin()->second->compression_name;
  }
  // Makes a table after so many bytes within that time. How it is compressed.
  std::string Table(uint64_t bytes, std::chrono::milliseconds time) {
    env_.Pass(std::chrono::hours(1));  // in which nothing comes
    compression_->Note(bytes / 2);
    env_.Pass(time);
    compression_->Note(bytes - bytes / 2);
    EXPECT_TRUE(db_->Put({}, "key" + std::to_string(++tables_), "value").ok());
    compression_->Choose();
    EXPECT_TRUE(db_->Flush({}).ok());
    return Newest(db_.get());
  }

  TempDir dir_;
  Clocked env_;
  std::unique_ptr<rocksdb::DB> db_;
  std::unique_ptr<LogCompression> compression_;
  int tables_ = 0;
};

TEST_F(LogTablesTest, AreCompressedUnlessRecordsCameFast) {
  const std::string usual = Table(kMiB, milliseconds(1000));
  EXPECT_NE(usual, "NoCompression");
  EXPECT_EQ(Table(uint64_t{1} << 40, milliseconds(1000)), "NoCompression");
  EXPECT_EQ(Table(1000, milliseconds(1000)), usual);
}

TEST_F(LogTablesTest, ShortTimesDoNotCount) {
  const std::string usual = Table(kMiB, milliseconds(1000));
  EXPECT_EQ(Table(uint64_t{1} << 40, milliseconds(1)), usual);
}

// Of a store: two logs, of which one takes most.
TEST_F(LogTablesTest, OfAStoreAreCompressedWhenTheyAreRewritten) {
  Reporter reporter(nullptr);
  auto opened = LogStore::Open(dir_.path() + "/store", {}, &env_, NewBlockCache(kMiB), &reporter);
  ASSERT_TRUE(opened) << opened.error().message;
  LogStore& logs = **opened;
  uint64_t position = 0;
  const auto append = [&](std::string log, size_t bytes) {
    AppendU64(++position, &log);
    log.append(2, '\0');
    const std::string value(bytes, 'x');
    const WriteOp record{log, value};
    EXPECT_TRUE(logs.Append({&record, 1}, nullptr).ok());
  };
  const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
  append("\x20large", kMiB * processors);
  append("\x20small", 1000);
  env_.Pass(milliseconds(100));
  ASSERT_TRUE(logs.Flush().ok());
  EXPECT_EQ(Newest(logs.db()), "NoCompression");

  const LogStore::Range large{"\x20large", "\x20largf", position};
  while (Newest(logs.db()) == "NoCompression") {
    ASSERT_TRUE(logs.Drop({&large, 1}).ok());
    std::this_thread::sleep_for(milliseconds(1));
  }
  env_.Pass(std::chrono::hours(1));
  append("\x20small", 1000);
  env_.Pass(milliseconds(100));
  ASSERT_TRUE(logs.Flush().ok());
  EXPECT_NE(Newest(logs.db()), "NoCompression");
}

}  // namespace
}  // namespace stator
