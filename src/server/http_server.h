// A port with its event loops: accepts connections and hands them to the loops in turn.
#ifndef STATOR_SERVER_HTTP_SERVER_H_
#define STATOR_SERVER_HTTP_SERVER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "server/event_loop.h"
#include "server/http_handler.h"

namespace stator {

struct HttpServerOptions {
  std::string address = "127.0.0.1";  // an IP address
  uint16_t port = 0;                  // 0: any free one
  int threads = 1;
  size_t max_connections = 10'000;  // further ones are accepted and closed
  size_t body_budget = 256 * 1024 * 1024;
  HttpLimits limits;
  std::string tls_certificate;  // PEM files; both or none
  std::string tls_key;
};

class HttpServer {
 public:
  using HandlerFactory = std::function<std::unique_ptr<HttpHandler>()>;

  // Listens and serves when it returns. `make_handler` is called once a thread, before it
  // starts; `clock` must outlive the server.
  //
  // Errors: kIoError if the address cannot be listened on (another program has the port, say),
  // kInvalidArgument if the address, the certificate or the key is not usable.
  static Result<std::unique_ptr<HttpServer>> Start(const HttpServerOptions& options,
                                                   const Clock* clock,
                                                   const HandlerFactory& make_handler);
  // What still holds an HttpDone must be gone.
  virtual ~HttpServer() = default;

  virtual uint16_t port() const = 0;
  virtual const ServerShared& shared() const = 0;

  // Stops listening, lets the requests under way end, for `bound` at most, and ends the threads.
  // Answers that come later are dropped. Idempotent. Not from a handler.
  virtual void Stop(std::chrono::milliseconds bound) = 0;
};

}  // namespace stator

#endif  // STATOR_SERVER_HTTP_SERVER_H_
