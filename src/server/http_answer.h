// Answers as bytes.
#ifndef STATOR_SERVER_HTTP_ANSWER_H_
#define STATOR_SERVER_HTTP_ANSWER_H_

#include <string>
#include <string_view>

#include "server/http_handler.h"

namespace stator {

// What the request and the state of its connection ask of the answer's form.
struct AnswerForm {
  bool keep_alive = true;
  bool head_only = false;  // the request was a HEAD
};

// Appends head and body; a body larger than OutputQueue::kCopied is moved to *rest instead. `date`
// is that of the Date header.
void AppendAnswer(HttpAnswer* answer, AnswerForm form, std::string_view date, std::string* out,
                  std::string* rest);

// Appends an answer without a body that ends the connection, for requests that never reach a
// handler. 413 is chunked as the service's is (facts 1.1), unless `http_1_0`.
void AppendRefusal(int status, bool http_1_0, std::string_view date, std::string* out);

}  // namespace stator

#endif  // STATOR_SERVER_HTTP_ANSWER_H_
