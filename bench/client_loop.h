// Many connections to one server, driven by one thread over epoll.
#ifndef STATOR_BENCH_CLIENT_LOOP_H_
#define STATOR_BENCH_CLIENT_LOOP_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "connection.h"

namespace stator::bench {

using SteadyClock = std::chrono::steady_clock;

// What is sent is up to the class that derives from it. Throws std::system_error when the server
// takes no connection any more. Not thread-safe.
class ClientLoop {
 public:
  explicit ClientLoop(uint16_t port);
  virtual ~ClientLoop();
  ClientLoop(const ClientLoop&) = delete;
  ClientLoop& operator=(const ClientLoop&) = delete;

 protected:
  // Opens one more; they are numbered from 0.
  size_t AddConnection();
  bool busy(size_t index) const { return connections_[index]->busy(); }
  // To be filled with the bytes of a request before Send. REQUIRES: not busy.
  std::string* request(size_t index) { return connections_[index]->request(); }
  void Send(size_t index);
  // Waits for something to happen, until `until` at the most, and handles what did.
  void Poll(SteadyClock::time_point until);

  // Both may Send on this connection. The answer is gone when the call returns.
  virtual void OnAnswer(size_t index, const HttpAnswer& answer) = 0;
  // A new connection has taken its place already.
  virtual void OnLost(size_t index, const std::string& why) = 0;

 private:
  void Watch(size_t index, bool added);
  void HandleEvent(size_t index, uint32_t events);
  void Replace(size_t index);

  uint16_t port_;
  int epoll_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<bool> unsent_;  // waiting until the socket can be written to
};

}  // namespace stator::bench

#endif  // STATOR_BENCH_CLIENT_LOOP_H_
