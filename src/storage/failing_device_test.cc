// The RocksDB engine over a device that fails: what is answered, and how it recovers.
#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <chrono>
#include <climits>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "base/test_files.h"
#include "storage/embedded_engine.h"
#include "storage/engine_test_util.h"
#include "storage/format.h"
#include "storage/manifest.h"
#include "storage/rocksdb_files.h"
#include "storage/rocksdb_store.h"

namespace stator {
namespace {

class FailingFile final : public rocksdb::FSRandomRWFileOwnerWrapper {
 public:
  FailingFile(std::unique_ptr<rocksdb::FSRandomRWFile> file, std::atomic<int>* failures)
      : FSRandomRWFileOwnerWrapper(std::move(file)), failures_(failures) {}
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* dbg) override {
    switch (failures_->load()) {
      case 1:
        return rocksdb::IOStatus::NoSpace("injected");
      case 2:
        return rocksdb::IOStatus::IOError("injected");
      case 3:
        return rocksdb::IOStatus::Busy("injected");
      case 4:
        return rocksdb::IOStatus::TimedOut("injected");
      case kFirstSync:
        if (!synced_) return rocksdb::IOStatus::NoSpace("injected");
    }
    synced_ = true;
    return FSRandomRWFileOwnerWrapper::Sync(options, dbg);
  }

  static constexpr int kFirstSync = 5;

 private:
  bool synced_ = false;
  std::atomic<int>* const failures_;
};

class FailingManifest final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FailingManifest(std::unique_ptr<rocksdb::FSWritableFile> file, std::atomic<bool>* fails,
                  std::atomic<int>* syncs)
      : FSWritableFileOwnerWrapper(std::move(file)), fails_(fails), syncs_(syncs) {}
  using FSWritableFileOwnerWrapper::Append;
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* dbg) override {
    if (*fails_) return rocksdb::IOStatus::IOError("injected");
    return FSWritableFileOwnerWrapper::Append(data, options, dbg);
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* dbg) override {
    if ((*syncs_)-- <= 0) return rocksdb::IOStatus::IOError("injected");
    return FSWritableFileOwnerWrapper::Sync(options, dbg);
  }

 private:
  std::atomic<bool>* const fails_;
  std::atomic<int>* const syncs_;  // that succeed
};

class FailingFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  FailingFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "FailingFileSystem"; }
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* dbg) override {
    const bool refused =
        (name.ends_with(".log") && no_logs) || (name.ends_with(".sst") && tables-- <= 0);
    if (refused) return rocksdb::IOStatus::IOError("Too many open files", name);
    if (name.ends_with(".sst") && full) return rocksdb::IOStatus::NoSpace("injected");
    if (name.ends_with(".sst")) std::this_thread::sleep_for(table_takes.load());
    rocksdb::IOStatus status = FileSystemWrapper::NewWritableFile(name, options, file, dbg);
    if (status.ok() && name.find("MANIFEST-") != std::string::npos) {
      *file = std::make_unique<FailingManifest>(std::move(*file), &no_manifest, &manifest_syncs);
    }
    return status;
  }
  rocksdb::IOStatus NewRandomRWFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                                    rocksdb::IODebugContext* dbg) override {
    rocksdb::IOStatus status = FileSystemWrapper::NewRandomRWFile(name, options, file, dbg);
    if (status.ok() && name.ends_with(".log")) {
      *file = std::make_unique<FailingFile>(std::move(*file), &failures);
    }
    return status;
  }
  std::atomic<int> failures{0};              // of syncing the log, as FailingFile has them
  std::atomic<bool> no_logs{false};          // can be created
  std::atomic<int> tables{INT_MAX};          // that can still be created
  std::atomic<bool> full{false};             // for tables
  std::atomic<bool> no_manifest{false};      // can be written
  std::atomic<int> manifest_syncs{INT_MAX};  // that succeed
  std::atomic<std::chrono::milliseconds> table_takes{};  // to be created
};

