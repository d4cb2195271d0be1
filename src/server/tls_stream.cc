#include "server/tls_stream.h"

#include <openssl/bio.h>
#include <openssl/err.h>

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <limits>

namespace stator {
namespace {

namespace error = boost::asio::error;

// OpenSSL's own BIO of a socket raises SIGPIPE when the client is gone.
int FdOf(BIO* bio) { return static_cast<int>(reinterpret_cast<intptr_t>(BIO_get_data(bio))); }

bool IsTransient(int error_number) {
  return error_number == EAGAIN || error_number == EWOULDBLOCK || error_number == EINTR;
}

int BioWrite(BIO* bio, const char* data, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t n = send(FdOf(bio), data, static_cast<size_t>(size), MSG_NOSIGNAL);
  if (n < 0 && IsTransient(errno)) BIO_set_retry_write(bio);
  return static_cast<int>(n);
}

int BioRead(BIO* bio, char* data, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t n = recv(FdOf(bio), data, static_cast<size_t>(size), 0);
  if (n < 0 && IsTransient(errno)) BIO_set_retry_read(bio);
  if (n == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return static_cast<int>(n);
}

long BioControl(BIO* bio, int command, long, void*) {  // NOLINT: OpenSSL's types
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
  return command == BIO_CTRL_FLUSH;
}

int BioCreate(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

const BIO_METHOD* SocketMethod() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    BIO_meth_set_write(made, BioWrite);
    BIO_meth_set_read(made, BioRead);
    BIO_meth_set_ctrl(made, BioControl);
    BIO_meth_set_create(made, BioCreate);
    return made;
  }();
  return method;
}

int ToInt(size_t size) {
  return static_cast<int>(std::min<size_t>(size, std::numeric_limits<int>::max()));
}

}  // namespace

TlsStream::TlsStream(Socket socket, SSL_CTX* context)
    : socket_(std::move(socket)), ssl_(SSL_new(context)) {
  BIO* bio = BIO_new(SocketMethod());
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<intptr_t>(socket_.native_handle())));
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_accept_state(ssl_.get());
  SSL_set_mode(ssl_.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                               SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_set_options(ssl_.get(), SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_RENEGOTIATION);
}

boost::system::error_code TlsStream::ErrorOf(int result, Wait* want) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_NONE:
      return {};
    case SSL_ERROR_WANT_READ:
      *want = Socket::wait_read;
      return error::would_block;
    case SSL_ERROR_WANT_WRITE:
      *want = Socket::wait_write;
      return error::would_block;
    case SSL_ERROR_ZERO_RETURN:
      return error::eof;
    default:
      return error::connection_aborted;
  }
}

boost::system::error_code TlsStream::Handshake(Wait* want) {
  ERR_clear_error();
  return ErrorOf(SSL_do_handshake(ssl_.get()), want);
}

// What OpenSSL writes while it reads (the answer to a KeyUpdate) goes with the next write if the
// socket does not take it.
size_t TlsStream::ReadSome(boost::asio::mutable_buffer buffer, error_code* error) {
  ERR_clear_error();
  const int n = SSL_read(ssl_.get(), buffer.data(), ToInt(buffer.size()));
  Wait want;
  *error = ErrorOf(n, &want);
  return n > 0 ? static_cast<size_t>(n) : 0;
}

size_t TlsStream::write_some(boost::asio::const_buffer buffer, error_code& error) {
  size_t written = 0;
  error = {};
  while (written < buffer.size()) {
    ERR_clear_error();
    const boost::asio::const_buffer rest = buffer + written;
    const int n = SSL_write(ssl_.get(), rest.data(), ToInt(rest.size()));
    Wait want;
    error = ErrorOf(n, &want);
    if (error) break;
    written += static_cast<size_t>(n);
  }
  return written;
}

void TlsStream::CloseNotify() {
  ERR_clear_error();
  if (SSL_is_init_finished(ssl_.get())) SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

}  // namespace stator
