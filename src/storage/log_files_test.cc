#include "storage/log_files.h"

#include <gtest/gtest.h>
#include <rocksdb/file_system.h>

#include <filesystem>
#include <memory>
#include <string>

#include "base/temp_dir.h"
#include "base/test_files.h"

namespace stator {
namespace {

// Writes of more than so many bytes find no room.
class SmallDevice final : public rocksdb::FileSystemWrapper {
 public:
  SmallDevice() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "SmallDevice"; }
  rocksdb::IOStatus NewRandomRWFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                                    rocksdb::IODebugContext* dbg) override {
    const rocksdb::IOStatus status = target()->NewRandomRWFile(name, options, file, dbg);
    if (status.ok()) *file = std::make_unique<File>(std::move(*file), &largest);
    return status;
  }
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* dbg) override {
    if (no_files) return rocksdb::IOStatus::IOError("Too many open files", name);
    return target()->NewWritableFile(name, options, file, dbg);
  }
  size_t largest = SIZE_MAX;
  bool no_files = false;  // are created

 private:
  class File final : public rocksdb::FSRandomRWFileOwnerWrapper {
   public:
    File(std::unique_ptr<rocksdb::FSRandomRWFile> file, const size_t* largest)
        : FSRandomRWFileOwnerWrapper(std::move(file)), largest_(largest) {}
    rocksdb::IOStatus Write(uint64_t offset, const rocksdb::Slice& data,
                            const rocksdb::IOOptions& options,
                            rocksdb::IODebugContext* dbg) override {
      if (data.size() > *largest_) return rocksdb::IOStatus::NoSpace();
      return FSRandomRWFileOwnerWrapper::Write(offset, data, options, dbg);
    }

   private:
    const size_t* const largest_;
  };
};

class LogFilesTest : public ::testing::Test {
 protected:
  static constexpr size_t kRoom = 4096;

  std::unique_ptr<rocksdb::FSWritableFile> New(const std::string& path) {
    std::unique_ptr<rocksdb::FSWritableFile> file;
    EXPECT_TRUE(env_->GetFileSystem()->NewWritableFile(path, {}, &file, nullptr).ok());
    return file;
  }
  uint64_t Told(const std::string& path) {
    uint64_t bytes = 0;
    EXPECT_TRUE(env_->GetFileSize(path, &bytes).ok());
    return bytes;
  }

  TempDir dir_;
  std::shared_ptr<SmallDevice> device_ = std::make_shared<SmallDevice>();
  std::unique_ptr<rocksdb::Env> base_ = rocksdb::NewCompositeEnv(device_);
  std::unique_ptr<LogEnv> env_ = NewLogEnv(base_.get(), kRoom);
};

TEST_F(LogFilesTest, ALogIsLongerThanWhatWasWrittenUntilItIsClosed) {
  const std::string path = dir_.path() + "/000012.log";
  auto file = New(path);
  std::string written;
  for (const size_t size : {1, 4094, 1, 4096, 1, 10'000}) {
    const std::string data(size, static_cast<char>('a' + written.size() % 26));
    ASSERT_TRUE(file->Append(data, {}, nullptr).ok());
    written += data;
    EXPECT_EQ(Told(path), written.size());
    const std::string now = ReadFile(path);
    EXPECT_EQ(now.size() % kRoom, 0u);
    EXPECT_LE(now.size(), written.size() + kRoom);
    EXPECT_EQ(now, written + std::string(now.size() - written.size(), '\0'));
    ASSERT_TRUE(file->Sync({}, nullptr).ok());
  }
  ASSERT_TRUE(file->Close({}, nullptr).ok());
  EXPECT_EQ(ReadFile(path), written);
  EXPECT_EQ(Told(path), written.size());
}

TEST_F(LogFilesTest, OtherFilesHaveNoRoom) {
  const std::string path = dir_.path() + "/000012.sst";
  auto file = New(path);
  ASSERT_TRUE(file->Append("abc", {}, nullptr).ok());
  ASSERT_TRUE(file->Flush({}, nullptr).ok());
  EXPECT_EQ(ReadFile(path), "abc");
}

TEST_F(LogFilesTest, WhereThereIsNoSpaceForRoomWhatIsWrittenMayStillFit) {
  const std::string path = dir_.path() + "/000012.log";
  auto file = New(path);
  device_->largest = 100;
  ASSERT_TRUE(file->Append(std::string(100, 'x'), {}, nullptr).ok());
  EXPECT_EQ(ReadFile(path), std::string(100, 'x'));  // there is none for the room
  EXPECT_TRUE(file->Append(std::string(101, 'y'), {}, nullptr).IsNoSpace());
  EXPECT_EQ(Told(path), 100u);
  device_->largest = SIZE_MAX;
  ASSERT_TRUE(file->Append("z", {}, nullptr).ok());
  EXPECT_EQ(ReadFile(path).size(), kRoom);
  file.reset();
  EXPECT_EQ(ReadFile(path), std::string(100, 'x') + "z");
}

TEST_F(LogFilesTest, ALogThatCannotBeCreatedIsCreatedLater) {
  const std::string path = dir_.path() + "/000012.log";
  device_->no_files = true;
  auto file = New(path), another = New(dir_.path() + "/000013.log");
  EXPECT_EQ(Told(path), 0u);
  EXPECT_FALSE(env_->CreateLogs().ok());
  EXPECT_FALSE(file->Append("abc", {}, nullptr).ok());
  EXPECT_TRUE(file->Sync({}, nullptr).ok());
  another.reset();  // was never needed
  device_->no_files = false;
  ASSERT_TRUE(env_->CreateLogs().ok());
  EXPECT_FALSE(std::filesystem::exists(dir_.path() + "/000013.log"));
  ASSERT_TRUE(file->Append("abc", {}, nullptr).ok());
  file.reset();
  EXPECT_EQ(ReadFile(path), "abc");
}

TEST_F(LogFilesTest, ALogThatWasDeletedIsNotMadeAgain) {
  const std::string path = dir_.path() + "/000012.log";
  auto file = New(path);
  ASSERT_TRUE(file->Append("abc", {}, nullptr).ok());
  std::filesystem::remove(path);
  ASSERT_TRUE(file->Close({}, nullptr).ok());
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace stator
