// The power is cut at any moment, and calls of the file system fail: what was acknowledged is there
// when the directory is opened again, each commit wholly or not at all, and it can be opened.
//
// STATOR_TEST_SEED= repeats one run, STATOR_POWER_SEEDS= sets how many there are.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "storage/embedded_engine.h"
#include "storage/engine_test_util.h"
#include "storage/power_fs_test_util.h"
#include "storage/rocksdb_files.h"
#include "storage/rocksdb_store.h"
#include "storage/stepped_env_test_util.h"
#include "storage/test_seed.h"

namespace stator {
namespace {

namespace fs = std::filesystem;

int Seeds(int usual) {
  const char* const given = std::getenv("STATOR_POWER_SEEDS");
  return given && *given ? std::atoi(given) : usual;
}

constexpr const char* kLogs = "\x20log";
constexpr const char* kAfterLogs = "\x20loh";

// What was asked of the engine over all sessions, and how it ended.
class Record {
 public:
  struct Change {
    std::map<std::string, std::optional<std::string>> writes;
    int64_t counted = 0;
    std::vector<std::pair<std::string, std::string>> records;  // that it appends to logs
    bool acknowledged = false;
    bool must = false;    // it has to be there
    bool cannot = false;  // it was said not to be applied
  };

  int Add(Change change) {
    changes_.push_back(std::move(change));
    return static_cast<int>(changes_.size()) - 1;
  }
  Change& operator[](int i) { return changes_[i]; }
  int size() const { return static_cast<int>(changes_.size()); }
  // From now on no one relies on what was acknowledged since then (relaxed durability).
  void RelyOnlyUpTo(int end) {
    for (int i = end; i < size(); ++i) changes_[i].must = false;
  }
  // A log to which nothing more is appended; some of it may be left unless it was dropped durably.
  void Drop(const std::string& log, bool durably) {
    dropped_.insert(log);
    if (!durably) left_.insert(log);
  }
  static std::string Marker(int i) { return "m/" + std::to_string(1'000'000 + i); }

  // Compares with what the engine holds, and settles what was open. `prefix`: what is there must be
  // the first changes, but for those that were said to have failed.
  void Check(Engine& engine, bool prefix) {
    std::map<std::string, std::string> expected;
    std::map<std::string, std::vector<std::string>> logs;
    std::set<std::string> markers;
    for (auto& [key, value] : ScanNow(engine, {.begin = "m/", .end = "m0"})) markers.insert(key);
    int64_t counted = 0;
    bool gap = false;
    for (int i = 0; i < size(); ++i) {
      Change& change = changes_[i];
      const bool applied = markers.contains(Marker(i));
      EXPECT_TRUE(applied || !change.must) << "commit " << i << " was acknowledged, and is lost";
      EXPECT_TRUE(!applied || !change.cannot) << "commit " << i << " was said not to be applied";
      if (!applied && change.acknowledged) gap = true;
      EXPECT_TRUE(!prefix || !gap || !applied)
          << "commit " << i << " is there, one before it is not";
      change.acknowledged = change.must = applied;
      change.cannot = !applied;
      if (!applied) continue;
      counted += change.counted;
      for (const auto& [log, record] : change.records) {
        if (!dropped_.contains(log)) logs[log].push_back(record);
      }
      for (const auto& [key, value] : change.writes) {
        if (value) {
          expected[key] = *value;
        } else {
          expected.erase(key);
        }
      }
    }
    std::map<std::string, std::string> found;
    for (auto& [key, value] : ScanNow(engine, {.begin = "k/", .end = "k0"})) found[key] = value;
    EXPECT_EQ(found.size(), expected.size());
    for (const auto& [key, value] : expected) {
      EXPECT_TRUE(found.contains(key) && found[key] == value) << key << " is wrong";
    }
    std::map<std::string, std::vector<std::string>> appended;
    for (auto& [key, value] : ScanNow(engine, {.begin = kLogs, .end = kAfterLogs})) {
      const std::string log = key.substr(0, key.size() - kAppendStampBytes);
      if (!left_.contains(log)) appended[log].push_back(value);
    }
    EXPECT_TRUE(appended == logs);
    auto counter = engine.ReadCounter("~count");
    ASSERT_TRUE(counter.has_value()) << counter.error().message;
    EXPECT_EQ(counter->count, counted);
  }

