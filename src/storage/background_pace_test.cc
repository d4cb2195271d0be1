#include "storage/background_pace.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "base/random.h"
#include "base/temp_dir.h"

namespace stator {
namespace {

constexpr int64_t kMiB = int64_t{1} << 20;

// Time passes only while someone sleeps.
class SleptClock final : public rocksdb::SystemClockWrapper {
 public:
  using rocksdb::SystemClockWrapper::SystemClockWrapper;
  const char* Name() const override { return "SleptClock"; }
  uint64_t NowNanos() override { return 1000 * (uint64_t{1'000'000} + slept_); }
  void SleepForMicroseconds(int micros) override {
    slept_ += micros;
    longest_ = std::max<int>(longest_, micros);
  }
  int64_t slept() const { return slept_; }
  int longest() const { return longest_; }

 private:
  std::atomic<int64_t> slept_{0};
  std::atomic<int> longest_{0};
};

// Notes how long files are when they are deleted.
class DeletionsNoted final : public rocksdb::FileSystemWrapper {
 public:
  using rocksdb::FileSystemWrapper::FileSystemWrapper;
  const char* Name() const override { return "DeletionsNoted"; }
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* dbg) override {
    std::error_code error;
    const uint64_t size = std::filesystem::file_size(path, error);
    if (!error) longest_ = std::max<uint64_t>(longest_, size);
    const rocksdb::IOStatus status = FileSystemWrapper::DeleteFile(path, options, dbg);
    ++deleted_;
    return status;
  }
  uint64_t longest() const { return longest_; }
  int deleted() const { return deleted_; }

 private:
  std::atomic<uint64_t> longest_{0};
  std::atomic<int> deleted_{0};
};

class PacedEnv final : public rocksdb::EnvWrapper {
 public:
  PacedEnv() : EnvWrapper(rocksdb::Env::Default()) {
    file_system_ = files = std::make_shared<DeletionsNoted>(target()->GetFileSystem());
    system_clock_ = clock = std::make_shared<SleptClock>(target()->GetSystemClock());
  }
  const char* Name() const override { return "PacedEnv"; }

  std::shared_ptr<DeletionsNoted> files;
  std::shared_ptr<SleptClock> clock;
};

class BackgroundPaceTest : public ::testing::Test {
 protected:
  BackgroundPaceTest() {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.env = &env_;
    options.compression = rocksdb::kNoCompression;
    options.write_buffer_size = 16 * kMiB;
    options.max_write_buffer_number = 4;
    options.max_background_jobs = 2;
    PaceBackgroundWork(&options);
    rocksdb::DB* db = nullptr;
    const rocksdb::Status status = rocksdb::DB::Open(options, dir_.file("db"), &db);
    EXPECT_TRUE(status.ok()) << status.ToString();
    db_.reset(db);
  }

  void Put(int64_t bytes) {
    rocksdb::WriteOptions write;
    write.disableWAL = true;
    std::string value(16 << 10, '\0');
    for (int64_t done = 0; done < bytes; done += static_cast<int64_t>(value.size())) {
      for (char& c : value) c = static_cast<char>(random_.Uniform(256));
      ASSERT_TRUE(db_->Put(write, std::to_string(random_.Uniform(1'000'000)), value).ok());
    }
  }
  void Flush() { ASSERT_TRUE(db_->Flush({}).ok()); }
  int Level0() {
    std::string text;
    EXPECT_TRUE(db_->GetProperty(rocksdb::DB::Properties::kNumFilesAtLevelPrefix + "0", &text));
    return std::stoi(text);
  }
  template <class Condition>
  void Await(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition() && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ASSERT_TRUE(condition());
  }
  // That it is the time in which so many bytes are written at `rate`.
  static void ExpectAbout(int64_t micros, int64_t bytes, int64_t rate) {
    const int64_t expected = bytes * 1'000'000 / rate;
    EXPECT_GE(micros, expected * 9 / 10);
    EXPECT_LE(micros, expected * 12 / 10);
  }

