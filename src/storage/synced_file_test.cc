#include "storage/synced_file.h"

#include <gtest/gtest.h>
#include <rocksdb/file_system.h>

#include <fstream>

#include "base/temp_dir.h"
#include "base/test_files.h"

namespace stator {
namespace {

class SyncedFileTest : public ::testing::Test {
 protected:
  std::string path() const { return dir_.path() + "/SYNCED"; }
  std::unique_ptr<SyncedFile> Open() {
    auto file = SyncedFile::Open(path(), rocksdb::FileSystem::Default().get());
    EXPECT_TRUE(file.has_value());
    return file ? std::move(*file) : nullptr;
  }
  uint64_t ReadManifestNumber() {
    auto state = SyncedFile::Read(path());
    return state && *state ? (*state)->manifest_number : 0;
  }
  void Spoil(int slot) {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(slot * 4096 + 20);
    file.put('\xee');
  }
  static SyncedState Numbered(uint64_t number) {
    SyncedState state;
    state.manifest_number = number;
    return state;
  }

  TempDir dir_;
};

TEST_F(SyncedFileTest, GoldenBytes) {
  SyncedState state;
  state.relaxed = true;
  state.manifest_number = 5;
  state.manifest_bytes = 0x1234;
  state.Add({12, 0x10000});
  state.Add({9, 7});
  std::string expected("SYNC", 4);
  expected += std::string("\xcf\x7e\x22\x4f\0\x3b", 6);
  expected +=
      std::string("\x01\0\0\0\0\0\0\0\x02\x01\0\0\0\0\0\0\0\x05\0\0\0\0\0\0\x12\x34\x02", 27);
  expected += std::string("\0\0\0\0\0\0\0\x09\0\0\0\0\0\0\0\x07", 16);
  expected += std::string("\0\0\0\0\0\0\0\x0c\0\0\0\0\0\x01\0\0", 16);
  expected.resize(512);
  EXPECT_EQ(EncodeSynced(state, 2), expected);

  SyncedState decoded;
  uint64_t generation = 0;
  ASSERT_TRUE(DecodeSynced(expected, &decoded, &generation));
  EXPECT_EQ(generation, 2u);
  EXPECT_TRUE(decoded.relaxed);
  EXPECT_EQ(decoded.manifest_bytes, 0x1234u);
  EXPECT_EQ(decoded.BytesOf(12), 0x10000u);
  EXPECT_EQ(decoded.BytesOf(9), 7u);
  EXPECT_EQ(decoded.BytesOf(10), 0u);
  for (size_t i = 0; i < 69; ++i) {
    std::string damaged = expected;
    damaged[i] ^= 1;
    EXPECT_FALSE(DecodeSynced(damaged, &decoded, &generation)) << i;
  }
}

TEST_F(SyncedFileTest, KeepsTheNewestLogsAndNeverTakesBack) {
  SyncedState state;
  for (uint64_t log = 1; log <= 100; ++log) state.Add({log, log * 10});
  state.Add({100, 5});
  EXPECT_EQ(state.BytesOf(100), 1000u);
  EXPECT_EQ(state.BytesOf(90), 900u);
  EXPECT_EQ(state.BytesOf(1), 0u);
  EXPECT_LE(EncodeSynced(state, 1).size(), 512u);
  SyncedState decoded;
  uint64_t generation;
  ASSERT_TRUE(DecodeSynced(EncodeSynced(state, 1), &decoded, &generation));
  EXPECT_EQ(decoded.logs.size(), state.logs.size());
}

TEST_F(SyncedFileTest, TheNewestVersionCounts) {
  EXPECT_FALSE(SyncedFile::Read(path())->has_value());
  auto file = Open();
  for (uint64_t i = 1; i <= 20; ++i) {
    ASSERT_TRUE(file->Write(Numbered(i), i % 5 == 0).has_value());
    EXPECT_EQ(ReadManifestNumber(), i);
    if (i % 7 == 0) file = Open();
  }
}

// Whatever becomes of the versions that were not synced, and of one that was being written.
TEST_F(SyncedFileTest, ASyncedVersionIsThereUntilTheNextOneIs) {
  for (int reopened = 0; reopened < 4; ++reopened) {
    auto file = Open();
    const uint64_t base = 100 * reopened;
    ASSERT_TRUE(file->Write(Numbered(base + 1), true).has_value());
    for (uint64_t i = 2; i <= 6; ++i)
      ASSERT_TRUE(file->Write(Numbered(base + i), false).has_value());
    Spoil(2);
    Spoil(3);
    EXPECT_EQ(ReadManifestNumber(), base + 1);
    file = Open();
    const std::string before = ReadFile(path());
    ASSERT_TRUE(file->Write(Numbered(base + 7), true).has_value());
    const std::string after = ReadFile(path());
    for (int slot : {0, 1}) {
      if (before.substr(slot * 4096, 512) != after.substr(slot * 4096, 512)) Spoil(slot);
    }
    EXPECT_EQ(ReadManifestNumber(), base + 1);
  }
}

}  // namespace
}  // namespace stator
