#include "storage/offline_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/temp_dir.h"
#include "base/test_files.h"
#include "storage/data_dir.h"
#include "storage/engine_test_util.h"
#include "storage/rocksdb_store.h"

namespace stator {
namespace {

namespace fs = std::filesystem;

// Every file with what it holds.
std::map<std::string, std::string> Contents(const std::string& dir) {
  std::map<std::string, std::string> contents;
  for (const auto& entry : fs::recursive_directory_iterator(dir)) {
    if (!entry.is_regular_file()) continue;
    contents[entry.path().string()] = ReadFile(entry.path());
  }
  return contents;
}

class OfflineStoreTest : public ::testing::Test {
 protected:
  std::string data() const { return dir_.path() + "/data"; }

  // Two table files in different levels, and a log.
  void SetUp() override {
    auto store = OpenRocksStore(data(), EngineOptions{});
    ASSERT_TRUE(store);
    for (int i = 0; i < 2000; ++i)
      WriteOne(store->get(), Key(i), std::string(100, static_cast<char>('a' + i % 26)));
    ASSERT_TRUE((*store)->Compact([](double) {}));
    WriteOne(store->get(), Key(7), "new");
    ASSERT_EQ((*store)->Write({}, true).outcome, WriteOutcome::kWritten);
  }

  static std::string Key(int i) { return "key" + std::to_string(100'000 + i); }
  static void WriteOne(KvStore* store, const std::string& key, const std::string& value) {
    const WriteOp op{key, value};
    ASSERT_EQ(store->Write({&op, 1}, false).outcome, WriteOutcome::kWritten);
  }

  std::unique_ptr<OfflineStore> Open() {
    auto store = OfflineStore::Open(data());
    EXPECT_TRUE(store) << store.error().message;
    return store ? std::move(*store) : nullptr;
  }
  std::string Get(OfflineStore* store, const std::string& key) {
    std::string found = "(missing)";
    const std::string_view view = key;
    EXPECT_TRUE(store->Read({&view, 1}, nullptr, ReadMode::kMayBlock, [&](auto values) {
      if (values[0]) found = *values[0];
    }));
    return found;
  }
  std::string TheTableFile() {
    auto store = Open();
    const auto files = store->TableFiles();
    EXPECT_EQ(files.size(), 1u);
    return data() + "/db/" + files.at(0).name;
  }

  TempDir dir_;
};

TEST_F(OfflineStoreTest, ShowsWhatIsThereAndChangesNothing) {
  const auto before = Contents(data());
  {
    auto store = Open();
    EXPECT_FALSE(store->fault());
    EXPECT_EQ(Get(store.get(), Key(7)), "new");
    EXPECT_EQ(Get(store.get(), Key(1)), std::string(100, 'b'));
    EXPECT_EQ(Get(store.get(), "nothing"), "(missing)");
    int entries = 0;
    EXPECT_TRUE(store->Scan({Key(10), Key(20)}, nullptr, ReadMode::kMayBlock,
                            [&](auto, auto) { return ++entries < 100; }));
    EXPECT_EQ(entries, 10);
    EXPECT_TRUE(store->Verify(store->TableFiles().at(0)));
    EXPECT_EQ(store->LogFiles().size(), 1u);
    EXPECT_EQ(store->FileWith(Key(3)), store->TableFiles().at(0).name);
    EXPECT_EQ(store->FileWith(Key(7)), "the log");
    EXPECT_EQ(store->FileWith("nothing"), "");
    EXPECT_GT(store->BytesOnDisk("", ""), 1000u);
    EXPECT_TRUE(store->StrayFiles().empty());
    const WriteOp op{"k", "v"};
    EXPECT_EQ(store->Write({&op, 1}, true).outcome, WriteOutcome::kNotWritten);
  }
  EXPECT_EQ(Contents(data()), before);
}

TEST_F(OfflineStoreTest, AServerAndAReaderKeepEachOtherOut) {
  {
    auto server = OpenRocksStore(data(), EngineOptions{});
    ASSERT_TRUE(server);
    auto reader = OfflineStore::Open(data());
    ASSERT_FALSE(reader);
    EXPECT_EQ(reader.error().code, StatusCode::kConflict);
    EXPECT_NE(reader.error().message.find("is in use by a server"), std::string::npos);
  }
  auto first = Open();
  auto second = Open();
  auto server = OpenRocksStore(data(), EngineOptions{});
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().code, StatusCode::kConflict);
}

TEST_F(OfflineStoreTest, ADirectoryWithoutDataIsNotMade) {
  auto store = OfflineStore::Open(dir_.path() + "/nothing");
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, StatusCode::kNotFound);
  EXPECT_FALSE(fs::exists(dir_.path() + "/nothing"));
  fs::create_directory(dir_.path() + "/empty");
  EXPECT_EQ(OfflineStore::Open(dir_.path() + "/empty").error().code, StatusCode::kNotFound);
  EXPECT_TRUE(fs::is_empty(dir_.path() + "/empty"));
}

TEST_F(OfflineStoreTest, ANewerOrBrokenFormatIsRefused) {
  WriteFile(data() + "/FORMAT", "stator data\nformat 99\n");
  EXPECT_EQ(OfflineStore::Open(data()).error().code, StatusCode::kUnsupported);
  WriteFile(data() + "/FORMAT", "stator");
  EXPECT_EQ(OfflineStore::Open(data()).error().code, StatusCode::kCorruption);
}

// Wherever it is: data, index, filter, properties; and the end of the footer, in which there is
// padding.
TEST_F(OfflineStoreTest, EveryFlippedByteOfATableFileIsFound) {
  const std::string file = TheTableFile();
  const std::string good = Contents(data()).at(file);
  constexpr size_t kFooterBytes = 53;
  const size_t step = std::max<size_t>(1, good.size() / 97);
  std::vector<size_t> places = {good.size() - 1};
  for (size_t at = 0; at + kFooterBytes < good.size(); at += step) places.push_back(at);
  for (const size_t at : places) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x20);
    WriteFile(file, bad);
    auto store = OfflineStore::Open(data());
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_FALSE((*store)->Verify((*store)->TableFiles().at(0)))
        << "byte " << at << " of " << good.size();
  }
}

