#include "model/api_error.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace stator {
namespace {

void ExpectInfo(ErrorType type, std::string_view name_space, std::string_view name, int http_status,
                bool capital_message) {
  const ErrorTypeInfo& info = InfoOf(type);
  EXPECT_EQ(info.name_space, name_space) << name;
  EXPECT_EQ(info.name, name);
  EXPECT_EQ(info.http_status, http_status) << name;
  EXPECT_EQ(info.capital_message, capital_message) << name;
}

TEST(ApiError, TypesAndTheirForms) {
  constexpr std::string_view kService = "com.amazon.coral.service";
  constexpr std::string_view kDynamoDb = "com.amazonaws.dynamodb.v20120810";
  ExpectInfo(ErrorType::kSerialization, kService, "SerializationException", 400, true);
  ExpectInfo(ErrorType::kUnknownOperation, kService, "UnknownOperationException", 400, false);
  ExpectInfo(ErrorType::kAccessDenied, kService, "AccessDeniedException", 400, true);
  ExpectInfo(ErrorType::kThrottling, kService, "ThrottlingException", 400, false);
  ExpectInfo(ErrorType::kInternalFailure, kService, "InternalFailure", 500, false);
  ExpectInfo(ErrorType::kServiceUnavailable, kService, "ServiceUnavailableException", 503, false);
  ExpectInfo(ErrorType::kValidation, "com.amazon.coral.validate", "ValidationException", 400,
             false);
  ExpectInfo(ErrorType::kConditionalCheckFailed, kDynamoDb, "ConditionalCheckFailedException", 400,
             false);
  ExpectInfo(ErrorType::kInternalServerError, kDynamoDb, "InternalServerError", 500, false);
  ExpectInfo(ErrorType::kRequestLimitExceeded, kDynamoDb, "RequestLimitExceeded", 400, false);
  ExpectInfo(ErrorType::kResourceNotFound, kDynamoDb, "ResourceNotFoundException", 400, false);
  ExpectInfo(ErrorType::kTransactionCanceled, kDynamoDb, "TransactionCanceledException", 400, true);
  ExpectInfo(ErrorType::kTransactionInProgress, kDynamoDb, "TransactionInProgressException", 400,
             false);
}

TEST(ApiError, NamesAreDistinct) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(ErrorType::kTransactionInProgress); ++i) {
    EXPECT_TRUE(names.insert(InfoOf(static_cast<ErrorType>(i)).name).second) << i;
  }
}

TEST(ApiError, Validation) {
  const ApiError bare = Invalid("text").error();
  EXPECT_EQ(bare.type, ErrorType::kValidation);
  EXPECT_EQ(bare.message, "text");
  EXPECT_EQ(InvalidParameter("text").error().message,
            "One or more parameter values were invalid: text");
}

TEST(ApiError, FromStatus) {
  const auto of = [](StatusCode code) { return ToApiError(Status{code, "a secret path"}); };
  EXPECT_EQ(of(StatusCode::kConflict).type, ErrorType::kTransactionConflict);
  EXPECT_EQ(of(StatusCode::kConflict).message, "Transaction is ongoing for the item");
  EXPECT_EQ(of(StatusCode::kOverloaded).type, ErrorType::kThrottling);
  EXPECT_TRUE(
      of(StatusCode::kOverloaded).message->starts_with("Throughput exceeds the current capacity"));
  for (const StatusCode code :
       {StatusCode::kNoSpace, StatusCode::kCorruption, StatusCode::kUnknownOutcome,
        StatusCode::kClosed, StatusCode::kIoError, StatusCode::kGuardChanged}) {
    EXPECT_EQ(of(code).type, ErrorType::kInternalServerError);
    EXPECT_EQ(of(code).message, "Internal server error");
  }
}

}  // namespace
}  // namespace stator
