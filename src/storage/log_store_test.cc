// The store of logs behind the engine: what is appended, through restarts, drops and losses.
#include "storage/log_store.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "base/temp_dir.h"
#include "base/test_files.h"
#include "storage/engine_test_util.h"
#include "storage/format.h"
#include "storage/logged_records.h"
#include "storage/offline_store.h"

namespace stator {
namespace {

namespace fs = std::filesystem;

constexpr size_t kRecordBytes = 2000;

class LogStoreTest : public ::testing::Test {
 protected:
  LogStoreTest() { options_.write_buffer_bytes = 64 << 10; }

  std::string data() const { return dir_.path() + "/data"; }
  static std::string Log(int log) { return "\x20log" + std::to_string(log); }

  void Open() {
    engine_.reset();
    auto opened = OpenRocksEngine(data(), options_);
    ASSERT_TRUE(opened) << opened.error().message;
    engine_ = std::move(*opened);
  }
  std::string WhyNotOpened() {
    engine_.reset();
    auto opened = OpenRocksEngine(data(), options_);
    return opened ? "opened" : opened.error().message;
  }

  // So many commits, each with a record for a log in turn and an item.
  void AppendSome(int count, int logs = 3) {
    for (int i = 0; i < count; ++i) {
      const std::string log = Log(i % logs);
      Decision decision = Write({Mutation{"item" + std::to_string(i), "i"}});
      const std::string record = std::to_string(++number_);
      decision.appends = {{log, record + " " + Noise()}};
      const CommitResult result =
          CommitNow(*engine_, {.keys = {}, .decide = Always(std::move(decision))});
      ASSERT_EQ(result.outcome, CommitOutcome::kCommitted) << result.status.message;
      expected_[log].emplace_back(result.position, record);
    }
  }
  // What no compression makes smaller.
  std::string Noise() {
    std::string noise;
    while (noise.size() < kRecordBytes) AppendU64(random_.Next(), &noise);
    return noise;
  }
  void Drop(const std::string& log, uint64_t before) {
    ASSERT_TRUE(DropNow(*engine_, log, KeyAt(log, before)));
    std::erase_if(expected_[log], [&](const auto& record) { return record.first < before; });
  }
  static std::string KeyAt(std::string key, uint64_t position) {
    AppendU64(position, &key);
    return key + std::string(2, '\0');
  }

  // The records of all logs, by what a scan shows.
  using Shown = std::map<std::string, std::vector<std::string>>;
  static void Show(std::string_view key, std::string_view value, Shown* shown) {
    (*shown)[std::string(key.substr(0, key.size() - kAppendStampBytes))].emplace_back(
        value.substr(0, value.find(' ')));
  }
  Shown Scanned(bool reverse = false) {
    Shown shown;
    Entries entries = ScanNow(*engine_, {.begin = "\x20", .end = "\x30", .reverse = reverse});
    if (reverse) std::reverse(entries.begin(), entries.end());
    EXPECT_TRUE(std::is_sorted(entries.begin(), entries.end()));
    for (const auto& [key, value] : entries) Show(key, value, &shown);
    return shown;
  }
  Shown Offline() {
    engine_.reset();
    Shown shown;
    auto store = OfflineStore::Open(data());
    if (!store) {
      ADD_FAILURE() << store.error().message;
      return shown;
    }
    EXPECT_FALSE((*store)->fault()) << (*store)->fault()->message;
    EXPECT_TRUE((*store)->Scan({"\x20", "\x30"}, nullptr, ReadMode::kMayBlock,
                               [&](std::string_view key, std::string_view value) {
                                 Show(key, value, &shown);
                                 return true;
                               }));
    return shown;
  }
  Shown Expected() const {
    Shown shown;
    for (const auto& [log, records] : expected_) {
      for (const auto& [position, record] : records) shown[log].push_back(record);
    }
    return shown;
  }
  void ExpectAll() {
    EXPECT_EQ(Scanned(), Expected());
    EXPECT_EQ(Scanned(/*reverse=*/true), Expected());
  }

  std::vector<fs::path> Tables(const std::string& folder = "/logs") const {
    std::vector<fs::path> tables;
    for (const auto& entry : fs::directory_iterator(data() + folder)) {
      if (entry.path().extension() == ".sst") tables.push_back(entry.path());
    }
    return tables;
  }