TEST_F(OfflineStoreTest, ATableFileThatIsShorterOrMissingIsFound) {
  const std::string file = TheTableFile();
  const std::string good = Contents(data()).at(file);
  for (const bool cut : {true, false}) {
    if (cut) {
      WriteFile(file, good.substr(0, good.size() - 100));
    } else {
      fs::remove(file);
    }
    auto store = Open();
    ASSERT_EQ(store->LogFindings().size(), 1u);
    EXPECT_EQ(store->LogFindings()[0].kind, LogFinding::Kind::kBeyondRepair);
    EXPECT_EQ(store->LogFindings()[0].path, file);
    auto verified = store->Verify(store->TableFiles().at(0));
    ASSERT_FALSE(verified);
    EXPECT_NE(verified.error().message.find(cut ? "bytes instead of" : "missing"),
              std::string::npos);
  }
}

TEST_F(OfflineStoreTest, WithoutTheListOfFilesTheyAreVerifiedOneByOne) {
  const std::string file = TheTableFile();
  fs::remove(data() + "/db/CURRENT");
  auto store = OfflineStore::Open(data());
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, StatusCode::kCorruption);
  EXPECT_TRUE(VerifyLooseTableFiles(data()).empty());
  std::string bad = Contents(data()).at(file);
  bad[100] = static_cast<char>(bad[100] ^ 1);
  WriteFile(file, bad);
  ASSERT_EQ(VerifyLooseTableFiles(data()).size(), 1u);
  EXPECT_EQ("db/" + fs::path(file).filename().string(), VerifyLooseTableFiles(data())[0].file);
}

TEST_F(OfflineStoreTest, TheTailOfALogThatWasNeverSyncedIsNoDamage) {
  const std::string log = data() + "/db/" + Open()->LogFiles().at(0).name;
  const std::string good = Contents(data()).at(log);
  WriteFile(log, good + good.substr(0, good.size() / 3));
  auto store = Open();
  EXPECT_FALSE(store->fault());
  ASSERT_EQ(store->LogFindings().size(), 1u);
  EXPECT_EQ(store->LogFindings()[0].kind, LogFinding::Kind::kUnsyncedTail);
  EXPECT_EQ(Get(store.get(), Key(7)), "new");
}

