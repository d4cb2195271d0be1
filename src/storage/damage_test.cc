// Damage to the files of a data directory: what opening drops, refuses and says, and what repair
// gives up.

#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <set>

#include "base/random.h"
#include "base/test_files.h"
#include "storage/embedded_engine.h"
#include "storage/engine_test_util.h"
#include "storage/log_scan.h"
#include "storage/manifest.h"
#include "storage/repair.h"
#include "storage/rocksdb_store.h"
#include "storage/test_seed.h"

namespace stator {
namespace {

namespace fs = std::filesystem;

void Flip(const std::string& path, size_t offset) {
  std::string bytes = ReadFile(path);
  bytes.at(offset) ^= 0x10;
  WriteFile(path, bytes);
}

class DamageTest : public ::testing::Test {
 protected:
  std::string data() const { return dir_.path() + "/data"; }
  std::string db() const { return data() + "/db"; }

  Result<std::unique_ptr<Engine>> TryOpen(EngineOptions options = {}) {
    events_.clear();
    options.report = [this](EventLevel, const std::string& message) { events_.push_back(message); };
    return OpenRocksEngine(data(), options);
  }
  std::unique_ptr<Engine> Open(const EngineOptions& options = {}) {
    auto opened = TryOpen(options);
    if (opened) return std::move(*opened);
    ADD_FAILURE() << opened.error().message;
    return nullptr;
  }
  // Opening refuses, with a message that names `file`, and changes nothing.
  std::string Refuses(const std::string& file) {
    const auto before = Contents();
    auto opened = TryOpen();
    if (opened) {
      ADD_FAILURE() << "opened with damage to " << file;
      return {};
    }
    EXPECT_EQ(opened.error().code, StatusCode::kCorruption) << opened.error().message;
    EXPECT_NE(opened.error().message.find(file), std::string::npos) << opened.error().message;
    EXPECT_NE(opened.error().message.find("damaged-data.md"), std::string::npos);
    EXPECT_TRUE(Contents() == before);
    return opened.error().message;
  }
  std::map<std::string, std::string> Contents() const {
    std::map<std::string, std::string> contents;
    for (const auto& entry : fs::recursive_directory_iterator(data())) {
      if (entry.is_regular_file()) contents[entry.path().string()] = ReadFile(entry.path());
    }
    return contents;
  }

