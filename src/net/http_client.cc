#include "net/http_client.h"

#include <openssl/ssl.h>

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

namespace stator {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Kind = HttpFailure::Kind;

constexpr std::chrono::milliseconds kLookAround{50};  // for `cancel`

beast::string_view View(std::string_view text) { return {text.data(), text.size()}; }

// Asio's synchronous calls know no time limit, so each step is an asynchronous one that is run to
// its end.
class BeastConnection final : public HttpConnection {
 public:
  explicit BeastConnection(Options options)
      : options_(std::move(options)), tls_(asio::ssl::context::tls_client), stream_(io_, tls_) {}

  Expected<void, HttpFailure> Connect() {
    const Endpoint& endpoint = options_.endpoint;
    const auto fail = [this](const error_code& error) {
      return Failure(certificate_refused_ ? Kind::kCertificate : Kind::kNotConnected,
                     "cannot connect", error);
    };
    error_code error;
    asio::ip::tcp::resolver resolver(io_);
    const auto addresses = resolver.resolve(endpoint.host, endpoint.port, error);
    if (error) return fail(error);
    error = Run(options_.connect_timeout, [&](auto done) {
      tcp().async_connect(addresses, [done](error_code e, const auto&) { done(e); });
    });
    if (error) return fail(error);
    tcp().socket().set_option(asio::ip::tcp::no_delay(true), error);
    if (endpoint.tls && (error = Handshake())) return fail(error);
    open_ = true;
    return {};
  }

  Expected<HttpReply, HttpFailure> Exchange(std::string_view method, std::string_view target,
                                            std::span<const Header> headers,
                                            const std::string& body,
                                            std::chrono::milliseconds timeout) override {
    http::request<http::string_body> request;
    request.version(11);
    request.method_string(View(method));
    request.target(View(target));
    for (const auto& [name, value] : headers) request.set(View(name), View(value));
    if (request.find(http::field::host) == request.end()) {
      request.set(http::field::host, options_.endpoint.Authority());
    }
    request.body() = body;
    request.prepare_payload();

    const bool encrypted = options_.endpoint.tls;
    error_code error = Run(timeout, [&](auto done) {
      const auto handler = [done](error_code e, size_t) { done(e); };
      encrypted ? http::async_write(stream_, request, handler)
                : http::async_write(tcp(), request, handler);
    });
    if (error) return Lost("cannot send", error);
    http::response_parser<http::string_body> response;
    response.body_limit(options_.max_answer);
    if (method == "HEAD") response.skip(true);
    error = Run(timeout, [&](auto done) {
      const auto handler = [done](error_code e, size_t) { done(e); };
      encrypted ? http::async_read(stream_, buffer_, response, handler)
                : http::async_read(tcp(), buffer_, response, handler);
    });
    if (error) return Lost("no answer", error);
    open_ = response.keep_alive();
    HttpReply reply;
    reply.status = static_cast<int>(response.get().result_int());
    for (const auto& field : response.get()) {
      reply.headers.emplace_back(field.name_string(), field.value());
    }
    reply.body = std::move(response.get().body());
    return reply;
  }

  bool reusable() const override { return open_; }

 private:
  beast::tcp_stream& tcp() { return stream_.next_layer(); }

  Unexpected<HttpFailure> Failure(Kind kind, std::string_view what, const error_code& error) {
    open_ = false;
    return Unexpected(HttpFailure{
        kind, options_.endpoint.Authority() + ": " + std::string(what) + ": " + error.message()});
  }
  Unexpected<HttpFailure> Lost(std::string_view what, const error_code& error) {
    return Failure(error == beast::error::timeout ? Kind::kTimedOut : Kind::kBroken, what, error);
  }

  error_code Handshake() {
    const std::string& host = options_.endpoint.host;
    const bool verify = options_.verify_certificate;
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
    error = Run(options_.connect_timeout,
                [&](auto done) { stream_.async_handshake(asio::ssl::stream_base::client, done); });
    certificate_refused_ =
        error && verify && ERR_GET_REASON(error.value()) == SSL_R_CERTIFICATE_VERIFY_FAILED;
    return error;
  }

  template <class Start>
  error_code Run(std::chrono::milliseconds timeout, Start start) {
    error_code result;
    bool done = false;
    tcp().expires_after(timeout);
    start([&](error_code error) {
      result = error;
      done = true;
    });
    io_.restart();
    while (options_.cancel != nullptr && !done) {
      io_.run_for(kLookAround);
      if (options_.cancel->load()) tcp().close();
    }
    io_.run();
    return result;
  }

  const Options options_;
  asio::io_context io_;
  asio::ssl::context tls_;
  beast::ssl_stream<beast::tcp_stream> stream_;
  beast::flat_buffer buffer_;
  bool open_ = false;
  bool certificate_refused_ = false;
};

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

Result<Url> ParseUrl(std::string_view url) {
  const size_t scheme = url.find("://");
  const size_t path = scheme == std::string_view::npos ? std::string_view::npos
                                                       : url.find_first_of("/?#", scheme + 3);
  auto endpoint = ParseEndpoint(url.substr(0, path));
  if (!endpoint) return Unexpected(std::move(endpoint).error());
  Url out{std::move(*endpoint), "/"};
  if (path == std::string_view::npos) return out;
  const std::string_view target = url.substr(path);
  const bool printable = std::all_of(target.begin(), target.end(),
                                     [](char c) { return c > ' ' && c < 127 && c != '#'; });
  if (!printable) {
    return Fail(StatusCode::kInvalidArgument,
                "a URL with a blank, a '#' or a letter that is not ASCII: " + std::string(url));
  }
  out.target = target[0] == '?' ? "/" + std::string(target) : std::string(target);
  return out;
}

const std::string* HttpReply::FindHeader(std::string_view name) const {
  for (const auto& [have, value] : headers) {
    if (beast::iequals(View(have), View(name))) return &value;
  }
  return nullptr;
}

Expected<std::unique_ptr<HttpConnection>, HttpFailure> HttpConnection::Open(Options options) {
  auto connection = std::make_unique<BeastConnection>(std::move(options));
  if (auto connected = connection->Connect(); !connected) {
    return Unexpected(std::move(connected).error());
  }
  return std::unique_ptr<HttpConnection>(std::move(connection));
}

}  // namespace stator