 private:
  std::vector<Change> changes_;
  std::set<std::string> dropped_, left_;
};

// One seed: a directory that is opened, written to and cut off from power again and again.
class PowerRun {
 public:
  PowerRun(uint64_t seed, Durability durability)
      : random_(seed), durability_(durability), dir_(MakeDir()), root_(dir_->path() + "/0/data") {
    fs::create_directories(root_);
  }

  void Go(int sessions) {
    options_.clock = &clock_;
    options_.conflict_wait_micros = 0;  // commits keep the order in which they are made
    options_.durability = durability_;
    options_.write_buffer_bytes = 64 << 10;
    options_.block_cache_bytes = 64 << 10;
    // It is made before power is cut.
    { auto made = OpenRocksEngine(root_, options_); }
    for (int i = 1; i <= sessions && !::testing::Test::HasFailure(); ++i) {
      Session();
      Cut(dir_->path() + "/" + std::to_string(i) + "/data");
      Reopen();
    }
  }

 private:
  // In memory if possible: what is synced is for the file system above it to say.
  static std::unique_ptr<TempDir> MakeDir() {
    const char* const usual = std::getenv("TMPDIR");
    const std::string before = usual ? usual : "";
    if (fs::exists("/dev/shm")) ::setenv("TMPDIR", "/dev/shm", 1);
    auto dir = std::make_unique<TempDir>();
    usual ? ::setenv("TMPDIR", before.c_str(), 1) : ::unsetenv("TMPDIR");
    return dir;
  }

  void Session() {
    files_ = std::make_shared<PowerFs>(root_, dir_->path() + "/held" + std::to_string(++held_));
    env_ = std::make_unique<SteppedEnv>(rocksdb::NewCompositeEnv(NewRocksFiles(files_)));
    if (random_.OneIn(4)) {
      files_->CutPowerAfter(random_.Uniform(40));  // most likely while it is opened
    } else {
      files_->CutPowerAfter(random_.Uniform(600));
    }
    auto store = OpenRocksStore(root_, options_, env_.get());
    if (!store) {
      EXPECT_TRUE(files_->off()) << store.error().message;
      return;
    }
    engine_ = std::make_unique<EmbeddedEngine>(std::move(*store), options_,
                                               EmbeddedEngine::Drive::kManual);
    env_->Run(false);
    faulty_ = random_.OneIn(3);
    if (faulty_) FailSomeCalls();
    const uint64_t groups = random_.Uniform(150);
    for (uint64_t group = 0; group < groups && !files_->off(); ++group) {
      Group();
      // RocksDB waits for its background work when it has fallen far behind.
      if (unsettled_ > 100'000 || random_.OneIn(10)) {
        env_->Settle();
        unsettled_ = 0;
      }
      if (durability_ == Durability::kInterval && random_.OneIn(5)) Maintain();
      if (random_.OneIn(40)) DropTable();
      if (random_.OneIn(40)) IngestTable();
      if (random_.OneIn(40)) DropLog();
      if (engine_->pipeline().NextMaintenance() && random_.OneIn(3)) Maintain();
    }
    env_->Run(true);
    // As often as not it is closed before.
    if (random_.OneIn(4)) Close();
    files_->CutPower();
    Close();
  }

