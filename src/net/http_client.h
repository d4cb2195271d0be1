// One HTTP/1.1 connection to somewhere, and requests over it: synchronous, each step within a time
// limit.
#ifndef STATOR_NET_HTTP_CLIENT_H_
#define STATOR_NET_HTTP_CLIENT_H_

#include <atomic>
#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace stator {

struct Endpoint {
  bool tls = false;
  std::string host;
  std::string port;

  // As the Host header names it.
  std::string Authority() const;
  bool operator==(const Endpoint&) const = default;
};

// "http://127.0.0.1:8000", "https://[::1]:8443/". Errors: kInvalidArgument.
Result<Endpoint> ParseEndpoint(std::string_view url);

struct Url {
  Endpoint endpoint;
  std::string target;  // path and query: "/hook?a=b"
};
// "https://example.com/hook?a=b". Errors: kInvalidArgument.
Result<Url> ParseUrl(std::string_view url);

// How far a request came that got no answer.
struct HttpFailure {
  enum class Kind {
    kNotConnected,  // it was not sent
    kCertificate,   // nor was it here: the other side's certificate is not good
    kBroken,        // the connection ended: the request may have arrived
    kTimedOut,      // likewise, and there was no answer in time
  };
  Kind kind;
  std::string message;  // "127.0.0.1:80: cannot connect: Connection refused"
};

struct HttpReply {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  // The first header of this name, in any case; nullptr: none.
  const std::string* FindHeader(std::string_view name) const;
};

// Not thread-safe.
class HttpConnection {
 public:
  struct Options {
    Endpoint endpoint;
    bool verify_certificate = true;
    std::chrono::milliseconds connect_timeout{10'000};
    size_t max_answer = size_t{32} << 20;
    // True: what is under way ends as kBroken, within a tenth of a second. May be nullptr.
    const std::atomic<bool>* cancel = nullptr;
  };
  using Header = std::pair<std::string_view, std::string_view>;

  static Expected<std::unique_ptr<HttpConnection>, HttpFailure> Open(Options options);
  virtual ~HttpConnection() = default;

  // Adds Host (unless it is among the headers) and Content-Length. `timeout` is for sending, and
  // again for the answer.
  virtual Expected<HttpReply, HttpFailure> Exchange(std::string_view method,
                                                    std::string_view target,
                                                    std::span<const Header> headers,
                                                    const std::string& body,
                                                    std::chrono::milliseconds timeout) = 0;
  // False after a failure, or when the other side has ended the connection.
  virtual bool reusable() const = 0;
};

}  // namespace stator

#endif  // STATOR_NET_HTTP_CLIENT_H_
