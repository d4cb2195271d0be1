#include "server/load_writer.h"

#include <simdjson.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/json_string.h"
#include "net/back_off.h"
#include "server/api_json.h"

namespace stator {
namespace {

constexpr size_t kMaxBatchItems = 25;       // BatchWriteItem's
constexpr size_t kMaxBatchBytes = 4 << 20;  // a request may have 16 MB
constexpr size_t kMaxQueue = 2;             // batches that wait for a connection
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

// Whether it can be the fault of one item that the others share with it: it is not good, or two
// have the same key, which a batch may not have and a file may.
bool MayBeOneItem(const ApiAnswer& answer) {
  return answer.error_type == "ValidationException" ||
         answer.error_type == "SerializationException" ||
         answer.error_type == "ItemCollectionSizeLimitExceededException" || answer.status == 413;
}

Status Refusal(const LoadItem* items, size_t count, const ApiAnswer& answer) {
  return {StatusCode::kInvalidArgument, Places(items, count) + ": " + ErrorText(answer)};
}

}  // namespace

LoadWriter::LoadWriter(const ApiClientOptions& client, size_t connections, OnRefused on_refused)
    : lane_of_(client, connections), on_refused_(std::move(on_refused)) {
  for (size_t i = 0; i < connections; ++i) {
    Lane* lane = lanes_.emplace_back(std::make_unique<Lane>(client)).get();
    lane->thread = std::thread([this, lane] { Run(lane); });
  }
}

Result<void> LoadWriter::Add(LoadItem item) {
  auto index = lane_of_.LaneOf(item);
  if (!index) return Unexpected(std::move(index).error());
  Lane* lane = lanes_[*index].get();
  item.item = Item();
  if (lane->batch_bytes + item.json.size() > kMaxBatchBytes) {
    if (auto pushed = Push(lane); !pushed) return pushed;
  }
  lane->batch_bytes += item.json.size();
  lane->batch.push_back(std::move(item));
  return lane->batch.size() == kMaxBatchItems ? Push(lane) : Result<void>();
}

Result<void> LoadWriter::Finish() {
  Result<void> pushed;
  for (const auto& lane : lanes_) {
    if (pushed) pushed = Push(lane.get());
  }
  Stop();
  return Fault();
}

Result<void> LoadWriter::Push(Lane* lane) {
  if (!lane->batch.empty()) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return fault_ || lane->queue.size() < kMaxQueue; });
    if (fault_) return Unexpected(*fault_);
    lane->queue.push_back(std::exchange(lane->batch, {}));
    lane->batch_bytes = 0;
    changed_.notify_all();
  }
  return Fault();
}

std::optional<LoadPosition> LoadWriter::FirstUnwritten() {
  std::optional<LoadPosition> first;
  const auto consider = [&](const LoadPosition& position) {
    if (!first || position < *first) first = position;
  };
  std::lock_guard lock(mutex_);
  for (const auto& lane : lanes_) {
    // In the order in which they were added.
    if (lane->writing) {
      consider(*lane->writing);
    } else if (!lane->queue.empty()) {
      consider(lane->queue.front().front().position);
    } else if (!lane->batch.empty()) {
      consider(lane->batch.front().position);
    }
  }
  return first;
}

Result<void> LoadWriter::Fault() {
  std::lock_guard lock(mutex_);
  return fault_ ? Result<void>(Unexpected(*fault_)) : Result<void>();
}

void LoadWriter::Stop() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
    changed_.notify_all();
  }
  for (const auto& lane : lanes_) {
    if (lane->thread.joinable()) lane->thread.join();
  }
}

void LoadWriter::Run(Lane* lane) {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return fault_ || stop_ || !lane->queue.empty(); });
    if (fault_ || lane->queue.empty()) return;
    const Batch batch = std::move(lane->queue.front());
    lane->queue.pop_front();
    lane->writing = batch.front().position;
    changed_.notify_all();
    lock.unlock();
    auto written = Write(&lane->client, batch.data(), batch.size());
    lock.lock();
    if (written) {
      lane->writing.reset();
    } else if (!fault_) {
      fault_ = std::move(written).error();
      changed_.notify_all();
    }
  }
}

Result<void> LoadWriter::Write(ApiClient* client, const LoadItem* items, size_t count) {
  std::string body = RequestBody(items, count);
  size_t left = count;
  for (int fruitless = 0; fruitless < kMaxFruitlessAttempts;) {
    auto answer = client->Call("BatchWriteItem", body);
    if (!answer) return Unexpected(std::move(answer).error());
    if (!answer->ok()) {
      if (left == count && count > 1 && MayBeOneItem(*answer)) {
        for (size_t i = 0; i < count; ++i) {
          if (auto written = Write(client, items + i, 1); !written) return written;
        }
        return {};
      }
      Status refused = Refusal(items, count, *answer);
      if (count > 1 || !MayBeOneItem(*answer)) return Unexpected(std::move(refused));
      std::lock_guard lock(refused_mutex_);
      return on_refused_(refused) ? Result<void>() : Result<void>(Unexpected(std::move(refused)));
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
