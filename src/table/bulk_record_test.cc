#include "table/bulk_record.h"

#include <gtest/gtest.h>

#include "model/item_codec.h"
#include "table/test_tables.h"

namespace stator {
namespace {

BulkRecord Full() {
  return {.scope = {"000000000000", "us-east-1"},
          .id = "01695353076000-a1b2c3d4",
          .client_token = "token",
          .request_hash = 0xFEDCBA9876543210,
          .table = testing::TestTable(),
          .source = {.bucket = "in",
                     .prefix = "a/",
                     .owner = "111111111111",
                     .format = ImportFormat::kIon,
                     .compression = ImportCompression::kZstd},
          .target = {.bucket = "out",
                     .prefix = "p/q",
                     .owner = "222222222222",
                     .encryption = ExportEncryption::kKms,
                     .kms_key_id = "k"},
          .max_write_units = 2048,
          .tier = BulkTier::kAccelerated,
          .status = BulkStatus::kFailed,
          .started_micros = 1,
          .ended_micros = 2,
          .processed_items = 3,
          .failed_items = 4,
          .unmet_items = 5,
          .processed_bytes = 6,
          .total_bytes = 7,
          .usage = {.table = 8, .local_indexes = {{"l", 9}}, .global_indexes = {{"g", 10}}},
          .errors = {.wanted = true,
                     .files = {{.key = "p/1", .lines = 11, .md5 = "m", .etag = "e"}},
                     .text = "{}\n",
                     .lines = 1},
          .condition_failures = {.wanted = true},
          .failure_code = "S3NoSuchBucket",
          .failure_message = "none",
          .object = "a/0",
          .object_items = 12};
}

TEST(BulkRecord, RoundTrip) {
  BulkRecord plain;
  plain.table = testing::TestTable();
  for (const BulkRecord& record : {Full(), plain}) {
    const auto decoded = DecodeBulkRecord(EncodeBulkRecord(record));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(*decoded, record);
  }
  std::string other;
  EncodeItem(testing::TestItem("p", 1), &other);
  EXPECT_EQ(DecodeBulkRecord(other).error().code, StatusCode::kCorruption);
}

TEST(BulkRecord, WhereItIs) {
  const BulkRecord record = Full();
  EXPECT_EQ(record.Arn(), record.table.Arn() + "/bulk-operation/" + record.id);
  EXPECT_EQ(record.Folder(), "p/q/AWSDynamoDB/" + record.id + "/");
  EXPECT_EQ(record.usage.Total(), 27);
}

TEST(BulkRecord, UnderWayUntilItHasEnded) {
  BulkRecord record;
  for (const auto& [status, name, under_way] :
       {std::tuple(BulkStatus::kInProgress, "IN_PROGRESS", true),
        std::tuple(BulkStatus::kCompleted, "COMPLETED", false),
        std::tuple(BulkStatus::kCompletedWithErrors, "COMPLETED_WITH_ERRORS", false),
        std::tuple(BulkStatus::kCancelling, "CANCELLING", true),
        std::tuple(BulkStatus::kCancelled, "CANCELLED", false),
        std::tuple(BulkStatus::kFailed, "FAILED", false)}) {
    record.status = status;
    EXPECT_EQ(NameOf(status), name);
    EXPECT_EQ(record.IsUnderWay(), under_way) << name;
  }
}

}  // namespace
}  // namespace stator
