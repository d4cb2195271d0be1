#include <fmt/format.h>
#include <simdjson.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/json_object.h"
#include "server/api_json.h"
#include "server/client_flags.h"
#include "server/commands.h"
#include "server/dump_file.h"
#include "server/load_progress.h"
#include "server/state_file.h"
#include "server/table_request.h"

namespace stator {
namespace {

constexpr std::chrono::milliseconds kCheckpointEvery{1000};
constexpr std::chrono::milliseconds kDrawEvery{100};

struct DumpOptions {
  std::string table;
  std::string output = "-";
  std::string schema;
  ClientFlags client;
  size_t segments = 4;
  bool consistent = false;
  bool resume = false;
  bool force = false;
};

Unexpected<Status> Misused(std::string message) {
  return Fail(StatusCode::kInvalidArgument, std::move(message));
}

// The segments of a scan, each on a thread and a connection of its own.
class Dump {
 public:
  Dump(const DumpOptions& options, ApiClientOptions client, DumpFile* file, uint64_t expected)
      : options_(options),
        client_(std::move(client)),
        file_(file),
        begun_with_(file->state().items),
        progress_(expected) {}

  Result<void> Run() {
    const DumpState state = file_->state();
    running_ = state.segments.size();
    std::vector<std::thread> threads;
    for (size_t segment = 0; segment < state.segments.size(); ++segment) {
      threads.emplace_back(
          [this, segment, total = state.segments.size(), position = state.segments[segment]] {
            End(position.done ? Result<void>() : Scan(segment, total, position.after));
          });
    }
    auto watched = Watch();
    for (std::thread& thread : threads) thread.join();
    progress_.Clear();
    // What has come so far is kept even so.
    auto kept = file_->Checkpoint();
    if (fault_) return Unexpected(*fault_);
    if (!watched) return watched;
    return kept ? file_->Finish() : kept;
  }

  // "20 items written in 0.1 s (200/s)".
  std::string Summary() const {
    const uint64_t items = file_->state().items - begun_with_;
    const double seconds = progress_.seconds();
    const std::string before =
        begun_with_ > 0 ? fmt::format(", after {} of an earlier run", begun_with_) : "";
    return fmt::format("{} items written in {:.1f} s ({:.0f}/s){}", items, seconds,
                       static_cast<double>(items) / std::max(seconds, 1e-6), before);
  }

 private:
  Result<void> Scan(size_t segment, size_t total, std::string after) {
    ApiClient client(client_);
    simdjson::dom::parser parser;
    std::string lines;
    while (!stop_) {
      auto answer = CallForJson(&client, "Scan", ScanBody(segment, total, after), &parser);
      if (!answer) return Unexpected(std::move(answer).error());
      simdjson::dom::array items;
      if ((*answer)["Items"].get(items) != simdjson::SUCCESS) {
        return Fail(StatusCode::kIoError, "the answer to Scan is not understood");
      }
      lines.clear();
      uint64_t count = 0;
      for (const simdjson::dom::element item : items) {
        lines.append(R"({"Item":)").append(simdjson::minify(item)).append("}\n");
        ++count;
      }
      after = JsonOf(*answer, "LastEvaluatedKey");
      const bool done = after.empty();
      if (auto written = file_->Append(lines, count, segment, {done, after}); !written || done) {
        return written;
      }
    }
    return {};
  }

  std::string ScanBody(size_t segment, size_t total, const std::string& after) const {
    std::string body;
    JsonObject request(&body);
    request.String("TableName", options_.table);
    if (total > 1) {
      request.Int("Segment", static_cast<int64_t>(segment));
      request.Int("TotalSegments", static_cast<int64_t>(total));
    }
    if (options_.consistent) request.Bool("ConsistentRead", true);
    if (!after.empty()) request.Name("ExclusiveStartKey")->append(after);
    request.Close();
    return body;
  }

  void End(Result<void> scanned) {
    std::lock_guard lock(mutex_);
    --running_;
    if (!scanned) {
      stop_ = true;
      if (!fault_) fault_ = std::move(scanned).error();
    }
    ended_.notify_all();
  }

