#include "api/table_name.h"

#include <gtest/gtest.h>

namespace stator {
namespace {

const Caller kCaller{"000000000000", "us-east-1", "AKIA"};

void ExpectError(ApiResult<std::string> result, ErrorType type, std::string_view message) {
  ASSERT_FALSE(result) << *result;
  EXPECT_EQ(result.error().type, type);
  EXPECT_EQ(result.error().message, message);
}

TEST(ResolveTableName, LeavesNamesAlone) {
  EXPECT_EQ(ResolveTableName("music", kCaller).value(), "music");
  EXPECT_EQ(ResolveTableName("a", kCaller).value(), "a");
  EXPECT_EQ(ResolveTableName("arn.table", kCaller).value(), "arn.table");
}

TEST(ResolveTableName, TakesTheNameFromAnArn) {
  EXPECT_EQ(ResolveTableName("arn:aws:dynamodb:us-east-1:000000000000:table/my-Table_1.x", kCaller)
                .value(),
            "my-Table_1.x");
}

TEST(ResolveTableName, RefusesWhatIsNoTableArn) {
  const std::string omp = "One or more parameter values were invalid: ";
  ExpectError(ResolveTableName("urn:aws:x", kCaller), ErrorType::kValidation,
              omp + "ARNs must start with 'arn:': urn:aws:x");
  ExpectError(ResolveTableName("arn:aws:dynamodb", kCaller), ErrorType::kValidation,
              omp + "Invalid resource Arn: arn:aws:dynamodb");
  ExpectError(ResolveTableName("arn:aws:sqs:us-east-1:000000000000:table/abc", kCaller),
              ErrorType::kValidation,
              omp +
                  "Provided Arn is not a DynamoDB resource arn: "
                  "arn:aws:sqs:us-east-1:000000000000:table/abc");
  for (const char* resource :
       {"table/", "table/ab", "table/abc/index/i", "abc", "backup/abc", "table/a:b"}) {
    const std::string arn = std::string("arn:aws:dynamodb:us-east-1:000000000000:") + resource;
    ExpectError(ResolveTableName(arn, kCaller), ErrorType::kValidation,
                omp + "Invalid resource Arn: " + arn);
  }
}

TEST(ResolveTableName, RefusesOtherRegionsAndAccounts) {
  ExpectError(ResolveTableName("arn:aws:dynamodb:eu-west-1:000000000000:table/abc", kCaller),
              ErrorType::kValidation,
              "1 validation error detected: Invalid AWS region in "
              "'arn:aws:dynamodb:eu-west-1:000000000000:table/abc'");
  ExpectError(ResolveTableName("arn:aws:dynamodb:us-east-1:111111111111:table/abc", kCaller),
              ErrorType::kValidation,
              "This action is only supported by accounts that match the resource owner’s account.");
}

TEST(ResolveResourceArn, Texts) {
  EXPECT_EQ(ResolveResourceArn("arn:aws:dynamodb:us-east-1:000000000000:table/abc", kCaller,
                               "TagResource")
                .value(),
            "abc");
  ExpectError(ResolveResourceArn("", kCaller, "TagResource"), ErrorType::kValidation,
              "Invalid TableArn");
  ExpectError(ResolveResourceArn("abc", kCaller, "TagResource"), ErrorType::kValidation,
              "Invalid TableArn: Invalid ResourceArn provided as input abc");
  ExpectError(
      ResolveResourceArn("arn:aws:dynamodb:us-east-1:000000000000:table/abc/index/i", kCaller,
                         "TagResource"),
      ErrorType::kValidation,
      "One or more parameter values were invalid: Invalid resource arn provided, only table or "
      "stream is "
      "accepted. Provided resource arn: arn:aws:dynamodb:us-east-1:000000000000:table/abc/index/i");
  ExpectError(ResolveResourceArn("arn:aws:dynamodb:us-east-1:111111111111:table/abc", kCaller,
                                 "ListTagsOfResource"),
              ErrorType::kAccessDenied,
              "User: arn:aws:iam::000000000000:root is not authorized to perform: "
              "dynamodb:ListTagsOfResource on "
              "resource: arn:aws:dynamodb:us-east-1:111111111111:table/abc");
}

}  // namespace
}  // namespace stator
