#include "storage/sorted_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>

#include "base/temp_dir.h"
#include "base/test_files.h"
#include "storage/entry_sorter.h"
#include "storage/test_seed.h"

namespace stator {
namespace {

Result<void> Finish(EntrySorter* sorter) {
  for (;;) {
    auto finished = sorter->Finish();
    if (!finished) return Unexpected<Status>(std::move(finished).error());
    if (*finished) return {};
  }
}

// On disk and in memory.
class FileSpaceTest : public ::testing::TestWithParam<bool> {
 protected:
  TempDir dir_;
  std::shared_ptr<FileSpace> space_ =
      GetParam() ? FileSpace::OnDisk(dir_.path() + "/files") : FileSpace::InMemory();
};

TEST_P(FileSpaceTest, FoldersComeAndGoWithTheirFiles) {
  EXPECT_TRUE(space_->Folders()->empty());
  EXPECT_TRUE(space_->List("a")->empty());
  ASSERT_TRUE(space_->MakeFolder("b"));
  ASSERT_TRUE(space_->MakeFolder("a"));
  ASSERT_TRUE(space_->MakeFolder("a"));
  ASSERT_TRUE(space_->WriteWhole("a/two", "2"));
  ASSERT_TRUE(space_->WriteWhole("a/one", "1"));
  ASSERT_TRUE(space_->WriteWhole("a/one", "1 again"));
  EXPECT_EQ(*space_->Folders(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(*space_->List("a"), (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(*space_->ReadWhole("a/one"), "1 again");
  EXPECT_EQ(space_->ReadWhole("a/three").error().code, StatusCode::kNotFound);
  ASSERT_TRUE(space_->RemoveFolder("a"));
  ASSERT_TRUE(space_->RemoveFolder("a"));
  EXPECT_EQ(*space_->Folders(), std::vector<std::string>{"b"});
}

TEST_P(FileSpaceTest, ASortedFileHoldsWhatWasAdded) {
  ASSERT_TRUE(space_->MakeFolder("a"));
  auto writer = SortedFileWriter::Create(space_.get(), "a", "0.sst", SortedFileUse::kKept);
  ASSERT_TRUE(writer) << writer.error().message;
  std::map<std::string, std::string> entries;
  for (int i = 0; i < 5000; ++i)
    entries["key" + std::to_string(i)] = std::string(100, 'a' + i % 26);
  for (const auto& [key, value] : entries) ASSERT_TRUE((*writer)->Add(key, value));
  EXPECT_FALSE((*writer)->Add("a lower key", ""));
  auto info = (*writer)->Finish();
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->entries, entries.size());
  EXPECT_TRUE(VerifySortedFile(space_.get(), "a", *info));
  auto reader = SortedFileReader::Open(space_.get(), "a", *info);
  ASSERT_TRUE(reader) << reader.error().message;
  std::map<std::string, std::string> read;
  for (; (*reader)->Valid(); (*reader)->Next()) read.emplace((*reader)->key(), (*reader)->value());
  EXPECT_TRUE((*reader)->Ended());
  EXPECT_EQ(read, entries);
}

TEST_P(FileSpaceTest, SortsInMemoryAndInRuns) {
  std::mt19937_64 random(TestSeed());
  for (const size_t memory : {size_t{1} << 30, size_t{20'000}}) {
    SCOPED_TRACE(memory);
    const std::string folder = "sort" + std::to_string(memory);
    ASSERT_TRUE(space_->MakeFolder(folder));
    EntrySorter sorter(space_.get(), folder, memory);
    std::map<std::string, std::string> entries;
    for (int i = 0; i < 3000; ++i) {
      const std::string key = std::to_string(random());
      if (!entries.emplace(key, std::to_string(i)).second) continue;
      ASSERT_TRUE(sorter.Add(key, std::to_string(i)));
    }
    ASSERT_TRUE(Finish(&sorter));
    EXPECT_EQ(space_->List(folder)->empty(), memory > 20'000);
    std::string key, value;
    auto expected = entries.begin();
    while (sorter.Next(&key, &value)) {
      ASSERT_NE(expected, entries.end());
      EXPECT_EQ(key, expected->first);
      EXPECT_EQ(value, (expected++)->second);
    }
    EXPECT_TRUE(sorter.error());
    EXPECT_EQ(expected, entries.end());
    EXPECT_EQ(sorter.entries(), entries.size());
  }
}

TEST_P(FileSpaceTest, SortingRefusesEqualKeys) {
  ASSERT_TRUE(space_->MakeFolder("a"));
  EntrySorter in_memory(space_.get(), "a");
  ASSERT_TRUE(in_memory.Add("k", "1"));
  ASSERT_TRUE(in_memory.Add("k", "2"));
  EXPECT_FALSE(Finish(&in_memory));
  EntrySorter in_runs(space_.get(), "a", /*memory_bytes=*/1);
  ASSERT_TRUE(in_runs.Add("k", "1"));
  ASSERT_TRUE(in_runs.Add("k", "2"));
  ASSERT_TRUE(Finish(&in_runs));
  std::string key, value;
  EXPECT_TRUE(in_runs.Next(&key, &value));
  EXPECT_FALSE(in_runs.Next(&key, &value));
  EXPECT_FALSE(in_runs.error());
}

TEST_P(FileSpaceTest, OfEqualKeysTheLastOrTheFirstCounts) {
  using Equal = EntrySorter::Equal;
  std::mt19937_64 random(TestSeed());
  for (const auto& [memory, equal] : {std::pair(size_t{1} << 30, Equal::kLastCounts),
                                      std::pair(size_t{5'000}, Equal::kLastCounts),
                                      std::pair(size_t{1} << 30, Equal::kFirstCounts),
                                      std::pair(size_t{5'000}, Equal::kFirstCounts)}) {
    const std::string folder =
        "equal" + std::to_string(memory) + std::to_string(static_cast<int>(equal));
    SCOPED_TRACE(folder);
    ASSERT_TRUE(space_->MakeFolder(folder));
    EntrySorter sorter(space_.get(), folder, memory, equal, /*most_open=*/3);
    std::map<std::string, std::string> entries;
    for (int i = 0; i < 3000; ++i) {
      const std::string key = std::to_string(random() % 200);
      if (equal == Equal::kLastCounts || !entries.contains(key)) entries[key] = std::to_string(i);
      ASSERT_TRUE(sorter.Add(key, std::to_string(i)));
    }
    ASSERT_TRUE(Finish(&sorter));
    std::map<std::string, std::string> sorted;
    std::string key, value, last;
    while (sorter.Next(&key, &value)) {
      EXPECT_LT(last, key);
      last = key;
      sorted[key] = value;
    }
    EXPECT_TRUE(sorter.error());
    EXPECT_EQ(sorted, entries);
  }
}

TEST_P(FileSpaceTest, ManyRunsAreMergedInPasses) {
  std::mt19937_64 random(TestSeed());
  for (const size_t most_open : {2, 3, 8, 100}) {
    SCOPED_TRACE(most_open);
    const std::string folder = "passes" + std::to_string(most_open);
    ASSERT_TRUE(space_->MakeFolder(folder));
    EntrySorter sorter(space_.get(), folder, /*memory_bytes=*/1'000,
                       EntrySorter::Equal::kLastCounts, most_open);
    std::map<std::string, std::string> entries;
    for (int i = 0; i < 1000; ++i) {
      const std::string key = std::to_string(random() % 300);
      entries[key] = std::to_string(i);
      ASSERT_TRUE(sorter.Add(key, std::to_string(i)));
    }
    const size_t runs = space_->List(folder)->size();
    ASSERT_GT(runs, 50u);
    ASSERT_TRUE(Finish(&sorter));
    if (most_open < runs) {
      EXPECT_EQ(space_->List(folder)->size(), most_open);
    } else {
      EXPECT_GE(space_->List(folder)->size(), runs);
    }
    std::vector<std::pair<std::string, std::string>> sorted;
    std::string key, value;
    while (sorter.Next(&key, &value)) sorted.emplace_back(key, value);
    EXPECT_TRUE(sorter.error());
    EXPECT_EQ(sorted, decltype(sorted)(entries.begin(), entries.end()));
  }
}

TEST_P(FileSpaceTest, MergingRefusesEqualKeys) {
  ASSERT_TRUE(space_->MakeFolder("a"));
  EntrySorter sorter(space_.get(), "a", /*memory_bytes=*/1, EntrySorter::Equal::kRefused,
                     /*most_open=*/2);
  for (const char* key : {"a", "b", "a", "c", "d"}) ASSERT_TRUE(sorter.Add(key, ""));
  EXPECT_EQ(Finish(&sorter).error().code, StatusCode::kInvalidArgument);
}

INSTANTIATE_TEST_SUITE_P(Spaces, FileSpaceTest, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Disk" : "Memory"; });

TEST(SortedFileTest, DamageIsFound) {
  const TempDir dir;
  const auto space = FileSpace::OnDisk(dir.path());
  ASSERT_TRUE(space->MakeFolder("a"));
  auto writer = SortedFileWriter::Create(space.get(), "a", "0.sst", SortedFileUse::kKept);
  ASSERT_TRUE(writer);
  std::mt19937_64 random(1);
  for (int i = 1000; i < 3000; ++i) {
    ASSERT_TRUE((*writer)->Add("key" + std::to_string(i), std::to_string(random())));
  }
  const SortedFileInfo info = *(*writer)->Finish();
  const std::string path = dir.path() + "/a/0.sst";
  const std::string bytes = ReadFile(path);
  ASSERT_EQ(bytes.size(), info.bytes);

  std::string flipped = bytes;
  flipped[flipped.size() / 3] ^= 1;
  WriteFile(path, flipped);
  EXPECT_EQ(VerifySortedFile(space.get(), "a", info).error().code, StatusCode::kCorruption);
  auto reader = SortedFileReader::Open(space.get(), "a", info);
  ASSERT_TRUE(reader);
  while ((*reader)->Valid()) (*reader)->Next();
  EXPECT_EQ((*reader)->Ended().error().code, StatusCode::kCorruption);

  WriteFile(path, bytes.substr(0, bytes.size() - 1));
  EXPECT_EQ(SortedFileReader::Open(space.get(), "a", info).error().code, StatusCode::kCorruption);
  std::filesystem::remove(path);
  EXPECT_EQ(SortedFileReader::Open(space.get(), "a", info).error().code, StatusCode::kCorruption);
  EXPECT_EQ(VerifySortedFile(space.get(), "a", info).error().code, StatusCode::kCorruption);
}

}  // namespace
}  // namespace stator
