// Requests and answers of the API as commands need them: a call whose answer is read, and members
// of it.
#ifndef STATOR_SERVER_API_JSON_H_
#define STATOR_SERVER_API_JSON_H_

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/api_client.h"

namespace stator {

// "ValidationException: its message", "HTTP 503: ".
std::string ErrorText(const ApiAnswer& answer);

// The answer, which lives in `parser` until its next use. Errors: those of ApiClient::Call;
// kInvalidArgument with ErrorText for what the service refuses.
Result<simdjson::dom::element> CallForJson(ApiClient* client, std::string_view operation,
                                           const std::string& body, simdjson::dom::parser* parser);

// Members of an object, "" or 0 if there is no such one of that type.
std::string TextOf(const simdjson::dom::element& value, std::string_view name);
std::string JsonOf(const simdjson::dom::element& value,
                   std::string_view name);  // any type, compact
uint64_t CountOf(const simdjson::dom::element& value, std::string_view name);

// {"TableName":"x"}
std::string JsonOfMember(std::string_view name, std::string_view value);

}  // namespace stator

#endif  // STATOR_SERVER_API_JSON_H_
