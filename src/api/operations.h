// The registry: every operation that the service has, and what Stator does about it.
#ifndef STATOR_API_OPERATIONS_H_
#define STATOR_API_OPERATIONS_H_

#include <span>
#include <string>
#include <string_view>

#include "api/members.h"
#include "api/quirks.h"
#include "api/service.h"
#include "api/shape.h"
#include "api/validation_form.h"
#include "base/unique_function.h"
#include "model/api_error.h"

namespace stator {

// What a handler works with. The references end when the handler returns; `database` lives on.
struct OperationContext {
  Database* database;
  const Caller& caller;
  ValidationForm form = ValidationForm::kNew;
  kinesis::Streams* streams = nullptr;  // set for the operations of Kinesis; lives on like the database
  Backups* backups = nullptr;  // set for the operations on backups; lives on like the database
  Imports* imports = nullptr;  // likewise
  Exports* exports = nullptr;  // likewise
  BulkPuts* bulk_puts = nullptr;  // likewise
};

inline constexpr std::string_view kKinesis = "Kinesis_20131202";

// The JSON text of a successful answer, or the error. Called once, perhaps on another thread.
using Respond = UniqueFunction<void(ApiResult<std::string>)>;

// Validates and decodes `in` before it returns: `in` points into the request's parser.
using Handler = void (*)(const OperationContext& context, const Members& in, Respond done);

struct OperationInfo {
  std::string_view prefix;  // "DynamoDB_20120810"
  std::string_view name;    // "PutItem"
  const Shape* input;
  Handler handler = nullptr;  // nullptr: known, but not supported yet
  // Members that the service knows and Stator does not support yet: "ResourcePolicy", "A.B" for member B of A,
  // or of each element of A. Present and not null, they are refused.
  std::span<const std::string_view> unsupported_members = {};
  Quirk quirk = nullptr;
  bool on_backups = false;  // needs OperationContext::backups
  bool on_imports = false;  // needs OperationContext::imports
  bool on_exports = false;  // needs OperationContext::exports
  bool on_bulk_puts = false;  // needs OperationContext::bulk_puts
};

// Ordered by prefix, then by name.
std::span<const OperationInfo> Operations();

// `target` is that of X-Amz-Target: "DynamoDB_20120810.PutItem". nullptr if there is no such operation.
const OperationInfo* FindOperation(std::string_view target);

// ValidationException "<member> is not supported by Stator yet." for the first of the operation's unsupported
// members that `in` has.
ApiResult<void> RefuseUnsupportedMembers(const OperationInfo& operation, const Members& in);

}  // namespace stator

#endif  // STATOR_API_OPERATIONS_H_
