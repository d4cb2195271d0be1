#include "transfer/export_files.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/base64.h"
#include "base/compress.h"
#include "base/temp_dir.h"
#include "table/test_tables.h"

namespace stator {
namespace {

ExportRecord Record() {
  return {.id = "01695353076000-a1b2c3d4",
          .table = testing::TestTable(),
          .time_micros = 1'695'353'076'000'000,
          .target = {.bucket = "b", .prefix = "p"},
          .started_micros = 1'695'353'077'001'999,
          .ended_micros = 1'695'353'078'500'000,
          .items = 3,
          .billed_bytes = 70};
}

TEST(ExportFiles, Keys) {
  ExportRecord record = Record();
  const std::string key = DataFileKey(record, 0);
  const std::string folder = "p/AWSDynamoDB/01695353076000-a1b2c3d4/data/";
  ASSERT_TRUE(key.starts_with(folder)) << key;
  const std::string name = key.substr(folder.size());
  EXPECT_EQ(name.size(), std::string("gkes5o3lnrhoznhnkyax3hxvya.json.gz").size());
  EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567"), 26u) << name;
  EXPECT_NE(DataFileKey(record, 1), key);
  EXPECT_EQ(DataFileKey(record, 0), key);
  record.format = ExportFormat::kIon;
  EXPECT_TRUE(DataFileKey(record, 0).ends_with(".ion.gz"));
  record.type = ExportType::kIncremental;
  EXPECT_TRUE(DataFileKey(record, 0).starts_with("p/AWSDynamoDB/data/"));
}

TEST(ExportFiles, Manifests) {
  EXPECT_EQ(FilesManifest({{.key = "p/k", .items = 3, .md5 = "m==", .etag = "e-1"},
                           {.key = "q", .items = 0, .md5 = "n==", .etag = "f"}}),
            "{\"itemCount\":3,\"md5Checksum\":\"m==\",\"etag\":\"e-1\",\"dataFileS3Key\":\"p/k\"}\n"
            "{\"itemCount\":0,\"md5Checksum\":\"n==\",\"etag\":\"f\",\"dataFileS3Key\":\"q\"}\n");
  ExportRecord record = Record();
  EXPECT_EQ(
      SummaryManifest(record),
      R"({"version":"2023-08-01","exportArn":"arn:aws:dynamodb:us-east-1:000000000000:table/t)"
      R"(/export/01695353076000-a1b2c3d4","startTime":"2023-09-22T03:24:37.001Z",)"
      R"("endTime":"2023-09-22T03:24:38.500Z",)"
      R"("tableArn":"arn:aws:dynamodb:us-east-1:000000000000:table/t",)"
      R"("tableId":"6d0a1a0e-5b6c-4c51-9d0f-0a4b7f0e1c11",)"
      R"("exportTime":"2023-09-22T03:24:36.000Z","s3Bucket":"b","s3Prefix":"p",)"
      R"("s3SseAlgorithm":"AES256","s3SseKmsKeyId":null,"manifestFilesS3Key":)"
      R"("p/AWSDynamoDB/01695353076000-a1b2c3d4/manifest-files.json","billedSizeBytes":70,)"
      R"("itemCount":3,"outputFormat":"DYNAMODB_JSON","exportType":"FULL_EXPORT"})");
  record.type = ExportType::kIncremental;
  record.from_micros = 1'695'353'000'000'000;
  record.to_micros = 1'695'353'060'000'000;
  record.target.prefix.clear();
  const std::string summary = SummaryManifest(record);
  EXPECT_NE(summary.find(R"("exportFromTime":"2023-09-22T03:23:20.000Z",)"
                         R"("exportToTime":"2023-09-22T03:24:20.000Z")"),
            std::string::npos)
      << summary;
  EXPECT_NE(summary.find(R"("s3Prefix":null)"), std::string::npos);
  EXPECT_NE(summary.find(R"("outputView":"NEW_AND_OLD_IMAGES","exportType":"INCREMENTAL_EXPORT")"),
            std::string::npos);
}

class DataFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(dir_.file("b"));
    objects_ = *OpenObjectStore({.url = "file://" + dir_.path()});
  }
  std::string Bytes(const std::string& key) { return *objects_->Read("b", key, 0, 1 << 20); }

  TempDir dir_;
  std::unique_ptr<ObjectStore> objects_;
};

TEST_F(DataFilesTest, AreOfBoundedSizeAndSaidToBeWhatTheyAre) {
  const ExportRecord record = Record();
  DataFiles files(objects_.get(), record, 100, false);
  std::string text;
  for (int i = 0; i < 50; ++i) {
    const std::string line = "line " + std::to_string(i) + "\n";
    ASSERT_TRUE(files.Add(line));
    text += line;
  }
  ASSERT_TRUE(files.Finish());
  EXPECT_EQ(files.files().size(), 4u);
  std::string read;
  int64_t items = 0;
  for (const ExportFile& file : files.files()) {
    const std::string bytes = Bytes(file.key);
    EXPECT_EQ(Base64Encode(Md5Of(bytes)), file.md5);
    const std::string plain = *Decompress(ContentCoding::kGzip, bytes, 1 << 20);
    EXPECT_LT(plain.size(), 110u);
    read += plain;
    items += file.items;
  }
  EXPECT_EQ(read, text);
  EXPECT_EQ(items, 50);

  // A second try writes the same, and removes what the first one had begun.
  ObjectWriter* const leaked = objects_->Create("b", files.files()[0].key)->release();
  DataFiles again(objects_.get(), record, 100, true);
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(again.Add("line " + std::to_string(i) + "\n"));
  ASSERT_TRUE(again.Finish());
  EXPECT_EQ(again.files(), files.files());
  size_t there = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir_.file("b"))) {
    there += entry.is_regular_file();
  }
  EXPECT_EQ(there, 4u);
  delete leaked;
}

TEST_F(DataFilesTest, ThereIsOneAtLeast) {
  const ExportRecord record = Record();
  DataFiles files(objects_.get(), record, 100, false);
  ASSERT_TRUE(files.Finish());
  ASSERT_EQ(files.files().size(), 1u);
  EXPECT_EQ(files.files()[0].items, 0);
  EXPECT_EQ(*Decompress(ContentCoding::kGzip, Bytes(files.files()[0].key), 100), "");
}

TEST_F(DataFilesTest, WhatIsNotFinishedIsNotThere) {
  const ExportRecord record = Record();
  {
    DataFiles files(objects_.get(), record, 100, false);
    ASSERT_TRUE(files.Add("line\n"));
  }
  EXPECT_EQ(objects_->Read("b", DataFileKey(record, 0), 0, 1).error().code, "NoSuchKey");
  DataFiles nowhere(objects_.get(), record, 100, false);
  std::filesystem::remove_all(dir_.file("b"));
  EXPECT_EQ(nowhere.Add("line\n").error().code, "NoSuchBucket");
}

}  // namespace
}  // namespace stator