  // Until all segments have ended: remembers how far they have come, and shows it.
  Result<void> Watch() {
    auto kept_at = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex_);
    while (!ended_.wait_for(lock, kDrawEvery, [this] { return running_ == 0; })) {
      lock.unlock();
      const uint64_t items = file_->state().items;
      progress_.Update(items, items - begun_with_);
      if (const auto now = std::chrono::steady_clock::now(); now - kept_at >= kCheckpointEvery) {
        kept_at = now;
        if (auto kept = file_->Checkpoint(); !kept) {
          stop_ = true;
          return kept;
        }
      }
      lock.lock();
    }
    return {};
  }

  const DumpOptions& options_;
  const ApiClientOptions client_;
  DumpFile* const file_;
  const uint64_t begun_with_;  // items
  LoadProgress progress_;
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::condition_variable ended_;  // a segment
  size_t running_ = 0;
  std::optional<Status> fault_;
};

Result<void> WriteSchema(const DumpOptions& options, const simdjson::dom::element& table) {
  std::error_code ignored;
  if (std::filesystem::exists(options.schema, ignored)) {
    if (options.resume) return {};
    if (!options.force) return Misused(options.schema + " is there already: --force overwrites it");
  }
  return WriteStateFile(options.schema, TableRequestOf(table) + "\n");
}

Result<void> RunDump(const DumpOptions& options) {
  const bool to_file = options.output != "-";
  if (options.output.ends_with(".zst")) {
    return Misused(options.output + ": dumps can be compressed by gzip (.gz) only");
  }
  if (options.resume && !to_file) return Misused("--resume needs an --output FILE");
  auto client = options.client.ToOptions();
  if (!client) return Unexpected(std::move(client).error());
  ApiClient describer(*client);
  simdjson::dom::parser parser;
  auto described =
      CallForJson(&describer, "DescribeTable", JsonOfMember("TableName", options.table), &parser);
  if (!described) return Unexpected(std::move(described).error());
  simdjson::dom::element table;
  if ((*described)["Table"].get(table) != simdjson::SUCCESS) {
    return Fail(StatusCode::kIoError, "the answer to DescribeTable is not understood");
  }

  DumpState fresh;
  fresh.table = TextOf(table, "TableName");
  fresh.table_id = TextOf(table, "TableId");
  fresh.segments.resize(options.segments);
  const auto mode = options.resume  ? DumpFile::Mode::kResume
                    : options.force ? DumpFile::Mode::kForce
                                    : DumpFile::Mode::kNew;
  auto file = DumpFile::Open(options.output, mode, std::move(fresh));
  if (!file) return Unexpected(std::move(file).error());
  if (!options.schema.empty()) {
    if (auto written = WriteSchema(options, table); !written) return written;
  }
  Dump dump(options, *client, file->get(), CountOf(table, "ItemCount"));
  auto dumped = dump.Run();
  fmt::print(to_file ? stdout : stderr, "{}\n", dump.Summary());
  std::fflush(stdout);
  if (dumped || !to_file) return dumped;
  return Fail(dumped.error().code, dumped.error().message + "; --resume goes on from here");
}

}  // namespace

void AddDumpCommand(CLI::App* app, int* exit_code) {
  auto* command = app->add_subcommand(
      "dump", "Write the items of a table of a running server, or of DynamoDB, to a file");
  auto options = std::make_shared<DumpOptions>();
  command->add_option("table", options->table, "Name or ARN of the table")->required();
  command
      ->add_option("--output", options->output,
                   "DynamoDB JSON lines, as `stator load` takes them; .gz: compressed; -: standard "
                   "output")
      ->type_name("FILE")
      ->capture_default_str();
  command
      ->add_option("--schema", options->schema,
                   "Write the table's definition, as `stator load --create` takes it")
      ->type_name("FILE");
  AddClientFlags(command, &options->client);
  command->add_option("--segments", options->segments, "Of a parallel scan, a connection each")
      ->type_name("N")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_flag("--consistent", options->consistent,
                    "Strongly consistent reads; they cost twice as much");
  auto* resume = command->add_flag("--resume", options->resume,
                                   "Go on with a dump that was interrupted, if there is one");
  command->add_flag("--force", options->force, "Overwrite files that are there")->excludes(resume);
  RunsWith(command, exit_code, [options] { return RunDump(*options); });
}

}  // namespace stator