  // A few calls in a row, of one kind; the device may then be all right again.
  void FailSomeCalls() {
    const auto call = static_cast<PowerFs::Call>(random_.Uniform(5));
    const bool full = random_.OneIn(2);
    auto left = std::make_shared<uint64_t>(random_.OneIn(2) ? 1 : 1 + random_.Uniform(6));
    auto before = std::make_shared<uint64_t>(random_.Uniform(100));
    files_->SetFault([=](PowerFs::Call made, const std::string& name) {
      // RocksDB 7.8 ends the process if it cannot read a table that it is to take in.
      const bool fatal = made == PowerFs::Call::kRead && name.find("/ingest/") != name.npos;
      if (made != call || fatal || *left == 0) return rocksdb::IOStatus::OK();
      if (*before > 0) {
        --*before;
        return rocksdb::IOStatus::OK();
      }
      --*left;
      return full && made != PowerFs::Call::kRead ? rocksdb::IOStatus::NoSpace("injected", name)
                                                  : rocksdb::IOStatus::IOError("injected", name);
    });
  }

  void Maintain() {
    const int done = record_.size();
    clock_.Advance(1'000'000);
    env_->Run(true);
    engine_->pipeline().Maintain(clock_.MonotonicMicros());
    env_->Run(false);
    // What is not durable by then has failed, or it is under no sync.
    if (durability_ == Durability::kInterval && !files_->off() &&
        !engine_->pipeline().NextMaintenance()) {
      synced_ = done;
    }
  }

  void Close() {
    if (!engine_) return;
    const int done = record_.size();
    const bool well =
        !engine_->pipeline().NextMaintenance() || durability_ == Durability::kInterval;
    engine_.reset();
    if (!files_->off() && well && !faulty_) synced_ = done;
  }

  // A few commits that are written together.
  void Group() {
    std::vector<std::pair<int, std::future<CommitResult>>> commits;
    for (uint64_t n = 1 + random_.Uniform(4); n > 0; --n) {
      const int i = record_.Add(NewChange());
      CommitRequest request;
      Decision decision;
      decision.commit = true;
      for (const auto& [key, value] : record_[i].writes) {
        request.keys.push_back(key);
        decision.mutations.push_back({key, value});
        if (value) unsettled_ += value->size();
      }
      decision.mutations.push_back({Record::Marker(i), ""});
      decision.counters = {{"~count", {record_[i].counted, 0}}};
      if (random_.OneIn(2)) {
        request.decide = Appending(i, std::move(decision));
      } else {
        request.decide = Always(std::move(decision));
      }
      if (random_.OneIn(3)) request.kind = CommitKind::kTransaction;
      commits.emplace_back(i, CommitAsync(*engine_, std::move(request)));
    }
    engine_->pipeline().FlushOnce();
    for (auto& [i, commit] : commits) Note(i, commit.get().outcome);
  }

  void Note(int i, CommitOutcome outcome) {
    record_[i].acknowledged = record_[i].must = outcome == CommitOutcome::kCommitted;
    record_[i].cannot = !record_[i].must && outcome != CommitOutcome::kUnknown;
  }

  // Records of the change's own, the first with a part of what it replaces, ending with what it
  // puts, or both.
  UniqueFunction<Decision(const CommitView&)> Appending(int i, Decision decision) {
    const std::string own = Noise(random_.Uniform(3000));
    const std::string log = Log(random_.Uniform(3));
    std::vector<Append> others;
    for (uint64_t n = random_.Uniform(3); n > 0; --n) {
      others.push_back({Log(random_.Uniform(3)), Noise(random_.Uniform(1000))});
    }
    const size_t of = random_.Uniform(record_[i].writes.size());
    const size_t ending = random_.Uniform(decision.mutations.size());
    const uint64_t at = random_.Next(), from = random_.Next(), length = random_.Next();
    return [=, this](const CommitView& view) {
      Decision decided = decision;
      Append append{log, own};
      if (view.values[of] && length % 3 != 0) {
        const std::string_view former = *view.values[of];
        Append::Former part{.mutation = of, .at = at % (own.size() + 1)};
        part.from = from % (former.size() + 1);
        part.length = length % (former.size() - part.from + 1);
        append.value.insert(part.at, former.substr(part.from, part.length));
        append.former = part;
      }
      std::string whole = append.value;
      if (const auto& value = decided.mutations[ending].value) {
        append.ends_with = ending;
        whole += *value;
      }
      decided.appends = {append};
      decided.appends.insert(decided.appends.end(), others.begin(), others.end());
      record_[i].records = {{log, whole}};
      for (const Append& other : others) record_[i].records.emplace_back(other.prefix, other.value);
      return decided;
    };
  }

