// The requests of Lambda's API of event source mappings: what is in them, and what is wrong with
// it.
#ifndef STATOR_EVENTS_MAPPING_REQUESTS_H_
#define STATOR_EVENTS_MAPPING_REQUESTS_H_

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "events/functions.h"
#include "events/mapping.h"

namespace simdjson::dom {
class element;
}  // namespace simdjson::dom

namespace stator {

// As Lambda answers: its type is in a header.
struct LambdaError {
  int status = 400;
  std::string type;
  std::string message;
};
template <class T>
using LambdaResult = Expected<T, LambdaError>;

Unexpected<LambdaError> LambdaFail(int status, std::string type, std::string message);
// InvalidParameterValueException.
Unexpected<LambdaError> InvalidParameter(std::string message);

// The body of CreateEventSourceMapping (`is_new`) or UpdateEventSourceMapping put upon *mapping,
// whose account and region are the caller's. What is refused leaves it half changed.
LambdaResult<void> ApplyRequest(const simdjson::dom::element& body, bool is_new,
                                const Functions& functions, Mapping* mapping);

// "Name", "123456789012:function:Name", or an ARN: the name. nullopt: none of the caller's.
std::optional<std::string> FunctionNameOf(std::string_view text, const Mapping& caller);

struct ListRequest {
  std::string function;  // empty: of any
  std::string stream_arn;
  std::string marker;
  size_t max_items = 100;
};
// From the query of ListEventSourceMappings.
LambdaResult<ListRequest> ParseListRequest(std::string_view query, const Mapping& caller);

}  // namespace stator

#endif  // STATOR_EVENTS_MAPPING_REQUESTS_H_
