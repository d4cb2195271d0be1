// The API as the server sees it: bytes of a body in, bytes of an answer out.
//
// The order of checks is the service's (facts 1.5): Recognize does what comes before authentication,
// Execute what comes after it.
#ifndef STATOR_API_SERVICE_H_
#define STATOR_API_SERVICE_H_

#include <string>
#include <string_view>

#include "api/validation_form.h"
#include "base/unique_function.h"
#include "model/api_error.h"

namespace simdjson::dom {
class parser;
}  // namespace simdjson::dom

namespace stator {

namespace kinesis {
class Streams;
}  // namespace kinesis

class Backups;
class BulkPuts;
class Database;
class Exports;
class Imports;
struct OperationInfo;  // api/operations.h

// Who calls, as the credential of the request says.
struct Caller {
  std::string account_id;  // 12 digits
  std::string region;
  std::string access_key_id;
};

// What the server puts on the wire; the server adds headers.
struct Answer {
  int http_status = 200;
  std::string body;
};
using AnswerDone = UniqueFunction<void(Answer)>;

// How the type of an error is written: DynamoDB names the namespace, Kinesis does not.
enum class ErrorForm { kQualified, kShort };

// The JSON answer for an error; the only place where an ApiError becomes bytes.
Answer ErrorAnswer(const ApiError& error, ErrorForm form = ErrorForm::kQualified);
// That of the service which an X-Amz-Target names.
ErrorForm ErrorFormOf(std::string_view target);

// A request whose operation is known and whose body is JSON. Points into the parser: valid until that parser
// parses again.
struct RecognizedRequest {
  enum class Body { kEmpty, kParsed, kTooDeep };
  const OperationInfo* operation = nullptr;
  const simdjson::dom::parser* parser = nullptr;  // holds the body
  Body body = Body::kEmpty;
};

class Service {
 public:
  // All of these must outlive the service. Without `streams` there is no Kinesis, without one of the others none of
  // its operations.
  explicit Service(Database* database, ValidationForm form = ValidationForm::kNew,
                   kinesis::Streams* streams = nullptr, Backups* backups = nullptr,
                   Imports* imports = nullptr, Exports* exports = nullptr, BulkPuts* bulk_puts = nullptr)
      : database_(database), form_(form), streams_(streams), backups_(backups), imports_(imports),
        exports_(exports), bulk_puts_(bulk_puts) {}

  // Thread-safe, like Execute. Steps 3 and 4 of facts 1.5. `target` is the X-Amz-Target header, nullptr if there is none. `body` must be
  // followed by simdjson's padding. On success *out is filled.
  ApiResult<void> Recognize(const std::string_view* target, std::string_view body,
                            simdjson::dom::parser* parser, RecognizedRequest* out) const;

  // Steps 6 and later. Decodes before it returns (so `request` and its parser are free again then), and calls
  // `done` once, inside the call or later on another thread.
  void Execute(const RecognizedRequest& request, const Caller& caller, AnswerDone done) const;

 private:
  Database* database_;
  ValidationForm form_;
  kinesis::Streams* streams_;
  Backups* backups_;
  Imports* imports_;
  Exports* exports_;
  BulkPuts* bulk_puts_;
};

}  // namespace stator

#endif  // STATOR_API_SERVICE_H_