  static std::string Key(int i) { return "k" + std::to_string(100'000 + i); }
  // Keys [begin, end), each in a group of its own.
  void Write(Engine& engine, int begin, int end, size_t size = 100) {
    for (int i = begin; i < end; ++i) Put(engine, Key(i), std::string(size, 'a' + i % 26));
  }
  // The same, many in a group.
  void Load(Engine& engine, int n) {
    std::vector<std::future<CommitResult>> commits;
    for (int i = 0; i < n; ++i) {
      commits.push_back(CommitAsync(engine, PutRequest(Key(i), std::string(100, 'a' + i % 26))));
    }
    for (auto& commit : commits) ASSERT_EQ(commit.get().outcome, CommitOutcome::kCommitted);
  }
  // How many keys there are; they must be the first ones.
  int Written(Engine& engine) {
    int n = 0;
    for (const auto& [key, value] : ScanNow(engine, {})) EXPECT_EQ(key, Key(n++));
    return n;
  }
  std::vector<std::string> FilesOf(const std::string& extension) const {
    std::set<std::string> files;
    for (const auto& entry : fs::directory_iterator(db())) {
      if (entry.path().extension() == extension) files.insert(entry.path().string());
    }
    return {files.begin(), files.end()};
  }
  // Older ones may be there for a moment after opening.
  std::string NewestLog() const { return FilesOf(".log").back(); }
  std::string CurrentManifest() const {
    auto manifest = ReadManifest(db());
    return manifest ? manifest->path : "none";
  }
  // Of `n` keys in one log, closed.
  std::string MakeLog(int n, size_t size = 100) {
    Write(*Open(), 0, n, size);
    return NewestLog();
  }
  // Of `n` keys.
  std::string MakeTable(int n) {
    Load(*Open(), n);
    Open();  // the log becomes a table
    EXPECT_EQ(FilesOf(".sst").size(), 1u);
    return FilesOf(".sst").front();
  }

  TempDir dir_;
  std::vector<std::string> events_;
};

// ---- The log ----

TEST_F(DamageTest, TailThatWasNeverSyncedIsDropped) {
  const std::string log = MakeLog(100);
  const std::string whole = ReadFile(log);
  // The beginning of a record, zeros and then something, garbage.
  for (const std::string& tail :
       {whole.substr(0, 60), whole.substr(0, 60) + std::string(70'000, '\0'),
        std::string(5000, '\0') + "x", std::string(3, 'x'), std::string(40'000, '\x01')}) {
    WriteFile(NewestLog(), ReadFile(NewestLog()) + tail);
    const std::string file = NewestLog();
    auto engine = Open();
    ASSERT_TRUE(engine);
    ASSERT_EQ(events_.size(), 1u);
    EXPECT_NE(events_[0].find(file), std::string::npos) << events_[0];
    EXPECT_NE(events_[0].find(std::to_string(tail.size()) + " bytes"), std::string::npos)
        << events_[0];
    EXPECT_EQ(Written(*engine), 100);
    engine.reset();
  }
  Open();
  EXPECT_TRUE(events_.empty());
}

// As a kill leaves a log (log_files.h).
TEST_F(DamageTest, RoomThatWasNotUsedIsNotWorthAWord) {
  const std::string log = MakeLog(100);
  const size_t size = ReadFile(log).size();
  for (const size_t room : {1, 6, 7, 5000, 300'000}) {
    WriteFile(NewestLog(), ReadFile(NewestLog()) + std::string(room, '\0'));
    auto findings = InspectLogs(**DataDir::Open(data()));
    ASSERT_TRUE(findings.has_value());
    ASSERT_EQ(findings->size(), 1u);
    EXPECT_EQ((*findings)[0].kind, LogFinding::Kind::kRoom);
    EXPECT_EQ((*findings)[0].cut_bytes, room);
    auto engine = Open();
    ASSERT_TRUE(engine);
    EXPECT_TRUE(events_.empty());
    EXPECT_EQ(Written(*engine), 100);
    engine.reset();
    fs::remove_all(data());
    ASSERT_EQ(ReadFile(MakeLog(100)).size(), size);
  }
  // Zeros where acknowledged writes were are no room.
  WriteFile(log, ReadFile(log).substr(0, size - 1) + std::string(300, '\0'));
  Refuses(log);
}

TEST_F(DamageTest, CutEndOfTheLogRefuses) {
  const std::string log = MakeLog(100);
  const uint64_t size = fs::file_size(log);
  fs::resize_file(log, size - 50);
  const std::string message = Refuses(log);
  EXPECT_NE(message.find("up to offset " + std::to_string(size)), std::string::npos) << message;
  EXPECT_NE(message.find("stator repair " + data()), std::string::npos) << message;
}

TEST_F(DamageTest, LogCutBetweenRecordsRefuses) {
  std::string log = MakeLog(10);
  const uint64_t some = fs::file_size(log);
  fs::remove_all(data());
  log = MakeLog(11);
  fs::resize_file(log, some);
  Refuses(log);
}

TEST_F(DamageTest, EachFlippedByteOfTheLogRefuses) {
  const std::string log = MakeLog(4);
  for (size_t i = 0; i < fs::file_size(log); ++i) {
    Flip(log, i);
    Refuses(log);
    Flip(log, i);
  }
  EXPECT_EQ(Written(*Open()), 4);
}

TEST_F(DamageTest, DamageFarFromTheEndRefusesAndSaysWhere) {
  const std::string log = MakeLog(200, 500);  // several blocks
  const size_t place = ReadFile(log).find(Key(100)) + 20;
  Flip(log, place);
  const std::string message = Refuses(log);
  const size_t at = message.find("at offset ");
  ASSERT_NE(at, std::string::npos);
  const uint64_t offset = std::stoull(message.substr(at + 10));
  EXPECT_LE(offset, place);
  EXPECT_GT(offset + 600, place);
}

// As after a power failure, which may leave SYNCED older than the log.
TEST_F(DamageTest, DamageBeforeALaterRecordRefusesWithoutWhatSyncedSays) {
  const std::string log = MakeLog(200, 500);
  fs::remove(data() + "/SYNCED");
  for (int key : {0, 100, 198}) {
    const size_t place = ReadFile(log).find(Key(key));
    Flip(log, place);
    const std::string message = Refuses(log);
    EXPECT_NE(message.find("written after it"), std::string::npos) << message;
    Flip(log, place);
  }
  // A length is as damaged as anything.
  const std::string bytes = ReadFile(log);
  const size_t value = bytes.find(Key(60));
  for (size_t back = 12; back < 28; ++back) {
    Flip(log, value - back);
    Refuses(log);
    Flip(log, value - back);
  }
}

TEST_F(DamageTest, MissingLogRefuses) {
  const std::string log = MakeLog(10);
  const std::string bytes = ReadFile(log);
  fs::remove(log);
  EXPECT_NE(Refuses(log).find("is missing"), std::string::npos);
  WriteFile(log, "");
  Refuses(log);
  WriteFile(log, bytes);
  EXPECT_EQ(Written(*Open()), 10);
}

// A device that is slow to take tables.
class SlowTables final : public rocksdb::FileSystemWrapper {
 public:
  SlowTables() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "SlowTables"; }
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* dbg) override {
    if (name.ends_with(".sst")) go_on.wait(false);
    return FileSystemWrapper::NewWritableFile(name, options, file, dbg);
  }
  std::atomic<bool> go_on{false};
};

// Several logs, as their writes are not in tables yet.
class ManyLogsTest : public DamageTest {
 protected:
  static constexpr int kKeys = 180;
  void SetUp() override {
    EngineOptions options;
    options.write_buffer_bytes = 64 << 10;
    auto files = std::make_shared<SlowTables>();
    auto env = rocksdb::NewCompositeEnv(files);
    const std::string copy = dir_.path() + "/copy";
    {
      auto store = OpenRocksStore(data(), options, env.get());
      ASSERT_TRUE(store.has_value()) << store.error().message;
      EmbeddedEngine engine(std::move(*store), options);
      Write(engine, 0, kKeys, 1000);
      fs::copy(data(), copy, fs::copy_options::recursive);  // as a kill leaves it
      files->go_on = true;
      files->go_on.notify_all();
    }
    fs::remove_all(data());
    fs::rename(copy, data());
    logs_ = FilesOf(".log");
    ASSERT_GT(logs_.size(), 2u);
  }
  std::vector<std::string> logs_;
};

TEST_F(ManyLogsTest, EachIsNeeded) {
  for (const std::string& log : logs_) {
    const std::string bytes = ReadFile(log);
    const auto scan = ScanLog(log, LogKind::kWrites, [](auto) {});
    ASSERT_TRUE(scan.has_value());
    fs::remove(log);
    Refuses(log);
    WriteFile(log, bytes.substr(0, scan->good_end - 1));
    Refuses(log);
    WriteFile(log, bytes);
    Flip(log, scan->good_end / 2);
    Refuses(log);
    WriteFile(log, bytes);
  }
  EXPECT_EQ(Written(*Open()), kKeys);
}

TEST_F(ManyLogsTest, RepairKeepsWhatIsBeforeTheHole) {
  fs::remove(logs_.front());
  Refuses(logs_.front());
  auto outcome = RepairData(data(), true);
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_TRUE(outcome->changed);
  EXPECT_EQ(outcome->findings.size(), logs_.size());
  EXPECT_TRUE(fs::exists(data() + "/given-up/" + fs::path(logs_.back()).filename().string()));
  EXPECT_EQ(Written(*Open()), 0);
  EXPECT_TRUE(events_.empty());
}

// ---- Relaxed durability ----

TEST_F(DamageTest, RelaxedModesMayLoseWhatFollowsTheLastSync) {
  EngineOptions options;
  options.durability = Durability::kNone;
  const std::string copy = dir_.path() + "/copy";
  {
    auto engine = Open(options);
    Write(*engine, 0, 50);
    ASSERT_TRUE(DropNow(*engine, "x", "y").has_value());  // syncs
    Write(*engine, 50, 1000);
    fs::copy(data(), copy, fs::copy_options::recursive);  // as a crash finds it
  }
  fs::remove_all(data());
  fs::rename(copy, data());
  const std::string log = NewestLog(), bytes = ReadFile(log);
  // A hole with whole records after it is what un-synced pages look like.
  Flip(log, bytes.find(Key(500)));
  EXPECT_EQ(Written(*Open()), 500);
  EXPECT_EQ(events_.size(), 1u);

  fs::remove_all(data());
  {
    auto engine = Open(options);
    Write(*engine, 0, 50);
  }
  // Closing syncs.
  Flip(NewestLog(), ReadFile(NewestLog()).find(Key(49)));
  Refuses(NewestLog());
}

// ---- Other files ----

TEST_F(DamageTest, MissingOrShortTableRefuses) {
  const std::string table = MakeTable(1000);
  const std::string bytes = ReadFile(table);
  fs::remove(table);
  EXPECT_EQ(Refuses(table).find("stator repair"), std::string::npos);
  WriteFile(table, bytes.substr(1));
  Refuses(table);
  WriteFile(table, bytes);
  EXPECT_EQ(Written(*Open()), 1000);
}

TEST_F(DamageTest, DamagedBlockIsReportedAndTheRestServed) {
  const std::string table = MakeTable(2000);
  Flip(table, 100);  // of the first data block
  auto engine = Open();
  const GetAnswer answer = GetNow(*engine, {.keys = {Key(0)}});
  ASSERT_TRUE(answer.error.has_value());
  EXPECT_EQ(answer.error->code, StatusCode::kCorruption);
  EXPECT_NE(answer.error->message.find(table), std::string::npos) << answer.error->message;
  EXPECT_EQ(CommitNow(*engine, PutRequest(Key(0), "v")).status.code, StatusCode::kCorruption);
  ASSERT_FALSE(events_.empty());
  EXPECT_NE(events_[0].find(table), std::string::npos) << events_[0];

  std::promise<Result<void>> end;
  engine->Scan(
      {}, [](auto, auto) { return true; },
      [&](Result<void> result) { end.set_value(std::move(result)); });
  auto result = end.get_future().get();
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, StatusCode::kCorruption);

  EXPECT_EQ(GetOne(*engine, Key(1999)), std::string(100, 'a' + 1999 % 26));
  Put(*engine, Key(1999), "new");
  EXPECT_EQ(GetOne(*engine, Key(1999)), "new");
}

TEST_F(DamageTest, LostOrDamagedManifestRefuses) {
  MakeLog(10);
  const std::string manifest = CurrentManifest(), bytes = ReadFile(manifest);
  fs::remove(manifest);
  Refuses(manifest);
  WriteFile(manifest, "");
  Refuses(manifest);
  WriteFile(manifest, bytes.substr(0, bytes.size() - 1));
  Refuses(manifest);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    WriteFile(manifest, bytes);
    Flip(manifest, i);
    Refuses(manifest);
  }
  WriteFile(manifest, bytes + "torn");
  EXPECT_EQ(Written(*Open()), 10);
  EXPECT_EQ(events_.size(), 1u);
}

// Removes nothing if told so: as if the power were cut before.
class KeepingFiles final : public rocksdb::FileSystemWrapper {
 public:
  KeepingFiles() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "KeepingFiles"; }
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* dbg) override {
    return keep ? rocksdb::IOStatus::OK() : FileSystemWrapper::DeleteFile(name, options, dbg);
  }
  // Files that are to be deleted step by step (background_pace.h) are renamed first.
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* dbg) override {
    const bool kept = keep && to.ends_with(".trash");
    return kept ? rocksdb::IOStatus::OK() : FileSystemWrapper::RenameFile(from, to, options, dbg);
  }
  std::atomic<bool> keep{false};
};

// RocksDB writes several records of the manifest before it syncs them, and a power failure may take
// the first of them. It acts on them after the sync only.
TEST_F(DamageTest, AManifestTornBetweenQueuedRecordsIsCutUnlessTheyWereActedUpon) {
  for (bool acted_upon : {false, true}) {
    fs::remove_all(data());
    const std::string copy = dir_.path() + "/copy";
    auto files = std::make_shared<KeepingFiles>();
    auto env = rocksdb::NewCompositeEnv(files);
    uint64_t noted = 0;
    {
      auto opened = OpenRocksStore(data(), {}, env.get());
      ASSERT_TRUE(opened.has_value()) << opened.error().message;
      KvStore* const store = opened->get();
      EmbeddedEngine engine(std::move(*opened), {});
      Write(engine, 0, 50);
      files->keep = !acted_upon;
      noted = fs::file_size(CurrentManifest());
      // Two changes: a flush, and a compaction.
      ASSERT_TRUE(store->Compact([](double) {}).has_value());
      fs::copy(data(), copy, fs::copy_options::recursive);
    }
    fs::remove_all(data());
    fs::rename(copy, data());
    WriteFile(NewestLog(), ReadFile(NewestLog()) + std::string(5000, '\0'));  // room
    const std::string manifest = CurrentManifest(), whole = ReadFile(manifest);
    ASSERT_GT(whole.size(), noted + 100);
    Flip(manifest, noted - 20);  // of what SYNCED claims
    Refuses(manifest);
    WriteFile(manifest, whole);
    Flip(manifest, noted + 20);
    if (acted_upon) {
      EXPECT_EQ(Refuses(manifest).find("stator repair"), std::string::npos);
    } else {
      EXPECT_EQ(Written(*Open()), 50);
      ASSERT_EQ(events_.size(), 1u);
      EXPECT_NE(events_[0].find(manifest), std::string::npos) << events_[0];
    }
  }
}

TEST_F(DamageTest, LostDamagedOrStaleCurrentRefuses) {
  MakeLog(10);
  const std::string current = db() + "/CURRENT", bytes = ReadFile(current);
  fs::remove(current);
  Refuses(current);
  WriteFile(current, "");
  Refuses(current);
  WriteFile(current, bytes.substr(0, bytes.size() - 1));
  Refuses(current);
  const std::string old = dir_.path() + "/old";
  fs::copy(db(), old, fs::copy_options::recursive);
  WriteFile(current, bytes);
  Open();
  // The manifest of an earlier time, put back with what names it.
  for (const auto& entry : fs::directory_iterator(old)) {
    if (entry.path().filename().string().starts_with("MANIFEST")) {
      fs::copy(entry.path(), db(), fs::copy_options::overwrite_existing);
    }
  }
  WriteFile(current, bytes);
  Refuses(current);
}

TEST_F(DamageTest, RocksDbsOptionsAndIdentityAreNotNeeded) {
  MakeLog(10);
  for (const auto& entry : fs::directory_iterator(db())) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("OPTIONS") || name == "IDENTITY") WriteFile(entry.path(), "garbage");
  }
  EXPECT_EQ(Written(*Open()), 10);
  for (const auto& entry : fs::directory_iterator(db())) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("OPTIONS") || name == "IDENTITY") fs::remove(entry.path());
  }
  EXPECT_EQ(Written(*Open()), 10);
}

