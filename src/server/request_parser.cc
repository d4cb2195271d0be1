#include "server/request_parser.h"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <utility>

namespace stator {
namespace {

namespace http = boost::beast::http;

constexpr size_t kMaxLine = 16 * 1024;
constexpr size_t kMaxHeaderLines = 256;
// A chunk's length with its extensions, or the trailers.
constexpr size_t kMaxChunkHeader = 16 * 1024;

std::string_view ToStd(boost::beast::string_view text) { return {text.data(), text.size()}; }

class HeadParser final : public http::basic_parser<true> {
 public:
  HeadParser(std::string_view bytes, RequestHead* out) : bytes_(bytes), out_(out) {}

  bool Parse() {
    boost::beast::error_code error;
    header_limit(static_cast<std::uint32_t>(kMaxRequestHead + 1));
    body_limit(boost::none);
    const size_t consumed = put(boost::asio::const_buffer(bytes_.data(), bytes_.size()), error);
    if (error || refused_ || !is_header_done() || consumed != bytes_.size()) return false;
    out_->size = bytes_.size();
    out_->chunked = chunked();
    out_->content_length = content_length() ? *content_length() : 0;
    out_->keep_alive = keep_alive();
    return bytes_.size() - request_line_ <= kMaxLine;
  }

 private:
  using error_code = boost::beast::error_code;
  using string_view = boost::beast::string_view;

  void on_request_impl(http::verb, string_view method, string_view target, int version,
                       error_code&) override {
    request_line_ = method.size() + target.size() + sizeof("  HTTP/1.1\r\n") - 1;
    if (request_line_ > kMaxLine) refused_ = true;
    out_->method = ToStd(method);
    out_->http_1_0 = version < 11;
    SplitTarget(ToStd(target));
  }

  void on_field_impl(http::field field, string_view name, string_view value, error_code&) override {
    // A folded value is unfolded into a buffer that does not last; RFC 7230 lets us refuse such
    // lines.
    const bool folded = !value.empty() && (value.data() < bytes_.data() ||
                                           value.data() >= bytes_.data() + bytes_.size());
    if (folded || out_->headers.size() >= kMaxHeaderLines) {
      refused_ = true;
      return;
    }
    if (field == http::field::transfer_encoding && !EqualsIgnoreCase(ToStd(value), "chunked"))
      refused_ = true;
    if (field == http::field::expect && EqualsIgnoreCase(ToStd(value), "100-continue"))
      out_->expects_continue = true;
    out_->headers.push_back({ToStd(name), ToStd(value)});
  }

  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view, error_code&) override { return 0; }
  void on_finish_impl(error_code&) override {}

  // Also takes the absolute form that proxies get ("http://host/path").
  void SplitTarget(std::string_view target) {
    if (!target.starts_with('/')) {
      const size_t authority = target.find("://");
      if (authority != std::string_view::npos) {
        const size_t path = target.find('/', authority + 3);
        // Without a path it is "/": a slash of "://" will do.
        target =
            path == std::string_view::npos ? target.substr(authority + 1, 1) : target.substr(path);
      }
    }
    const size_t question = std::min(target.find('?'), target.size());
    out_->path = target.substr(0, question);
    out_->query = target.substr(std::min(question + 1, target.size()));
  }

  const std::string_view bytes_;
  RequestHead* out_;
  size_t request_line_ = 0;
  bool refused_ = false;
};

}  // namespace

void RequestHead::Shift(std::ptrdiff_t delta) {
  const auto shift = [delta](std::string_view* view) {
    *view = {view->data() + delta, view->size()};
  };
  shift(&method);
  shift(&path);
  shift(&query);
  for (HeaderView& header : headers) {
    shift(&header.name);
    shift(&header.value);
  }
}

bool ParseRequestHead(std::string_view bytes, RequestHead* out) {
  out->headers.clear();
  out->expects_continue = false;
  return HeadParser(bytes, out).Parse();
}

ChunkedBodyParser::ChunkedBodyParser(std::string_view head, Sink sink) : parser_(std::move(sink)) {
  parser_.header_limit(static_cast<std::uint32_t>(kMaxRequestHead + 1));
  parser_.body_limit(boost::none);
  boost::beast::error_code error;
  parser_.put(boost::asio::const_buffer(head.data(), head.size()), error);
  malformed_ = static_cast<bool>(error);
  parser_.eager(true);
}

ChunkedBodyParser::State ChunkedBodyParser::Feed(std::string_view bytes, size_t* consumed) {
  *consumed = 0;
  while (!malformed_ && !parser_.is_done() && *consumed < bytes.size()) {
    boost::beast::error_code error;
    const size_t taken = parser_.put(
        boost::asio::const_buffer(bytes.data() + *consumed, bytes.size() - *consumed), error);
    *consumed += taken;
    if (error == http::error::body_limit) return State::kRefused;
    if (error && error != http::error::need_more) return State::kMalformed;
    if (error == http::error::need_more || taken == 0) break;
  }
  if (malformed_) return State::kMalformed;
  if (parser_.is_done()) return State::kDone;
  return bytes.size() - *consumed > kMaxChunkHeader ? State::kMalformed : State::kNeedMore;
}

}  // namespace stator
