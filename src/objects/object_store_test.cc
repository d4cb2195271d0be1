#include "objects/object_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "base/temp_dir.h"

namespace stator {
namespace {

// On a folder; and, with STATOR_TEST_S3=URL, on the S3 server there, whose bucket "b" is empty
// (tests/api/test_objects.py).
class ObjectStoreTest : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    ObjectStoreOptions options;
    if (GetParam()) {
      const char* const url = std::getenv("STATOR_TEST_S3");
      if (url == nullptr) GTEST_SKIP() << "no STATOR_TEST_S3";
      options.url = url;
      options.access_key_id = options.secret_access_key = "S3RVER";
    } else {
      std::filesystem::create_directory(dir_.file("b"));
      options.url = "file://" + dir_.path();
    }
    auto opened = OpenObjectStore(options);
    ASSERT_TRUE(opened);
    store_ = std::move(*opened);
    for (const std::string& key : Keys("")) ASSERT_TRUE(store_->Remove("b", key));
  }
  std::vector<std::string> Keys(const std::string& prefix) {
    std::vector<std::string> keys;
    auto listed = store_->List("b", prefix, [&](const ObjectInfo& object) {
      keys.push_back(object.key);
      return true;
    });
    std::sort(keys.begin(), keys.end());
    EXPECT_TRUE(listed) << listed.error().code << ": " << listed.error().message;
    return keys;
  }

  TempDir dir_;
  std::unique_ptr<ObjectStore> store_;
};

TEST_P(ObjectStoreTest, WhatIsWrittenIsRead) {
  EXPECT_EQ(*store_->Put("b", "a/b c", "hello"), "5d41402abc4b2a76b9719d911017c592");
  EXPECT_EQ(*store_->Read("b", "a/b c", 0, 100), "hello");
  EXPECT_EQ(*store_->Read("b", "a/b c", 1, 3), "ell");
  EXPECT_EQ(*store_->Read("b", "a/b c", 5, 3), "");
  EXPECT_EQ(*store_->Put("b", "a/b c", "again"), *store_->Put("b", "x", "again"));
  EXPECT_EQ(*store_->Read("b", "a/b c", 0, 100), "again");
}

TEST_P(ObjectStoreTest, AnObjectIsThereWhenItIsFinished) {
  {
    auto writer = store_->Create("b", "a");
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->Append("half"));
    EXPECT_EQ(Keys(""), std::vector<std::string>());
    EXPECT_EQ(store_->Read("b", "a", 0, 1).error().code, "NoSuchKey");
  }
  if (!GetParam()) EXPECT_TRUE(std::filesystem::is_empty(dir_.file("b")));
}

TEST_P(ObjectStoreTest, LargeObjectsGoInParts) {
  std::string bytes(size_t{40} << 20, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * i >> 7);
  {
    auto abandoned = store_->Create("b", "large");
    ASSERT_TRUE((*abandoned)->Append(bytes));
  }
  EXPECT_EQ(Keys(""), std::vector<std::string>());
  auto writer = store_->Create("b", "large");
  ASSERT_TRUE(writer);
  for (size_t at = 0; at < bytes.size(); at += 1'000'003) {
    ASSERT_TRUE((*writer)->Append(std::string_view(bytes).substr(at, 1'000'003)));
  }
  ASSERT_TRUE((*writer)->Finish());
  EXPECT_TRUE(*store_->Read("b", "large", 0, bytes.size() + 1) == bytes);
  EXPECT_TRUE(*store_->Read("b", "large", 17'000'000, 20'000'000) ==
              bytes.substr(17'000'000, 20'000'000));
}

