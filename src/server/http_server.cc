#include "server/http_server.h"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>

#include <atomic>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "server/http_connection.h"

namespace stator {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;

// When the process has no file descriptors left, how long to wait for some.
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::milliseconds kStopPoll{5};

Unexpected<Status> TlsFail(const std::string& what, const std::string& file,
                           const error_code& error) {
  return Fail(StatusCode::kInvalidArgument,
              "cannot use " + file + " as " + what + ": " + error.message());
}

Result<std::unique_ptr<asio::ssl::context>> MakeTls(const HttpServerOptions& options) {
  auto tls = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(tls->native_handle(), TLS1_2_VERSION);
  // Clients resume with tickets, which they keep themselves.
  SSL_CTX_set_session_cache_mode(tls->native_handle(), SSL_SESS_CACHE_OFF);
  error_code error;
  tls->use_certificate_chain_file(options.tls_certificate, error);
  if (error) return TlsFail("the TLS certificate", options.tls_certificate, error);
  tls->use_private_key_file(options.tls_key, asio::ssl::context::pem, error);
  if (error) return TlsFail("the TLS key", options.tls_key, error);
  if (SSL_CTX_check_private_key(tls->native_handle()) != 1) {
    return Fail(StatusCode::kInvalidArgument, "the TLS key " + options.tls_key +
                                                  " does not belong to the certificate " +
                                                  options.tls_certificate);
  }
  return tls;
}

class HttpServerImpl final : public HttpServer {
 public:
  HttpServerImpl(const HttpServerOptions& options, const Clock* clock)
      : max_connections_(options.max_connections),
        shared_(options.limits, options.body_budget, clock) {}
  ~HttpServerImpl() override { Stop(std::chrono::milliseconds(0)); }

  Result<void> Listen(const HttpServerOptions& options, const HandlerFactory& make_handler);

  uint16_t port() const override { return port_; }
  const ServerShared& shared() const override { return shared_; }
  void Stop(std::chrono::milliseconds bound) override;

 private:
  using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                           asio::wait_traits<std::chrono::steady_clock>, Executor>;

  Result<void> Bind(const tcp::endpoint& endpoint);
  void Accept();
  void OnAccept(EventLoop* loop, const error_code& error, Socket socket);

  const size_t max_connections_;
  ServerShared shared_;
  std::unique_ptr<asio::ssl::context> tls_;
  std::vector<std::unique_ptr<EventLoop>> loops_;
  std::optional<Acceptor> acceptor_;  // of the first loop
  std::optional<Timer> pause_;
  size_t next_loop_ = 0;
  uint16_t port_ = 0;
  bool stopped_ = false;
};

Result<void> HttpServerImpl::Listen(const HttpServerOptions& options,
                                    const HandlerFactory& make_handler) {
  error_code error;
  const auto address = asio::ip::make_address(options.address, error);
  if (error)
    return Fail(StatusCode::kInvalidArgument, "'" + options.address + "' is not an IP address");
  if (!options.tls_certificate.empty() || !options.tls_key.empty()) {
    auto tls = MakeTls(options);
    if (!tls) return Unexpected(std::move(tls).error());
    tls_ = std::move(*tls);
  }
  for (int i = 0; i < options.threads; ++i) {
    loops_.push_back(std::make_unique<EventLoop>(&shared_, make_handler()));
    shared_.large_requests.AddThread(make_handler());
  }
  acceptor_.emplace(loops_.front()->io());
  pause_.emplace(loops_.front()->io());
  if (auto bound = Bind(tcp::endpoint(address, options.port)); !bound) return bound;
  Accept();
  for (auto& loop : loops_) loop->Start();
  return {};
}

Result<void> HttpServerImpl::Bind(const tcp::endpoint& endpoint) {
  error_code error;
  acceptor_->open(endpoint.protocol(), error);
  // A restart must not wait for the connections of the last run to be forgotten. (On Linux this
  // does not let two programs share the port.)
  if (!error) acceptor_->set_option(Acceptor::reuse_address(true), error);
  if (!error) acceptor_->bind(endpoint, error);
  if (!error) acceptor_->listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    const std::string where =
        endpoint.address().to_string() + " port " + std::to_string(endpoint.port());
    if (error == asio::error::address_in_use) {
      return Fail(StatusCode::kIoError,
                  "cannot listen on " + where + ": the port is in use by another program");
    }
    return Fail(StatusCode::kIoError, "cannot listen on " + where + ": " + error.message());
  }
  port_ = acceptor_->local_endpoint(error).port();
  return {};
}

void HttpServerImpl::Accept() {
  EventLoop* loop = loops_[next_loop_++ % loops_.size()].get();
  acceptor_->async_accept(loop->io().get_executor(),
                          [this, loop](const error_code& error, Socket socket) {
                            OnAccept(loop, error, std::move(socket));
                          });
}

void HttpServerImpl::OnAccept(EventLoop* loop, const error_code& error, Socket socket) {
  if (!acceptor_->is_open()) return;
  if (error == asio::error::no_descriptors || error == asio::error::no_memory ||
      error == asio::error::no_buffer_space) {
    pause_->expires_after(kAcceptPause);
    pause_->async_wait([this](const error_code& cancelled) {
      if (!cancelled && acceptor_->is_open()) Accept();
    });
    return;
  }
  if (!error) {
    shared_.accepted.fetch_add(1, std::memory_order_relaxed);
    if (shared_.connections.fetch_add(1, std::memory_order_relaxed) >= max_connections_) {
      shared_.connections.fetch_sub(1, std::memory_order_relaxed);
      shared_.turned_away.fetch_add(1, std::memory_order_relaxed);
      error_code ignored;
      socket.close(ignored);
    } else {
      asio::post(loop->io(), [this, loop, socket = std::move(socket)]() mutable {
        ServeConnection(loop, std::move(socket), tls_ ? tls_->native_handle() : nullptr);
      });
    }
  }
  Accept();
}

void HttpServerImpl::Stop(std::chrono::milliseconds bound) {
  if (std::exchange(stopped_, true) || loops_.empty()) return;
  if (port_ != 0) {
    asio::post(loops_.front()->io(), [this] {
      error_code ignored;
      acceptor_->close(ignored);
      pause_->cancel();
    });
    const auto end = std::chrono::steady_clock::now() + bound;
    do {
      // Again and again: a connection that was just accepted may not be in its loop yet.
      for (auto& loop : loops_)
        asio::post(loop->io(), [loop = loop.get()] { loop->ShutdownConnections(); });
      std::this_thread::sleep_for(std::min(bound, kStopPoll));
    } while (shared_.connections.load() > 0 && std::chrono::steady_clock::now() < end);
  }
  for (auto& loop : loops_) loop->Stop();
  shared_.large_requests.Stop();
}

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::Start(const HttpServerOptions& options,
                                                      const Clock* clock,
                                                      const HandlerFactory& make_handler) {
  auto server = std::make_unique<HttpServerImpl>(options, clock);
  if (auto listening = server->Listen(options, make_handler); !listening) {
    return Unexpected(std::move(listening).error());
  }
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace stator
