#include <fmt/format.h>
#include <simdjson.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/json_string.h"
#include "server/api_client.h"
#include "server/api_json.h"
#include "server/client_flags.h"
#include "server/commands.h"

namespace stator {
namespace {

constexpr std::chrono::milliseconds kPause{100};

struct TailOptions {
  std::string table;
  ClientFlags client;
  bool from_start = false;
  bool json = false;
};

std::string Quoted(std::string_view text) {
  std::string out;
  AppendJsonString(text, &out);
  return out;
}

// Follows the newest stream of a table, parents before children.
class Tail {
 public:
  Tail(const TailOptions& options, const ApiClientOptions& client)
      : options_(options),
        colours_(!options.json && isatty(STDOUT_FILENO) != 0),
        tables_(Of(client, "DynamoDB_20120810")),
        streams_(Of(client, "DynamoDBStreams_20120810")) {}

  // Until the stream ends.
  Result<void> Run() {
    if (auto found = FindStream(); !found) return found;
    bool first = true;
    for (;;) {
      auto open = FindShards(first && !options_.from_start);
      if (!open) return Unexpected(std::move(open).error());
      first = false;
      bool some = false;
      for (auto& [shard, iterator] : iterators_) {
        if (auto read = Read(&iterator, &some); !read) return read;
      }
      std::erase_if(iterators_, [](const auto& entry) { return entry.second.empty(); });
      std::cout.flush();
      if (!std::cout) return Fail(StatusCode::kIoError, "the output was closed");
      if (!*open && iterators_.empty()) return {};
      if (!some) std::this_thread::sleep_for(kPause);
    }
  }

 private:
  static ApiClientOptions Of(ApiClientOptions client, const char* api) {
    client.target_prefix = api;
    return client;
  }

  Result<void> FindStream() {
    auto described =
        CallForJson(&tables_, "DescribeTable", JsonOfMember("TableName", options_.table), &parser_);
    if (!described) return Unexpected(std::move(described).error());
    simdjson::dom::element table;
    if ((*described)["Table"].get(table) == simdjson::SUCCESS)
      arn_ = TextOf(table, "LatestStreamArn");
    if (!arn_.empty()) return {};
    return Fail(StatusCode::kNotFound,
                "table " + options_.table +
                    " has no stream: switch one on with UpdateTable, StreamSpecification");
  }

  // Finds shards that were not known; their iterators begin at the end, or at the beginning. False:
  // the stream has ended.
  Result<bool> FindShards(bool at_end) {
    std::vector<std::pair<std::string, std::string>> found;  // shard, parent
    std::set<std::string> all;
    std::string start, status;
    do {
      const std::string page = start.empty() ? "" : ",\"ExclusiveStartShardId\":" + Quoted(start);
      auto answer = CallForJson(&streams_, "DescribeStream",
                                "{\"StreamArn\":" + Quoted(arn_) + page + "}", &parser_);
      if (!answer) return Unexpected(std::move(answer).error());
      const simdjson::dom::element stream = (*answer)["StreamDescription"];
      status = TextOf(stream, "StreamStatus");
      start = TextOf(stream, "LastEvaluatedShardId");
      for (const simdjson::dom::element shard : stream["Shards"].get_array()) {
        const std::string name = TextOf(shard, "ShardId");
        all.insert(name);
        const bool closed =
            shard["SequenceNumberRange"]["EndingSequenceNumber"].error() == simdjson::SUCCESS;
        if (at_end && closed) known_.insert(name);
        if (!known_.contains(name)) found.emplace_back(name, TextOf(shard, "ParentShardId"));
      }
    } while (!start.empty());
    for (const auto& [shard, parent] : found) {
      const bool waits =
          iterators_.contains(parent) || (all.contains(parent) && !known_.contains(parent));
      if (waits) continue;
      auto answer = CallForJson(&streams_, "GetShardIterator",
                                "{\"StreamArn\":" + Quoted(arn_) + ",\"ShardId\":" + Quoted(shard) +
                                    ",\"ShardIteratorType\":\"" +
                                    (at_end ? "LATEST" : "TRIM_HORIZON") + "\"}",
                                &parser_);
      if (!answer) return Unexpected(std::move(answer).error());
      iterators_[shard] = TextOf(*answer, "ShardIterator");
      known_.insert(shard);
    }
    return status == "ENABLED" || status == "ENABLING" || known_.size() < all.size();
  }

  Result<void> Read(std::string* iterator, bool* some) {
    auto answer =
        CallForJson(&streams_, "GetRecords", JsonOfMember("ShardIterator", *iterator), &parser_);
    if (!answer) return Unexpected(std::move(answer).error());
    *iterator = TextOf(*answer, "NextShardIterator");
    for (const simdjson::dom::element record : (*answer)["Records"].get_array()) {
      *some = true;
      Print(record);
    }
    return {};
  }

  void Print(const simdjson::dom::element& record) const {
    if (!colours_) {
      std::cout << simdjson::minify(record) << "\n";
      return;
    }
    const std::string event = TextOf(record, "eventName");
    const char* colour = event == "INSERT"   ? "\033[32m"
                         : event == "REMOVE" ? "\033[31m"
                                             : "\033[33m";
    const simdjson::dom::element change = record["dynamodb"];
    const std::string old_image = JsonOf(change, "OldImage"),
                      new_image = JsonOf(change, "NewImage");
    std::cout << colour << fmt::format("{:<6}", event) << "\033[0m \033[1m"
              << JsonOf(change, "Keys") << "\033[0m";
    if (!old_image.empty()) std::cout << " \033[2m" << old_image << "\033[0m";
    if (!old_image.empty() && !new_image.empty()) std::cout << " ->";
    if (!new_image.empty()) std::cout << " " << new_image;
    if (!JsonOf(record, "userIdentity").empty()) {
      std::cout << " \033[35m(time to live)\033[0m";
    }
    std::cout << "\n";
  }

  const TailOptions options_;
  const bool colours_;
  ApiClient tables_, streams_;
  simdjson::dom::parser parser_;
  std::string arn_;
  std::map<std::string, std::string> iterators_;  // by shard
  std::set<std::string> known_;                   // shards that are read, or are not to be
};

}  // namespace

void AddTailCommand(CLI::App* app, int* exit_code) {
  auto options = std::make_shared<TailOptions>();
  auto* command = app->add_subcommand("tail", "Follow the changes of a table that has a stream");
  command->add_option("table", options->table, "Name of the table")->required();
  AddClientFlags(command, &options->client);
  command->add_flag("--from-start", options->from_start,
                    "Begin with the oldest change that is kept");
  command->add_flag("--json", options->json, "Lines of JSON, also on a terminal");
  RunsWith(command, exit_code, [options]() -> Result<void> {
    auto client = options->client.ToOptions();
    if (!client) return Unexpected(std::move(client).error());
    return Tail(*options, *client).Run();
  });
}

}  // namespace stator
