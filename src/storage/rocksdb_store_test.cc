// What is RocksDB's alone: data directories, damage to files, failing devices, kill -9.

#include "storage/rocksdb_store.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <future>
#include <set>
#include <thread>

#include "base/random.h"
#include "base/test_files.h"
#include "storage/embedded_engine.h"
#include "storage/engine_test_util.h"
#include "storage/format.h"
#include "storage/rocksdb_files.h"

namespace stator {
namespace {

namespace fs = std::filesystem;

class RocksStoreTest : public ::testing::Test {
 protected:
  std::string data() const { return dir_.path() + "/data"; }
  std::unique_ptr<Engine> Open(const EngineOptions& options = {}) {
    auto opened = OpenRocksEngine(data(), options);
    if (!opened) {
      ADD_FAILURE() << opened.error().message;
      return nullptr;
    }
    return std::move(*opened);
  }
  Status OpenFails() {
    auto opened = OpenRocksEngine(data(), {});
    if (!opened) return opened.error();
    ADD_FAILURE() << "opened";
    return {StatusCode::kNotFound, {}};
  }

  TempDir dir_;
};

TEST_F(RocksStoreTest, DirectoryGetsAFormatFile) {
  Open();
  EXPECT_EQ(ReadFile(data() + "/FORMAT"), "stator data\nformat 1\n");
  EXPECT_FALSE(fs::exists(data() + "/FORMAT.tmp"));
  Open();
}

TEST_F(RocksStoreTest, NewerFormatIsRefused) {
  Open();
  WriteFile(data() + "/FORMAT", "stator data\nformat 2\n");
  const Status status = OpenFails();
  EXPECT_EQ(status.code, StatusCode::kUnsupported);
  EXPECT_NE(status.message.find("format is 2"), std::string::npos) << status.message;
}

TEST_F(RocksStoreTest, DamagedFormatIsRefused) {
  Open();
  WriteFile(data() + "/FORMAT", "");
  const Status status = OpenFails();
  EXPECT_EQ(status.code, StatusCode::kCorruption);
  EXPECT_NE(status.message.find("/FORMAT"), std::string::npos) << status.message;
}

TEST_F(RocksStoreTest, ForeignDirectoryIsRefusedAndLeftAlone) {
  fs::create_directory(data());
  WriteFile(data() + "/thesis.txt", "precious");
  const Status status = OpenFails();
  EXPECT_EQ(status.code, StatusCode::kInvalidArgument);
  EXPECT_NE(status.message.find("thesis.txt"), std::string::npos) << status.message;
  EXPECT_EQ(std::distance(fs::directory_iterator(data()), fs::directory_iterator()), 1);
  fs::remove(data() + "/thesis.txt");
  fs::create_directory(data() + "/db");  // someone else's: we would have made LOCK first
  EXPECT_EQ(OpenFails().code, StatusCode::kInvalidArgument);
}

TEST_F(RocksStoreTest, InterruptedCreationIsTakenUp) {
  Open();
  fs::remove(data() + "/FORMAT");
  WriteFile(data() + "/FORMAT.tmp", "stat");
  Put(*Open(), "a", "1");
  EXPECT_EQ(GetOne(*Open(), "a"), "1");
}

TEST_F(RocksStoreTest, LostStoreIsReportedNotReplaced) {
  Put(*Open(), "a", "1");
  fs::remove_all(data() + "/db");
  const Status status = OpenFails();
  EXPECT_NE(status.message.find("/db"), std::string::npos) << status.message;
}

TEST_F(RocksStoreTest, OneServerAtATime) {
  auto first = Open();
  const Status status = OpenFails();
  EXPECT_EQ(status.code, StatusCode::kConflict);
  EXPECT_EQ(status.message, data() + " is in use by another server");
  first.reset();
  Open();
}

TEST_F(RocksStoreTest, CachedOnlyReadsDoNotBlock) {
  {
    auto engine = Open();
    for (int i = 0; i < 2000; ++i) {
      engine->Commit(PutRequest("k" + std::to_string(10000 + i), std::string(100, 'v')),
                     [](CommitResult) {});
    }
  }
  EngineOptions options;
  options.inline_reads = false;
  auto opened = OpenRocksStore(data(), options);
  ASSERT_TRUE(opened.has_value());
  KvStore& store = **opened;
  const std::vector<std::string_view> two = {"k10000", "k11900"};
  const auto read = [&](size_t n, ReadMode mode) {
    size_t found = 0;
    auto end = store.Read({two.data(), n}, nullptr, mode, [&](auto values) {
      for (auto value : values) found += value.has_value();
    });
    return std::make_pair(end.value(), found);
  };
  const SnapshotPtr snapshot = store.TakeSnapshot();
  const auto scan = [&](bool reverse, ReadMode mode) {
    size_t seen = 0;
    auto end = store.Scan({.begin = "k10000", .end = "k10100", .reverse = reverse}, snapshot.get(),
                          mode, [&](auto, auto) { return ++seen > 0; });
    return std::make_pair(end.value(), seen);
  };
  EXPECT_EQ(read(1, ReadMode::kCachedOnly), std::make_pair(ReadEnd::kWouldBlock, size_t{0}));
  EXPECT_EQ(read(2, ReadMode::kCachedOnly), std::make_pair(ReadEnd::kWouldBlock, size_t{0}));
  EXPECT_EQ(read(1, ReadMode::kMayBlock), std::make_pair(ReadEnd::kDone, size_t{1}));
  EXPECT_EQ(read(1, ReadMode::kCachedOnly), std::make_pair(ReadEnd::kDone, size_t{1}));
  EXPECT_EQ(read(2, ReadMode::kCachedOnly), std::make_pair(ReadEnd::kWouldBlock, size_t{0}));
  EXPECT_EQ(read(2, ReadMode::kMayBlock), std::make_pair(ReadEnd::kDone, size_t{2}));
  EXPECT_EQ(read(2, ReadMode::kCachedOnly), std::make_pair(ReadEnd::kDone, size_t{2}));
  EXPECT_EQ(scan(true, ReadMode::kCachedOnly).first, ScanEnd::kWouldBlock);
  EXPECT_EQ(scan(true, ReadMode::kMayBlock), std::make_pair(ScanEnd::kExhausted, size_t{100}));
  EXPECT_EQ(scan(false, ReadMode::kCachedOnly), std::make_pair(ScanEnd::kExhausted, size_t{100}));
}

TEST_F(RocksStoreTest, LargeGetsAreDoneInAnotherThread) {
  EngineOptions options;
  options.get_inline_bytes = 1000;
  auto engine = Open(options);
  Put(*engine, "a", std::string(600, 'a'));
  Put(*engine, "b", std::string(600, 'b'));
  const auto get = [&](GetRequest request) {
    std::promise<std::thread::id> thread;
    std::string values;
    engine->Get(std::move(request), [&](const GetResult& result) {
      for (const auto& value : result.values) values += value.value_or("-");
      thread.set_value(std::this_thread::get_id());
    });
    const bool here = thread.get_future().get() == std::this_thread::get_id();
    return std::make_pair(here, values);
  };
  EXPECT_EQ(get({.keys = {"a"}}), std::make_pair(true, std::string(600, 'a')));
  for (const bool transaction : {false, true}) {
    EXPECT_EQ(get({.keys = {"a", "c", "b"}, .transaction = transaction}),
              std::make_pair(false, std::string(600, 'a') + "-" + std::string(600, 'b')));
  }
}

// More table files than RocksDB opens beforehand: a cached read of one that is not open must not
// make up a value.
TEST_F(RocksStoreTest, TablesThatAreNotOpenAreReadAllTheSame) {
  constexpr int kTables = 60;
  const auto key = [](int i) { return "k" + std::to_string(1000 + 2 * i); };
  {
    auto engine = Open();
    for (int i = 0; i < kTables; ++i) {
      std::promise<bool> done;
      int given = 0;
      engine->Ingest(
          [&](std::string* k, std::string* v) {
            if (given == 2) return false;
            *k =
                given++ == 0 ? key(i) : key(i) + "z";  // the key between them lies within the table
            *v = "value";
            return true;
          },
          [&](Result<void> result) { done.set_value(result.has_value()); });
      ASSERT_TRUE(done.get_future().get());
    }
  }
  auto engine = Open();
  for (int i = 0; i < kTables; ++i) {
    const GetAnswer answer = GetNow(*engine, {.keys = {key(i), key(i) + "a"}});
    ASSERT_FALSE(answer.error.has_value());
    EXPECT_EQ(answer.values[0], "value") << i;
    EXPECT_EQ(answer.values[1], std::nullopt) << i;
  }
}

// Everything goes through the pool at first, and the answers are the same.
TEST_F(RocksStoreTest, ColdReadsAndCommitsAreAnswered) {
  constexpr int kKeys = 3000;
  const auto key = [](int i) { return "k" + std::to_string(10000 + i); };
  {
    auto engine = Open();
    for (int i = 0; i < kKeys; ++i) {
      CommitRequest request = PutRequest(key(i), std::string(200, 'v') + std::to_string(i));
      request.guards = {{"guard", 0}};
      engine->Commit(std::move(request),
                     [](CommitResult r) { EXPECT_EQ(r.outcome, CommitOutcome::kCommitted); });
    }
  }
  EngineOptions options;
  options.block_cache_bytes = 64 << 10;
  options.inline_reads = false;
  auto engine = Open(options);
  std::vector<std::future<CommitResult>> commits;
  for (int i = 0; i < kKeys; i += 50) {
    CommitRequest request;
    request.keys = {key(i), key(kKeys - 1 - i)};
    request.guards = {{"guard", 0}};
    request.decide = [&key, i](const CommitView& view) {
      EXPECT_TRUE(view.values[0]->ends_with("v" + std::to_string(i)));
      EXPECT_TRUE(view.values[1]->ends_with("v" + std::to_string(kKeys - 1 - i)));
      return Write({{"done" + key(i), "1"}});
    };
    commits.push_back(CommitAsync(*engine, std::move(request)));
    EXPECT_TRUE(GetOne(*engine, key(kKeys / 2 + i / 2))->starts_with("vvv"));
  }
  for (auto& commit : commits) EXPECT_EQ(commit.get().outcome, CommitOutcome::kCommitted);
  for (bool reverse : {false, true}) {
    const Entries entries =
        ScanNow(*engine, {.begin = key(0), .end = key(kKeys), .reverse = reverse});
    ASSERT_EQ(entries.size(), static_cast<size_t>(kKeys));
    for (int i = 0; i < kKeys; ++i) {
      const int n = reverse ? kKeys - 1 - i : i;
      ASSERT_EQ(entries[i].first, key(n));
      ASSERT_TRUE(entries[i].second.ends_with("v" + std::to_string(n)));
    }
  }
}

// ---- A device that fails ----

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
  FailingManifest(std::unique_ptr<rocksdb::FSWritableFile> file, std::atomic<bool>* fails)
      : FSWritableFileOwnerWrapper(std::move(file)), fails_(fails) {}
  using FSWritableFileOwnerWrapper::Append;
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* dbg) override {
    if (*fails_) return rocksdb::IOStatus::IOError("injected");
    return FSWritableFileOwnerWrapper::Append(data, options, dbg);
  }