TEST_P(ObjectStoreTest, WhatAKilledWriterLeftIsRemoved) {
  const std::string bytes(size_t{17} << 20, 'x');
  auto writer = store_->Create("b", "folder/killed");
  ASSERT_TRUE((*writer)->Append(bytes));
  // A process that is killed destroys nothing.
  ObjectWriter* const leaked = writer->release();
  EXPECT_TRUE(store_->RemoveUnfinished("b", "folder/killed"));
  EXPECT_TRUE(store_->RemoveUnfinished("b", "folder/killed"));
  EXPECT_TRUE(store_->RemoveUnfinished("b", "elsewhere/none"));
  EXPECT_EQ(Keys(""), std::vector<std::string>());
  if (!GetParam()) EXPECT_TRUE(std::filesystem::is_empty(dir_.file("b") + "/folder"));
  delete leaked;
}

TEST_P(ObjectStoreTest, KeysOfAnyLetters) {
  const std::string key = "a b/\xc3\xa4+&=?%41<>\"'#;:@,$~*!()[]";
  ASSERT_TRUE(store_->Put("b", key, "x"));
  EXPECT_EQ(*store_->Read("b", key, 0, 10), "x");
  EXPECT_EQ(Keys("a b/"), std::vector<std::string>{key});
}

TEST_P(ObjectStoreTest, ListsThousands) {
  for (int i = 0; i < 1100; ++i) ASSERT_TRUE(store_->Put("b", "k" + std::to_string(i), ""));
  EXPECT_EQ(Keys("").size(), 1100u);
}

TEST_P(ObjectStoreTest, ListsWhatHasThePrefix) {
  for (const char* key : {"b/2", "a", "b/1", "b-", "bc/d/e"})
    ASSERT_TRUE(store_->Put("b", key, key));
  EXPECT_EQ(Keys(""), (std::vector<std::string>{"a", "b-", "b/1", "b/2", "bc/d/e"}));
  EXPECT_EQ(Keys("b/"), (std::vector<std::string>{"b/1", "b/2"}));
  EXPECT_EQ(Keys("bc/d"), (std::vector<std::string>{"bc/d/e"}));
  EXPECT_EQ(Keys("c"), std::vector<std::string>());
  EXPECT_TRUE(store_->Remove("b", "b/1"));
  EXPECT_TRUE(store_->Remove("b", "b/1"));
  EXPECT_EQ(Keys("b/"), (std::vector<std::string>{"b/2"}));
}

TEST_P(ObjectStoreTest, Faults) {
  EXPECT_EQ(store_->Put("none", "k", "").error(),
            (ObjectFault{"NoSuchBucket", "The specified bucket does not exist"}));
  EXPECT_EQ(store_->Read("b", "none", 0, 1).error().code, "NoSuchKey");
  if (GetParam()) return;
  EXPECT_EQ(store_->Put("..", "k", "").error().code, "InvalidBucketName");
  for (const char* key : {"", "/k", "a/../../k", "a//b", "./k", "a/"}) {
    EXPECT_EQ(store_->Put("b", key, "").error().code, "InvalidArgument") << key;
  }
}

INSTANTIATE_TEST_SUITE_P(, ObjectStoreTest, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "S3" : "Folder"; });

TEST(ObjectStoreUrlTest, Urls) {
  EXPECT_TRUE(CheckObjectStoreUrl("https://s3.example.com"));
  EXPECT_TRUE(CheckObjectStoreUrl("file:///srv/exports"));
  EXPECT_FALSE(CheckObjectStoreUrl("file://srv"));
  EXPECT_FALSE(CheckObjectStoreUrl("file://"));
  EXPECT_FALSE(CheckObjectStoreUrl("http://host/path"));
  EXPECT_FALSE(CheckObjectStoreUrl("/srv"));
}

TEST(ObjectStoreUrlTest, FoldersTakeNoDemands) {
  EXPECT_FALSE(TakesDemands("file:///srv"));
  EXPECT_TRUE(TakesDemands("https://s3.example.com"));
  EXPECT_FALSE(OpenObjectStore({.url = "file:///srv", .demands = {.encryption = "AES256"}}));
  EXPECT_TRUE(OpenObjectStore(
      {.url = "https://s3.example.com", .demands = {.bucket_owner = "000000000000"}}));
}

}  // namespace
}  // namespace stator
