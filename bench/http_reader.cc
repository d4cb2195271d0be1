#include "http_reader.h"

#include <strings.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace stator::bench {
namespace {

size_t ToNumber(std::string_view text, int base = 10) {
  size_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end == text.data()) {
    throw std::runtime_error("not a number in an HTTP answer: " + std::string(text.substr(0, 40)));
  }
  return value;
}

bool IsName(std::string_view name, std::string_view wanted) {
  return name.size() == wanted.size() &&
         strncasecmp(name.data(), wanted.data(), wanted.size()) == 0;
}

}  // namespace

void HttpReader::Next() {
  have_head_ = false;
  expected_ = 0;
  chunks_.clear();
}

void HttpReader::ReadHead(std::string_view buffer) {
  const size_t head_end = buffer.find("\r\n\r\n");
  if (head_end == std::string_view::npos) return;
  if (!buffer.starts_with("HTTP/1.1 ")) throw std::runtime_error("not an HTTP/1.1 answer");
  answer_ = HttpAnswer{static_cast<int>(ToNumber(buffer.substr(9, 3))), {}, false};
  head_length_ = head_end + 4;
  bool has_length = false;
  chunked_ = false;
  size_t line = buffer.find("\r\n") + 2;
  while (line < head_end) {
    const size_t end = buffer.find("\r\n", line);
    const size_t colon = std::min(buffer.find(':', line), end);
    const std::string_view name = buffer.substr(line, colon - line);
    std::string_view value =
        buffer.substr(std::min(colon + 1, end), end - std::min(colon + 1, end));
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    if (IsName(name, "content-length")) {
      expected_ = head_length_ + ToNumber(value);
      has_length = true;
    } else if (IsName(name, "transfer-encoding")) {
      chunked_ = IsName(value, "chunked");
    } else if (IsName(name, "connection")) {
      answer_.close = IsName(value, "close");
    }
    line = end + 2;
  }
  if (!has_length && !chunked_) throw std::runtime_error("an answer of unknown length");
  if (chunked_) expected_ = head_length_;
  next_chunk_ = head_length_;
  have_head_ = true;
}

bool HttpReader::ReadChunks(std::string_view buffer) {
  for (;;) {
    const size_t line_end = buffer.find("\r\n", next_chunk_);
    if (line_end == std::string_view::npos) return false;
    const size_t length = ToNumber(buffer.substr(next_chunk_, line_end - next_chunk_), 16);
    const size_t end = line_end + 2 + length + 2;
    expected_ = std::max(expected_, end);
    if (buffer.size() < end) return false;
    if (length == 0) return true;  // trailers are not expected
    chunks_.append(buffer.substr(line_end + 2, length));
    next_chunk_ = end;
  }
}

std::optional<HttpAnswer> HttpReader::Read(std::string_view buffer) {
  if (!have_head_) ReadHead(buffer);
  if (!have_head_) return std::nullopt;
  if (chunked_) {
    if (!ReadChunks(buffer)) return std::nullopt;
    answer_.body = chunks_;
    return answer_;
  }
  if (buffer.size() < expected_) return std::nullopt;
  answer_.body = buffer.substr(head_length_, expected_ - head_length_);
  return answer_;
}

}  // namespace stator::bench
