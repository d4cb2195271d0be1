// ExportTableToPointInTime (facts 9.4, 14.5, 15.3).
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "api/export_answer.h"
#include "api/expression_inputs.h"
#include "api/handlers.h"
#include "api/json_view.h"
#include "api/request_hash.h"
#include "api/table_name.h"
#include "transfer/export_filter.h"
#include "transfer/exports.h"

namespace stator {
namespace {

// All that is asked for but the token.
constexpr std::string_view kAsked[] = {"TableArn",           "ExportTime",
                                       "S3Bucket",           "S3BucketOwner",
                                       "S3Prefix",           "S3SseKmsKeyId",
                                       "ExportFormat",       "S3SseAlgorithm",
                                       "ExportType",         "IncrementalExportSpecification",
                                       "FilterSpecification"};

std::string Text(const Members& in, std::string_view name) {
  return std::string(in.String(name).value_or(""));
}

std::optional<std::string> OptionalText(const Members& in, std::string_view name) {
  const auto text = in.String(name);
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

// Fractions are cut off. What no clock shows is outside of every table's times.
std::optional<int64_t> Second(const Members& in, std::string_view name) {
  constexpr double kFarthest = 1e12;
  const auto time = in.Double(name);
  if (!time) return std::nullopt;
  return static_cast<int64_t>(std::floor(std::clamp(*time, -1.0, kFarthest)));
}

ExportTarget DecodeTarget(const Members& in) {
  ExportTarget target{.bucket = Text(in, "S3Bucket"),
                      .prefix = Text(in, "S3Prefix"),
                      .owner = Text(in, "S3BucketOwner"),
                      .kms_key_id = Text(in, "S3SseKmsKeyId")};
  if (const auto algorithm = in.String("S3SseAlgorithm")) {
    target.encryption = *algorithm == "KMS" ? ExportEncryption::kKms : ExportEncryption::kAes256;
  }
  return target;
}

ApiResult<ExportTimes> DecodeTimes(const Members& in, ExportRecord* record) {
  const auto type = in.String("ExportType");
  record->type_was_given = type.has_value();
  const auto incremental = in.Struct("IncrementalExportSpecification");
  ExportTimes times{.time = Second(in, "ExportTime")};
  if (type != "INCREMENTAL_EXPORT") {
    if (!incremental) return times;
    return Invalid("IncrementalExportSpecification needs the ExportType INCREMENTAL_EXPORT");
  }
  record->type = ExportType::kIncremental;
  if (times.time) return Invalid("ExportTime is not for the ExportType INCREMENTAL_EXPORT");
  if (incremental) {
    times.from = Second(*incremental, "ExportFromTime");
    times.to = Second(*incremental, "ExportToTime");
    if (incremental->String("ExportViewType") == "NEW_IMAGE") record->view = ExportView::kNewImage;
  }
  if (times.from) return times;
  return Invalid("The ExportType INCREMENTAL_EXPORT needs an ExportFromTime");
}

ApiResult<ExportFilterText> DecodeFilter(const Members& in) {
  // It has the errors of what is around the expressions.
  if (auto checked = DecodePlaceholders(in, kQueryMembers); !checked) {
    return Unexpected<ApiError>(std::move(checked).error());
  }
  ExportFilterText filter{.key_condition = OptionalText(in, "KeyConditionExpression"),
                          .filter = OptionalText(in, "FilterExpression"),
                          .projection = OptionalText(in, "ProjectionExpression")};
  if (const auto names = in.Map("ExpressionAttributeNames")) {
    filter.names.emplace();
    for (const auto& [placeholder, name] : *names) {
      filter.names->emplace_back(placeholder, TextOf(name));
    }
  }
  if (const auto values = in.Map("ExpressionAttributeValues")) {
    filter.values.emplace();
    for (const auto& [placeholder, json] : *values) {
      auto value = DecodeValue(json);
      if (!value) return Unexpected<ApiError>(std::move(value).error());
      filter.values->Set(placeholder, *std::move(value));
    }
  }
  if (auto checked = ExportFilter::Check(filter); !checked) {
    return Unexpected<ApiError>(std::move(checked).error());
  }
  return filter;
}

}  // namespace

void ExportTableToPointInTime(const OperationContext& context, const Members& in, Respond done) {
  auto table = ResolveTableName(in.String("TableArn").value_or(""), context.caller);
  if (!table) return done(Unexpected<ApiError>(table.error()));
  ExportRecord record{.scope = {context.caller.account_id, context.caller.region},
                      .client_token = Text(in, "ClientToken"),
                      .request_hash = HashOfMembers(in, kAsked),
                      .target = DecodeTarget(in)};
  if (in.String("ExportFormat") == "ION") record.format = ExportFormat::kIon;
  auto times = DecodeTimes(in, &record);
  if (!times) return done(Unexpected<ApiError>(times.error()));
  if (const auto specification = in.Struct("FilterSpecification")) {
    auto filter = DecodeFilter(*specification);
    if (!filter) return done(Unexpected<ApiError>(filter.error()));
    record.filter = *std::move(filter);
  }
  context.exports->Start(std::move(record), *table, *times,
                         [done = std::move(done)](ApiResult<ExportPtr> started) mutable {
                           if (!started) return done(Unexpected<ApiError>(started.error()));
                           done(ExportAnswer(**started));
                         });
}

}  // namespace stator