  TempDir dir_;
  EngineOptions options_;
  std::unique_ptr<Engine> engine_;
  SeededRandom random_{1};
  int number_ = 0;
  std::map<std::string, std::vector<std::pair<uint64_t, std::string>>> expected_;
};

TEST_F(LogStoreTest, KeepsRecordsInOrder) {
  Open();
  EXPECT_FALSE(fs::exists(data() + "/logs"));  // costs nothing before it is needed
  for (int round = 0; round < 4; ++round) {
    AppendSome(round * 100 + 1);
    ExpectAll();
    Open();
    ExpectAll();
  }
  EXPECT_GT(Tables().size(), 2u);
  EXPECT_EQ(GetOne(*engine_, "item7"), "i");
}

TEST_F(LogStoreTest, RecordsAreNotAmongTheItems) {
  Open();
  AppendSome(300);
  const Entries all = ScanNow(*engine_, {.begin = "", .end = ""});
  EXPECT_GT(all.size(), 600u);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
  uint64_t of_map = 0;
  for (const fs::path& table : Tables("/db")) of_map += fs::file_size(table);
  EXPECT_LT(of_map, 300 * kRecordBytes / 2);
}

TEST_F(LogStoreTest, ScansPartsOfALog) {
  Open();
  AppendSome(400, /*logs=*/1);
  const auto& records = expected_[Log(0)];
  for (const auto& [from, to] : {std::pair(0, 1), std::pair(5, 300), std::pair(399, 400)}) {
    const std::string end =
        to < 400 ? KeyAt(Log(0), records[to].first) : KeyAt(Log(0), records[to - 1].first + 1);
    const Entries found =
        ScanNow(*engine_, {.begin = KeyAt(Log(0), records[from].first), .end = end});
    ASSERT_EQ(found.size(), static_cast<size_t>(to - from));
    EXPECT_EQ(found[0].second.substr(0, found[0].second.find(' ')), records[from].second);
  }
}

TEST_F(LogStoreTest, ASnapshotShowsTheRecordsOfItsMoment) {
  Open();
  AppendSome(10, /*logs=*/1);
  const SnapshotPtr snapshot = engine_->TakeSnapshot();
  AppendSome(200, /*logs=*/1);
  EXPECT_EQ(ScanNow(*engine_, {.begin = Log(0), .end = Log(1), .snapshot = snapshot}).size(), 10u);
}

TEST_F(LogStoreTest, WhatWasDroppedStaysSoAndItsFilesGo) {
  Open();
  AppendSome(600);
  const size_t tables = Tables().size();
  const uint64_t middle = expected_[Log(0)][100].first;
  Drop(Log(0), middle);
  ExpectAll();
  Open();
  ExpectAll();
  EXPECT_GE(Tables().size(), tables);  // the other logs are in them, too
  Drop(Log(1), middle);
  Drop(Log(2), middle);
  AppendSome(600);
  Drop(Log(0), middle + 1);  // asks for what RocksDB could not do yet
  ExpectAll();
  Open();
  ExpectAll();
  AppendSome(10);
  Drop(Log(0), expected_[Log(0)].back().first);
  Drop(Log(1), expected_[Log(1)].back().first);
  Drop(Log(2), expected_[Log(2)].back().first);
  ExpectAll();
  EXPECT_EQ(Offline(), Expected());
  Open();
  ExpectAll();
  // Most of the first segments; the last few tables are moved with those that come next.
  uint64_t bytes = 0;
  for (const fs::path& table : Tables()) bytes += fs::file_size(table);
  EXPECT_LT(bytes, 600 * kRecordBytes);
}

// Otherwise one log that is kept for long would keep all others.
TEST_F(LogStoreTest, SegmentsThatHoldLittleAreRewritten) {
  Open();
  AppendSome(1500);
  const uint64_t late = expected_[Log(0)].back().first;
  Drop(Log(0), late);
  Drop(Log(1), late);
  ExpectAll();
  // RocksDB lets go of the last tables when others come.
  const auto is_small = [&] {
    uint64_t bytes = 0, needed = 0;
    for (const fs::path& table : Tables()) {
      std::error_code gone;
      const uint64_t size = fs::file_size(table, gone);
      if (!gone) bytes += size;
    }
    for (const auto& [log, records] : expected_) needed += records.size() * kRecordBytes;
    return bytes < needed + needed / 2;
  };
  for (int i = 0; i < 500 && !is_small(); ++i) {
    AppendSome(3);
    Drop(Log(0), late);
    ExpectAll();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_TRUE(is_small());
  EXPECT_EQ(Offline(), Expected());
  Open();
  ExpectAll();
}

// What a server finds that was killed: the ends of records that are items are only in these.
TEST_F(LogStoreTest, RecordsEndWithItemsOfTheirCommit) {
  options_.write_buffer_bytes = 16 << 20;  // nothing is flushed while it is copied
  Open();
  std::vector<std::string> records;
  for (int i = 0; i < 60; ++i) {
    const std::string number = std::to_string(i) + " ";
    Decision decision = Write({Mutation{"gone", std::nullopt}, Mutation{"item", Noise()}});
    decision.appends = {{Log(0), number, 1}, {Log(0), number + "whole"}};
    records.push_back(number + *decision.mutations[1].value);
    records.push_back(number + "whole");
    CommitNow(*engine_, {.keys = {}, .decide = Always(std::move(decision))});
  }
  const std::string killed = dir_.path() + "/killed";
  fs::copy(data(), killed, fs::copy_options::recursive);
  const auto expect_all = [&](const Entries& found) {
    ASSERT_EQ(found.size(), records.size());
    for (size_t i = 0; i < records.size(); ++i) EXPECT_EQ(found[i].second, records[i]) << i;
  };
  {
    auto store = OfflineStore::Open(killed);
    ASSERT_TRUE(store) << store.error().message;
    Entries found;
    EXPECT_TRUE((*store)->Scan({Log(0), Log(1)}, nullptr, ReadMode::kMayBlock,
                               [&](std::string_view key, std::string_view value) {
                                 found.emplace_back(key, value);
                                 return true;
                               }));
    expect_all(found);
  }
  auto engine = OpenRocksEngine(killed, options_);
  ASSERT_TRUE(engine) << engine.error().message;
  expect_all(ScanNow(**engine, {.begin = Log(0), .end = Log(1)}));
}

// The server was killed before it could delete the former one.
TEST_F(LogStoreTest, OfARewrittenSegmentTheLaterOneCounts) {
  Open();
  AppendSome(60);
  engine_.reset();
  Open();  // so that all is in tables
  engine_.reset();
  {
    rocksdb::DB* db = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open({}, data() + "/logs", &db).ok());
    const std::unique_ptr<rocksdb::DB> owned(db);
    const std::unique_ptr<rocksdb::Iterator> it(db->NewIterator({}));
    it->SeekToFirst();
    const uint64_t segment = SegmentOf({it->key().data(), it->key().size()});
    for (; it->Valid(); it->Next()) {
      const std::string_view key(it->key().data(), it->key().size());
      if (SegmentOf(key) != segment) break;
      ASSERT_TRUE(
          db->Put({}, SegmentKey(segment + 1, key.substr(kSegmentBytes)), it->value()).ok());
    }
    ASSERT_TRUE(db->Flush({}).ok());
  }
  EXPECT_EQ(Offline(), Expected());
  Open();
  ExpectAll();
  AppendSome(10);
  ExpectAll();
}

TEST_F(LogStoreTest, TheWholeOfItCanBeDropped) {
  Open();
  AppendSome(100);
  ASSERT_TRUE(DropNow(*engine_, "", ""));
  expected_.clear();
  ExpectAll();
  EXPECT_EQ(GetOne(*engine_, "item1"), std::nullopt);
  Open();
  ExpectAll();
}

TEST_F(LogStoreTest, IsReadOffline) {
  Open();
  AppendSome(350);
  EXPECT_EQ(Offline(), Expected());
  Open();
  AppendSome(3);
  Drop(Log(1), expected_[Log(1)][20].first);
  EXPECT_EQ(Offline(), Expected());
}

// Before format 2 records were among the items.
TEST_F(LogStoreTest, MovesWhatAnOlderServerAppended) {
  Open();
  Put(*engine_, "item", "1");
  engine_.reset();
  rocksdb::DB* db = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open({}, data() + "/db", &db).ok());
  const std::unique_ptr<rocksdb::DB> owned(db);
  // Of one commit each, for all logs.
  for (uint64_t position = 1000; position < 1500; ++position) {
    for (int log = 0; log < 3; ++log) {
      const std::string record = std::to_string(position);
      ASSERT_TRUE(
          db->Put({}, KeyAt(Log(log), position), record + std::string(kRecordBytes, ' ')).ok());
      expected_[Log(log)].emplace_back(position, record);
    }
  }
  ASSERT_TRUE(
      db->Put({}, rocksdb::Slice(kPositionKey.data(), kPositionKey.size()), EncodeGuard(1499))
          .ok());
  WriteFile(data() + "/FORMAT", EncodeFormatFile(1));
  ASSERT_TRUE(db->SyncWAL().ok());
  (void)db->Close();
  EXPECT_EQ(Offline(), Expected());
  // As if it had been interrupted.
  fs::create_directory(data() + "/logs");
  WriteFile(data() + "/logs/000004.log", "");
  Open();
  EXPECT_EQ(ReadFile(data() + "/FORMAT"), EncodeFormatFile(kDataFormatVersion));
  ExpectAll();
  AppendSome(100);
  ExpectAll();
  Open();
  ExpectAll();
  EXPECT_EQ(GetOne(*engine_, "item"), "1");
  EXPECT_EQ(Offline(), Expected());
}

// Before FORMAT said so, and before they were removed from the map.
TEST_F(LogStoreTest, MovesAgainWhatWasInterrupted) {
  Open();
  AppendSome(200);
  const Entries records = ScanNow(*engine_, {.begin = "\x20", .end = "\x30"});
  for (const uint32_t format : {1, 2}) {
    engine_.reset();
    rocksdb::DB* db = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open({}, data() + "/db", &db).ok());
    for (const auto& [key, value] : records) ASSERT_TRUE(db->Put({}, key, value).ok());
    ASSERT_TRUE(db->SyncWAL().ok());
    delete db;
    WriteFile(data() + "/FORMAT", EncodeFormatFile(format));
    Open();
    EXPECT_EQ(ReadFile(data() + "/FORMAT"), EncodeFormatFile(kDataFormatVersion));
    ExpectAll();
  }
  Open();
  ExpectAll();
}