class FailingDeviceTest : public ::testing::Test {
 protected:
  std::string data() const { return dir_.path() + "/data"; }
  // As the engine's thread does, with the device whole again. A machine that syncs much else may
  // take seconds: RocksDB's own recovery, which this waits for, syncs files.
  void Recover() {
    fs_->failures = 0;
    fs_->no_logs = fs_->no_manifest = fs_->full = false;
    fs_->tables = INT_MAX;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (engine_->pipeline().NextMaintenance() && std::chrono::steady_clock::now() < end) {
      clock_.Advance(1'000'000);
      engine_->pipeline().Maintain(clock_.MonotonicMicros());
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_FALSE(engine_->pipeline().NextMaintenance().has_value()) << "still not recovered";
  }
  void Start() {
    engine_.reset();
    auto store = OpenRocksStore(data(), options_, env_.get());
    ASSERT_TRUE(store.has_value()) << store.error().message;
    engine_ = std::make_unique<EmbeddedEngine>(std::move(*store), options_,
                                               EmbeddedEngine::Drive::kManual);
  }
  CommitResult Commit(std::string key, std::string value) {
    auto result = CommitAsync(*engine_, PutRequest(std::move(key), std::move(value)));
    engine_->pipeline().FlushOnce();
    return result.get();
  }

  CommitResult Append(std::string record, std::string log = "\x20log") {
    Decision decision;
    decision.commit = true;
    decision.appends = {{std::move(log), std::move(record)}};
    auto result = CommitAsync(*engine_, {.keys = {}, .decide = Always(std::move(decision))});
    engine_->pipeline().FlushOnce();
    return result.get();
  }
  std::vector<std::string> Tables() {
    std::vector<std::string> tables;
    for (const auto& entry : std::filesystem::directory_iterator(data() + "/db")) {
      if (entry.path().extension() == ".sst") tables.push_back(entry.path());
    }
    return tables;
  }
  // The first words of all records.
  std::string Log() {
    std::string log;
    for (const auto& [key, value] : ScanNow(*engine_, {.begin = "\x20log", .end = "\x20loh"})) {
      log += value.substr(0, value.find(' ')) + " ";
    }
    return log;
  }

  TempDir dir_;
  ManualClock clock_;
  EngineOptions options_{.clock = &clock_};
  std::shared_ptr<FailingFileSystem> fs_ = std::make_shared<FailingFileSystem>();
  std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(NewRocksFiles(fs_));
  std::unique_ptr<EmbeddedEngine> engine_;
};

// With and without entries in the memtable: RocksDB by itself copes with the first case only.
TEST_F(FailingDeviceTest, RecoversFromAFullDevice) {
  for (bool empty : {false, true}) {
    Start();
    const std::string tag = empty ? "e" : "f";
    if (!empty) {
      EXPECT_EQ(Commit(tag + "a", "1").outcome, CommitOutcome::kCommitted);
    }
    fs_->failures = 1;
    const CommitResult unknown = Commit(tag + "b", "1");
    EXPECT_EQ(unknown.outcome, CommitOutcome::kUnknown);
    EXPECT_EQ(unknown.status.code, StatusCode::kNoSpace) << unknown.status.message;
    EXPECT_EQ(GetOne(*engine_, tag + "b"), std::nullopt);
    EXPECT_EQ(Commit(tag + "c", "1").outcome, CommitOutcome::kFailed);
    Recover();
    EXPECT_EQ(Commit(tag + "d", "1").outcome, CommitOutcome::kCommitted);
    EXPECT_EQ(GetOne(*engine_, tag + "b"), std::nullopt);
    Start();
    EXPECT_EQ(GetOne(*engine_, tag + "a").has_value(), !empty);
    EXPECT_EQ(GetOne(*engine_, tag + "b"), std::nullopt);  // buried by the recovery
    EXPECT_EQ(GetOne(*engine_, tag + "d"), "1");
  }
}

// The write that comes with a new memtable and a new log, as the last ones are full.
TEST_F(FailingDeviceTest, RecoversFromAFullDeviceInANewLog) {
  options_.write_buffer_bytes = 64 << 10;
  Start();
  EXPECT_EQ(Commit("a", "1").outcome, CommitOutcome::kCommitted);
  for (int round = 0; round < 3; ++round) {
    fs_->failures = FailingFile::kFirstSync;
    CommitResult last{CommitOutcome::kCommitted, {}, {}};
    for (int i = 0; i < 100 && last.outcome == CommitOutcome::kCommitted; ++i) {
      last = Commit("b" + std::to_string(i), std::string(5000, 'x'));
    }
    EXPECT_EQ(last.outcome, CommitOutcome::kUnknown);
    EXPECT_EQ(last.status.code, StatusCode::kNoSpace) << last.status.message;
    Recover();
    ASSERT_EQ(Commit("c", std::to_string(round)).outcome, CommitOutcome::kCommitted);
  }
  Start();
  EXPECT_EQ(GetOne(*engine_, "a"), "1");
  EXPECT_EQ(GetOne(*engine_, "c"), "2");
}

// No descriptors or inodes are left: RocksDB by itself would have to be opened anew.
TEST_F(FailingDeviceTest, RecoversFromFilesThatCannotBeCreated) {
  options_.write_buffer_bytes = 64 << 10;
  Start();
  for (int round = 0; round < 4; ++round) {
    round % 2 == 0 ? fs_->no_logs = true : fs_->tables = 0;
    int written = 0;
    CommitResult last{CommitOutcome::kCommitted, {}, {}};
    for (int i = 0; i < 1000 && last.outcome == CommitOutcome::kCommitted; ++i) {
      last = Commit("b" + std::to_string(round), std::to_string(i) + std::string(5000, 'x'));
      if (last.outcome == CommitOutcome::kCommitted) written = i;
      if (!fs_->no_logs) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    // A table is made in another thread: it may fail in the middle of a write, whose fate is
    // unknown.
    if (fs_->no_logs || last.outcome != CommitOutcome::kUnknown) {
      EXPECT_EQ(last.outcome, CommitOutcome::kFailed);
      EXPECT_EQ(last.status.code, StatusCode::kIoError) << last.status.message;
    }
    EXPECT_FALSE(engine_->Stats().writable);
    engine_->pipeline().Maintain(clock_.MonotonicMicros());  // too early
    EXPECT_EQ(Commit("c", "1").outcome, CommitOutcome::kFailed);
    Recover();
    EXPECT_TRUE(engine_->Stats().writable);
    ASSERT_EQ(Commit("d", std::to_string(round)).outcome, CommitOutcome::kCommitted);
    EXPECT_TRUE(
        GetOne(*engine_, "b" + std::to_string(round))->starts_with(std::to_string(written) + "x"));
  }
  Start();
  EXPECT_EQ(GetOne(*engine_, "c"), std::nullopt);
  EXPECT_EQ(GetOne(*engine_, "d"), "3");
}

// RocksDB ends the process when it has to create a log twice that is to follow a memtable with a
// dropped range.
TEST_F(FailingDeviceTest, RecoversFromALogThatCannotBeCreatedAfterADrop) {
  options_.write_buffer_bytes = 64 << 10;
  Start();
  EXPECT_EQ(Commit("t/a", "1").outcome, CommitOutcome::kCommitted);
  ASSERT_TRUE(DropNow(*engine_, "t/", "t0"));
  fs_->no_logs = true;
  int written = 0;
  while (written < 1000 && Commit("b", std::to_string(written) + std::string(5000, 'x')).outcome ==
                               CommitOutcome::kCommitted) {
    ++written;
  }
  EXPECT_LT(written, 1000);
  for (int i = 0; i < 5; ++i) {
    clock_.Advance(1'000'000);
    engine_->pipeline().Maintain(clock_.MonotonicMicros());
    EXPECT_EQ(Commit("c", "1").outcome, CommitOutcome::kFailed);
  }
  Recover();
  EXPECT_EQ(Commit("d", "1").outcome, CommitOutcome::kCommitted);
  Start();
  EXPECT_EQ(GetOne(*engine_, "t/a"), std::nullopt);
  EXPECT_TRUE(GetOne(*engine_, "b")->starts_with(std::to_string(written - 1) + "x"));
  EXPECT_EQ(GetOne(*engine_, "c"), std::nullopt);
  EXPECT_EQ(GetOne(*engine_, "d"), "1");
}

// RocksDB forgets that it could not write down which files went, and ends the process when it
// recovers from the next error.
TEST_F(FailingDeviceTest, RecoversAlsoAfterADropThatCouldNotBeWrittenDown) {
  Start();
  ASSERT_TRUE(IngestNow(*engine_, {{"t/a", "1"}}));
  const std::vector<std::string> table = Tables();
  ASSERT_EQ(table.size(), 1u);
  fs_->no_manifest = true;
  EXPECT_FALSE(DropNow(*engine_, "t/", "t0"));
  fs_->no_manifest = false;  // RocksDB begins to recover as soon as a disk is full
  fs_->failures = 1;
  EXPECT_EQ(Commit("a", "1").outcome, CommitOutcome::kUnknown);
  Recover();
  EXPECT_EQ(Commit("b", "1").outcome, CommitOutcome::kCommitted);
  EXPECT_TRUE(DropNow(*engine_, "t/", "t0"));
  EXPECT_FALSE(std::filesystem::exists(table.front()));  // files go again
  Start();
  EXPECT_EQ(GetOne(*engine_, "t/a"), std::nullopt);
  EXPECT_EQ(GetOne(*engine_, "b"), "1");
}

// In the log there may be a write of unknown fate, or one may be missing that failed.
TEST_F(FailingDeviceTest, TheLogThatFailedIsNotNeededAfterRecovery) {
  options_.write_buffer_bytes = 64 << 10;
  Start();
  fs_->failures = 1;  // RocksDB waits for flushes until it has recovered from this
  EXPECT_EQ(Commit("a", "1").outcome, CommitOutcome::kUnknown);
  Recover();
  fs_->tables = 0;
  int written = 0;
  while (written < 1000 &&
         Commit("a", std::string(5000, 'x')).outcome == CommitOutcome::kCommitted) {
    ++written;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_LT(written, 1000);
  fs_->table_takes = std::chrono::milliseconds(300);
  Recover();
  const Result<Manifest> manifest = ReadManifest(data() + "/db");
  ASSERT_TRUE(manifest.has_value());
  const Result<std::vector<uint64_t>> logs = NeededWriteLogs(data() + "/db", *manifest);
  ASSERT_TRUE(logs.has_value());
  EXPECT_EQ(logs->size(), 1u);
  EXPECT_EQ(logs->front(), manifest->first_log);
}

// RocksDB deletes a table that it failed to take in; what it wrote to the manifest stays.
TEST_F(FailingDeviceTest, OpensAfterAManifestThatNamesMoreThanItShould) {
  Start();
  fs_->manifest_syncs = 1;  // the first time it reserves a number
  EXPECT_FALSE(IngestNow(*engine_, {{"t/a", "1"}}));
  engine_.reset();
  fs_->manifest_syncs = INT_MAX;
  Start();
  EXPECT_EQ(GetOne(*engine_, "t/a"), "1");
  EXPECT_EQ(Commit("a", "1").outcome, CommitOutcome::kCommitted);
}

TEST_F(FailingDeviceTest, WhatIsIngestedAfterARecoveryIsNewerThanTheMemtable) {
  Start();
  fs_->failures = 1;
  EXPECT_EQ(Commit("a", "1").outcome, CommitOutcome::kUnknown);
  Recover();
  EXPECT_EQ(Commit("a", "1").outcome, CommitOutcome::kCommitted);
  fs_->table_takes = std::chrono::milliseconds(300);
  ASSERT_TRUE(IngestNow(*engine_, {{"a", "2"}}).has_value());
  EXPECT_EQ(GetOne(*engine_, "a"), "2");
}

TEST_F(FailingDeviceTest, CommitsGoOnBesideWhatIsIngestedAfterARecovery) {
  Start();
  fs_->failures = 1;
  EXPECT_EQ(Commit("c", "").outcome, CommitOutcome::kUnknown);
  Recover();
  Entries entries;
  for (int i = 0; i < 8000; ++i) {
    entries.emplace_back("i" + std::to_string(10'000 + i), std::string(1000, 'i'));
  }
  std::atomic<bool> ingested{false};
  std::thread ingesting([&] {
    EXPECT_TRUE(IngestNow(*engine_, entries).has_value());
    ingested = true;
  });
  int committed = 0;
  for (; !ingested; ++committed) {
    const std::string number = std::to_string(10'000 + committed);
    EXPECT_EQ(Commit("c" + number, number).outcome, CommitOutcome::kCommitted);
  }
  ingesting.join();
  Start();
  EXPECT_EQ(ScanNow(*engine_, {.begin = "i", .end = "j"}), entries);
  const Entries commits = ScanNow(*engine_, {.begin = "c", .end = "d"});
  ASSERT_EQ(commits.size(), static_cast<size_t>(committed));
  for (const auto& [key, number] : commits) EXPECT_EQ(key, "c" + number);
}

TEST_F(FailingDeviceTest, RecoversAlsoAfterAStoreOfLogsThatCouldNotBeMade) {
  Start();
  EXPECT_EQ(Commit("a", "1").outcome, CommitOutcome::kCommitted);
  for (int round = 0; round < 2; ++round) {
    fs_->no_manifest = true;
    EXPECT_EQ(Append("1").outcome, CommitOutcome::kFailed);
    EXPECT_EQ(Commit("b", "1").outcome, CommitOutcome::kFailed);
    Recover();
  }
  EXPECT_EQ(Log(), "");
  EXPECT_EQ(Append("2").outcome, CommitOutcome::kCommitted);
  // RocksDB recovers by itself from a full device.
  fs_->failures = 1;
  EXPECT_EQ(Commit("b", "1").outcome, CommitOutcome::kUnknown);
  Recover();
  EXPECT_EQ(Append("3").outcome, CommitOutcome::kCommitted);
  Start();
  EXPECT_EQ(GetOne(*engine_, "a"), "1");
  EXPECT_EQ(Log(), "2 3 ");
}

// What is in tables then are whole commits, as the next start goes on after them.
TEST_F(FailingDeviceTest, AStopWhileRecordsAreReadFromTheLogLosesNone) {
  Start();
  for (int i = 0; i < 2; ++i) {
    Decision decision;
    decision.commit = true;
    decision.appends.assign(4000, {"\x20log", "r " + std::string(1000, 'x')});
    auto result = CommitAsync(*engine_, {.keys = {}, .decide = Always(std::move(decision))});
    engine_->pipeline().FlushOnce();
    ASSERT_EQ(result.get().outcome, CommitOutcome::kCommitted);
  }
  engine_.reset();
  options_.write_buffer_bytes = 64 << 10;  // so that there is one table after another
  fs_->tables = 1;
  EXPECT_FALSE(OpenRocksStore(data(), options_, env_.get()));
  EXPECT_EQ(fs_->tables, -1);
  fs_->tables = INT_MAX;
  Start();
  EXPECT_EQ(Log().size(), 2u * 2 * 4000);
}

// It is in the store of logs before its commit is in the map.
TEST_F(FailingDeviceTest, ARecordOfACommitThatFailedIsNeverSeen) {
  Start();
  EXPECT_EQ(Append("1").outcome, CommitOutcome::kCommitted);
  for (int round = 0; round < 2; ++round) {
    fs_->failures = 1;
    EXPECT_EQ(Append("lost").outcome, CommitOutcome::kUnknown);
    EXPECT_EQ(Log(), "1 ");
    Recover();
    EXPECT_EQ(Log(), "1 ");
    Start();
    EXPECT_EQ(Log(), "1 ");
  }
  EXPECT_EQ(Append("2").outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(Log(), "1 2 ");
  Start();
  EXPECT_EQ(Log(), "1 2 ");
}

// The map's log has records that are in no table yet: it must not be given up before they are.
TEST_F(FailingDeviceTest, RecordsThatCouldNotBeFlushedAreNotLost) {
  options_.write_buffer_bytes = 64 << 10;
  Start();
  std::string expected;
  int number = 0;
  for (int round = 0; round < 3; ++round) {
    const auto add = [&] {
      const std::string record = std::to_string(++number);
      const CommitResult result = Append(record + " " + std::string(4000, 'r'));
      if (result.outcome == CommitOutcome::kCommitted) expected += record + " ";
      return result.outcome;
    };
    EXPECT_EQ(add(), CommitOutcome::kCommitted);
    fs_->tables = 0;
    CommitOutcome outcome = CommitOutcome::kCommitted;
    for (int i = 0; i < 1000 && outcome == CommitOutcome::kCommitted; ++i) {
      outcome = add();
      (void)Commit("item" + std::to_string(i), std::string(4000, 'i'));
    }
    EXPECT_EQ(outcome, CommitOutcome::kFailed);
    EXPECT_EQ(Log(), expected);
    if (round == 1) {  // the end of the process, as it were: nothing more can be written
      fs_->tables = INT_MAX;
      Start();
    }
    Recover();
    EXPECT_EQ(Log(), expected);
  }
  Start();
  EXPECT_EQ(Log(), expected);
}

// Segments that hold little are not rewritten then.
TEST_F(FailingDeviceTest, LogsAreCutAfterARecovery) {
  options_.write_buffer_bytes = 256 << 10;
  Start();
  SeededRandom random(1);
  const auto fill = [&] {
    std::string noise;
    while (noise.size() < 4000) AppendU64(random.Next(), &noise);
    return Append(std::move(noise), "\x20lof").outcome;
  };
  fs_->full = true;
  int written = 0;
  while (written < 1000 && fill() == CommitOutcome::kCommitted) ++written;
  EXPECT_LT(written, 1000);
  Recover();
  std::string expected;
  for (int i = 0; i < 200; ++i) {
    const std::string number = std::to_string(i);
    const CommitResult result = Append(number + " ");
    ASSERT_EQ(result.outcome, CommitOutcome::kCommitted) << result.status.message;
    ASSERT_EQ(fill(), CommitOutcome::kCommitted);
    expected += number + " ";
  }
  ASSERT_TRUE(DropNow(*engine_, "\x20lof", "\x20log").has_value());
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // rewriting has its own thread
  EXPECT_EQ(Log(), expected);
  Start();
  EXPECT_EQ(Log(), expected);
}

// Under relaxed durability only the first write of a log is synced: it is made and seen also if
// that fails, and so may not be called unknown.
TEST_F(FailingDeviceTest, ARelaxedWriteIsMadeAlsoIfItsLogIsNotSynced) {
  options_.durability = Durability::kNone;
  Start();
  fs_->failures = FailingFile::kFirstSync;
  EXPECT_EQ(Commit("a", "1").outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(GetOne(*engine_, "a"), "1");
  EXPECT_FALSE(engine_->Stats().writable);
  EXPECT_EQ(Commit("b", "1").outcome, CommitOutcome::kFailed);
  Recover();
  EXPECT_TRUE(engine_->Stats().writable);
  EXPECT_EQ(Commit("c", "1").outcome, CommitOutcome::kCommitted);
  Start();
  EXPECT_EQ(GetOne(*engine_, "a"), "1");
  EXPECT_EQ(GetOne(*engine_, "b"), std::nullopt);
  EXPECT_EQ(GetOne(*engine_, "c"), "1");
}

TEST_F(FailingDeviceTest, RefusesCommitsAfterADeviceError) {
  Start();
  EXPECT_EQ(Commit("a", "1").outcome, CommitOutcome::kCommitted);
  fs_->failures = 2;
  const CommitResult unknown = Commit("b", "1");
  EXPECT_EQ(unknown.outcome, CommitOutcome::kUnknown);
  EXPECT_EQ(unknown.status.code, StatusCode::kUnknownOutcome) << unknown.status.message;
  engine_->pipeline().Maintain(clock_.MonotonicMicros());
  EXPECT_EQ(Commit("c", "1").outcome, CommitOutcome::kFailed);
  EXPECT_EQ(GetOne(*engine_, "a"), "1");
  fs_->failures = 0;
  Start();
  EXPECT_EQ(GetOne(*engine_, "a"), "1");
  EXPECT_EQ(GetOne(*engine_, "c"), std::nullopt);
  EXPECT_EQ(Commit("d", "1").outcome, CommitOutcome::kCommitted);
}

// An overload is answered with "not applied, try again", which no one knows of these.
TEST_F(FailingDeviceTest, ADeviceThatIsBusyIsNoOverload) {
  for (int failure : {3, 4}) {
    Start();
    fs_->failures = failure;
    const CommitResult unknown = Commit("a", "1");
    EXPECT_EQ(unknown.outcome, CommitOutcome::kUnknown);
    EXPECT_EQ(unknown.status.code, StatusCode::kUnknownOutcome) << unknown.status.message;
    const CommitResult later = Commit("b", "1");
    EXPECT_EQ(later.outcome, CommitOutcome::kFailed);
    EXPECT_NE(later.status.code, StatusCode::kOverloaded) << later.status.message;
    fs_->failures = 0;
  }
}

}  // namespace
}  // namespace stator
