// One thread with its sockets: everything that the connections of a thread share.
#ifndef STATOR_SERVER_EVENT_LOOP_H_
#define STATOR_SERVER_EVENT_LOOP_H_

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "server/http_handler.h"
#include "server/large_requests.h"
#include "server/memory_budget.h"

namespace stator {

// The concrete executor: a type-erased one costs on every operation.
using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;

struct HttpLimits {
  size_t max_body = 16 * 1024 * 1024;  // facts 1.1
  size_t max_pipelined = 16;           // requests of one connection that may be under way
  std::chrono::milliseconds header_timeout{
      10'000};  // from the first byte of a request to the end of its head
  std::chrono::milliseconds body_timeout{30'000};    // without progress of the body
  std::chrono::milliseconds idle_timeout{300'000};   // between requests
  std::chrono::milliseconds write_timeout{30'000};   // without the client taking an answer
  std::chrono::milliseconds linger_timeout{10'000};  // for the client to close after us
};

// What an event loop knows of a connection. All calls on the loop's thread.
class Connection {
 public:
  virtual ~Connection() = default;
  // Closes if a limit of HttpLimits has passed at `now`.
  virtual void CheckDeadline(int64_t now) = 0;
  // Takes no further request, and closes once the answers under way are written.
  virtual void Shutdown() = 0;

 private:
  friend class EventLoop;
  size_t index_ = 0;
};

// What all loops of a server share.
struct ServerShared {
  ServerShared(const HttpLimits& http_limits, size_t body_budget, const Clock* server_clock)
      : limits(http_limits), budget(body_budget), clock(server_clock) {}

  const HttpLimits limits;
  MemoryBudget budget;
  const Clock* const clock;
  std::atomic<size_t> connections{0};
  std::atomic<uint64_t> accepted{0};
  std::atomic<uint64_t> turned_away{0};  // because of max_connections
  std::atomic<uint64_t> timed_out{0};
  LargeRequests large_requests;
};

class EventLoop {
 public:
  // `shared` must outlive the loop.
  EventLoop(ServerShared* shared, std::unique_ptr<HttpHandler> handler);
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  void Start();
  // Ends the thread; connections that are still there are dropped. Thread-safe, idempotent.
  void Stop();

  boost::asio::io_context& io() { return io_; }
  bool InThisThread() const { return std::this_thread::get_id() == thread_id_; }

  // The rest is for the loop's thread.
  ServerShared& shared() { return *shared_; }
  HttpHandler& handler() { return *handler_; }
  void Add(Connection* connection);
  void Remove(Connection* connection);
  void ShutdownConnections();
  // Microseconds; as coarse as the sweep that looks for deadlines, and free.
  int64_t now() const { return now_; }
  // The value of a Date header.
  std::string_view HttpDate();
  // A buffer for answers, empty, perhaps with room; and back with it.
  std::string TakeBuffer() { return std::move(spare_); }
  void GiveBackBuffer(std::string buffer);

 private:
  using Timer = boost::asio::basic_waitable_timer<
      std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;
  void Sweep();

  ServerShared* const shared_;
  std::unique_ptr<HttpHandler> handler_;
  std::vector<Connection*> connections_;
  std::chrono::milliseconds tick_;
  int64_t now_;
  int64_t date_second_ = -1;
  std::string date_;
  std::string spare_;
  boost::asio::io_context io_{1};  // after what the connections use when they are destroyed with it
  boost::asio::executor_work_guard<Executor> work_;
  Timer timer_;
  std::thread thread_;
  std::thread::id thread_id_;
};

}  // namespace stator

#endif  // STATOR_SERVER_EVENT_LOOP_H_
