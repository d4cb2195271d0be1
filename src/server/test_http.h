// For tests: a client that shows every byte, and a clock.
#ifndef STATOR_SERVER_TEST_HTTP_H_
#define STATOR_SERVER_TEST_HTTP_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cctype>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <thread>

#include "server/memory_budget.h"

namespace stator::testing_http {

struct ClientAnswer {
  int status = 0;                              // 0: the connection ended before a whole answer
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

// A blocking socket to 127.0.0.1; reads give up after ten seconds.
class Client {
 public:
  // `receive_buffer`: what the kernel may take before it is read, 0: as much as it likes.
  explicit Client(uint16_t port, int receive_buffer = 0) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer > 0)
      setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~Client() { Close(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool connected() const { return connected_; }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }
  void EndOfSending() { shutdown(fd_, SHUT_WR); }

  // False if the server does not take it all.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }

  // Takes up to `most` bytes that are there and forgets them.
  void ReadBytes(size_t most) {
    std::string bytes(most, '\0');
    recv(fd_, bytes.data(), most, MSG_DONTWAIT);
  }

  // Nothing arrives for this long.
  bool IsQuiet(std::chrono::milliseconds time) {
    pollfd p{fd_, POLLIN, 0};
    return buffer_.empty() && poll(&p, 1, static_cast<int>(time.count())) == 0;
  }

  // The server closes (or has closed) without sending anything more.
  bool IsClosed() { return buffer_.empty() && !Fill() && buffer_.empty(); }

  ClientAnswer Read(bool head_only = false) {
    ClientAnswer answer;
    size_t end;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!Fill()) return answer;
    }
    const std::string head = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    const int status = std::atoi(head.c_str() + 9);
    for (size_t at = head.find("\r\n") + 2; at < head.size();) {
      const size_t line_end = head.find("\r\n", at);
      const size_t colon = head.find(':', at);
      std::string name = head.substr(at, colon - at);
      for (char& c : name) c = static_cast<char>(std::tolower(c));
      answer.headers[name] = head.substr(colon + 2, line_end - colon - 2);
      at = line_end + 2;
    }
    if (!head_only && status != 100 && !ReadBody(&answer)) return answer;
    answer.status = status;
    if (buffer_.empty()) buffer_.shrink_to_fit();
    return answer;
  }

 private:
  bool ReadBody(ClientAnswer* answer) {
    if (answer->headers.count("transfer-encoding")) {
      while (buffer_.find("0\r\n\r\n") == std::string::npos) {
        if (!Fill()) return false;
      }
      answer->body = buffer_.substr(0, buffer_.find("0\r\n\r\n"));
      buffer_.erase(0, answer->body.size() + 5);
      return true;
    }
    const size_t length = std::strtoull(answer->headers["content-length"].c_str(), nullptr, 10);
    while (buffer_.size() < length) {
      if (!Fill()) return false;
    }
    answer->body = buffer_.substr(0, length);
    buffer_.erase(0, length);
    return true;
  }
  bool Fill() {
    pollfd p{fd_, POLLIN, 0};
    if (poll(&p, 1, 10'000) <= 0) return false;
    char bytes[65536];
    const ssize_t n = recv(fd_, bytes, sizeof(bytes), 0);
    if (n <= 0) return false;
    buffer_.append(bytes, static_cast<size_t>(n));
    return true;
  }

  int fd_;
  bool connected_ = false;
  std::string buffer_;
};

// Waits up to ten seconds, and not beyond the first time that it is true.
template <class Condition>
bool WaitFor(const Condition& condition) {
  for (int i = 0; i < 2000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

// What is charged when all was given back, or nothing more is: a thread answers before it has given
// everything back.
inline size_t UsedInTheEnd(const MemoryBudget& budget) {
  WaitFor([&] { return budget.used() == 0; });
  return budget.used();
}

}  // namespace stator::testing_http

#endif  // STATOR_SERVER_TEST_HTTP_H_
