#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/api_client.h"
#include "server/client_flags.h"
#include "server/commands.h"
#include "server/input_file.h"
#include "server/load_progress.h"
#include "server/load_reader.h"
#include "server/load_state.h"
#include "server/load_writer.h"
#include "server/state_file.h"
#include "server/table_request.h"

namespace stator {
namespace {

constexpr std::chrono::seconds kCheckpointEvery{1};

struct LoadOptions {
  std::vector<std::string> files;
  ClientFlags client;
  std::string table;
  std::string create;
  std::string state;  // a file; empty: none
  size_t parallel = 4;
  bool skip_errors = false;
};

// 0: unknown.
uint64_t TotalBytes(const std::vector<std::string>& files) {
  uint64_t total = 0;
  for (const std::string& file : files) {
    std::error_code error;
    if (IsCompressed(file) || !std::filesystem::is_regular_file(file, error)) return 0;
    total += std::filesystem::file_size(file, error);
    if (error) return 0;
  }
  return total;
}

// Reads files into the writer, and keeps account of what could not be written, and of how far it
// has come.
class Loading {
 public:
  // `state` is where to begin.
  Loading(const LoadOptions& options, const ApiClientOptions& client, LoadState state)
      : state_path_(options.state),
        skip_errors_(options.skip_errors),
        state_(std::move(state)),
        next_(state_.position),
        progress_(TotalBytes(options.files)),
        writer_(client, options.parallel, [this](const Status& why) { return Skip(why); }) {}

  Result<void> LoadFiles() {
    for (size_t i = 0; i < next_.file; ++i) {
      std::error_code ignored;
      earlier_bytes_ += std::filesystem::file_size(state_.files[i], ignored);
    }
    Result<void> loaded;
    while (loaded && next_.file < state_.files.size()) {
      loaded = LoadFile(state_.files[next_.file]);
      if (loaded) next_ = {next_.file + 1, {}};
    }
    // What came before a fault is written, whatever the size of a batch.
    auto finished = writer_.Finish();
    progress_.Clear();
    if (!finished) loaded = finished;
    if (state_path_.empty()) return loaded;
    if (loaded) return RemoveStateFile(state_path_);
    auto kept = Checkpoint();
    const std::string place = kept ? "; what is before is written, and the same command goes on"
                                   : "; " + kept.error().message;
    return Fail(loaded.error().code, loaded.error().message + place);
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
    auto opened = InputFile::Open(file, next_.place.offset);
    if (!opened) return Unexpected(std::move(opened).error());
    LoadReader reader((*opened)->stream(), file == "-" ? "(standard input)" : file, next_.place);
    for (;;) {
      next_.place = reader.place();
      auto item = reader.Next();
      const bool found = item && *item;
      if (!found) {
        // Text that is cut short may be broken, too: that it was cut is the reason.
        if (auto fault = (*opened)->Fault(); !fault) return fault;
      }
      if (!item) {
        if (item.error().code == StatusCode::kInvalidArgument && Skip(item.error())) continue;
        return Unexpected(std::move(item).error());
      }
      if (!found) break;
      if ((*item)->table.empty()) (*item)->table = state_.table;
      if ((*item)->table.empty()) {
        return Fail(StatusCode::kInvalidArgument,
                    (*item)->place + ": names no table; --table NAME is needed");
      }
      (*item)->position = next_;
      if (auto added = writer_.Add(std::move(**item)); !added) return added;
      progress_.Update(earlier_bytes_ + reader.bytes_read(), writer_.written());
      if (auto kept = CheckpointIfDue(); !kept) return kept;
    }
    earlier_bytes_ += reader.bytes_read();
    return {};
  }

  Result<void> CheckpointIfDue() {
    if (state_path_.empty()) return {};
    const auto now = std::chrono::steady_clock::now();
    if (now - kept_at_ < kCheckpointEvery) return {};
    kept_at_ = now;
    return Checkpoint();
  }

  Result<void> Checkpoint() {
    state_.position = writer_.FirstUnwritten().value_or(next_);
    // After the last file there is nothing to go on with but its end.
    if (state_.position.file == state_.files.size()) return {};
    return WriteStateFile(state_path_, ToJson(state_));
  }

  bool Skip(const Status& why) {
    if (!skip_errors_) return false;
    ++skipped_;
    progress_.Say("stator load: skipped: " + why.message);
    return true;
  }

  const std::string state_path_;
  const bool skip_errors_;
  LoadState state_;
  LoadPosition next_;  // to be read
  std::chrono::steady_clock::time_point kept_at_{};
  std::atomic<uint64_t> skipped_{0};
  uint64_t earlier_bytes_ = 0;  // of the files before
  LoadProgress progress_;
  LoadWriter writer_;
};

// Where to begin.
Result<LoadState> FindState(const LoadOptions& options, LoadState fresh) {
  if (options.state.empty()) return fresh;
  for (const std::string& file : fresh.files) {
    if (file == "-") {
      return Fail(StatusCode::kInvalidArgument, "--resume needs files, not standard input");
    }
  }
  auto text = ReadStateFile(options.state);
  if (!text) return Unexpected(std::move(text).error());
  if (!*text) return fresh;
  auto stored = LoadStateFromJson(**text);
  if (!stored) {
    return Fail(StatusCode::kInvalidArgument, options.state + " is " + stored.error().message);
  }
  fresh.position = stored->position;
  if (*stored == fresh) return stored;
  return Fail(StatusCode::kInvalidArgument,
              options.state + " is of another load: of other files, to another table or endpoint");
}

Result<void> Load(const LoadOptions& options) {
  auto client = options.client.ToOptions();
  if (!client) return Unexpected(std::move(client).error());

  LoadState fresh{client->endpoint.Authority(), options.table, options.files, {}};
  std::optional<TableRequest> creation;
  if (!options.create.empty()) {
    auto request = ReadTableRequest(options.create);
    if (!request) return Unexpected(std::move(request).error());
    creation = std::move(*request);
    if (fresh.table.empty()) fresh.table = creation->name;
  }
  auto state = FindState(options, std::move(fresh));
  if (!state) return Unexpected(std::move(state).error());
  if (creation) {
    ApiClient creator(*client);
    if (auto created = EnsureTable(&creator, *creation); !created) return created;
  }
  Loading loading(options, *client, std::move(*state));
  auto loaded = loading.LoadFiles();
  fmt::print("{}\n", loading.Summary());
  std::fflush(stdout);
  return loaded;
}

}  // namespace

void AddLoadCommand(CLI::App* app, int* exit_code) {
  auto* command = app->add_subcommand(
      "load", "Write items from files to a table of a running server, or of DynamoDB");
  auto options = std::make_shared<LoadOptions>();
  command
      ->add_option("files", options->files,
                   "DynamoDB JSON lines, or what batch-write-item takes; .gz, .zst: compressed; -: "
                   "standard input")
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
  add("--resume", &options->state, "STATE",
      "Remember in this file how far the load has come, and go on there if the file exists");
  RunsWith(command, exit_code, [options] { return Load(*options); });
}

}  // namespace stator
