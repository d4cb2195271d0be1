#include "model/api_error.h"

#include <utility>

namespace stator {
namespace {

constexpr std::string_view kCoralService = "com.amazon.coral.service";
constexpr std::string_view kCoralValidate = "com.amazon.coral.validate";
constexpr std::string_view kKinesis = "com.amazonaws.kinesis.v20131202";
constexpr std::string_view kDynamoDb = "com.amazonaws.dynamodb.v20120810";

// In the order of the enumerators.
constexpr ErrorTypeInfo kInfos[] = {
    {kCoralService, "SerializationException", 400, true},
    {kCoralService, "UnknownOperationException", 400, false},
    {kCoralService, "MissingAuthenticationTokenException", 400, false},
    {kCoralService, "IncompleteSignatureException", 400, false},
    {kCoralService, "InvalidSignatureException", 400, false},
    {kCoralService, "UnrecognizedClientException", 400, false},
    {kCoralService, "ExpiredTokenException", 400, false},
    {kCoralService, "AccessDeniedException", 400, true},
    {kCoralService, "ThrottlingException", 400, false},
    {kCoralService, "InternalFailure", 500, false},
    {kCoralService, "ServiceUnavailableException", 503, false},
    {kCoralValidate, "ValidationException", 400, false},
    {kDynamoDb, "BackupInUseException", 400, false},
    {kDynamoDb, "BackupNotFoundException", 400, false},
    {kDynamoDb, "ConditionalCheckFailedException", 400, false},
    {kDynamoDb, "ContinuousBackupsUnavailableException", 400, false},
    {kDynamoDb, "ExpiredIteratorException", 400, false},
    {kDynamoDb, "ExportConflictException", 400, false},
    {kDynamoDb, "ExportNotFoundException", 400, false},
    {kDynamoDb, "IdempotentParameterMismatchException", 400, false},
    {kDynamoDb, "ImportConflictException", 400, false},
    {kDynamoDb, "ImportNotFoundException", 400, false},
    {kDynamoDb, "InternalServerError", 500, false},
    {kDynamoDb, "InvalidExportTimeException", 400, false},
    {kDynamoDb, "InvalidRestoreTimeException", 400, false},
    {kDynamoDb, "ItemCollectionSizeLimitExceededException", 400, false},
    {kDynamoDb, "LimitExceededException", 400, false},
    {kDynamoDb, "PointInTimeRecoveryUnavailableException", 400, false},
    {kDynamoDb, "ProvisionedThroughputExceededException", 400, false},
    {kDynamoDb, "RequestLimitExceeded", 400, false},
    {kDynamoDb, "ResourceInUseException", 400, false},
    {kDynamoDb, "ResourceNotFoundException", 400, false},
    {kDynamoDb, "TableAlreadyExistsException", 400, false},
    {kDynamoDb, "TableInUseException", 400, false},
    {kDynamoDb, "TableNotFoundException", 400, false},
    {kDynamoDb, "TransactionCanceledException", 400, true},
    {kDynamoDb, "TransactionConflictException", 400, false},
    {kDynamoDb, "TransactionInProgressException", 400, false},
    {kDynamoDb, "TrimmedDataAccessException", 400, false},
    {kKinesis, "ExpiredIteratorException", 400, false},
    {kKinesis, "ExpiredNextTokenException", 400, false},
    {kKinesis, "InvalidArgumentException", 400, false},
};
static_assert(std::size(kInfos) == static_cast<size_t>(ErrorType::kInvalidArgument) + 1);

ApiError MakeError(ErrorType type, std::string message) {
  return ApiError{type, std::move(message), std::nullopt, {}};
}

}  // namespace

const ErrorTypeInfo& InfoOf(ErrorType type) { return kInfos[static_cast<size_t>(type)]; }

Unexpected<ApiError> ApiFail(ErrorType type, std::string message) {
  return Unexpected<ApiError>(MakeError(type, std::move(message)));
}

Unexpected<ApiError> Invalid(std::string message) {
  return ApiFail(ErrorType::kValidation, std::move(message));
}

Unexpected<ApiError> InvalidParameter(std::string_view text) {
  return Invalid("One or more parameter values were invalid: " + std::string(text));
}

ApiError ToApiError(const Status& status) {
  switch (status.code) {
    case StatusCode::kConflict:
      return MakeError(ErrorType::kTransactionConflict, "Transaction is ongoing for the item");
    case StatusCode::kOverloaded:
      return MakeError(ErrorType::kThrottling,
                       "Throughput exceeds the current capacity of your table or index. DynamoDB "
                       "is automatically "
                       "scaling your table or index so please try again shortly. If exceptions "
                       "persist, check if you "
                       "have a hot key: "
                       "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
                       "bp-partition-key-design.html");
    case StatusCode::kInvalidArgument:
    case StatusCode::kNotFound:
    case StatusCode::kCorruption:
    case StatusCode::kIoError:
    case StatusCode::kNoSpace:
    case StatusCode::kGuardChanged:
    case StatusCode::kUnknownOutcome:
    case StatusCode::kUnsupported:
    case StatusCode::kClosed:
      break;
  }
  return MakeError(ErrorType::kInternalServerError, "Internal server error");
}

}  // namespace stator
