// Takes HTTP/1.1 answers with a Content-Length out of a growing buffer.
#ifndef STATOR_BENCH_HTTP_READER_H_
#define STATOR_BENCH_HTTP_READER_H_

#include <optional>
#include <string>
#include <string_view>

namespace stator::bench {

struct HttpAnswer {
  int status = 0;
  std::string_view body;  // in the buffer
  size_t length = 0;      // of head and body together
};

// The answer at the start of `buffer`, nullopt while it is not complete. Throws std::runtime_error
// if it is no answer of this kind.
std::optional<HttpAnswer> ReadAnswer(std::string_view buffer);

}  // namespace stator::bench

#endif  // STATOR_BENCH_HTTP_READER_H_