// A later drop of less says nothing about the rest; what is appended afterwards stays.
TEST_F(LogStoreTest, DropsArePutTogether) {
  Open();
  AppendSome(100, /*logs=*/1);
  Drop(Log(0), expected_[Log(0)][60].first);
  Drop(Log(0), expected_[Log(0)][0].first);
  ASSERT_TRUE(DropNow(*engine_, Log(0), KeyAt(Log(0), 1)));
  ExpectAll();
  Open();
  ExpectAll();
  ASSERT_TRUE(DropNow(*engine_, Log(0), Log(1)));
  expected_.clear();
  AppendSome(5, /*logs=*/1);
  ExpectAll();
  Open();
  ExpectAll();
}

TEST_F(LogStoreTest, MissingLogsRefuse) {
  Open();
  AppendSome(10);
  engine_.reset();
  const std::string logs = data() + "/logs";
  fs::rename(logs, dir_.path() + "/kept");
  EXPECT_EQ(WhyNotOpened(), logs + " is missing, and changes were recorded in it");
  {
    auto store = OfflineStore::Open(data());
    ASSERT_TRUE(store) << store.error().message;
    ASSERT_TRUE((*store)->fault());
    EXPECT_NE((*store)->fault()->message.find(logs), std::string::npos);
  }
  fs::remove_all(logs);
  fs::rename(dir_.path() + "/kept", logs);
  Open();
  ExpectAll();
}