TEST_F(DamageTest, SyncedFileIsMissedOrRefused) {
  MakeLog(10);
  const std::string synced = data() + "/SYNCED", bytes = ReadFile(synced);
  WriteFile(synced, std::string(bytes.size(), '\0'));
  Refuses(synced);
  auto outcome = RepairData(data(), true);
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(Written(*Open()), 10);
  fs::remove(synced);
  EXPECT_EQ(Written(*Open()), 10);
  ASSERT_EQ(events_.size(), 1u);
  EXPECT_NE(events_[0].find(synced), std::string::npos) << events_[0];
  EXPECT_TRUE(fs::exists(synced));
}

// ---- Repair ----

TEST_F(DamageTest, RepairGivesUpWhatCannotBeReadAndNothingElse) {
  const std::string log = MakeLog(100);
  Flip(log, ReadFile(log).find(Key(60)));
  const auto before = Contents();
  auto looked = RepairData(data(), false);
  ASSERT_TRUE(looked.has_value()) << looked.error().message;
  EXPECT_FALSE(looked->changed);
  ASSERT_EQ(looked->findings.size(), 1u);
  EXPECT_EQ(looked->findings[0].path, log);
  EXPECT_TRUE(Contents() == before);

  auto outcome = RepairData(data(), true);
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_TRUE(outcome->changed);
  EXPECT_EQ(ReadFile(data() + "/given-up/" + fs::path(log).filename().string()), before.at(log));
  auto engine = Open();
  ASSERT_TRUE(engine);
  EXPECT_TRUE(events_.empty());
  EXPECT_EQ(Written(*engine), 60);
  Write(*engine, 60, 70);
  engine.reset();
  EXPECT_EQ(Written(*Open()), 70);
}

