#include <fmt/format.h>
#include <simdjson.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/json_string.h"
#include "net/back_off.h"
#include "server/api_client.h"
#include "server/client_flags.h"
#include "server/commands.h"
#include "server/load_progress.h"
#include "server/load_reader.h"
#include "server/load_writer.h"

namespace stator {
namespace {

constexpr std::chrono::minutes kCreateLimit{10};

struct LoadOptions {
  std::vector<std::string> files;
  ClientFlags client;
  std::string table;
  std::string create;
  size_t parallel = 4;
  bool skip_errors = false;
};

Unexpected<Status> Refused(std::string_view what, const ApiAnswer& answer) {
  return Fail(StatusCode::kInvalidArgument,
              fmt::format("{}: {}: {}", what,
                          answer.error_type.empty() ? fmt::format("HTTP {}", answer.status)
                                                    : answer.error_type,
                          answer.error_message));
}

struct TableRequest {
  std::string name;
  std::string json;
};

Result<TableRequest> ReadTableRequest(const std::string& file) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  std::string_view name;
  if (const auto error = parser.load(file).get(document)) {
    return Fail(StatusCode::kInvalidArgument, file + ": " + simdjson::error_message(error));
  }
  if (document["TableName"].get(name) != simdjson::SUCCESS) {
    return Fail(StatusCode::kInvalidArgument, file + ": not a CreateTable request: no TableName");
  }
  return TableRequest{std::string(name), simdjson::minify(document)};
}

// The table's TableStatus; empty: there is no such table.
Result<std::string> TableStatus(ApiClient* client, const std::string& table) {
  std::string body = R"({"TableName":)";
  AppendJsonString(table, &body);
  auto answer = client->Call("DescribeTable", body + "}");
  if (!answer) return Unexpected(std::move(answer).error());
  if (answer->error_type == "ResourceNotFoundException") return std::string();
  if (!answer->ok()) return Refused("table " + table, *answer);
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  std::string_view status;
  if (parser.parse(answer->body).get(document) != simdjson::SUCCESS ||
      document["Table"]["TableStatus"].get(status) != simdjson::SUCCESS) {
    return Fail(StatusCode::kIoError, "the answer to DescribeTable is not understood");
  }
  return std::string(status);
}

// A table of this name that is being deleted is waited for, too.
Result<void> CreateTable(ApiClient* client, const TableRequest& request) {
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
        return Refused("table " + request.name, *answer);
      }
    }
    if (std::chrono::steady_clock::now() > deadline) {
      return Fail(StatusCode::kOverloaded, "table " + request.name + " does not become ACTIVE");
    }
    std::this_thread::sleep_for(BackOff(attempt));
  }
}

// 0: unknown.
uint64_t TotalBytes(const std::vector<std::string>& files) {
  uint64_t total = 0;
  for (const std::string& file : files) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) return 0;
    total += std::filesystem::file_size(file, error);
    if (error) return 0;
  }
  return total;
}

// Reads files into the writer, and keeps account of what could not be written.
class Loading {
 public:
  Loading(const LoadOptions& options, const ApiClientOptions& client, std::string table)
      : table_(std::move(table)),
        skip_errors_(options.skip_errors),
        progress_(TotalBytes(options.files)),
        writer_(client, options.parallel, [this](const Status& why) { return Skip(why); }) {}

  Result<void> LoadFiles(const std::vector<std::string>& files) {
    Result<void> loaded;
    for (const std::string& file : files) {
      loaded = LoadFile(file);
      if (!loaded) break;
    }
    // What came before a fault is written, whatever the size of a batch.
    auto finished = writer_.Finish();
    progress_.Clear();
    return finished ? loaded : finished;
  }

  // "20 items written in 0.1 s (200/s)".
  std::string Summary() const {
    const double seconds = progress_.seconds();
    const uint64_t written = writer_.written();
    const std::string skipped = skipped_ > 0 ? fmt::format(", {} skipped", skipped_.load()) : "";
    return fmt::format("{} items written in {:.1f} s ({:.0f}/s){}", written, seconds,
                       static_cast<double>(written) / std::max(seconds, 1e-6), skipped);
  }

 private:
  Result<void> LoadFile(const std::string& file) {
    std::ifstream opened;
    if (file != "-") {
      opened.open(file, std::ios::binary);
      if (!opened) return Fail(StatusCode::kIoError, file + ": cannot be opened");
    }
    LoadReader reader(file == "-" ? &std::cin : &opened, file == "-" ? "(standard input)" : file);
    for (;;) {
      auto item = reader.Next();
      if (!item) {
        if (item.error().code == StatusCode::kInvalidArgument && Skip(item.error())) continue;
        return Unexpected(std::move(item).error());
      }
      if (!*item) break;
      if ((*item)->table.empty()) (*item)->table = table_;
      if ((*item)->table.empty()) {
        return Fail(StatusCode::kInvalidArgument,
                    (*item)->place + ": names no table; --table NAME is needed");
      }
      if (auto added = writer_.Add(std::move(**item)); !added) return added;
      progress_.Update(earlier_bytes_ + reader.bytes_read(), writer_.written());
    }
    earlier_bytes_ += reader.bytes_read();
    return {};
  }

  bool Skip(const Status& why) {
    if (!skip_errors_) return false;
    ++skipped_;
    progress_.Say("stator load: skipped: " + why.message);
    return true;
  }

  const std::string table_;
  const bool skip_errors_;
  std::atomic<uint64_t> skipped_{0};
  uint64_t earlier_bytes_ = 0;  // of the files before
  LoadProgress progress_;
  LoadWriter writer_;
};

int Fault(const Status& status) {
  std::cerr << "stator load: " << status.message << "\n";
  return 1;
}

int Load(const LoadOptions& options) {
  auto client = options.client.ToOptions();
  if (!client) return Fault(client.error());

  std::string table = options.table;
  if (!options.create.empty()) {
    auto request = ReadTableRequest(options.create);
    if (!request) return Fault(request.error());
    ApiClient creator(*client);
    if (auto created = CreateTable(&creator, *request); !created) return Fault(created.error());
    if (table.empty()) table = request->name;
  }
  Loading loading(options, *client, std::move(table));
  auto loaded = loading.LoadFiles(options.files);
  fmt::print("{}\n", loading.Summary());
  std::fflush(stdout);
  return loaded ? 0 : Fault(loaded.error());
}

}  // namespace

void AddLoadCommand(CLI::App* app, int* exit_code) {
  auto* command = app->add_subcommand(
      "load", "Write items from files to a table of a running server, or of DynamoDB");
  auto options = std::make_shared<LoadOptions>();
  command
      ->add_option("files", options->files,
                   "DynamoDB JSON lines, or what batch-write-item takes; -: standard input")
      ->required();
  const auto add = [&](const char* name, std::string* value, const char* type, const char* text) {
    return command->add_option(name, *value, text)->type_name(type);
  };
  add("--table", &options->table, "NAME", "Table of items from JSON lines");
  add("--create", &options->create, "FILE",
      "Create this table first unless it exists (CreateTable request); --table's default");
  AddClientFlags(command, &options->client);
  command->add_option("--parallel", options->parallel, "Connections, a batch of 25 items on each")
      ->type_name("N")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_flag("--skip-errors", options->skip_errors,
                    "Report items that cannot be read or are refused, and go on");
  command->callback([options, exit_code] { *exit_code = Load(*options); });
}

}  // namespace stator
