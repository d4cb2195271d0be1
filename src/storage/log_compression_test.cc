#include "storage/log_compression.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <rocksdb/table_properties.h>

#include <memory>
#include <string>

#include "base/temp_dir.h"
#include "storage/rocksdb_options.h"

namespace stator {
namespace {

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
  uint64_t NowMicros() override { return now_; }

  uint64_t now_ = 1'000'000'000;
};

class LogTablesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.env = &env_;
    options.compression =
        FirstSupportedCompression({rocksdb::kLZ4Compression, rocksdb::kSnappyCompression});
    ASSERT_NE(options.compression, rocksdb::kNoCompression);
    rocksdb::DB* db = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(options, dir_.path() + "/logs", &db).ok());
    db_.reset(db);
    compression_ = std::make_unique<LogCompression>(db);
  }
  // Makes a table after so many bytes within that time. How it is compressed.
  std::string Table(uint64_t bytes, uint64_t micros) {
    env_.now_ += 3'600'000'000;  // in which nothing comes
    compression_->Note(bytes / 2);
    env_.now_ += micros;
    compression_->Note(bytes - bytes / 2);
    EXPECT_TRUE(db_->Put({}, "key" + std::to_string(++tables_), "value").ok());
    compression_->Choose();
    EXPECT_TRUE(db_->Flush({}).ok());
    rocksdb::TablePropertiesCollection tables;
    EXPECT_TRUE(db_->GetPropertiesOfAllTables(&tables).ok());
    const rocksdb::TableProperties* newest = nullptr;
    for (const auto& [path, table] : tables) {
      if (!newest || newest->orig_file_number < table->orig_file_number) newest = table.get();
    }
    return newest ? newest->compression_name : "no table";
  }

  TempDir dir_;
  Clocked env_;
  std::unique_ptr<rocksdb::DB> db_;
  std::unique_ptr<LogCompression> compression_;
  int tables_ = 0;
};

TEST_F(LogTablesTest, AreCompressedUnlessRecordsCameFast) {
  const std::string usual = Table(kMiB, 1'000'000);
  EXPECT_NE(usual, "NoCompression");
  EXPECT_EQ(Table(uint64_t{1} << 40, 1'000'000), "NoCompression");
  EXPECT_EQ(Table(1000, 1'000'000), usual);
}

TEST_F(LogTablesTest, ShortTimesDoNotCount) {
  const std::string usual = Table(kMiB, 1'000'000);
  EXPECT_EQ(Table(uint64_t{1} << 40, 1'000), usual);
}

}  // namespace
}  // namespace stator
