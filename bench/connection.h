// One kept-alive connection to the server on loopback, non-blocking, with at most one request under
// way.
#ifndef STATOR_BENCH_CONNECTION_H_
#define STATOR_BENCH_CONNECTION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "http_reader.h"

namespace stator::bench {

// Calls throw std::system_error when the connection fails or the server ends it, and
// std::runtime_error when what comes is not HTTP. Not thread-safe.
class Connection {
 public:
  explicit Connection(uint16_t port);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int fd() const { return fd_; }
  bool busy() const { return busy_; }
  // The bytes of the next request: to be filled before Send. REQUIRES: not busy().
  std::string* request() { return &request_; }

  // Begins to send the request. Whether all of it is sent; if not, call GoOn when the socket can be
  // written to, until all is sent.
  bool Send();
  bool GoOn();

  // What has come. The answer is valid until the next call; then the connection is free for the
  // next request.
  std::optional<HttpAnswer> Receive();

 private:
  void Grow(size_t capacity);

  int fd_ = -1;
  bool busy_ = false;
  std::string request_;
  size_t sent_ = 0;
  std::unique_ptr<char[]> buffer_;
  size_t capacity_ = 0;
  size_t filled_ = 0;
  HttpReader reader_;
};

}  // namespace stator::bench

#endif  // STATOR_BENCH_CONNECTION_H_
