#include "server/api_client.h"

#include <simdjson.h>

#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/date_text.h"
#include "net/back_off.h"

namespace stator {
namespace {

bool IsThrottling(std::string_view type) {
  return type == "ProvisionedThroughputExceededException" || type == "ThrottlingException" ||
         type == "RequestLimitExceeded" || type == "ThrottledException";
}

bool MayPass(const ApiAnswer& answer) {
  return answer.status >= 500 || answer.status == 429 || IsThrottling(answer.error_type);
}

void ReadError(ApiAnswer* answer) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (parser.parse(answer->body).get(document) != simdjson::SUCCESS) return;
  std::string_view text;
  if (document["__type"].get(text) == simdjson::SUCCESS) {
    answer->error_type = text.substr(text.find('#') + 1);
  }
  if (document["message"].get(text) == simdjson::SUCCESS ||
      document["Message"].get(text) == simdjson::SUCCESS) {
    answer->error_message = text;
  }
}

}  // namespace

ApiClient::ApiClient(ApiClientOptions options) : options_(std::move(options)) {}
ApiClient::~ApiClient() = default;

Result<ApiAnswer> ApiClient::Call(std::string_view operation, const std::string& body) {
  for (int attempt = 0;; ++attempt) {
    auto answer = Attempt(operation, body);
    const bool final =
        answer ? !MayPass(*answer) : answer.error().code == StatusCode::kInvalidArgument;
    if (final || attempt + 1 >= options_.max_attempts) return answer;
    std::this_thread::sleep_for(BackOff(attempt));
  }
}

Result<ApiAnswer> ApiClient::Attempt(std::string_view operation, const std::string& body) {
  const auto fail = [this](HttpFailure failure) {
    connection_.reset();
    const bool refused = failure.kind == HttpFailure::Kind::kCertificate;
    return Fail(refused ? StatusCode::kInvalidArgument : StatusCode::kIoError,
                std::move(failure.message));
  };
  if (connection_ == nullptr) {
    auto opened = HttpConnection::Open({.endpoint = options_.endpoint,
                                        .verify_certificate = options_.verify_certificate,
                                        .connect_timeout = options_.timeout});
    if (!opened) return fail(std::move(opened).error());
    connection_ = std::move(*opened);
  }
  const std::string host = options_.endpoint.Authority();
  const std::string target = options_.target_prefix + "." + std::string(operation);
  const std::string date = FormatIsoBasic(SystemClock().NowMicros() / 1'000'000);
  std::vector<HeaderView> headers = {{"Host", host},
                                     {"Content-Type", options_.content_type},
                                     {"X-Amz-Date", date},
                                     {"X-Amz-Target", target}};
  if (!options_.session_token.empty()) {
    headers.push_back({"X-Amz-Security-Token", options_.session_token});
  }
  std::vector<HttpConnection::Header> sent;
  for (const HeaderView& header : headers) sent.emplace_back(header.name, header.value);
  const std::string authorization = SignRequest(options_.scope, {"POST", "/", "", headers, body});
  sent.emplace_back("Authorization", authorization);

  auto reply = connection_->Exchange("POST", "/", sent, body, options_.timeout);
  if (!reply) return fail(std::move(reply).error());
  ApiAnswer answer;
  answer.status = reply->status;
  answer.body = std::move(reply->body);
  if (!connection_->reusable()) connection_.reset();
  if (!answer.ok()) ReadError(&answer);
  return answer;
}

}  // namespace stator
