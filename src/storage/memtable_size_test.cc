// The memtables of logs are larger than those of the map, but never so large that the reserve could
// not take all of them on a full disk.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>

#include "base/temp_dir.h"
#include "base/test_files.h"
#include "storage/engine_test_util.h"

namespace stator {
namespace {

namespace fs = std::filesystem;

constexpr size_t kUsual = size_t{1} << 20;

class MemtableSizeTest : public ::testing::Test {
 protected:
  void Open(uint64_t reserve_bytes) {
    EngineOptions options;
    options.write_buffer_bytes = kUsual;
    options.reserve_bytes = reserve_bytes;
    auto opened = OpenRocksEngine(dir_.file("data"), options);
    ASSERT_TRUE(opened) << opened.error().message;
    engine_ = std::move(*opened);
    CommitNow(*engine_, {.keys = {}, .decide = Always(Write({Mutation{"item", "1"}}))});
  }

  void AppendOne() {
    Decision decision;
    decision.commit = true;
    decision.appends = {{"\x20log", "record"}};
    CommitNow(*engine_, {.keys = {}, .decide = Always(std::move(decision))});
  }

  // As RocksDB wrote it down.
  std::string Setting(const std::string& folder, const std::string& name) {
    const std::string path = dir_.file("data") + "/" + folder;
    std::string newest;
    for (const auto& entry : fs::directory_iterator(path)) {
      const std::string file = entry.path().filename().string();
      if (file.starts_with("OPTIONS-")) newest = std::max(newest, file);
    }
    const std::string text = ReadFile(path + "/" + newest);
    const size_t at = text.find("\n  " + name + "=");
    if (at == std::string::npos) return "none in " + newest;
    const size_t value = at + name.size() + 4;
    return text.substr(value, text.find('\n', value) - value);
  }
  // Twice what the store of logs lets one take.
  std::string OfLogs() { return Setting("logs", "write_buffer_size"); }

  TempDir dir_;
  std::unique_ptr<Engine> engine_;
};

TEST_F(MemtableSizeTest, ThreeTimesThatOfTheMap) {
  Open(/*reserve_bytes=*/0);
  EXPECT_FALSE(fs::exists(dir_.file("data") + "/logs"));
  AppendOne();
  EXPECT_EQ(OfLogs(), std::to_string(2 * 3 * kUsual));
  EXPECT_EQ(Setting("logs", "max_write_buffer_number"), "3");
  EXPECT_EQ(Setting("db", "write_buffer_size"), std::to_string(kUsual));
  EXPECT_EQ(Setting("db", "max_write_buffer_number"), "4");
}

TEST_F(MemtableSizeTest, AsFarAsTheReserveCouldTakeThem) {
  Open(/*reserve_bytes=*/(4 + 3 * 2) * kUsual);
  AppendOne();
  EXPECT_EQ(OfLogs(), std::to_string(2 * 2 * kUsual));
}

TEST_F(MemtableSizeTest, NeverSmallerThanThatOfTheMap) {
  Open(/*reserve_bytes=*/3 * kUsual);
  AppendOne();
  EXPECT_EQ(OfLogs(), std::to_string(2 * kUsual));
}

}  // namespace
}  // namespace stator
