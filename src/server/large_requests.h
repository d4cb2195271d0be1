// Threads for requests with large bodies: to decode one takes milliseconds, in which an event loop
// would answer no one else. Their priority is lower, so that the loops go first when all processors
// are taken.
#ifndef STATOR_SERVER_LARGE_REQUESTS_H_
#define STATOR_SERVER_LARGE_REQUESTS_H_

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "server/chunked_body.h"
#include "server/http_handler.h"
#include "server/input_buffer.h"
#include "server/request_parser.h"

namespace stator {

// A body above this goes there.
inline constexpr size_t kLargeBody = 64 * 1024;

// Such a request, with all that it points into and what it is to be answered with.
struct LargeRequest {
  HttpRequest request;
  RequestHead head;
  InputBuffer::Taken input;
  std::unique_ptr<ChunkedBody> chunked;
  HttpDone done;
};

// Thread-safe, but for AddThread().
class LargeRequests {
 public:
  LargeRequests() = default;
  ~LargeRequests() { Stop(); }
  LargeRequests(const LargeRequests&) = delete;
  LargeRequests& operator=(const LargeRequests&) = delete;

  // `handler` is of this thread alone. It lives as long as this object: it may be told of an answer
  // after Stop().
  void AddThread(std::unique_ptr<HttpHandler> handler);
  // Has it handled on one of the threads. After Stop() it is dropped.
  void Post(LargeRequest request);
  // Waits for those that have begun and drops the others. Idempotent.
  void Stop();

 private:
  void Loop(HttpHandler* handler);

  std::vector<std::unique_ptr<HttpHandler>> handlers_;
  std::mutex mutex_;
  std::condition_variable condition_;
  std::deque<LargeRequest> waiting_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace stator

#endif  // STATOR_SERVER_LARGE_REQUESTS_H_