  Record::Change NewChange() {
    Record::Change change;
    for (uint64_t n = 1 + random_.Uniform(3); n > 0; --n) {
      const std::string key = "k/" + std::to_string(random_.Uniform(60));
      if (random_.OneIn(5)) {
        change.writes[key] = std::nullopt;
      } else {
        // Now and then longer than several blocks of the log.
        const uint64_t size = random_.OneIn(10) ? random_.Uniform(100'000) : random_.Uniform(2000);
        change.writes[key] = std::to_string(record_.size()) + " " + Noise(size);
      }
    }
    change.counted = static_cast<int64_t>(random_.Uniform(10));
    return change;
  }

  // So that no part of a value is like another one.
  std::string Noise(size_t bytes) {
    std::string noise;
    while (noise.size() < bytes) AppendU64(random_.Next(), &noise);
    noise.resize(bytes);
    return noise;
  }

  std::string Log(uint64_t number) const {
    return kLogs + std::to_string(number) + "." + std::to_string(1000 + logs_dropped_[number]);
  }

  // Another one takes its place.
  void DropLog() {
    const uint64_t number = random_.Uniform(3);
    const std::string log = Log(number);
    ++logs_dropped_[number];
    env_->Run(true);
    const Result<void> dropped = DropNow(*engine_, log, log + "~");
    env_->Run(false);
    record_.Drop(log, dropped && durability_ == Durability::kSync);
  }

  // With a record of what the key had, which stays when the key is dropped.
  void ReplaceLogged(const std::string& key) {
    const int i = record_.Add({});
    CommitRequest request;
    request.keys = {key};
    request.decide = [=, this, log = Log(0)](const CommitView& view) {
      Decision decision = Write({{key, "new"}, {Record::Marker(i), ""}});
      Append append{log, "was "};
      append.former = {.at = 4, .length = view.values[0]->size()};
      append.value += *view.values[0];
      record_[i].records = {{log, append.value}};
      decision.appends = {append};
      return decision;
    };
    auto replaced = CommitAsync(*engine_, std::move(request));
    engine_->pipeline().FlushOnce();
    Note(i, replaced.get().outcome);
  }

  // As a file of its own, or by a commit.
  bool Fill(const std::string& key) {
    const std::string value = Noise(5000);
    if (random_.OneIn(2)) {
      env_->Run(true);
      const Result<void> filled = IngestNow(*engine_, {{key, value}});
      env_->Run(false);
      return filled.has_value();
    }
    auto filled = CommitAsync(*engine_, PutRequest(key, value));
    engine_->pipeline().FlushOnce();
    return filled.get().outcome == CommitOutcome::kCommitted;
  }

  // A range of keys of its own, filled and dropped.
  void DropTable() {
    const std::string prefix = "t/" + std::to_string(dropped_++) + "/";
    if (!Fill(prefix + "a")) return;
    ReplaceLogged(prefix + "a");
    env_->Run(true);
    const Result<void> dropped = DropNow(*engine_, prefix, prefix + "~");
    env_->Run(false);
    if (dropped && durability_ == Durability::kSync) gone_.push_back(prefix);
  }

  // Another one, of which each key is there if it was ingested, or all of it or nothing.
  void IngestTable() {
    const std::string prefix = "i/" + std::to_string(ingested_.size()) + "/";
    Entries entries;
    for (uint64_t n = 1 + random_.Uniform(20); n > 0; --n) {
      entries.emplace_back(prefix + std::to_string(100 - n), Noise(1000));
    }
    ingested_.push_back({prefix, entries, /*must=*/false});
    env_->Run(true);
    const Result<void> done = IngestNow(*engine_, entries);
    env_->Run(false);
    ingested_.back().must = done.has_value();
  }

  void Cut(const std::string& image) {
    ASSERT_TRUE(files_->off());
    fs::create_directories(image + "/db");
    if (fs::exists(root_ + "/logs")) fs::create_directories(image + "/logs");
    files_->Image(image, &random_);
    for (const auto& entry : fs::directory_iterator(root_)) {
      const fs::path target = fs::path(image) / entry.path().filename();
      if (entry.is_regular_file() && !fs::exists(target)) fs::copy(entry.path(), target);
    }
    env_.reset();
    files_.reset();
    fs::remove_all(fs::path(root_).parent_path());
    fs::remove_all(dir_->path() + "/held" + std::to_string(held_));
    root_ = image;
  }

  void Reopen() {
    // So that the check leaves no traces.
    const std::string copy = dir_->path() + "/checked";
    fs::remove_all(copy);
    fs::copy(root_, copy, fs::copy_options::recursive);
    auto engine = OpenRocksEngine(copy, options_);
    ASSERT_TRUE(engine.has_value()) << engine.error().message;
    if (durability_ != Durability::kSync) record_.RelyOnlyUpTo(synced_);
    record_.Check(**engine, /*prefix=*/true);
    for (const std::string& prefix : gone_) {
      EXPECT_TRUE(ScanNow(**engine, {.begin = prefix, .end = prefix + "~"}).empty()) << prefix;
    }
    for (Ingested& table : ingested_) {
      const Entries found = ScanNow(**engine, {.begin = table.prefix, .end = table.prefix + "~"});
      const bool all = found == table.entries;
      EXPECT_TRUE(all || (!table.must && found.empty())) << table.prefix << ": " << found.size();
      table.must = all;
    }
  }

  SeededRandom random_;
  const Durability durability_;
  std::unique_ptr<TempDir> dir_;
  std::string root_;
  int held_ = 0;
  ManualClock clock_;
  EngineOptions options_;
  std::shared_ptr<PowerFs> files_;
  std::unique_ptr<SteppedEnv> env_;
  std::unique_ptr<EmbeddedEngine> engine_;
  Record record_;
  bool faulty_ = false;   // calls fail in this session
  int synced_ = 0;        // how many changes were, in relaxed modes
  size_t unsettled_ = 0;  // bytes written
  int dropped_ = 0;
  std::vector<std::string> gone_;
  int logs_dropped_[3] = {};
  struct Ingested {
    std::string prefix;
    Entries entries;
    bool must = false;  // be there
  };
  std::vector<Ingested> ingested_;
};

void RunSeeds(int usual, Durability durability) {
  const char* const given = std::getenv("STATOR_TEST_SEED");
  const bool one = given && *given;
  const int seeds = one ? 1 : Seeds(usual);
  for (int i = 0; i < seeds && !::testing::Test::HasFailure(); ++i) {
    const uint64_t seed = TestSeed();
    SCOPED_TRACE("STATOR_TEST_SEED=" + std::to_string(seed));
    PowerRun(seed, durability).Go(4);
  }
}

TEST(PowerTest, SyncKeepsWhatWasAcknowledged) { RunSeeds(15, Durability::kSync); }
TEST(PowerTest, IntervalKeepsWhatWasSynced) { RunSeeds(8, Durability::kInterval); }
TEST(PowerTest, NoneKeepsAPrefix) { RunSeeds(8, Durability::kNone); }

}  // namespace
}  // namespace stator
