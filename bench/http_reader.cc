#include "http_reader.h"

#include <strings.h>

#include <charconv>
#include <stdexcept>

namespace stator::bench {
namespace {

size_t ToNumber(std::string_view text) {
  size_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) {
    throw std::runtime_error("not a number in an HTTP head: " + std::string(text));
  }
  return value;
}

size_t ContentLength(std::string_view head) {
  constexpr std::string_view kName = "\r\ncontent-length:";
  for (size_t at = 0; at + kName.size() < head.size(); ++at) {
    if (head[at] != '\r' || strncasecmp(head.data() + at, kName.data(), kName.size()) != 0)
      continue;
    std::string_view value = head.substr(at + kName.size());
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    return ToNumber(value);
  }
  throw std::runtime_error("an answer without Content-Length");
}

}  // namespace

std::optional<HttpAnswer> ReadAnswer(std::string_view buffer) {
  size_t head_end = buffer.find("\r\n\r\n");
  if (head_end == std::string_view::npos) return std::nullopt;
  std::string_view head = buffer.substr(0, head_end + 2);
  if (!head.starts_with("HTTP/1.1 ")) throw std::runtime_error("not an HTTP/1.1 answer");
  HttpAnswer answer;
  answer.status = static_cast<int>(ToNumber(head.substr(9, 3)));
  answer.length = head_end + 4 + ContentLength(head);
  if (buffer.size() < answer.length) return std::nullopt;
  answer.body = buffer.substr(head_end + 4, answer.length - head_end - 4);
  return answer;
}

}  // namespace stator::bench
