// An error as a DynamoDB client sees it: type, HTTP status, exact message and payload (facts 1.4).
#ifndef STATOR_MODEL_API_ERROR_H_
#define STATOR_MODEL_API_ERROR_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/attribute_value.h"

namespace stator {

// One enumerator per error shape that Stator can answer. api_error.cc has the one table that gives
// each its namespace, name, HTTP status and the spelling of its message member.
enum class ErrorType {
  // com.amazon.coral.service
  kSerialization,
  kUnknownOperation,
  kMissingAuthenticationToken,
  kIncompleteSignature,
  kInvalidSignature,
  kUnrecognizedClient,
  kExpiredToken,
  kAccessDenied,
  kThrottling,
  kInternalFailure,
  kServiceUnavailable,
  // com.amazon.coral.validate
  kValidation,
  // com.amazonaws.dynamodb.v20120810
  kBackupInUse,
  kBackupNotFound,
  kConditionalCheckFailed,
  kContinuousBackupsUnavailable,
  kExpiredShardIterator,
  kExportConflict,
  kExportNotFound,
  kIdempotentParameterMismatch,
  kImportConflict,
  kImportNotFound,
  kInternalServerError,
  kInvalidExportTime,
  kInvalidRestoreTime,
  kItemCollectionSizeLimitExceeded,
  kLimitExceeded,
  kPointInTimeRecoveryUnavailable,
  kProvisionedThroughputExceeded,
  kRequestLimitExceeded,
  kResourceInUse,
  kResourceNotFound,
  kTableAlreadyExists,
  kTableInUse,
  kTableNotFound,
  kTransactionCanceled,
  kTransactionConflict,
  kTransactionInProgress,
  kTrimmedDataAccess,
  // com.amazonaws.kinesis.v20131202; what Kinesis has in common with DynamoDB stands above
  kExpiredIterator,
  kExpiredNextToken,
  kInvalidArgument,
};

// One entry of TransactionCanceledException.CancellationReasons. Code "None" has no message on the
// wire.
struct CancellationReason {
  std::string code = "None";
  std::string message;
  std::optional<Item> item;
};

struct ApiError {
  ErrorType type;
  std::optional<std::string> message;  // absent: the body has no message member at all
  std::optional<Item> item;            // ConditionalCheckFailedException
  std::vector<CancellationReason> cancellation_reasons;  // TransactionCanceledException
};

template <class T>
using ApiResult = Expected<T, ApiError>;

struct ErrorTypeInfo {
  std::string_view name_space;  // "com.amazonaws.dynamodb.v20120810"
  std::string_view name;        // "ResourceNotFoundException"
  int http_status;
  bool capital_message;  // the member is "Message", not "message"
};
const ErrorTypeInfo& InfoOf(ErrorType type);

Unexpected<ApiError> ApiFail(ErrorType type, std::string message);
// ValidationException with this text.
Unexpected<ApiError> Invalid(std::string message);
// ValidationException "One or more parameter values were invalid: " + text.
Unexpected<ApiError> InvalidParameter(std::string_view text);

// The one mapping from what goes wrong inside to what a client is told. kConflict becomes
// TransactionConflictException, kOverloaded ThrottlingException, the rest InternalServerError:
// clients retry all of these. The text of `status` stays inside.
ApiError ToApiError(const Status& status);

}  // namespace stator

#endif  // STATOR_MODEL_API_ERROR_H_
