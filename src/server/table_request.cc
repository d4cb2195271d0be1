#include "server/table_request.h"

#include <chrono>
#include <string_view>
#include <thread>
#include <utility>

#include "api/json_object.h"
#include "net/back_off.h"
#include "server/api_json.h"

namespace stator {
namespace {

using Element = simdjson::dom::element;

constexpr std::chrono::minutes kCreateLimit{10};

// Copies a member that is there.
void Copy(const Element& from, std::string_view name, JsonObject* to) {
  if (const std::string json = JsonOf(from, name); !json.empty()) to->Name(name)->append(json);
}

// Without the dates and counts of a description.
void CopyThroughput(const Element& from, JsonObject* to) {
  Element described;
  if (from["ProvisionedThroughput"].get(described) != simdjson::SUCCESS) return;
  JsonObject throughput(to->Name("ProvisionedThroughput"));
  Copy(described, "ReadCapacityUnits", &throughput);
  Copy(described, "WriteCapacityUnits", &throughput);
  throughput.Close();
}

void CopyIndexes(const Element& table, std::string_view name, bool provisioned, JsonObject* to) {
  simdjson::dom::array indexes;
  if (table[name].get(indexes) != simdjson::SUCCESS || indexes.size() == 0) return;
  AppendJsonArray(indexes, to->Name(name), [&](const Element& described, std::string* out) {
    JsonObject index(out);
    for (const char* member : {"IndexName", "KeySchema", "Projection", "OnDemandThroughput"}) {
      Copy(described, member, &index);
    }
    if (provisioned) CopyThroughput(described, &index);
    index.Close();
  });
}

// The table's TableStatus; empty: there is no such table.
Result<std::string> TableStatus(ApiClient* client, const std::string& table) {
  auto answer = client->Call("DescribeTable", JsonOfMember("TableName", table));
  if (!answer) return Unexpected(std::move(answer).error());
  if (answer->error_type == "ResourceNotFoundException") return std::string();
  if (!answer->ok()) {
    return Fail(StatusCode::kInvalidArgument, "table " + table + ": " + ErrorText(*answer));
  }
  simdjson::dom::parser parser;
  Element document;
  std::string_view status;
  if (parser.parse(answer->body).get(document) != simdjson::SUCCESS ||
      document["Table"]["TableStatus"].get(status) != simdjson::SUCCESS) {
    return Fail(StatusCode::kIoError, "the answer to DescribeTable is not understood");
  }
  return std::string(status);
}

}  // namespace

Result<TableRequest> ReadTableRequest(const std::string& file) {
  simdjson::dom::parser parser;
  Element document;
  std::string_view name;
  if (const auto error = parser.load(file).get(document)) {
    return Fail(StatusCode::kInvalidArgument, file + ": " + simdjson::error_message(error));
  }
  if (document["TableName"].get(name) != simdjson::SUCCESS) {
    return Fail(StatusCode::kInvalidArgument, file + ": not a CreateTable request: no TableName");
  }
  return TableRequest{std::string(name), simdjson::minify(document)};
}

std::string TableRequestOf(const Element& table) {
  std::string_view mode = "PROVISIONED";
  if (table["BillingModeSummary"]["BillingMode"].get(mode) != simdjson::SUCCESS) {
    mode = "PROVISIONED";
  }
  const bool provisioned = mode == "PROVISIONED";
  std::string json;
  JsonObject request(&json);
  for (const char* member : {"TableName", "AttributeDefinitions", "KeySchema"}) {
    Copy(table, member, &request);
  }
  CopyIndexes(table, "LocalSecondaryIndexes", false, &request);
  CopyIndexes(table, "GlobalSecondaryIndexes", provisioned, &request);
  request.String("BillingMode", mode);
  if (provisioned) CopyThroughput(table, &request);
  Copy(table, "OnDemandThroughput", &request);
  Copy(table, "StreamSpecification", &request);
  std::string_view table_class;
  if (table["TableClassSummary"]["TableClass"].get(table_class) == simdjson::SUCCESS) {
    request.String("TableClass", table_class);
  }
  bool deletion_protection = false;
  if (table["DeletionProtectionEnabled"].get(deletion_protection) == simdjson::SUCCESS &&
      deletion_protection) {
    request.Bool("DeletionProtectionEnabled", true);
  }
  request.Close();
  return json;
}

Result<void> EnsureTable(ApiClient* client, const TableRequest& request) {
  const auto deadline = std::chrono::steady_clock::now() + kCreateLimit;
  for (int attempt = 0;; ++attempt) {
    auto status = TableStatus(client, request.name);
    if (!status) return Unexpected(std::move(status).error());
    if (*status == "ACTIVE" || *status == "UPDATING") return {};
    if (status->empty()) {
      auto answer = client->Call("CreateTable", request.json);
      if (!answer) return Unexpected(std::move(answer).error());
      // In use: an attempt whose answer was lost, or somebody else, has made it.
      if (!answer->ok() && answer->error_type != "ResourceInUseException") {
        return Fail(StatusCode::kInvalidArgument,
                    "table " + request.name + ": " + ErrorText(*answer));
      }
    }
    if (std::chrono::steady_clock::now() > deadline) {
      return Fail(StatusCode::kOverloaded, "table " + request.name + " does not become ACTIVE");
    }
    std::this_thread::sleep_for(BackOff(attempt));
  }
}

}  // namespace stator