TEST_F(OfflineStoreTest, AFlippedByteOfALogIsALossOfWrites) {
  const std::string log = data() + "/db/" + Open()->LogFiles().at(0).name;
  std::string bytes = Contents(data()).at(log);
  bytes[10] = static_cast<char>(bytes[10] ^ 1);
  WriteFile(log, bytes);
  const auto before = Contents(data());
  auto store = Open();
  ASSERT_EQ(store->LogFindings().size(), 1u);
  EXPECT_EQ(store->LogFindings()[0].kind, LogFinding::Kind::kLostWrites);
  EXPECT_EQ(store->LogFindings()[0].path, log);
  // The rest is shown.
  EXPECT_EQ(Get(store.get(), Key(7)), std::string(100, 'h'));
  fs::remove(log);
  EXPECT_EQ(Open()->LogFindings().at(0).kind, LogFinding::Kind::kLostWrites);
  WriteFile(log, bytes);
  EXPECT_EQ(Contents(data()), before);
}

TEST_F(OfflineStoreTest, WritesInALogAreInOrder) {
  const std::string log = data() + "/db/" + Open()->LogFiles().at(0).name;
  EXPECT_GT(Open()->LogRecords(), 0u);
  // Whole records, that were there already.
  const std::string good = Contents(data()).at(log);
  WriteFile(log, good + good);
  auto store = OfflineStore::Open(data());
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, StatusCode::kCorruption);
  EXPECT_EQ(store.error().message, log + ": its writes are out of order");
}

TEST_F(OfflineStoreTest, StrayFilesAreNamed) {
  WriteFile(data() + "/db/999999.sst", "half");
  const std::string trash = data() + "/db/999998.sst.trash";
  WriteFile(trash, "deleted next time");
  WriteFile(data() + "/db/notes.txt", "mine");
  WriteFile(data() + "/backup.tar", "mine");
  fs::create_directory(data() + "/ingest");
  WriteFile(data() + "/ingest/1.sst", "half");
  const auto stray = Open()->StrayFiles();
  ASSERT_EQ(stray.size(), 4u);
  EXPECT_EQ(stray[0].file, "backup.tar");
  EXPECT_EQ(stray[1].file, "ingest/1.sst");
  EXPECT_EQ(stray[2].file, "db/999999.sst");
  EXPECT_NE(stray[2].what.find("goes when a server opens"), std::string::npos);
  EXPECT_EQ(stray[3].file, "db/notes.txt");
  EXPECT_TRUE(fs::exists(trash));  // nothing is changed
}

TEST_F(OfflineStoreTest, CompactionRemovesWhatWasDeleted) {
  const uint64_t before = Open()->BytesOnDisk("", "");
  {
    auto store = OpenRocksStore(data(), {.paced = false});
    ASSERT_TRUE(store);
    for (int i = 0; i < 1900; ++i) {
      const std::string key = Key(i);
      const WriteOp op{key, std::nullopt};
      ASSERT_EQ((*store)->Write({&op, 1}, false).outcome, WriteOutcome::kWritten);
    }
    double last = -1;
    ASSERT_TRUE((*store)->Compact([&](double part) {
      EXPECT_GE(part, last);
      last = part;
    }));
    EXPECT_EQ(last, 1);
  }
  auto store = Open();
  EXPECT_LT(store->BytesOnDisk("", ""), before);
  EXPECT_EQ(Get(store.get(), Key(1)), "(missing)");
  EXPECT_EQ(Get(store.get(), Key(1950)), std::string(100, 'a'));
  uint64_t entries = 0;
  for (const TableFile& file : store->TableFiles()) entries += file.entries;
  EXPECT_EQ(entries, 100u);
  for (const auto& [path, bytes] : Contents(data())) EXPECT_FALSE(path.ends_with(".trash")) << path;
}

}  // namespace
}  // namespace stator