// The power failed while it was made: nothing was in it.
TEST_F(LogStoreTest, IsMadeAnewIfItIsNotWhole) {
  Open();
  Put(*engine_, "item", "1");
  engine_.reset();
  fs::create_directory(data() + "/logs");
  WriteFile(data() + "/logs/CURRENT", "MANIFEST-000001\n");
  EXPECT_EQ(Offline(), Expected());
  Open();
  AppendSome(10);
  Open();
  ExpectAll();
}

TEST_F(LogStoreTest, ALostTableRefuses) {
  Open();
  AppendSome(300);
  engine_.reset();
  const fs::path table = Tables().at(0);
  fs::rename(table, dir_.path() + "/kept.sst");
  EXPECT_NE(WhyNotOpened().find(table.string() + ": cannot be read"), std::string::npos)
      << WhyNotOpened();
  {
    auto store = OfflineStore::Open(data());
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_TRUE((*store)->fault());
  }
  fs::rename(dir_.path() + "/kept.sst", table);
  Open();
  ExpectAll();
}

TEST_F(LogStoreTest, ADamagedTableIsNamed) {
  Open();
  AppendSome(300);
  engine_.reset();
  const fs::path table = Tables().at(0);
  std::string bytes = ReadFile(table);
  bytes[bytes.size() / 3] ^= 1;
  WriteFile(table, bytes);
  {
    auto store = OfflineStore::Open(data());
    ASSERT_TRUE(store) << store.error().message;
    std::string damaged;
    for (const TableFile& file : (*store)->TableFiles()) {
      if (!(*store)->Verify(file)) damaged += file.name;
    }
    EXPECT_EQ(damaged, "logs/" + table.filename().string());
  }
  std::string told;
  options_.report = [&](EventLevel, const std::string& message) { told += message; };
  Open();
  std::promise<std::string> end;
  engine_->Scan(
      {.begin = "\x20", .end = "\x30"}, [](auto, auto) { return true; },
      [&](Result<void> result) { end.set_value(result ? "served" : result.error().message); });
  EXPECT_NE(end.get_future().get().find(table.filename().string()), std::string::npos);
  EXPECT_NE(told.find(table.filename().string()), std::string::npos) << told;
  engine_.reset();
}

}  // namespace
}  // namespace stator
