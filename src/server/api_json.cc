#include "server/api_json.h"

#include <utility>

#include "api/json_object.h"

namespace stator {

std::string ErrorText(const ApiAnswer& answer) {
  const std::string type =
      answer.error_type.empty() ? "HTTP " + std::to_string(answer.status) : answer.error_type;
  return type + ": " + answer.error_message;
}

Result<simdjson::dom::element> CallForJson(ApiClient* client, std::string_view operation,
                                           const std::string& body, simdjson::dom::parser* parser) {
  auto answer = client->Call(operation, body);
  if (!answer) return Unexpected(std::move(answer).error());
  if (!answer->ok()) return Fail(StatusCode::kInvalidArgument, ErrorText(*answer));
  simdjson::dom::element document;
  if (parser->parse(answer->body).get(document) != simdjson::SUCCESS) {
    return Fail(StatusCode::kIoError,
                "the answer to " + std::string(operation) + " is not understood");
  }
  return document;
}

std::string TextOf(const simdjson::dom::element& value, std::string_view name) {
  std::string_view text;
  return value[name].get_string().get(text) == simdjson::SUCCESS ? std::string(text) : "";
}

std::string JsonOf(const simdjson::dom::element& value, std::string_view name) {
  simdjson::dom::element member;
  return value[name].get(member) == simdjson::SUCCESS ? simdjson::minify(member) : "";
}

uint64_t CountOf(const simdjson::dom::element& value, std::string_view name) {
  uint64_t count = 0;
  return value[name].get_uint64().get(count) == simdjson::SUCCESS ? count : 0;
}

std::string JsonOfMember(std::string_view name, std::string_view value) {
  std::string body;
  JsonObject object(&body);
  object.String(name, value);
  object.Close();
  return body;
}

}  // namespace stator
