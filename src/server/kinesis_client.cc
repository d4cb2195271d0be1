#include "server/kinesis_client.h"

#include <simdjson.h>

#include <chrono>
#include <utility>

#include "api/json_object.h"
#include "base/base64.h"
#include "server/api_client.h"
#include "server/environment.h"

namespace stator {
namespace {

constexpr std::chrono::seconds kTimeout{5};  // a server that is to stop waits for it

class KinesisClient final : public kinesis::RemoteStreams {
 public:
  KinesisClient(const Endpoint& endpoint, const std::string& region)
      : KinesisClient(endpoint, region, EnvironmentCredentials()) {}

  KinesisClient(const Endpoint& endpoint, const std::string& region, const Credentials& credentials)
      : client_(
            {.endpoint = endpoint,
             .scope = {credentials.access_key_id, credentials.secret_access_key, region, "kinesis"},
             .session_token = credentials.session_token,
             .max_attempts = 1,  // who delivers tries again
             .timeout = kTimeout,
             .target_prefix = "Kinesis_20131202",
             .content_type = "application/x-amz-json-1.1"}) {}

  Result<void> Look(const std::string& stream_arn) override {
    std::string body;
    JsonObject request(&body);
    request.String("StreamARN", stream_arn);
    AppendName(stream_arn, &request);
    request.Close();
    auto answer = Call("DescribeStreamSummary", body);
    if (!answer) return Unexpected<Status>(std::move(answer.error()));
    return {};
  }

  Result<std::vector<bool>> Put(
      const std::string& stream_arn,
      std::span<const kinesis::DestinationRecord* const> records) override {
    std::string body;
    JsonObject request(&body);
    request.String("StreamARN", stream_arn);
    AppendName(stream_arn, &request);
    AppendJsonArray(records, request.Name("Records"), [](const auto* record, std::string* out) {
      JsonObject entry(out);
      entry.String("Data", Base64Encode(record->data));
      entry.String("PartitionKey", record->partition_key);
      entry.Close();
    });
    request.Close();
    auto answer = Call("PutRecords", body);
    if (!answer) return Unexpected<Status>(std::move(answer.error()));
    return StoredOf(*answer, records.size());
  }

 private:
  // Services that know no ARNs go by the name.
  static void AppendName(const std::string& stream_arn, JsonObject* request) {
    const size_t slash = stream_arn.find('/');
    if (slash != std::string::npos) request->String("StreamName", stream_arn.substr(slash + 1));
  }

  Result<std::string> Call(std::string_view operation, const std::string& body) {
    auto answer = client_.Call(operation, body);
    if (!answer) return Unexpected<Status>(std::move(answer.error()));
    if (answer->ok()) return std::move(answer->body);
    const bool none = answer->error_type == "ResourceNotFoundException";
    return Fail(none ? StatusCode::kNotFound : StatusCode::kIoError,
                std::string(operation) + ": " + std::to_string(answer->status) + " " +
                    answer->error_type + " " + answer->error_message);
  }

  static Result<std::vector<bool>> StoredOf(const std::string& answer, size_t count) {
    simdjson::dom::parser parser;
    simdjson::dom::array entries;
    if (parser.parse(answer)["Records"].get(entries) != simdjson::SUCCESS ||
        entries.size() != count) {
      return Fail(StatusCode::kIoError, "PutRecords: an answer that cannot be read");
    }
    std::vector<bool> stored;
    for (const simdjson::dom::element entry : entries) {
      std::string_view number;
      stored.push_back(entry["SequenceNumber"].get(number) == simdjson::SUCCESS);
    }
    return stored;
  }

  ApiClient client_;
};

}  // namespace

std::unique_ptr<kinesis::RemoteStreams> ConnectKinesis(const Endpoint& endpoint,
                                                       const std::string& region) {
  return std::make_unique<KinesisClient>(endpoint, region);
}

}  // namespace stator
