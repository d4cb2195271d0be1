#include "events/mapping.h"

#include <simdjson.h>

#include "api/json_object.h"

namespace stator {
namespace {

using simdjson::SUCCESS;
using simdjson::dom::element;

constexpr char kVersion = 1;

void AppendStrings(const std::vector<std::string>& strings, std::string* out) {
  AppendJsonArray(strings, out,
                  [](const std::string& text, std::string* to) { AppendJsonString(text, to); });
}

// Reads the members of a stored object; after a fault `ok` is false.
class Members {
 public:
  explicit Members(element document) : document_(document) {}

  void Read(const char* name, std::string* out) {
    std::string_view text;
    Get(name, [&](element value) { return value.get_string().get(text); });
    *out = text;
  }
  void Read(const char* name, int64_t* out) {
    Get(name, [&](element value) { return value.get_int64().get(*out); });
  }
  void Read(const char* name, bool* out) {
    Get(name, [&](element value) { return value.get_bool().get(*out); });
  }
  void Read(const char* name, std::vector<std::string>* out) {
    simdjson::dom::array list;
    Get(name, [&](element value) { return value.get_array().get(list); });
    if (!ok) return;
    for (const element one : list) {
      std::string_view text;
      ok = ok && one.get_string().get(text) == SUCCESS;
      out->emplace_back(text);
    }
  }

  bool ok = true;

 private:
  template <class Use>
  void Get(const char* name, Use use) {
    element value;
    ok = ok && document_[name].get(value) == SUCCESS && use(value) == SUCCESS;
  }

  const element document_;
};

// Reads "01 JSON" with `read`.
template <class Read>
Result<void> Decode(std::string_view bytes, const char* what, Read read) {
  if (!bytes.empty() && bytes[0] > kVersion) {
    return Fail(StatusCode::kUnsupported, std::string(what) + " of a newer version");
  }
  simdjson::dom::parser parser;
  element document;
  if (!bytes.empty() && bytes[0] == kVersion &&
      parser.parse(bytes.data() + 1, bytes.size() - 1).get(document) == SUCCESS) {
    Members members(document);
    read(&members);
    if (members.ok) return {};
  }
  return Fail(StatusCode::kCorruption, std::string(what) + " cannot be decoded");
}

}  // namespace

std::string Mapping::FunctionArn() const {
  return "arn:aws:lambda:" + region + ":" + account + ":function:" + function;
}

std::string EncodeMapping(const Mapping& mapping) {
  std::string out(1, kVersion);
  JsonObject json(&out);
  json.String("uuid", mapping.uuid);
  json.String("account", mapping.account);
  json.String("region", mapping.region);
  json.String("stream", mapping.stream_arn);
  json.String("function", mapping.function);
  json.Bool("enabled", mapping.enabled);
  json.Int("batch_size", mapping.batch_size);
  json.Int("window_seconds", mapping.window_seconds);
  json.Int("lanes", mapping.lanes);
  json.String("starting_position", mapping.starting_position);
  json.String("start_after", mapping.start_after);
  AppendStrings(mapping.filters, json.Name("filters"));
  json.String("on_failure", mapping.on_failure);
  json.Int("max_age_seconds", mapping.max_age_seconds);
  json.Int("max_retries", mapping.max_retries);
  json.Bool("bisect", mapping.bisect);
  json.Bool("report_item_failures", mapping.report_item_failures);
  json.Int("modified_micros", mapping.modified_micros);
  json.String("failure", mapping.failure);
  json.Close();
  return out;
}

Result<Mapping> DecodeMapping(std::string_view bytes) {
  Mapping mapping;
  auto decoded = Decode(bytes, "an event source mapping", [&](Members* in) {
    in->Read("uuid", &mapping.uuid);
    in->Read("account", &mapping.account);
    in->Read("region", &mapping.region);
    in->Read("stream", &mapping.stream_arn);
    in->Read("function", &mapping.function);
    in->Read("enabled", &mapping.enabled);
    in->Read("batch_size", &mapping.batch_size);
    in->Read("window_seconds", &mapping.window_seconds);
    in->Read("lanes", &mapping.lanes);
    in->Read("starting_position", &mapping.starting_position);
    in->Read("start_after", &mapping.start_after);
    in->Read("filters", &mapping.filters);
    in->Read("on_failure", &mapping.on_failure);
    in->Read("max_age_seconds", &mapping.max_age_seconds);
    in->Read("max_retries", &mapping.max_retries);
    in->Read("bisect", &mapping.bisect);
    in->Read("report_item_failures", &mapping.report_item_failures);
    in->Read("modified_micros", &mapping.modified_micros);
    in->Read("failure", &mapping.failure);
  });
  if (!decoded) return Unexpected(std::move(decoded).error());
  return mapping;
}

std::string DescribeMapping(const Mapping& mapping, std::string_view state,
                            std::string_view last_result) {
  std::string out;
  JsonObject json(&out);
  json.String("UUID", mapping.uuid);
  json.String("EventSourceMappingArn", "arn:aws:lambda:" + mapping.region + ":" + mapping.account +
                                           ":event-source-mapping:" + mapping.uuid);
  json.String("EventSourceArn", mapping.stream_arn);
  json.String("FunctionArn", mapping.FunctionArn());
  json.String("StartingPosition", mapping.starting_position);
  json.Int("BatchSize", mapping.batch_size);
  json.Int("MaximumBatchingWindowInSeconds", mapping.window_seconds);
  json.Int("ParallelizationFactor", mapping.lanes);
  if (!mapping.filters.empty()) {
    JsonObject criteria(json.Name("FilterCriteria"));
    AppendJsonArray(mapping.filters, criteria.Name("Filters"),
                    [](const std::string& pattern, std::string* to) {
                      JsonObject filter(to);
                      filter.String("Pattern", pattern);
                      filter.Close();
                    });
    criteria.Close();
  }
  JsonObject destinations(json.Name("DestinationConfig"));
  JsonObject on_failure(destinations.Name("OnFailure"));
  if (!mapping.on_failure.empty()) on_failure.String("Destination", mapping.on_failure);
  on_failure.Close();
  destinations.Close();
  json.Int("MaximumRecordAgeInSeconds", mapping.max_age_seconds);
  json.Int("MaximumRetryAttempts", mapping.max_retries);
  json.Bool("BisectBatchOnFunctionError", mapping.bisect);
  json.Int("TumblingWindowInSeconds", 0);
  json.Name("FunctionResponseTypes")
      ->append(mapping.report_item_failures ? R"(["ReportBatchItemFailures"])" : "[]");
  json.Time("LastModified", mapping.modified_micros);
  json.String("LastProcessingResult", last_result);
  json.String("State", state);
  json.String("StateTransitionReason",
              mapping.failure.empty() ? std::string_view("User action") : mapping.failure);
  json.Close();
  return out;
}

std::string EncodeProgress(const ShardProgress& progress) {
  std::string out(1, kVersion);
  JsonObject json(&out);
  AppendStrings(progress.lanes, json.Name("lanes"));
  json.Bool("finished", progress.finished);
  json.Close();
  return out;
}

Result<ShardProgress> DecodeProgress(std::string_view bytes) {
  ShardProgress progress;
  auto decoded = Decode(bytes, "a mapping's position", [&](Members* in) {
    in->Read("lanes", &progress.lanes);
    in->Read("finished", &progress.finished);
  });
  if (!decoded) return Unexpected(std::move(decoded).error());
  return progress;
}

bool SequenceLess(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

}  // namespace stator
