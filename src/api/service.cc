#include "api/service.h"

#include <simdjson.h>

#include <memory>
#include <optional>
#include <utility>

#include "api/operations.h"
#include "api/request_check.h"

namespace stator {
namespace {

// Some errors have no message member at all.
Unexpected<ApiError> Bare(ErrorType type) {
  return Unexpected<ApiError>(ApiError{.type = type, .message = std::nullopt});
}

ApiResult<simdjson::dom::object> BodyOf(const RecognizedRequest& request) {
  switch (request.body) {
    case RecognizedRequest::Body::kEmpty:
      return Bare(ErrorType::kSerialization);
    case RecognizedRequest::Body::kTooDeep:
      return Invalid(
          "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond "
          "supported limit");
    case RecognizedRequest::Body::kParsed:
      break;
  }
  simdjson::dom::object object;
  if (request.parser->doc.root().get(object) != simdjson::SUCCESS) return Bare(ErrorType::kSerialization);
  return object;
}

}  // namespace

ApiResult<void> Service::Recognize(const std::string_view* target, std::string_view body,
                                   simdjson::dom::parser* parser, RecognizedRequest* out) const {
  out->parser = parser;
  out->body = RecognizedRequest::Body::kEmpty;
  if (!body.empty()) {
    const auto parsed = parser->parse(body.data(), body.size(), /*realloc_if_needed=*/false);
    if (parsed.error() == simdjson::DEPTH_ERROR) {
      out->body = RecognizedRequest::Body::kTooDeep;
    } else if (parsed.error() != simdjson::SUCCESS) {
      return Bare(ErrorType::kSerialization);
    } else {
      out->body = RecognizedRequest::Body::kParsed;
    }
  }
  out->operation = target == nullptr ? nullptr : FindOperation(*target);
  if (out->operation == nullptr) return Bare(ErrorType::kUnknownOperation);
  return {};
}

void Service::Execute(const RecognizedRequest& request, const Caller& caller, AnswerDone done) const {
  const OperationInfo& operation = *request.operation;
  const ErrorForm form = ErrorFormOf(operation.prefix);
  auto body = BodyOf(request);
  if (!body) return done(ErrorAnswer(body.error(), form));
  if (operation.handler == nullptr || (operation.prefix == kKinesis && streams_ == nullptr) ||
      (operation.on_backups && backups_ == nullptr) || (operation.on_imports && imports_ == nullptr) ||
      (operation.on_exports && exports_ == nullptr) || (operation.on_bulk_puts && bulk_puts_ == nullptr)) {
    const auto error = ApiFail(ErrorType::kUnknownOperation, "The operation " + std::string(operation.name) +
                                                                 " is not supported by Stator yet.");
    return done(ErrorAnswer(ApiResult<void>(error).error(), form));
  }
  if (auto check = CheckRequest(operation, *body, form_); !check) return done(ErrorAnswer(check.error(), form));
  operation.handler(OperationContext{database_, caller, form_, streams_, backups_, imports_, exports_, bulk_puts_},
                    Members(*body),
                    [form, done = std::move(done)](ApiResult<std::string> result) mutable {
                      done(result ? Answer{200, *std::move(result)} : ErrorAnswer(result.error(), form));
                    });
}

}  // namespace stator
