#include "table/import_record.h"

#include <gtest/gtest.h>

namespace stator {
namespace {

ImportRecord Full() {
  ImportRecord record{.scope = {"000000000000", "eu-west-1"},
                      .id = "01658528578619-c4d4e311",
                      .client_token = "token",
                      .request_hash = 0xFEDCBA9876543210,
                      .source = {.bucket = "b",
                                 .prefix = "p/",
                                 .owner = "111111111111",
                                 .format = ImportFormat::kCsv,
                                 .compression = ImportCompression::kZstd,
                                 .delimiter = ";",
                                 .header = {"p", "q"}},
                      .status = ImportStatus::kFailed,
                      .started_micros = 1,
                      .ended_micros = 2,
                      .processed_bytes = 3,
                      .processed_items = 4,
                      .imported_items = 5,
                      .errors = 6,
                      .failure_code = "S3NoSuchBucket",
                      .failure_message = "none",
                      .drops_table = true};
  record.table.scope = record.scope;
  record.table.name = "t";
  record.table.keys.hash = {{"p", AttributeValue::Type::kS}};
  record.table.attributes = record.table.keys.hash;
  return record;
}

TEST(ImportRecord, RoundTrip) {
  for (const ImportRecord& record : {Full(), [] {
                                       ImportRecord plain = Full();
                                       plain.source = {.bucket = "b"};
                                       plain.status = ImportStatus::kInProgress;
                                       plain.drops_table = false;
                                       return plain;
                                     }()}) {
    const auto decoded = DecodeImportRecord(EncodeImportRecord(record));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(*decoded, record);
  }
}

TEST(ImportRecord, Arn) {
  EXPECT_EQ(Full().Arn(),
            "arn:aws:dynamodb:eu-west-1:000000000000:table/t/import/01658528578619-c4d4e311");
}

TEST(ImportRecord, WhatIsNone) {
  const std::string bytes = EncodeImportRecord(Full());
  EXPECT_FALSE(DecodeImportRecord(""));
  EXPECT_FALSE(DecodeImportRecord(bytes.substr(0, bytes.size() - 1)));
}

}  // namespace
}  // namespace stator
