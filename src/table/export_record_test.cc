#include "table/export_record.h"

#include <gtest/gtest.h>

#include "table/test_tables.h"

namespace stator {
namespace {

ExportRecord Full() {
  AttributeMap values;
  values.Set(":v", AttributeValue::N(7));
  return {.scope = {"000000000000", "us-east-1"},
          .id = "01695353076000-a1b2c3d4",
          .client_token = "token",
          .request_hash = 0xFEDCBA9876543210,
          .table = testing::TestTable(),
          .type = ExportType::kIncremental,
          .type_was_given = true,
          .format = ExportFormat::kIon,
          .view = ExportView::kNewImage,
          .after = 1,
          .last = 2,
          .first_shard = 3,
          .time_micros = 4,
          .from_micros = 5,
          .to_micros = 6,
          .filter = ExportFilterText{.key_condition = "p = :v",
                                     .filter = "#a > :v",
                                     .projection = "x, #a",
                                     .names = {{{"#a", "a"}, {"#b", "b"}}},
                                     .values = values},
          .target = {.bucket = "b",
                     .prefix = "p/q",
                     .owner = "111111111111",
                     .encryption = ExportEncryption::kKms,
                     .kms_key_id = "k"},
          .status = ExportStatus::kFailed,
          .started_micros = 7,
          .ended_micros = 8,
          .items = 9,
          .billed_bytes = 10,
          .failure_code = "S3NoSuchBucket",
          .failure_message = "none"};
}

TEST(ExportRecord, RoundTrip) {
  ExportRecord plain = Full();
  plain.filter.reset();
  plain.target = {.bucket = "b"};
  plain.status = ExportStatus::kInProgress;
  ExportRecord empty_filter = Full();
  empty_filter.filter = ExportFilterText{};
  for (const ExportRecord& record : {Full(), plain, empty_filter}) {
    const auto decoded = DecodeExportRecord(EncodeExportRecord(record));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(*decoded, record);
  }
}

TEST(ExportRecord, Names) {
  ExportRecord record = Full();
  EXPECT_EQ(record.Arn(),
            "arn:aws:dynamodb:us-east-1:000000000000:table/t/export/01695353076000-a1b2c3d4");
  EXPECT_EQ(record.Folder(), "p/q/AWSDynamoDB/01695353076000-a1b2c3d4/");
  record.target.prefix = "p/";
  EXPECT_EQ(record.Manifest(), "p/AWSDynamoDB/01695353076000-a1b2c3d4/manifest-summary.json");
  record.target.prefix = "";
  EXPECT_EQ(record.Folder(), "AWSDynamoDB/01695353076000-a1b2c3d4/");
}

TEST(ExportRecord, WhatIsNone) {
  const std::string bytes = EncodeExportRecord(Full());
  EXPECT_FALSE(DecodeExportRecord(""));
  EXPECT_FALSE(DecodeExportRecord(bytes.substr(0, bytes.size() - 1)));
}

}  // namespace
}  // namespace stator
