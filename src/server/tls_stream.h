// TLS on a non-blocking socket.
//
// Asio's stream keeps four buffers of a whole record, 70 KB, for each connection. This one has
// OpenSSL read from and write to the socket itself, which with SSL_MODE_RELEASE_BUFFERS holds none
// while nothing is under way.
#ifndef STATOR_SERVER_TLS_STREAM_H_
#define STATOR_SERVER_TLS_STREAM_H_

#include <openssl/ssl.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <memory>
#include <utility>

#include "server/event_loop.h"

namespace stator {

// The server's side of one connection; on its event loop's thread only. The names are Asio's. Of
// each async_ function one call at a time; its handler runs once, not inside the call, and keeps
// the object alive. After an error there is nothing more to do than to destroy it.
class TlsStream {
 public:
  using error_code = boost::system::error_code;

  // `socket` is non-blocking. `context` outlives this object.
  TlsStream(Socket socket, SSL_CTX* context);

  Socket& socket() { return socket_; }

  template <class Handler>  // void(error_code)
  void async_handshake(Handler handler) {
    Wait want;
    const error_code error = Handshake(&want);
    if (error != boost::asio::error::would_block) {
      return boost::asio::post(socket_.get_executor(),
                               [handler = std::move(handler), error]() mutable { handler(error); });
    }
    socket_.async_wait(want, [this, handler = std::move(handler)](const error_code& e) mutable {
      const error_code error = StillOpen(e);
      error ? handler(error) : async_handshake(std::move(handler));
    });
  }

  // Reads what is there; at its end error::eof, whether the client said that it is the end or not.
  // (HTTP tells by itself whether a request is whole.)
  template <class Handler>  // void(error_code, size_t)
  void async_read_some(boost::asio::mutable_buffer buffer, Handler handler) {
    if (SSL_pending(ssl_.get()) == 0) return WaitToRead(buffer, std::move(handler));
    boost::asio::post(socket_.get_executor(),
                      [this, buffer, handler = std::move(handler)]() mutable {
                        ReadOrWait(buffer, std::move(handler));
                      });
  }

  // Writes what the socket takes; error::would_block if that is not all.
  size_t write_some(boost::asio::const_buffer buffer, error_code& error);

  // Waits until the socket takes something, and writes that. The buffer begins where the last call
  // left off.
  template <class Handler>  // void(error_code, size_t)
  void async_write_some(boost::asio::const_buffer buffer, Handler handler) {
    socket_.async_wait(Socket::wait_write, [this, buffer, handler = std::move(handler)](
                                               const error_code& waited) mutable {
      error_code error = StillOpen(waited);
      const size_t n = error ? 0 : write_some(buffer, error);
      if (n > 0) return handler(error_code(), n);
      if (error != boost::asio::error::would_block) return handler(error, 0);
      async_write_some(buffer, std::move(handler));
    });
  }

  // Tells the client that nothing more comes: it can tell the end from a cut. If the socket does
  // not take it, it is not said.
  void CloseNotify();

 private:
  using Wait = Socket::wait_type;

  // A wait may have ended well before the socket was closed, and be told of it after: its
  // descriptor may be another connection's by then.
  error_code StillOpen(const error_code& waited) const {
    return waited || socket_.is_open() ? waited : boost::asio::error::operation_aborted;
  }
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  template <class Handler>
  void WaitToRead(boost::asio::mutable_buffer buffer, Handler handler) {
    socket_.async_wait(Socket::wait_read, [this, buffer, handler = std::move(handler)](
                                              const error_code& error) mutable {
      error ? handler(error, 0) : ReadOrWait(buffer, std::move(handler));
    });
  }
  template <class Handler>
  void ReadOrWait(boost::asio::mutable_buffer buffer, Handler handler) {
    error_code error = StillOpen({});
    const size_t n = error ? 0 : ReadSome(buffer, &error);
    if (error == boost::asio::error::would_block) return WaitToRead(buffer, std::move(handler));
    handler(error, n);
  }

  error_code Handshake(Wait* want);
  size_t ReadSome(boost::asio::mutable_buffer buffer, error_code* error);
  error_code ErrorOf(int result, Wait* want);

  Socket socket_;
  std::unique_ptr<SSL, Free> ssl_;
};

}  // namespace stator

#endif  // STATOR_SERVER_TLS_STREAM_H_
