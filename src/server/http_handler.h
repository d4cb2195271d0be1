// Between the connections, which know HTTP, and whoever answers requests.
#ifndef STATOR_SERVER_HTTP_HANDLER_H_
#define STATOR_SERVER_HTTP_HANDLER_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "auth/request_view.h"
#include "base/unique_function.h"
#include "server/memory_budget.h"

namespace stator {

// The text of an x-amzn-RequestId; all NUL: none.
using RequestId = std::array<char, 52>;

// Readable bytes behind the body of an HttpRequest, for parsers that read ahead (simdjson asks for
// 64).
inline constexpr size_t kBodyPadding = 64;

struct HttpRequest : RequestView {
  // The server has no memory for it now, and perhaps not for its body, which is then empty: answer
  // that it should come again.
  bool refused = false;
  // To be charged with what is kept of the request when Handle has returned. nullptr: it is not
  // counted.
  MemoryBudget* budget = nullptr;
};

struct HttpAnswer {
  int status = 200;
  std::string_view content_type;      // of static storage; empty: no such header
  std::string_view content_encoding;  // likewise
  RequestId request_id = {};
  std::optional<uint32_t> crc32;  // of the body: send x-amz-crc32
  bool allow_origin = false;      // send Access-Control-Allow-Origin: *
  std::string headers;            // further header lines, each with its CRLF
  std::string body;
  MemoryCharge charge;  // for what of it is in memory
};
using HttpDone = UniqueFunction<void(HttpAnswer)>;

// One object per thread, called on it only: an event loop, or one for large bodies
// (large_requests.h).
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  // Calls `done` once, inside the call or later on any thread. The request is valid until Handle
  // returns. A `done` that is destroyed without being called closes the connection.
  virtual void Handle(const HttpRequest& request, HttpDone done) = 0;
};

}  // namespace stator

#endif  // STATOR_SERVER_HTTP_HANDLER_H_
