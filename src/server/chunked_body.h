// The body of a request with Transfer-Encoding: chunked, joined as it comes in.
#ifndef STATOR_SERVER_CHUNKED_BODY_H_
#define STATOR_SERVER_CHUNKED_BODY_H_

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "server/http_handler.h"
#include "server/memory_budget.h"
#include "server/request_parser.h"

namespace stator {

// A chunked body as it comes in, joined.
struct ChunkedBody {
  ChunkedBody(std::string_view head, size_t max_size, MemoryBudget* memory_budget)
      : parser(head, [this](std::string_view bytes) { return Take(bytes); }),
        limit(max_size),
        charge(memory_budget) {}

  bool Take(std::string_view bytes) {
    const size_t size = body.size() + bytes.size();
    if (size > limit) return false;
    if (size + kBodyPadding > body.capacity()) {
      const size_t capacity = std::max(size + kBodyPadding, 2 * body.capacity());
      if (!charge.TrySet(capacity)) {
        over_budget = true;
        return false;
      }
      body.reserve(capacity);
    }
    body.append(bytes);
    return true;
  }

  ChunkedBodyParser parser;
  std::string body;
  size_t limit;
  MemoryCharge charge;
  bool over_budget = false;
};

}  // namespace stator

#endif  // STATOR_SERVER_CHUNKED_BODY_H_
