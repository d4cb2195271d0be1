// StartBulkPutItems (facts 13.3, 15.2).
#include <string>
#include <utility>

#include "api/bulk_answer.h"
#include "api/handlers.h"
#include "api/request_hash.h"
#include "api/table_name.h"
#include "transfer/bulk_puts.h"

namespace stator {
namespace {

// All that is asked for but the token.
constexpr std::string_view kAsked[] = {"TableName", "InputS3Configuration", "OutputS3Configuration",
                                       "MaxWriteRequestUnits", "PerformanceTier"};

std::string Text(const Members& in, std::string_view name) {
  return std::string(in.String(name).value_or(""));
}

ImportSource DecodeInput(const Members& in) {
  ImportSource source{.bucket = Text(in, "S3Bucket"),
                      .prefix = Text(in, "S3KeyPrefix"),
                      .owner = Text(in, "S3BucketOwner")};
  if (in.String("InputFormat") == "ION") source.format = ImportFormat::kIon;
  const std::string compression = Text(in, "InputCompressionType");
  source.compression = compression == "GZIP"   ? ImportCompression::kGzip
                       : compression == "ZSTD" ? ImportCompression::kZstd
                                               : ImportCompression::kNone;
  return source;
}

void DecodeOutput(const Members& in, BulkRecord* record) {
  record->target = {.bucket = Text(in, "S3Bucket"),
                    .prefix = Text(in, "S3KeyPrefix"),
                    .owner = Text(in, "S3BucketOwner"),
                    .kms_key_id = Text(in, "S3SseKmsKeyId")};
  if (const auto algorithm = in.String("S3SseAlgorithm")) {
    record->target.encryption =
        *algorithm == "KMS" ? ExportEncryption::kKms : ExportEncryption::kAes256;
  }
  const auto types = in.Strings("OutputType");
  if (!types) return;
  for (const std::string_view type : *types) {
    (type == "ERROR" ? record->errors : record->condition_failures).wanted = true;
  }
}

}  // namespace

void StartBulkPutItems(const OperationContext& context, const Members& in, Respond done) {
  auto table = ResolveTableName(in.String("TableName").value_or(""), context.caller);
  if (!table) return done(Unexpected<ApiError>(table.error()));
  BulkRecord record{.scope = {context.caller.account_id, context.caller.region},
                    .client_token = Text(in, "ClientToken"),
                    .request_hash = HashOfMembers(in, kAsked),
                    .source = DecodeInput(*in.Struct("InputS3Configuration"))};
  DecodeOutput(*in.Struct("OutputS3Configuration"), &record);
  record.max_write_units = in.Int("MaxWriteRequestUnits");
  if (in.String("PerformanceTier") == "ACCELERATED") record.tier = BulkTier::kAccelerated;
  context.bulk_puts->Start(std::move(record), *table,
                           [done = std::move(done)](ApiResult<BulkPtr> started) mutable {
                             if (!started) return done(Unexpected<ApiError>(started.error()));
                             done(BulkAnswer(**started));
                           });
}

}  // namespace stator
