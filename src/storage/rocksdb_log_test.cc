#include "storage/rocksdb_log.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "base/temp_dir.h"
#include "base/test_files.h"

namespace stator {
namespace {

namespace fs = std::filesystem;

size_t CountLogs(const std::string& directory) {
  size_t n = 0;
  for (const auto& entry : fs::directory_iterator(directory)) {
    n += entry.path().filename().string().starts_with("LOG");
  }
  return n;
}

TEST(RocksLogTest, LinesAreThereAtOnce) {
  TempDir dir;
  LogFile log(dir.file("LOG"));
  rocksdb::Log(&log, "flushed %d tables", 3);
  const std::string long_text(5000, 'x');
  rocksdb::Warn(&log, "%s\n", long_text.c_str());
  const std::string text = ReadFile(dir.file("LOG"));
  EXPECT_NE(text.find(" flushed 3 tables\n"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("[WARN] " + long_text + "\n"));
  EXPECT_EQ(log.GetLogFileSize(), text.size());
}

TEST(RocksLogTest, AFullDiskDropsLines) {
  LogFile log("/dev/full");
  const std::string line(1000, 'x');
  for (int i = 0; i < 1000; ++i) rocksdb::Error(&log, "%s", line.c_str());
  log.Flush();
  EXPECT_EQ(log.GetLogFileSize(), 0U);
}

TEST(RocksLogTest, WithoutAFileNothingIsKept) {
  TempDir dir;
  LogFile log(dir.file("nowhere/LOG"));
  rocksdb::Error(&log, "lost");
  EXPECT_EQ(log.GetLogFileSize(), 0U);
}

TEST(RocksLogTest, FormerLogsAreKeptUpToTheLimit) {
  TempDir dir;
  rocksdb::DBOptions options;
  options.max_log_file_size = 10'000;
  options.keep_log_file_num = 3;
  const std::string directory = dir.file("db");
  const std::string line(1000, 'x');
  for (int opened = 0; opened < 2; ++opened) {
    const std::shared_ptr<rocksdb::Logger> log = OpenRocksLog(directory, options);
    rocksdb::Error(log, "opened %d", opened);
    EXPECT_EQ(CountLogs(directory), static_cast<size_t>(opened) + 1);
  }
  const std::shared_ptr<rocksdb::Logger> log = OpenRocksLog(directory, options);
  for (int i = 0; i < 100; ++i) rocksdb::Error(log, "%d %s", i, line.c_str());
  EXPECT_EQ(CountLogs(directory), 3U);
  EXPECT_LE(fs::file_size(directory + "/LOG"), 12'000U);
  EXPECT_NE(ReadFile(directory + "/LOG").find(" 99 x"), std::string::npos);
}

}  // namespace
}  // namespace stator
