#include "server/load_writer.h"

#include <simdjson.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/json_string.h"

namespace stator {
namespace {

constexpr size_t kMaxBatchItems = 25;       // BatchWriteItem's
constexpr size_t kMaxBatchBytes = 4 << 20;  // a request may have 16 MB
constexpr int kMaxFruitlessAttempts = 12;   // in a row, with nothing processed

std::string RequestBody(const LoadItem* items, size_t count) {
  std::map<std::string_view, std::string> tables;
  for (size_t i = 0; i < count; ++i) {
    std::string& requests = tables[items[i].table];
    if (!requests.empty()) requests += ',';
    requests.append(R"({"PutRequest":{"Item":)").append(items[i].json).append("}}");
  }
  std::string body = R"({"RequestItems":{)";
  for (const auto& [table, requests] : tables) {
    if (body.back() != '{') body += ',';
    AppendJsonString(table, &body);
    body.append(":[").append(requests).append("]");
  }
  return body + "}}";
}

struct Unprocessed {
  size_t count = 0;
  std::string body;  // of the request for them
};

Result<Unprocessed> ReadUnprocessed(const std::string& answer) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  simdjson::dom::object tables;
  if (parser.parse(answer).get(document) != simdjson::SUCCESS) {
    return Fail(StatusCode::kIoError, "the answer is not JSON");
  }
  Unprocessed found;
  if (document["UnprocessedItems"].get(tables) != simdjson::SUCCESS) return found;
  for (const auto& [table, value] : tables) {
    if (simdjson::dom::array requests; value.get(requests) == simdjson::SUCCESS) {
      found.count += requests.size();
    }
  }
  if (found.count > 0) found.body = R"({"RequestItems":)" + simdjson::minify(tables) + "}";
  return found;
}

std::string Places(const LoadItem* items, size_t count) {
  if (count == 1) return items[0].place;
  return items[0].place + " to " + items[count - 1].place;
}

}  // namespace

Result<void> LoadWriter::Add(LoadItem item) {
  if (batch_bytes_ + item.json.size() > kMaxBatchBytes) {
    if (auto flushed = Flush(); !flushed) return flushed;
  }
  batch_bytes_ += item.json.size();
  batch_.push_back(std::move(item));
  return batch_.size() == kMaxBatchItems ? Flush() : Result<void>();
}

Result<void> LoadWriter::Flush() {
  if (batch_.empty()) return {};
  auto written = Write(batch_.data(), batch_.size());
  batch_.clear();
  batch_bytes_ = 0;
  return written;
}

Result<void> LoadWriter::Write(const LoadItem* items, size_t count) {
  std::string body = RequestBody(items, count);
  size_t left = count;
  for (int fruitless = 0; fruitless < kMaxFruitlessAttempts;) {
    auto answer = client_->Call("BatchWriteItem", body);
    if (!answer) return Unexpected(std::move(answer).error());
    if (answer->error_type == "ValidationException" && count > 1 && left == count) {
      // One item is not good, or two have the same key, which a batch may not have and a file may.
      for (size_t i = 0; i < count; ++i) {
        if (auto written = Write(items + i, 1); !written) return written;
      }
      return {};
    }
    if (!answer->ok()) {
      const std::string type = answer->error_type.empty() ? "HTTP " + std::to_string(answer->status)
                                                          : answer->error_type;
      return Fail(StatusCode::kInvalidArgument,
                  Places(items, count) + ": " + type + ": " + answer->error_message);
    }
    auto unprocessed = ReadUnprocessed(answer->body);
    if (!unprocessed) return Unexpected(std::move(unprocessed).error());
    fruitless = unprocessed->count < left ? 0 : fruitless + 1;
    written_ += left - std::min(left, unprocessed->count);
    left = unprocessed->count;
    if (left == 0) return {};
    body = std::move(unprocessed->body);
    std::this_thread::sleep_for(BackOff(fruitless));
  }
  return Fail(StatusCode::kOverloaded, Places(items, count) + ": still not processed after " +
                                           std::to_string(kMaxFruitlessAttempts) + " attempts");
}

}  // namespace stator
