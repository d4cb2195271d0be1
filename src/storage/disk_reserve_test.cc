#include "storage/disk_reserve.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/temp_dir.h"

namespace stator {
namespace {

namespace fs = std::filesystem;

TEST(DiskReserveTest, TakesRoomAndGivesItBack) {
  TempDir dir;
  const std::string path = dir.file("RESERVE");
  DiskReserve reserve(path, 1 << 20);
  EXPECT_FALSE(reserve.held());
  ASSERT_TRUE(reserve.Take());
  EXPECT_TRUE(reserve.held());
  EXPECT_EQ(fs::file_size(path), uint64_t{1} << 20);
  EXPECT_TRUE(DiskReserve(path, 1 << 20).Take());  // as the next server does
  reserve.Release();
  EXPECT_FALSE(reserve.held());
  EXPECT_FALSE(fs::exists(path));
  EXPECT_TRUE(reserve.Take());
}

// A command that works on the directory of a server must not take its reserve away.
TEST(DiskReserveTest, NoneLeavesWhatIsThere) {
  TempDir dir;
  const std::string path = dir.file("RESERVE");
  ASSERT_TRUE(DiskReserve(path, 1 << 20).Take());
  DiskReserve none(path, 0);
  EXPECT_TRUE(none.Take());
  EXPECT_EQ(fs::file_size(path), uint64_t{1} << 20);
  none.Release();  // the disk is full
  EXPECT_FALSE(fs::exists(path));
}

TEST(DiskReserveTest, NoneTakesNothing) {
  TempDir dir;
  DiskReserve reserve(dir.file("RESERVE"), 0);
  EXPECT_TRUE(reserve.Take());
  EXPECT_FALSE(reserve.held());
  EXPECT_FALSE(fs::exists(dir.file("RESERVE")));
}

}  // namespace
}  // namespace stator