TEST_F(DamageTest, RepairLeavesAloneWhatItCannotRepair) {
  fs::remove(MakeTable(1000));
  const auto before = Contents();
  auto outcome = RepairData(data(), true);
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_FALSE(outcome->changed);
  EXPECT_TRUE(Contents() == before);
  EXPECT_FALSE(RepairData(dir_.path(), true).has_value());
}

// ---- Anything, anywhere ----

// Whatever byte is wrong: what is served is right, or there is an error.
TEST_F(DamageTest, NoFlippedByteIsServed) {
  constexpr int kKeys = 400;
  const uint64_t seed = TestSeed();
  SCOPED_TRACE("SEED=" + std::to_string(seed));
  SeededRandom random(seed);
  Load(*Open(), kKeys);
  Write(*Open(), kKeys - 20, kKeys);  // the others are in a table then
  const auto whole = Contents();
  std::vector<std::string> files;
  for (const auto& [file, bytes] : whole) {
    if (!bytes.empty() && fs::path(file).filename() != "LOG") files.push_back(file);
  }
  int refused = 0;
  for (int round = 0; round < 150; ++round) {
    fs::remove_all(data());
    fs::create_directories(db());
    for (const auto& [file, bytes] : whole) WriteFile(file, bytes);
    const std::string& file = files[random.Uniform(files.size())];
    const size_t place = random.Uniform(whole.at(file).size());
    SCOPED_TRACE(file + " at " + std::to_string(place));
    Flip(file, place);
    auto opened = TryOpen();
    if (!opened) {
      ++refused;
      continue;
    }
    for (int i = 0; i < kKeys; ++i) {
      const GetAnswer answer = GetNow(**opened, {.keys = {Key(i)}});
      if (answer.error) continue;
      ASSERT_EQ(answer.values[0], std::string(100, 'a' + i % 26)) << Key(i);
    }
  }
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace stator
