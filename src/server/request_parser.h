// Beast's parser without Beast's messages: the head of a request as views into the buffer it was
// read into.
#ifndef STATOR_SERVER_REQUEST_PARSER_H_
#define STATOR_SERVER_REQUEST_PARSER_H_

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "auth/request_view.h"

namespace stator {

struct RequestHead {
  std::string_view method;
  std::string_view path;
  std::string_view query;
  std::vector<HeaderView> headers;
  size_t size = 0;  // bytes, with the empty line at the end
  uint64_t content_length = 0;
  bool chunked = false;
  bool keep_alive = true;
  bool http_1_0 = false;
  bool expects_continue = false;

  // The bytes it points into were moved by `delta`.
  void Shift(std::ptrdiff_t delta);
};

// Parses a whole head, up to and with its empty line. False if it is not one, or more than we take:
// a request line or header lines of over 16 KB (facts 1.1), more than 256 header lines, a folded
// one, a Transfer-Encoding other than "chunked".
bool ParseRequestHead(std::string_view bytes, RequestHead* out);

// The longest head that ParseRequestHead can accept.
inline constexpr size_t kMaxRequestHead = 2 * 16 * 1024;

// Undoes Transfer-Encoding: chunked. Trailers are read and dropped.
class ChunkedBodyParser {
 public:
  // Takes the next bytes of the body; false: no room for them, and Feed returns kRefused.
  using Sink = std::function<bool(std::string_view)>;

  // `head` is that of the request, as it was read.
  ChunkedBodyParser(std::string_view head, Sink sink);

  enum class State { kNeedMore, kDone, kRefused, kMalformed };
  // Reads from the front of `bytes`; *consumed says how many it will not need again.
  State Feed(std::string_view bytes, size_t* consumed);

 private:
  class Parser final : public boost::beast::http::basic_parser<true> {
   public:
    explicit Parser(Sink sink) : sink_(std::move(sink)) {}

   private:
    using error_code = boost::beast::error_code;
    using string_view = boost::beast::string_view;
    void on_request_impl(boost::beast::http::verb, string_view, string_view, int,
                         error_code&) override {}
    void on_response_impl(int, string_view, int, error_code&) override {}
    void on_field_impl(boost::beast::http::field, string_view, string_view, error_code&) override {}
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(string_view body, error_code&) override { return body.size(); }
    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code& error) override {
      if (!sink_({body.data(), body.size()})) error = boost::beast::http::error::body_limit;
      return body.size();
    }
    void on_finish_impl(error_code&) override {}

    Sink sink_;
  };

  Parser parser_;
  bool malformed_ = false;
};

}  // namespace stator

#endif  // STATOR_SERVER_REQUEST_PARSER_H_
