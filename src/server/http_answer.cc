#include "server/http_answer.h"

#include <charconv>
#include <cstdint>
#include <utility>

#include "server/output_queue.h"

namespace stator {
namespace {

std::string_view StatusLine(int status) {
  switch (status) {
    case 200:
      return "HTTP/1.1 200 OK\r\n";
    case 400:
      return "HTTP/1.1 400 Bad Request\r\n";
    case 404:
      return "HTTP/1.1 404 Not Found\r\n";
    case 413:
      return "HTTP/1.1 413 Request Entity Too Large\r\n";
    case 500:
      return "HTTP/1.1 500 Internal Server Error\r\n";
    case 503:
      return "HTTP/1.1 503 Service Unavailable\r\n";
  }
  return {};
}

void AppendNumber(uint64_t value, std::string* out) {
  char digits[20];
  const auto result = std::to_chars(digits, digits + sizeof(digits), value);
  out->append(digits, result.ptr);
}

void AppendStatusAndDate(int status, std::string_view date, std::string* out) {
  if (const std::string_view line = StatusLine(status); !line.empty()) {
    out->append(line);
  } else {
    out->append("HTTP/1.1 ");
    AppendNumber(static_cast<uint64_t>(status), out);
    out->append(" \r\n");
  }
  out->append("Server: Server\r\nDate: ").append(date).append("\r\n");
}

}  // namespace

void AppendAnswer(HttpAnswer* whole, AnswerForm form, std::string_view date, std::string* out,
                  std::string* rest) {
  constexpr size_t kUsualHead = 512;
  const HttpAnswer& answer = *whole;
  const bool copied = answer.body.size() <= OutputQueue::kCopied;
  out->reserve(out->size() + kUsualHead + answer.headers.size() +
               (copied ? answer.body.size() : 0));
  AppendStatusAndDate(answer.status, date, out);
  if (!answer.content_type.empty())
    out->append("Content-Type: ").append(answer.content_type).append("\r\n");
  if (!answer.content_encoding.empty()) {
    out->append("Content-Encoding: ").append(answer.content_encoding).append("\r\n");
  }
  out->append("Content-Length: ");
  AppendNumber(answer.body.size(), out);
  out->append(form.keep_alive ? "\r\nConnection: keep-alive\r\n" : "\r\nConnection: close\r\n");
  if (answer.request_id[0] != 0) {
    out->append("x-amzn-RequestId: ")
        .append(answer.request_id.data(), answer.request_id.size())
        .append("\r\n");
  }
  if (answer.crc32) {
    out->append("x-amz-crc32: ");
    AppendNumber(*answer.crc32, out);
    out->append("\r\n");
  }
  if (answer.allow_origin) out->append("Access-Control-Allow-Origin: *\r\n");
  out->append(answer.headers).append("\r\n");
  if (form.head_only) return;
  if (copied) {
    out->append(answer.body);
  } else {
    *rest = std::move(whole->body);
    // It may wait long for its client, and is charged by its size.
    if (rest->capacity() - rest->size() > rest->size() / 4) rest->shrink_to_fit();
  }
}

void AppendRefusal(int status, bool http_1_0, std::string_view date, std::string* out) {
  AppendStatusAndDate(status, date, out);
  if (status == 413 && !http_1_0) {
    out->append("Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n");
  } else {
    out->append("Content-Length: 0\r\nConnection: close\r\n\r\n");
  }
}

}  // namespace stator
