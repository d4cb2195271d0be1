// What is RocksDB's alone: data directories, damage to files, kill -9.

#include "storage/rocksdb_store.h"

#include <fcntl.h>
#include <gtest/gtest.h>
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
  EXPECT_EQ(ReadFile(data() + "/FORMAT"), "stator data\nformat 5\n");
  EXPECT_FALSE(fs::exists(data() + "/FORMAT.tmp"));
  Open();
}

TEST_F(RocksStoreTest, NewerFormatIsRefused) {
  Open();
  WriteFile(data() + "/FORMAT", EncodeFormatFile(kDataFormatVersion + 1));
  const Status status = OpenFails();
  EXPECT_EQ(status.code, StatusCode::kUnsupported);
  EXPECT_NE(status.message.find("format is 6"), std::string::npos) << status.message;
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
