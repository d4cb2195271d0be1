// Takes HTTP/1.1 answers out of a growing buffer, with a Content-Length or in chunks.
#ifndef STATOR_BENCH_HTTP_READER_H_
#define STATOR_BENCH_HTTP_READER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace stator::bench {

struct HttpAnswer {
  int status = 0;
  std::string_view body;  // in the buffer, or in the reader if it came in chunks
  bool close = false;     // the server ends the connection after it
};

// One answer after another. Not thread-safe.
class HttpReader {
 public:
  // The answer at the start of `buffer`, nullopt while it is not complete: call again with the same
  // bytes and more. Throws std::runtime_error if it is no answer of this kind.
  std::optional<HttpAnswer> Read(std::string_view buffer);
  // How many bytes the whole answer has as far as is known, 0 before its head has come.
  size_t expected() const { return expected_; }
  // Forgets the answer that was read.
  void Next();

 private:
  void ReadHead(std::string_view buffer);
  bool ReadChunks(std::string_view buffer);

  bool have_head_ = false;
  bool chunked_ = false;
  size_t head_length_ = 0;
  size_t expected_ = 0;
  size_t next_chunk_ = 0;  // where in the buffer
  std::string chunks_;
  HttpAnswer answer_;
};

}  // namespace stator::bench

#endif  // STATOR_BENCH_HTTP_READER_H_
