// ImportTable (facts 9.5, 14.5).
#include <string>
#include <utility>

#include "api/handlers.h"
#include "api/import_answer.h"
#include "api/request_hash.h"
#include "api/table_requests.h"
#include "base/uuid.h"
#include "table/database.h"
#include "table/table_changes.h"
#include "transfer/imports.h"

namespace stator {
namespace {

std::string Text(const Members& in, std::string_view name) {
  return std::string(in.String(name).value_or(""));
}

ImportSource DecodeSource(const Members& in) {
  ImportSource source;
  if (const auto bucket = in.Struct("S3BucketSource")) {
    source.bucket = Text(*bucket, "S3Bucket");
    source.prefix = Text(*bucket, "S3KeyPrefix");
    source.owner = Text(*bucket, "S3BucketOwner");
  }
  const std::string format = Text(in, "InputFormat"),
                    compression = Text(in, "InputCompressionType");
  source.format = format == "CSV"   ? ImportFormat::kCsv
                  : format == "ION" ? ImportFormat::kIon
                                    : ImportFormat::kDynamoDbJson;
  source.compression = compression == "GZIP"   ? ImportCompression::kGzip
                       : compression == "ZSTD" ? ImportCompression::kZstd
                                               : ImportCompression::kNone;
  const auto options = in.Struct("InputFormatOptions");
  const auto csv = options ? options->Struct("Csv") : std::nullopt;
  if (!csv) return source;
  if (const auto delimiter = csv->String("Delimiter")) source.delimiter = std::string(*delimiter);
  if (const auto header = csv->Strings("HeaderList")) {
    source.header.assign(header->begin(), header->end());
  }
  return source;
}

// What TableCreationParameters can say; CreateTable has more members, which are not looked at here.
CreateTableRequest Known(CreateTableRequest request) {
  CreateTableRequest known;
  known.name = std::move(request.name);
  known.attributes = std::move(request.attributes);
  known.keys = std::move(request.keys);
  known.global_indexes = std::move(request.global_indexes);
  known.billing = request.billing;
  known.provisioned = request.provisioned;
  known.on_demand = request.on_demand;
  known.sse = std::move(request.sse);
  return known;
}

// All that is asked for but the token.
constexpr std::string_view kAsked[] = {"S3BucketSource", "InputFormat", "InputFormatOptions",
                                       "InputCompressionType", "TableCreationParameters"};

}  // namespace

void ImportTable(const OperationContext& context, const Members& in, Respond done) {
  Database* const database = context.database;
  const auto parameters = in.Struct("TableCreationParameters");
  auto request = DecodeCreateTable(*parameters, context.caller);
  if (!request) return done(Unexpected<ApiError>(request.error()));
  auto table = PlanCreateTable(
      Known(*std::move(request)),
      {database->clock().NowMicros(), context.caller.region, database->options().service_quotas});
  if (!table) return done(Unexpected<ApiError>(table.error()));
  ImportRecord import;
  import.scope = {context.caller.account_id, context.caller.region};
  import.client_token = Text(in, "ClientToken");
  import.request_hash = HashOfMembers(in, kAsked);
  import.source = DecodeSource(in);
  import.table = *std::move(table);
  import.table.scope = import.scope;
  import.table.uuid = NewUuid(&database->random());
  context.imports->Start(std::move(import),
                         [done = std::move(done)](ApiResult<ImportPtr> started) mutable {
                           if (!started) return done(Unexpected<ApiError>(started.error()));
                           done(ImportAnswer(**started));
                         });
}

}  // namespace stator
