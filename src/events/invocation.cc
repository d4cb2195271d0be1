#include "events/invocation.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <string>

#include "api/json_object.h"
#include "base/date_text.h"

namespace stator {
namespace {

using simdjson::SUCCESS;
using simdjson::dom::element;

}  // namespace

std::string EventOf(const Batch& batch) {
  std::string out = R"({"Records":)";
  AppendJsonArray(batch.records, &out,
                  [](const StreamRecord& record, std::string* to) { *to += record.event; });
  return out += '}';
}

BatchResult ReadItemFailures(std::string_view answer, const Batch& batch) {
  using Kind = BatchResult::Kind;
  constexpr std::string_view kBlanks = " \t\r\n";
  if (answer.find_first_not_of(kBlanks) == std::string_view::npos) return {Kind::kDone};
  simdjson::dom::parser parser;
  element document, failures;
  if (parser.parse(answer.data(), answer.size()).get(document) != SUCCESS) return {Kind::kFailed};
  if (document.is_null() || document["batchItemFailures"].get(failures) != SUCCESS ||
      failures.is_null()) {
    return {Kind::kDone};
  }
  simdjson::dom::array list;
  if (failures.get_array().get(list) != SUCCESS) return {Kind::kFailed};
  size_t first = batch.records.size();
  for (const element failure : list) {
    std::string_view id;
    if (failure["itemIdentifier"].get_string().get(id) != SUCCESS) return {Kind::kFailed};
    const auto found = std::find_if(batch.records.begin(), batch.records.end(),
                                    [&](const auto& r) { return r.sequence_number == id; });
    if (found == batch.records.end()) return {Kind::kFailed};
    first = std::min(first, static_cast<size_t>(found - batch.records.begin()));
  }
  if (first == batch.records.size()) return {Kind::kDone};
  return {Kind::kFailed, first};
}

std::string FailureRecordJson(const FailureRecord& record, std::string_view payload) {
  const std::vector<StreamRecord>& records = record.batch->records;
  std::string out;
  JsonObject json(&out);
  JsonObject request(json.Name("requestContext"));
  request.String("requestId", record.request_id);
  request.String("functionArn", record.mapping->FunctionArn());
  request.String("condition", record.batch->gone.value_or(kRetriesExhausted));
  request.Int("approximateInvokeCount", record.batch->failures);
  request.Close();
  if (record.status != 0) {
    JsonObject response(json.Name("responseContext"));
    response.Int("statusCode", record.status);
    response.String("executedVersion", "$LATEST");
    response.String("functionError", "Unhandled");
    response.Close();
  }
  json.String("version", "1.0");
  json.String("timestamp", FormatIsoMillis(record.now_micros / 1000) + "Z");
  JsonObject batch(json.Name("DDBStreamBatchInfo"));
  batch.String("shardId", record.shard_id);
  batch.String("startSequenceNumber", records.front().sequence_number);
  batch.String("endSequenceNumber", records.back().sequence_number);
  batch.String("approximateArrivalOfFirstRecord",
               FormatIsoExtended(records.front().created_micros / 1'000'000) + "Z");
  batch.String("approximateArrivalOfLastRecord",
               FormatIsoExtended(records.back().created_micros / 1'000'000) + "Z");
  batch.Int("batchSize", static_cast<int64_t>(records.size()));
  batch.String("streamArn", record.mapping->stream_arn);
  batch.Close();
  if (!payload.empty()) json.String("payload", payload);
  json.Close();
  return out;
}

}  // namespace stator
