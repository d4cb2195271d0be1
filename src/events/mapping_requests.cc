#include "events/mapping_requests.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "base/uri.h"
#include "events/event_pattern.h"

namespace stator {
namespace {

using simdjson::SUCCESS;
using simdjson::dom::element;

constexpr size_t kMaxFilters = 10;
constexpr size_t kMaxPattern = 4096;
constexpr size_t kMaxListed = 100;

std::string Quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

Unexpected<LambdaError> WrongType(std::string_view member, std::string_view type) {
  return LambdaFail(400, "SerializationException",
                    std::string(member) + " must be " + std::string(type));
}

Unexpected<LambdaError> OutOfRange(std::string_view member, int64_t value, std::string_view word,
                                   int64_t bound) {
  return LambdaFail(400, "ValidationException",
                    "1 validation error detected: Value '" + std::to_string(value) + "' at '" +
                        std::string(member) + "' failed to satisfy constraint: Member must have " +
                        "value " + std::string(word) + " than or equal to " +
                        std::to_string(bound));
}

// A list of at most one, and that: what FunctionResponseTypes is.
LambdaResult<bool> ReadResponseTypes(const element& value) {
  simdjson::dom::array list;
  if (value.get_array().get(list) != SUCCESS) return WrongType("FunctionResponseTypes", "a list");
  bool report = false;
  for (const element one : list) {
    std::string_view text;
    if (one.get_string().get(text) != SUCCESS || text != "ReportBatchItemFailures") {
      return InvalidParameter("FunctionResponseTypes knows ReportBatchItemFailures only.");
    }
    report = true;
  }
  return report;
}

LambdaResult<std::vector<std::string>> ReadFilters(const element& value) {
  simdjson::dom::object criteria;
  if (value.get_object().get(criteria) != SUCCESS) return WrongType("FilterCriteria", "an object");
  std::vector<std::string> patterns;
  element filters;
  if (criteria["Filters"].get(filters) != SUCCESS || filters.is_null()) return patterns;
  simdjson::dom::array list;
  if (filters.get_array().get(list) != SUCCESS) return WrongType("Filters", "a list");
  for (const element filter : list) {
    std::string_view pattern;
    if (filter["Pattern"].get_string().get(pattern) != SUCCESS) {
      return WrongType("Pattern", "a string");
    }
    if (pattern.size() > kMaxPattern) {
      return InvalidParameter("Invalid filter pattern definition: longer than 4096.");
    }
    if (auto parsed = EventPattern::Parse(pattern); !parsed) {
      return InvalidParameter("Invalid filter pattern definition. " + parsed.error().message);
    }
    patterns.emplace_back(pattern);
  }
  if (patterns.size() > kMaxFilters) {
    return InvalidParameter("An event source mapping can have at most 10 filters.");
  }
  return patterns;
}

// The destination of OnFailure; empty: none.
LambdaResult<std::string> ReadDestination(const element& value, const Functions& functions,
                                          const Mapping& mapping) {
  simdjson::dom::object config;
  if (value.get_object().get(config) != SUCCESS) return WrongType("DestinationConfig", "an object");
  element on_success;
  std::string_view text;
  if (config["OnSuccess"]["Destination"].get(on_success) == SUCCESS && !on_success.is_null()) {
    return InvalidParameter("OnSuccess is not for event source mappings.");
  }
  element destination;
  if (config["OnFailure"]["Destination"].get(destination) != SUCCESS || destination.is_null()) {
    return std::string();
  }
  if (destination.get_string().get(text) != SUCCESS) return WrongType("Destination", "a string");
  if (text.empty() || functions.FindDestination(text) != nullptr) return std::string(text);
  const std::string table_arn =
      "arn:aws:dynamodb:" + mapping.region + ":" + mapping.account + ":table/";
  if (text.starts_with(table_arn) && text.find('/', table_arn.size()) == std::string_view::npos &&
      text.size() > table_arn.size()) {
    return std::string(text);
  }
  return InvalidParameter("The destination ARN " + std::string(text) +
                          " is neither one of this server's settings (destinations) nor that of a "
                          "table here.");
}

struct NumberMember {
  const char* name;
  const char* spelled;  // in errors
  int64_t Mapping::*value;
  int64_t min;
  int64_t max;
};
constexpr NumberMember kNumbers[] = {
    {"BatchSize", "batchSize", &Mapping::batch_size, 1, 10'000},
    {"MaximumBatchingWindowInSeconds", "maximumBatchingWindowInSeconds", &Mapping::window_seconds,
     0, 300},
    {"ParallelizationFactor", "parallelizationFactor", &Mapping::lanes, 1, 10},
    {"MaximumRecordAgeInSeconds", "maximumRecordAgeInSeconds", &Mapping::max_age_seconds, -1,
     604'800},
    {"MaximumRetryAttempts", "maximumRetryAttempts", &Mapping::max_retries, -1, 10'000},
};

// Members that Lambda knows, for other event sources or not supported here: refused.
constexpr const char* kRefused[] = {
    "AmazonManagedKafkaEventSourceConfig",
    "DocumentDBEventSourceConfig",
    "KMSKeyArn",
    "LoggingConfig",
    "MetricsConfig",
    "ProvisionedPollerConfig",
    "Queues",
    "ScalingConfig",
    "SelfManagedEventSource",
    "SelfManagedKafkaEventSourceConfig",
    "SourceAccessConfigurations",
    "StartingPositionTimestamp",
    "Tags",
    "Topics",
};

// The members of a body; those that are null count as absent.
class Body {
 public:
  explicit Body(simdjson::dom::object object) : object_(object) {}

  bool Has(const char* name) const {
    element value;
    return object_[name].get(value) == SUCCESS && !value.is_null();
  }
  element operator[](const char* name) const { return object_[name].value_unsafe(); }

 private:
  simdjson::dom::object object_;
};

LambdaResult<void> ReadNumbers(const Body& body, Mapping* mapping) {
  for (const NumberMember& member : kNumbers) {
    if (!body.Has(member.name)) continue;
    int64_t value;
    if (body[member.name].get_int64().get(value) != SUCCESS) {
      return WrongType(member.name, "a whole number");
    }
    if (value < member.min) return OutOfRange(member.spelled, value, "greater", member.min);
    if (value > member.max) return OutOfRange(member.spelled, value, "less", member.max);
    mapping->*member.value = value;
  }
  if (mapping->max_age_seconds != -1 && mapping->max_age_seconds < 60) {
    return InvalidParameter("MaximumRecordAgeInSeconds must be -1, or 60 to 604800.");
  }
  int64_t tumbling = 0;
  if (body.Has("TumblingWindowInSeconds") &&
      (body["TumblingWindowInSeconds"].get_int64().get(tumbling) != SUCCESS || tumbling != 0)) {
    return InvalidParameter("TumblingWindowInSeconds is not supported by Stator yet.");
  }
  return {};
}

LambdaResult<void> ReadFlag(const Body& body, const char* name, bool* out) {
  if (body.Has(name) && body[name].get_bool().get(*out) != SUCCESS) {
    return WrongType(name, "true or false");
  }
  return {};
}

LambdaResult<void> ReadFunction(const Body& body, bool is_new, const Functions& functions,
                                Mapping* mapping) {
  if (!body.Has("FunctionName")) {
    if (!is_new) return {};
    return InvalidParameter(
        "1 validation error detected: Value null at 'functionName' failed to satisfy constraint: "
        "Member must not be null");
  }
  std::string_view text;
  if (body["FunctionName"].get_string().get(text) != SUCCESS) {
    return WrongType("FunctionName", "a string");
  }
  auto name = FunctionNameOf(text, *mapping);
  if (!name || functions.Find(*name) == nullptr) {
    return InvalidParameter("Function does not exist: " + std::string(text) +
                            " (functions are made known in this server's settings)");
  }
  mapping->function = std::move(*name);
  return {};
}

LambdaResult<void> ReadSource(const Body& body, Mapping* mapping) {
  std::string_view arn, position;
  if (!body.Has("EventSourceArn")) return InvalidParameter("EventSourceArn is required.");
  if (body["EventSourceArn"].get_string().get(arn) != SUCCESS) {
    return WrongType("EventSourceArn", "a string");
  }
  const std::string own =
      "arn:aws:dynamodb:" + mapping->region + ":" + mapping->account + ":table/";
  if (!arn.starts_with(own) || arn.find("/stream/") == std::string_view::npos) {
    return InvalidParameter("The event source " + Quoted(arn) +
                            " is not the ARN of a DynamoDB stream of this account and region.");
  }
  mapping->stream_arn = arn;
  if (!body.Has("StartingPosition")) {
    return InvalidParameter(
        "1 validation error detected: Value null at 'startingPosition' failed to satisfy "
        "constraint: Member must not be null.");
  }
  if (body["StartingPosition"].get_string().get(position) != SUCCESS) {
    return WrongType("StartingPosition", "a string");
  }
  if (position != "TRIM_HORIZON" && position != "LATEST") {
    return InvalidParameter("Unsupported starting position for arn type: " + std::string(arn));
  }
  mapping->starting_position = position;
  return {};
}

}  // namespace

Unexpected<LambdaError> LambdaFail(int status, std::string type, std::string message) {
  return Unexpected(LambdaError{status, std::move(type), std::move(message)});
}

Unexpected<LambdaError> InvalidParameter(std::string message) {
  return LambdaFail(400, "InvalidParameterValueException", std::move(message));
}

LambdaResult<void> ApplyRequest(const element& document, bool is_new, const Functions& functions,
                                Mapping* mapping) {
  simdjson::dom::object object;
  if (document.get_object().get(object) != SUCCESS) {
    return LambdaFail(400, "SerializationException", "The body must be a JSON object.");
  }
  const Body body(object);
  for (const char* name : kRefused) {
    if (body.Has(name)) {
      return InvalidParameter(std::string(name) +
                              " is not supported by Stator for DynamoDB streams.");
    }
  }
  if (auto read = ReadNumbers(body, mapping); !read) return read;
  if (auto read = ReadFlag(body, "Enabled", &mapping->enabled); !read) return read;
  if (auto read = ReadFlag(body, "BisectBatchOnFunctionError", &mapping->bisect); !read)
    return read;
  if (is_new) {
    if (auto read = ReadSource(body, mapping); !read) return read;
  }
  if (auto read = ReadFunction(body, is_new, functions, mapping); !read) return read;
  if (body.Has("FunctionResponseTypes")) {
    auto report = ReadResponseTypes(body["FunctionResponseTypes"]);
    if (!report) return Unexpected(std::move(report).error());
    mapping->report_item_failures = *report;
  }
  if (body.Has("FilterCriteria")) {
    auto filters = ReadFilters(body["FilterCriteria"]);
    if (!filters) return Unexpected(std::move(filters).error());
    mapping->filters = std::move(*filters);
  }
  if (body.Has("DestinationConfig")) {
    auto destination = ReadDestination(body["DestinationConfig"], functions, *mapping);
    if (!destination) return Unexpected(std::move(destination).error());
    mapping->on_failure = std::move(*destination);
  }
  return {};
}

std::optional<std::string> FunctionNameOf(std::string_view text, const Mapping& caller) {
  for (const std::string& prefix :
       {"arn:aws:lambda:" + caller.region + ":" + caller.account + ":function:",
        caller.account + ":function:", std::string("function:")}) {
    if (!text.starts_with(prefix)) continue;
    text.remove_prefix(prefix.size());
    break;
  }
  constexpr std::string_view kLatest = ":$LATEST";
  if (text.ends_with(kLatest)) text.remove_suffix(kLatest.size());
  if (text.empty() || text.find(':') != std::string_view::npos) return std::nullopt;
  return std::string(text);
}

LambdaResult<ListRequest> ParseListRequest(std::string_view query, const Mapping& caller) {
  ListRequest out;
  bool bad_number = false;
  ForEachQueryParameter(query, [&](std::string_view name, std::string_view sent) {
    const std::string value = UriDecode(sent);
    if (value.empty()) return;
    if (name == "FunctionName") {
      auto function = FunctionNameOf(value, caller);
      // No mapping is of another account's function.
      out.function = function ? std::move(*function) : ":";
    } else if (name == "EventSourceArn") {
      out.stream_arn = value;
    } else if (name == "Marker") {
      out.marker = value;
    } else if (name == "MaxItems") {
      const char* const end = value.data() + value.size();
      const auto parsed = std::from_chars(value.data(), end, out.max_items);
      bad_number = parsed.ec != std::errc() || parsed.ptr != end || out.max_items < 1 ||
                   out.max_items > 10'000;
      out.max_items = std::min(out.max_items, kMaxListed);
    }
  });
  if (bad_number) return InvalidParameter("MaxItems must be a number from 1 to 10000.");
  return out;
}

}  // namespace stator