  SeededRandom random_{20261130};
  TempDir dir_;
  PacedEnv env_;
  std::unique_ptr<rocksdb::DB> db_;
};

TEST(CompactionRateTest, GrowsWithWhatIsBehind) {
  EXPECT_EQ(CompactionRate(0), 32 * kMiB);
  EXPECT_EQ(CompactionRate(4), 32 * kMiB);
  EXPECT_EQ(CompactionRate(5), 64 * kMiB);
  EXPECT_EQ(CompactionRate(7), 256 * kMiB);
  EXPECT_EQ(CompactionRate(8), 0);
  EXPECT_EQ(CompactionRate(100), 0);
}

TEST_F(BackgroundPaceTest, AFlushPausesAfterEachStep) {
  Put(8 * kMiB);
  Flush();
  ExpectAbout(env_.clock->slept(), 8 * kMiB, 128 * kMiB);
  EXPECT_LE(env_.clock->longest(), 3'000);
}

TEST_F(BackgroundPaceTest, AFlushDoesNotPauseWhileWritersMayWaitForIt) {
  ASSERT_TRUE(db_->PauseBackgroundWork().ok());
  Put(36 * kMiB);  // two memtables are full
  ASSERT_TRUE(db_->ContinueBackgroundWork().ok());
  Await([&] { return Level0() > 0; });
  EXPECT_EQ(env_.clock->slept(), 0);
}

TEST_F(BackgroundPaceTest, ACompactionPausesAndFilesAreShortenedBeforeTheyAreDeleted) {
  for (int i = 0; i < 4; ++i) {
    Put(4 * kMiB);
    Flush();
  }
  Await([&] { return Level0() == 0 && env_.files->deleted() >= 4; });
  // Of the flushes, and of the compaction.
  ExpectAbout(env_.clock->slept(), 16 * kMiB / 4 + 16 * kMiB, 32 * kMiB);
  EXPECT_LE(env_.files->longest(), uint64_t{kMiB});
  EXPECT_GT(env_.files->longest(), 0u);
}

TEST_F(BackgroundPaceTest, CompactionsGoFasterWithEachFlushThatTheyAreBehind) {
  ASSERT_TRUE(db_->SetOptions({{"level0_file_num_compaction_trigger", "20"}}).ok());
  const auto pace = db_->GetDBOptions().rate_limiter;
  for (int files = 1; files <= 8; ++files) {
    Put(kMiB / 8);
    Flush();
    ASSERT_EQ(Level0(), files);
    EXPECT_EQ(pace->GetBytesPerSecond(), CompactionRate(files));
  }
  EXPECT_EQ(pace->GetBytesPerSecond(), 0);
}

// Recovery waits for what runs, and on a full disk for room.
TEST_F(BackgroundPaceTest, NothingPausesAfterAnError) {
  auto* const pace = static_cast<BackgroundPace*>(db_->GetDBOptions().rate_limiter.get());
  const auto files = db_->GetDBOptions().sst_file_manager;
  EXPECT_GT(files->GetDeleteRateBytesPerSecond(), 0);
  rocksdb::Status error = rocksdb::Status::NoSpace();
  pace->OnBackgroundError(rocksdb::BackgroundErrorReason::kFlush, &error);
  EXPECT_EQ(pace->GetBytesPerSecond(), 0);
  EXPECT_EQ(files->GetDeleteRateBytesPerSecond(), 0);
  Put(kMiB / 8);
  Flush();
  EXPECT_GT(pace->GetBytesPerSecond(), 0);
  EXPECT_GT(files->GetDeleteRateBytesPerSecond(), 0);
}

TEST_F(BackgroundPaceTest, ACompactionThatWasAskedForDoesNotPause) {
  Put(4 * kMiB);
  Flush();
  const int64_t before = env_.clock->slept();
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  ASSERT_TRUE(db_->CompactRange(options, nullptr, nullptr).ok());
  EXPECT_EQ(Level0(), 0);
  EXPECT_EQ(env_.clock->slept(), before);
}

}  // namespace
}  // namespace stator
