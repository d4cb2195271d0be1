#include "server/api_client.h"

#include <openssl/ssl.h>
#include <simdjson.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/date_text.h"

namespace stator {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

constexpr std::chrono::seconds kTimeout{60};  // for connecting, for a request, for its answer
constexpr size_t kMaxAnswer = 32 << 20;

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

std::string Endpoint::Authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (tls ? "443" : "80") ? name : name + ":" + port;
}

Result<Endpoint> ParseEndpoint(std::string_view url) {
  const auto bad = [&] {
    return Fail(StatusCode::kInvalidArgument,
                "not an endpoint such as http://127.0.0.1:8000: " + std::string(url));
  };
  std::string_view rest = url;
  Endpoint endpoint;
  if (rest.starts_with("https://")) {
    endpoint.tls = true;
  } else if (!rest.starts_with("http://")) {
    return bad();
  }
  rest.remove_prefix(endpoint.tls ? 8 : 7);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find_first_of("/?#@ ") != std::string_view::npos) return bad();
  size_t colon = rest.rfind(':');
  if (rest.starts_with('[')) {
    const size_t bracket = rest.find(']');
    if (bracket == std::string_view::npos) return bad();
    endpoint.host = rest.substr(1, bracket - 1);
    if (bracket + 1 != rest.size() && rest[bracket + 1] != ':') return bad();
    colon = bracket + 1 == rest.size() ? std::string_view::npos : bracket + 1;
  } else {
    endpoint.host = rest.substr(0, colon);
  }
  endpoint.port = endpoint.tls ? "443" : "80";
  if (colon != std::string_view::npos) endpoint.port = rest.substr(colon + 1);
  if (endpoint.host.empty() || endpoint.port.empty() || endpoint.port.size() > 5 ||
      endpoint.port.find_first_not_of("0123456789") != std::string::npos) {
    return bad();
  }
  return endpoint;
}

std::chrono::milliseconds BackOff(int attempt) {
  thread_local std::minstd_rand random{std::random_device()()};
  const int most = std::min(50 << std::min(attempt, 10), 5000);
  return std::chrono::milliseconds(std::uniform_int_distribution<int>(most / 2, most)(random));
}

// Asio's synchronous calls know no time limit, so each step is an asynchronous one that is run to
// its end.
class ApiClient::Connection {
 public:
  Connection() : tls_(asio::ssl::context::tls_client), stream_(io_, tls_) {}

  error_code Open(const Endpoint& endpoint, bool verify) {
    error_code error;
    asio::ip::tcp::resolver resolver(io_);
    const auto addresses = resolver.resolve(endpoint.host, endpoint.port, error);
    if (error) return error;
    error = Run([&](auto done) {
      tcp().async_connect(addresses, [done](error_code e, const auto&) { done(e); });
    });
    if (error) return error;
    tcp().socket().set_option(asio::ip::tcp::no_delay(true), error);
    encrypted_ = endpoint.tls;
    return encrypted_ ? Handshake(endpoint.host, verify) : error_code();
  }

  error_code Send(const http::request<http::string_body>& request) {
    return Run([&](auto done) {
      const auto handler = [done](error_code e, size_t) { done(e); };
      encrypted_ ? http::async_write(stream_, request, handler)
                 : http::async_write(tcp(), request, handler);
    });
  }

  error_code Receive(http::response_parser<http::string_body>* answer) {
    return Run([&](auto done) {
      const auto handler = [done](error_code e, size_t) { done(e); };
      encrypted_ ? http::async_read(stream_, buffer_, *answer, handler)
                 : http::async_read(tcp(), buffer_, *answer, handler);
    });
  }

  bool certificate_refused() const { return certificate_refused_; }

 private:
  beast::tcp_stream& tcp() { return stream_.next_layer(); }

  error_code Handshake(const std::string& host, bool verify) {
    error_code error;
    if (verify) {
      tls_.set_default_verify_paths(error);
      if (error) return error;
      stream_.set_verify_mode(asio::ssl::verify_peer, error);
      stream_.set_verify_callback(asio::ssl::host_name_verification(host), error);
    } else {
      stream_.set_verify_mode(asio::ssl::verify_none, error);
    }
    if (error) return error;
    error_code no_address;
    asio::ip::make_address(host, no_address);
    // Only names can be named here (RFC 6066).
    if (no_address) SSL_set_tlsext_host_name(stream_.native_handle(), host.c_str());
    error = Run([&](auto done) { stream_.async_handshake(asio::ssl::stream_base::client, done); });
    certificate_refused_ =
        error && verify && ERR_GET_REASON(error.value()) == SSL_R_CERTIFICATE_VERIFY_FAILED;
    return error;
  }

  template <class Start>
  error_code Run(Start start) {
    error_code result;
    tcp().expires_after(kTimeout);
    start([&result](error_code error) { result = error; });
    io_.restart();
    io_.run();
    return result;
  }

  asio::io_context io_;
  asio::ssl::context tls_;
  beast::ssl_stream<beast::tcp_stream> stream_;
  beast::flat_buffer buffer_;
  bool encrypted_ = false;
  bool certificate_refused_ = false;
};

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
  const auto fail = [this](std::string_view what, const error_code& error) {
    const bool refused = connection_->certificate_refused();
    connection_.reset();
    return Fail(refused ? StatusCode::kInvalidArgument : StatusCode::kIoError,
                options_.endpoint.Authority() + ": " + std::string(what) + ": " + error.message());
  };
  if (connection_ == nullptr) {
    connection_ = std::make_unique<Connection>();
    if (auto error = connection_->Open(options_.endpoint, options_.verify_certificate)) {
      return fail("cannot connect", error);
    }
  }
  const std::string host = options_.endpoint.Authority();
  const std::string target = "DynamoDB_20120810." + std::string(operation);
  const std::string date = FormatIsoBasic(SystemClock().NowMicros() / 1'000'000);
  std::vector<HeaderView> headers = {{"Host", host},
                                     {"Content-Type", "application/x-amz-json-1.0"},
                                     {"X-Amz-Date", date},
                                     {"X-Amz-Target", target}};
  if (!options_.session_token.empty()) {
    headers.push_back({"X-Amz-Security-Token", options_.session_token});
  }
  http::request<http::string_body> request(http::verb::post, "/", 11, body);
  for (const HeaderView& header : headers) {
    request.set(beast::string_view(header.name.data(), header.name.size()),
                beast::string_view(header.value.data(), header.value.size()));
  }
  request.set(http::field::authorization,
              SignRequest(options_.scope, {"POST", "/", "", headers, body}));
  request.prepare_payload();

  if (auto error = connection_->Send(request)) return fail("cannot send", error);
  http::response_parser<http::string_body> response;
  response.body_limit(kMaxAnswer);
  if (auto error = connection_->Receive(&response)) return fail("no answer", error);
  ApiAnswer answer;
  answer.status = static_cast<int>(response.get().result_int());
  answer.body = std::move(response.get().body());
  if (!response.keep_alive()) connection_.reset();
  if (!answer.ok()) ReadError(&answer);
  return answer;
}

}  // namespace stator