 private:
  std::atomic<bool>* const fails_;
};

class FailingFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  FailingFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "FailingFileSystem"; }
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* dbg) override {
    const bool refused =
        (name.ends_with(".log") && no_logs) || (name.ends_with(".sst") && no_tables);
    if (refused) return rocksdb::IOStatus::IOError("Too many open files", name);
    rocksdb::IOStatus status = FileSystemWrapper::NewWritableFile(name, options, file, dbg);
    if (status.ok() && name.find("MANIFEST-") != std::string::npos) {
      *file = std::make_unique<FailingManifest>(std::move(*file), &no_manifest);
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
  std::atomic<int> failures{0};  // of syncing the log, as FailingFile has them
  std::atomic<bool> no_logs{false}, no_tables{false};  // can be created
  std::atomic<bool> no_manifest{false};                // can be written
};

class FailingDeviceTest : public RocksStoreTest {
 protected:
  // As the engine's thread does, with the device whole again.
  void Recover() {
    fs_->failures = 0;
    fs_->no_logs = fs_->no_tables = fs_->no_manifest = false;
    for (int i = 0; i < 50 && engine_->pipeline().NextMaintenance(); ++i) {
      clock_.Advance(1'000'000);
      engine_->pipeline().Maintain(clock_.MonotonicMicros());
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
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
    (round % 2 == 0 ? fs_->no_logs : fs_->no_tables) = true;
    int written = 0;
    CommitResult last{CommitOutcome::kCommitted, {}, {}};
    for (int i = 0; i < 1000 && last.outcome == CommitOutcome::kCommitted; ++i) {
      last = Commit("b" + std::to_string(round), std::to_string(i) + std::string(5000, 'x'));
      if (last.outcome == CommitOutcome::kCommitted) written = i;
      if (!fs_->no_logs) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_NE(last.outcome, CommitOutcome::kCommitted);
    // A table is made in another thread: it may fail in the middle of a write, whose fate is
    // unknown.
    if (fs_->no_logs) {
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

// The first record of a log enlarges the memtables, of which RocksDB makes a note in its manifest.
TEST_F(FailingDeviceTest, RecoversAlsoAfterAManifestThatWasNotWritten) {
  Start();
  EXPECT_EQ(Commit("a", "1").outcome, CommitOutcome::kCommitted);
  const std::string position(kPositionKey);
  for (int round = 0; round < 2; ++round) {
    fs_->no_manifest = true;
    EXPECT_EQ(Commit(position, "1").outcome, CommitOutcome::kFailed);
    EXPECT_EQ(Commit("b", "1").outcome, CommitOutcome::kFailed);
    Recover();
  }
  EXPECT_EQ(Commit(position, "1").outcome, CommitOutcome::kCommitted);
  // RocksDB recovers by itself from a full device.
  fs_->failures = 1;
  EXPECT_EQ(Commit("b", "1").outcome, CommitOutcome::kUnknown);
  Recover();
  EXPECT_EQ(Commit("c", "1").outcome, CommitOutcome::kCommitted);
  Start();
  EXPECT_EQ(GetOne(*engine_, "a"), "1");
  EXPECT_EQ(GetOne(*engine_, "c"), "1");
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

// ---- kill -9 ----

constexpr int kWriters = 4;
constexpr char kDirVariable[] = "STATOR_CRASH_TEST_DIR",
               kRoundVariable[] = "STATOR_CRASH_TEST_ROUND";

std::string CrashKey(const std::string& round, int writer, int i, const char* part) {
  return round + "/" + std::to_string(writer) + "/" + std::to_string(1'000'000 + i) + part;
}

// Runs in a process of its own until it is killed: commits pairs, and tells of each on standard
// output.
TEST(CrashWriter, DISABLED_WritesUntilKilled) {
  const char* const dir = std::getenv(kDirVariable);
  ASSERT_NE(dir, nullptr);
  const std::string round = std::getenv(kRoundVariable);
  EngineOptions options;
  options.write_buffer_bytes = 128 << 10;  // so that tables are written and merged meanwhile
  auto engine = OpenRocksEngine(dir, options);
  ASSERT_TRUE(engine.has_value()) << engine.error().message;
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (int i = 0;; ++i) {
        CommitRequest request;
        request.keys = {CrashKey(round, w, i, "a")};
        if (i % 4 == 0) request.kind = CommitKind::kTransaction;
        Decision decision = Write({{CrashKey(round, w, i, "a"), std::string(300, 'a')},
                                   {CrashKey(round, w, i, "b"), std::string(300, 'b')}});
        decision.counters = {{"~pairs", {1, 0}}};
        request.decide = Always(decision);
        ASSERT_EQ(CommitNow(**engine, std::move(request)).outcome, CommitOutcome::kCommitted);
        const std::string line = "acked " + std::to_string(w) + " " + std::to_string(i) + "\n";
        ASSERT_EQ(::write(STDOUT_FILENO, line.data(), line.size()),
                  static_cast<ssize_t>(line.size()));
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
}

// Starts the writer, kills it after a while, and returns what each thread was told last (-1:
// nothing).
std::vector<int> RunAndKill(const std::string& dir, const std::string& round, int64_t micros) {
  int pipe_ends[2];
  if (::pipe2(pipe_ends, O_CLOEXEC) != 0) return {};
  ::setenv(kDirVariable, dir.c_str(), 1);
  ::setenv(kRoundVariable, round.c_str(), 1);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(pipe_ends[1], STDOUT_FILENO);
    ::execl("/proc/self/exe", "storage_test", "--gtest_filter=CrashWriter.*",
            "--gtest_also_run_disabled_tests", static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(pipe_ends[1]);
  std::string out;
  char buffer[4096];
  std::thread killer;
  bool killing = false;
  for (ssize_t n; (n = ::read(pipe_ends[0], buffer, sizeof buffer)) > 0;) {
    out.append(buffer, static_cast<size_t>(n));
    if (killing || out.find("acked") == std::string::npos) continue;
    killing = true;
    killer = std::thread([child, micros] {
      std::this_thread::sleep_for(std::chrono::microseconds(micros));
      ::kill(child, SIGKILL);
    });
  }
  ::close(pipe_ends[0]);
  if (killer.joinable()) killer.join();
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << out;

  std::vector<int> acked(kWriters, -1);
  size_t line = 0;
  while ((line = out.find("acked ", line)) != std::string::npos) {
    int w = -1, i = -1;
    if (std::sscanf(out.c_str() + line, "acked %d %d\n", &w, &i) == 2 &&
        out.find('\n', line) != std::string::npos) {
      acked[w] = std::max(acked[w], i);
    }
    line += 6;
  }
  return acked;
}

TEST_F(RocksStoreTest, AcknowledgedCommitsSurviveKill) {
  SeededRandom random(static_cast<uint64_t>(::getpid()));
  int64_t pairs = 0;
  for (int r = 0; r < 6; ++r) {
    const std::string round = "round" + std::to_string(r);
    const std::vector<int> acked =
        RunAndKill(data(), round, static_cast<int64_t>(random.Uniform(500'000)));
    ASSERT_EQ(acked.size(), static_cast<size_t>(kWriters));
    auto engine = Open();
    ASSERT_TRUE(engine);
    std::set<std::string> keys;
    for (auto& [key, value] : ScanNow(*engine, {.begin = round, .end = round + "~"})) {
      EXPECT_EQ(value, std::string(300, key.back()));
      keys.insert(key);
    }
    EXPECT_EQ(keys.size() % 2, 0u);
    for (int w = 0; w < kWriters; ++w) {
      int i = 0;
      for (; keys.contains(CrashKey(round, w, i, "a")); ++i) {
        EXPECT_TRUE(keys.contains(CrashKey(round, w, i, "b")));
      }
      EXPECT_GE(i, acked[w] + 1);
      EXPECT_LE(i, acked[w] + 2);  // at most one was under way
    }
    pairs += static_cast<int64_t>(keys.size() / 2);
    EXPECT_EQ(engine->ReadCounter("~pairs").value().count, pairs);
  }
  EXPECT_GT(pairs, 0);
}

}  // namespace
}  // namespace stator
