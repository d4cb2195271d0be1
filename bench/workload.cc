#include "workload.h"

#include <fmt/format.h>

#include <algorithm>

namespace stator::bench {

Workload::Workload(std::string table, size_t item_bytes) : table_(std::move(table)) {
  constexpr size_t kAttributes = 10;
  size_t length = std::max<size_t>(item_bytes / kAttributes, 8) - 2;
  for (size_t i = 0; i < kAttributes; ++i) {
    std::string text;
    for (size_t at = 0; at < length; ++at) text += static_cast<char>('a' + (at * 7 + i * 11) % 26);
    attributes_ += fmt::format(R"(,"a{}":{{"S":"{}"}})", i, text);
  }
}

std::string Workload::CreateTable() const {
  return fmt::format(R"({{"TableName":"{}","BillingMode":"PAY_PER_REQUEST",)"
                     R"("AttributeDefinitions":[{{"AttributeName":"p","AttributeType":"S"}},)"
                     R"({{"AttributeName":"r","AttributeType":"N"}}],)"
                     R"("KeySchema":[{{"AttributeName":"p","KeyType":"HASH"}},)"
                     R"({{"AttributeName":"r","KeyType":"RANGE"}}]}})",
                     table_);
}

std::string Workload::DescribeTable() const {
  return fmt::format(R"({{"TableName":"{}"}})", table_);
}

std::string Workload::Key(uint64_t number) const {
  return fmt::format(R"("p":{{"S":"partition-{}"}},"r":{{"N":"{}"}})", number / kItemsPerPartition,
                     number % kItemsPerPartition);
}

std::string Workload::Item(uint64_t number) const {
  return fmt::format("{{{}{}}}", Key(number), attributes_);
}

std::string Workload::BatchWrite(uint64_t first, uint64_t count) const {
  std::string requests;
  for (uint64_t number = first; number < first + count; ++number) {
    if (!requests.empty()) requests += ',';
    requests += fmt::format(R"({{"PutRequest":{{"Item":{}}}}})", Item(number));
  }
  return fmt::format(R"({{"RequestItems":{{"{}":[{}]}}}})", table_, requests);
}

std::string_view Workload::OperationName(Operation operation) const {
  switch (operation) {
    case Operation::kGet:
      return "GetItem";
    case Operation::kPut:
      return "PutItem";
    case Operation::kQuery:
      return "Query";
  }
  return "";
}

std::string Workload::Body(Operation operation, uint64_t number) const {
  switch (operation) {
    case Operation::kGet:
      return fmt::format(R"({{"TableName":"{}","Key":{{{}}}}})", table_, Key(number));
    case Operation::kPut:
      return fmt::format(R"({{"TableName":"{}","Item":{}}})", table_, Item(number));
    case Operation::kQuery:
      return fmt::format(R"({{"TableName":"{}","KeyConditionExpression":"p = :p",)"
                         R"("ExpressionAttributeValues":{{":p":{{"S":"partition-{}"}}}}}})",
                         table_, number / kItemsPerPartition);
  }
  return "";
}

bool Workload::IsRight(Operation operation, std::string_view body) const {
  switch (operation) {
    case Operation::kGet:
      return body.find("\"Item\"") != std::string_view::npos;
    case Operation::kPut:
      return body == "{}";
    case Operation::kQuery:
      return body.find("\"Count\":10") != std::string_view::npos;
  }
  return false;
}

}  // namespace stator::bench
