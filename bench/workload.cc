#include "workload.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "words.h"

namespace stator::bench {
namespace {

struct OperationFacts {
  std::string_view name;
  std::string_view api_name;
  uint64_t items;
};
constexpr std::array<OperationFacts, kOperations> kFacts = {{
    {"get", "GetItem", 1},
    {"put", "PutItem", 1},
    {"update", "UpdateItem", 1},
    {"query", "Query", kItemsPerPartition},
    {"batch-get", "BatchGetItem", kReadBatch},
    {"batch-write", "BatchWriteItem", kWriteBatch},
    {"transact", "TransactWriteItems", kTransactionItems},
    {"scan", "Scan", 0},
}};

// "p" and its value, "r" and its value at the most.
constexpr size_t kKeyBytes = 1 + 18 + 1 + 3;
// "g12" and its value.
constexpr size_t kIndexedBytes = 3 + 6;

template <typename... T>
void Append(std::string* out, fmt::format_string<T...> format, T&&... values) {
  fmt::format_to(std::back_inserter(*out), format, std::forward<T>(values)...);
}

}  // namespace

std::string_view NameOf(Operation operation) { return kFacts[static_cast<size_t>(operation)].name; }
std::string_view ApiName(Operation operation) {
  return kFacts[static_cast<size_t>(operation)].api_name;
}
uint64_t ItemsOf(Operation operation) { return kFacts[static_cast<size_t>(operation)].items; }

std::optional<Operation> OperationNamed(std::string_view name) {
  for (int i = 0; i < kOperations; ++i) {
    if (NameOf(static_cast<Operation>(i)) == name) return static_cast<Operation>(i);
  }
  return std::nullopt;
}

Workload::Workload(TableShape shape) : shape_(std::move(shape)) {
  const size_t fixed =
      kKeyBytes + 2 * kAttributes + kIndexedBytes * static_cast<size_t>(shape_.indexes);
  const size_t left = std::max(shape_.item_bytes, fixed + kAttributes) - fixed;
  for (size_t i = 0; i < kAttributes; ++i) {
    lengths_[i] = left / kAttributes + (i < left % kAttributes);
  }
  text_ = Words(lengths_[0] + kTexts);
}

std::string Workload::CreateTable() const {
  std::string attributes, indexes;
  for (int i = 0; i < shape_.indexes; ++i) {
    Append(&attributes, R"(,{{"AttributeName":"g{}","AttributeType":"S"}})", i);
    Append(&indexes,
           R"({}{{"IndexName":"index-{}","KeySchema":[{{"AttributeName":"g{}","KeyType":"HASH"}}],)"
           R"("Projection":{{"ProjectionType":"{}"}}}})",
           i == 0 ? "" : ",", i, i, shape_.project_all ? "ALL" : "KEYS_ONLY");
  }
  if (!indexes.empty()) indexes = R"(,"GlobalSecondaryIndexes":[)" + indexes + "]";
  return fmt::format(R"({{"TableName":"{}","BillingMode":"PAY_PER_REQUEST",)"
                     R"("AttributeDefinitions":[{{"AttributeName":"p","AttributeType":"S"}},)"
                     R"({{"AttributeName":"r","AttributeType":"N"}}{}],)"
                     R"("KeySchema":[{{"AttributeName":"p","KeyType":"HASH"}},)"
                     R"({{"AttributeName":"r","KeyType":"RANGE"}}]{}}})",
                     shape_.name, attributes, indexes);
}

std::string Workload::DescribeTable() const {
  return fmt::format(R"({{"TableName":"{}"}})", shape_.name);
}

void Workload::AppendKey(uint64_t number, std::string* out) const {
  Append(out, R"("p":{{"S":"partition-{:08}"}},"r":{{"N":"{}"}})", number / kItemsPerPartition,
         number % kItemsPerPartition);
}

void Workload::AppendItem(uint64_t number, Random* random, std::string* out) const {
  *out += '{';
  AppendKey(number, out);
  for (int i = 0; i < shape_.indexes; ++i) {
    Append(out, R"(,"g{}":{{"S":"{:06}"}})", i, random->Below(1'000'000));
  }
  for (size_t i = 0; i < kAttributes; ++i) {
    Append(out, R"(,"a{}":{{"S":"{}"}})", i,
           std::string_view(text_).substr(random->Below(kTexts), lengths_[i]));
  }
  *out += '}';
}

void Workload::AppendLoad(uint64_t first, uint64_t count, Random* random, std::string* out) const {
  Append(out, R"({{"RequestItems":{{"{}":[)", shape_.name);
  for (uint64_t number = first; number < first + count; ++number) {
    if (number > first) *out += ',';
    out->append(R"({"PutRequest":{"Item":)");
    AppendItem(number, random, out);
    out->append("}}");
  }
  out->append("]}}");
}

void Workload::AppendBody(Operation operation, uint64_t number, std::string_view start_key,
                          Random* random, std::string* out) const {
  const std::string_view table = shape_.name;
  switch (operation) {
    case Operation::kGet:
      Append(out, R"({{"TableName":"{}","Key":{{)", table);
      AppendKey(number, out);
      out->append("}}");
      return;
    case Operation::kPut:
      Append(out, R"({{"TableName":"{}","Item":)", table);
      AppendItem(number, random, out);
      out->append("}");
      return;
    case Operation::kUpdate:
      Append(out, R"({{"TableName":"{}","Key":{{)", table);
      AppendKey(number, out);
      out->append(R"(},"UpdateExpression":"ADD hits :one",)"
                  R"("ExpressionAttributeValues":{":one":{"N":"1"}}})");
      return;
    case Operation::kQuery:
      Append(out,
             R"({{"TableName":"{}","KeyConditionExpression":"p = :p",)"
             R"("ExpressionAttributeValues":{{":p":{{"S":"partition-{:08}"}}}}}})",
             table, number / kItemsPerPartition);
      return;
    case Operation::kBatchGet:
      Append(out, R"({{"RequestItems":{{"{}":{{"Keys":[)", table);
      for (uint64_t i = 0; i < std::min(kReadBatch, shape_.items); ++i) {
        out->append(i == 0 ? "{" : ",{");
        AppendKey(Distant(number, i, kReadBatch), out);
        *out += '}';
      }
      out->append("]}}}");
      return;
    case Operation::kBatchWrite:
      Append(out, R"({{"RequestItems":{{"{}":[)", table);
      for (uint64_t i = 0; i < kWriteBatch; ++i) {
        out->append(i == 0 ? R"({"PutRequest":{"Item":)" : R"(,{"PutRequest":{"Item":)");
        AppendItem(Distant(number, i, kWriteBatch), random, out);
        out->append("}}");
      }
      out->append("]}}");
      return;
    case Operation::kTransact:
      Append(out, R"({{"ClientRequestToken":"{:016x}{:016x}","TransactItems":[)", random->Next(),
             random->Next());
      for (uint64_t i = 0; i < kTransactionItems; ++i) {
        Append(out, R"({}{{"Put":{{"TableName":"{}","Item":)", i == 0 ? "" : ",", table);
        AppendItem(Distant(number, i, kTransactionItems), random, out);
        out->append("}}");
      }
      out->append("]}");
      return;
    case Operation::kScan:
      Append(out, R"({{"TableName":"{}")", table);
      if (!start_key.empty()) out->append(R"(,"ExclusiveStartKey":)").append(start_key);
      *out += '}';
      return;
  }
}

bool Workload::IsRight(Operation operation, std::string_view body) const {
  const auto has = [&](std::string_view text) { return body.find(text) != std::string_view::npos; };
  switch (operation) {
    case Operation::kGet:
      return has(R"("Item":{)");
    case Operation::kPut:
    case Operation::kUpdate:
    case Operation::kTransact:
      return body.starts_with("{") && !has("__type");
    case Operation::kQuery:
      return has(R"("Count":10)");
    case Operation::kBatchGet:
      return has(R"("Responses":)") && has(R"("UnprocessedKeys":{})");
    case Operation::kBatchWrite:
      return has(R"("UnprocessedItems":{})");
    case Operation::kScan:
      return has(R"("Items":)");
  }
  return false;
}

std::string_view ObjectMember(std::string_view body, std::string_view name) {
  const std::string quoted = fmt::format("\"{}\":{{", name);
  const size_t at = body.find(quoted);
  if (at == std::string_view::npos) return {};
  const size_t begin = at + quoted.size() - 1;
  int depth = 0;
  for (size_t end = begin; end < body.size(); ++end) {
    if (body[end] == '{') ++depth;
    if (body[end] == '}' && --depth == 0) return body.substr(begin, end + 1 - begin);
  }
  return {};
}

}  // namespace stator::bench
