#include "api/service.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <optional>
#include <string>

namespace stator {
namespace {

const Caller kCaller = {"000000000000", "eu-west-1", "key"};

// What the server would send.
Answer Call(std::optional<std::string_view> target, std::string_view body) {
  const Service service(nullptr);
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(body);
  RecognizedRequest request;
  auto recognized = service.Recognize(target ? &*target : nullptr, std::string_view(padded), &parser, &request);
  if (!recognized) return ErrorAnswer(recognized.error());
  std::optional<Answer> answer;
  service.Execute(request, kCaller, [&answer](Answer a) { answer = std::move(a); });
  EXPECT_TRUE(answer.has_value());
  return answer.value_or(Answer{});
}

constexpr std::string_view kBareSerialization = R"({"__type":"com.amazon.coral.service#SerializationException"})";
constexpr std::string_view kBareUnknown = R"({"__type":"com.amazon.coral.service#UnknownOperationException"})";

TEST(Service, BadJsonComesBeforeTheTarget) {
  EXPECT_EQ(Call(std::nullopt, "{").body, kBareSerialization);
  EXPECT_EQ(Call("DynamoDB_20120810.ListTables", "hello").body, kBareSerialization);
  EXPECT_EQ(Call("DynamoDB_20120810.ListTables", "{\"a\":\"\xff\"}").body, kBareSerialization);
  EXPECT_EQ(Call("DynamoDB_20120810.ListTables", "{").http_status, 400);
}

TEST(Service, UnknownTargets) {
  EXPECT_EQ(Call(std::nullopt, "{}").body, kBareUnknown);
  EXPECT_EQ(Call(std::nullopt, "").body, kBareUnknown);
  EXPECT_EQ(Call("", "{}").body, kBareUnknown);
  EXPECT_EQ(Call("DynamoDB_20120810.Nothing", "{}").body, kBareUnknown);
  EXPECT_EQ(Call("DynamoDB_20111205.GetItem", "{}").body, kBareUnknown);
  EXPECT_EQ(Call("DynamoDB_20120810.GetRecords", "{}").body, kBareUnknown);  // of the streams API
  EXPECT_EQ(Call("DynamoDB_20120810.Nothing", "{}").http_status, 400);
}

TEST(Service, BodiesThatAreNoObject) {
  for (const std::string_view body : {"", "[]", "1", "\"a\"", "null", "true"}) {
    EXPECT_EQ(Call("DynamoDB_20120810.DescribeEndpoints", body).body, kBareSerialization) << body;
  }
}

TEST(Service, NestingBeyondTheParser) {
  std::string body = "{\"a\":";
  for (int i = 0; i < 5000; ++i) body += '[';
  for (int i = 0; i < 5000; ++i) body += ']';
  body += '}';
  EXPECT_EQ(Call("DynamoDB_20120810.DescribeEndpoints", body).body,
            R"({"__type":"com.amazon.coral.validate#ValidationException","message":"Nesting Levels have exceeded )"
            R"(supported limits: Attributes in the item have nested levels beyond supported limit"})");
  EXPECT_EQ(Call(std::nullopt, body).body, kBareUnknown);
}

TEST(Service, OperationsWithoutAHandler) {
  const Answer answer = Call("DynamoDB_20120810.CreateGlobalTable", "{}");
  EXPECT_EQ(answer.body,
            R"({"__type":"com.amazon.coral.service#UnknownOperationException","message":"The operation )"
            R"(CreateGlobalTable is not supported by Stator yet."})");
  EXPECT_EQ(answer.http_status, 400);
}

TEST(Service, Answers) {
  const Answer answer = Call("DynamoDB_20120810.DescribeEndpoints", R"({"Unknown":[1]})");
  EXPECT_EQ(answer.http_status, 200);
  EXPECT_EQ(answer.body,
            R"({"Endpoints":[{"Address":"dynamodb.eu-west-1.amazonaws.com","CachePeriodInMinutes":1440}]})");
}

TEST(ErrorAnswer, MessageMembers) {
  EXPECT_EQ(ErrorAnswer({.type = ErrorType::kSerialization, .message = "a\"b"}).body,
            R"({"__type":"com.amazon.coral.service#SerializationException","Message":"a\"b"})");
  EXPECT_EQ(ErrorAnswer({.type = ErrorType::kResourceNotFound, .message = "x"}).body,
            R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"x"})");
  EXPECT_EQ(ErrorAnswer({.type = ErrorType::kInternalServerError, .message = "x"}).http_status, 500);
}

TEST(ErrorAnswer, Items) {
  ApiError error{.type = ErrorType::kConditionalCheckFailed, .message = "The conditional request failed"};
  error.item.emplace();
  error.item->Set("a", AttributeValue::S("x"));
  EXPECT_EQ(ErrorAnswer(error).body,
            R"({"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",)"
            R"("message":"The conditional request failed","Item":{"a":{"S":"x"}}})");
}

TEST(ErrorAnswer, CancellationReasons) {
  ApiError error{.type = ErrorType::kTransactionCanceled, .message = "m"};
  CancellationReason failed{.code = "ConditionalCheckFailed", .message = "The conditional request failed"};
  failed.item.emplace();
  failed.item->Set("a", AttributeValue::Bool(true));
  error.cancellation_reasons = {failed, CancellationReason{}};
  EXPECT_EQ(ErrorAnswer(error).body,
            R"({"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"m",)"
            R"("CancellationReasons":[{"Code":"ConditionalCheckFailed","Message":"The conditional request failed",)"
            R"("Item":{"a":{"BOOL":true}}},{"Code":"None"}]})");
}

}  // namespace
}  // namespace stator
