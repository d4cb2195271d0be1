#include "connection.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace stator::bench {
namespace {

constexpr size_t kFirstCapacity = 16 << 10;
// What large answers leave behind is given back.
constexpr size_t kKeptCapacity = 4 << 20;

[[noreturn]] void Fail(int error, const char* what) {
  throw std::system_error(error, std::generic_category(), what);
}

}  // namespace

Connection::Connection(uint16_t port) {
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd_ < 0) Fail(errno, "socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0 ||
      fcntl(fd_, F_SETFL, O_NONBLOCK) != 0) {
    const int error = errno;
    close(fd_);
    Fail(error, "connect");
  }
  Grow(kFirstCapacity);
}

Connection::~Connection() { close(fd_); }

void Connection::Grow(size_t capacity) {
  std::unique_ptr<char[]> larger(new char[capacity]);
  if (filled_ > 0) std::memcpy(larger.get(), buffer_.get(), filled_);
  buffer_ = std::move(larger);
  capacity_ = capacity;
}

bool Connection::Send() {
  busy_ = true;
  sent_ = 0;
  reader_.Next();
  filled_ = 0;
  if (capacity_ > kKeptCapacity) Grow(kFirstCapacity);
  return GoOn();
}

bool Connection::GoOn() {
  while (sent_ < request_.size()) {
    const ssize_t sent = send(fd_, request_.data() + sent_, request_.size() - sent_, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EAGAIN) return false;
      if (errno == EINTR) continue;
      Fail(errno, "send");
    }
    sent_ += static_cast<size_t>(sent);
  }
  return true;
}

std::optional<HttpAnswer> Connection::Receive() {
  for (;;) {
    if (filled_ == capacity_) Grow(std::max(2 * capacity_, reader_.expected()));
    const size_t room = capacity_ - filled_;
    const ssize_t got = recv(fd_, buffer_.get() + filled_, room, 0);
    if (got < 0) {
      if (errno == EAGAIN) return std::nullopt;
      if (errno == EINTR) continue;
      Fail(errno, "recv");
    }
    if (got == 0) Fail(ECONNRESET, "the server closed the connection");
    filled_ += static_cast<size_t>(got);
    if (!busy_) Fail(EPROTO, "an answer that nobody asked for");
    if (auto answer = reader_.Read({buffer_.get(), filled_})) {
      busy_ = false;
      answer->close |= sent_ < request_.size();  // it did not want to read all of the request
      return answer;
    }
    if (static_cast<size_t>(got) < room) return std::nullopt;
  }
}

}  // namespace stator::bench
