// A synchronous client of a DynamoDB endpoint: one connection that is kept, signed requests, and
// what can pass is tried again.
#ifndef STATOR_SERVER_API_CLIENT_H_
#define STATOR_SERVER_API_CLIENT_H_

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "auth/sign_request.h"
#include "base/result.h"
#include "net/http_client.h"

namespace stator {

struct ApiClientOptions {
  Endpoint endpoint;
  SigningScope scope;
  std::string session_token;       // empty: none
  bool verify_certificate = true;  // of an https endpoint
  int max_attempts = 9;            // for one request; the waits between them sum up to about 10 s
  std::chrono::milliseconds timeout{60'000};  // for connecting, for a request, for its answer
  std::string target_prefix = "DynamoDB_20120810";
  std::string content_type = "application/x-amz-json-1.0";
};

struct ApiAnswer {
  int status = 0;
  std::string body;
  // Of an error: "ValidationException", and its message.
  std::string error_type;
  std::string error_message;

  bool ok() const { return status == 200; }
};

// Not thread-safe.
class ApiClient {
 public:
  explicit ApiClient(ApiClientOptions options);
  ~ApiClient();

  // Requests must be such that doing them twice does no harm. Throttling, server errors and broken
  // connections are tried again; what is left of them, and other errors of the service, is an
  // answer. Errors: kIoError if none came, kInvalidArgument if the certificate is not good.
  Result<ApiAnswer> Call(std::string_view operation, const std::string& body);

 private:
  Result<ApiAnswer> Attempt(std::string_view operation, const std::string& body);

  ApiClientOptions options_;
  std::unique_ptr<HttpConnection> connection_;  // nullptr: not connected
};

}  // namespace stator

#endif  // STATOR_SERVER_API_CLIENT_H_
