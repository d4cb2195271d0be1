#include <fmt/format.h>
#include <simdjson.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "api/json_object.h"
#include "base/date_text.h"
#include "server/api_json.h"
#include "server/client_flags.h"
#include "server/commands.h"
#include "server/job_watch.h"
#include "server/size_text.h"
#include "server/step_progress.h"

namespace stator {
namespace {

using Element = simdjson::dom::element;

struct BackupOptions {
  std::string table;
  std::string name;
  std::string watch;
  std::string remove;
  bool list = false;
  ClientFlags client;
};

JobState ReadBackup(const Element& answer) {
  Element details;
  if (answer["BackupDescription"]["BackupDetails"].get(details) != simdjson::SUCCESS) {
    return {JobState::Stage::kFailed, "the answer to DescribeBackup is not understood"};
  }
  const std::string status = TextOf(details, "BackupStatus");
  const std::string size = SizeText(CountOf(details, "BackupSizeBytes"));
  if (status == "CREATING") return {JobState::Stage::kRunning, size};
  if (status != "AVAILABLE") return {JobState::Stage::kFailed, "the backup is " + status};
  return {JobState::Stage::kDone, status + ", " + size};
}

// The server tells how much of it there is by now.
std::optional<double> PartOfBackup(const Element& answer) {
  Element details, source;
  if (answer.at_pointer("/BackupDescription/BackupDetails").get(details) != simdjson::SUCCESS ||
      answer.at_pointer("/BackupDescription/SourceTableDetails").get(source) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return PartOf(CountOf(details, "BackupSizeBytes"), CountOf(source, "TableSizeBytes"));
}

Result<void> Watch(const ApiClientOptions& client, const std::string& arn) {
  ApiClient watcher(client);
  auto made = WatchJob(&watcher,
                       {.name = "backup",
                        .operation = "DescribeBackup",
                        .request = JsonOfMember("BackupArn", arn),
                        .watch_with = "stator backup --watch " + arn},
                       ReadBackup, PartOfBackup);
  if (made) fmt::print("{}\n", arn);
  return made;
}

Result<void> Create(const BackupOptions& options, const ApiClientOptions& client) {
  std::string body;
  JsonObject request(&body);
  request.String("TableName", options.table);
  request.String("BackupName", options.name);
  request.Close();
  ApiClient starter(AskingOnce(client));
  simdjson::dom::parser parser;
  auto started = CallForJson(&starter, "CreateBackup", body, &parser);
  if (!started) return Unexpected(std::move(started).error());
  std::string_view arn;
  if ((*started)["BackupDetails"]["BackupArn"].get(arn) != simdjson::SUCCESS) {
    return Fail(StatusCode::kIoError, "the answer to CreateBackup is not understood");
  }
  return Watch(client, std::string(arn));
}

// "AVAILABLE    1.5 MiB  2026-01-31T10:00:00Z  nightly  arn:...".
void PrintSummary(const Element& backup) {
  double created = 0;
  if (backup["BackupCreationDateTime"].get(created) != simdjson::SUCCESS) created = 0;
  fmt::print("{:<9}  {:>11}  {}Z  {}  {}\n", TextOf(backup, "BackupStatus"),
             SizeText(CountOf(backup, "BackupSizeBytes")),
             FormatIsoExtended(static_cast<int64_t>(created)), TextOf(backup, "BackupName"),
             TextOf(backup, "BackupArn"));
}

Result<void> List(const BackupOptions& options, const ApiClientOptions& client) {
  ApiClient lister(client);
  simdjson::dom::parser parser;
  std::string after;
  do {
    std::string body;
    JsonObject request(&body);
    request.String("BackupType", "ALL");
    if (!options.table.empty()) request.String("TableName", options.table);
    if (!after.empty()) request.String("ExclusiveStartBackupArn", after);
    request.Close();
    auto page = CallForJson(&lister, "ListBackups", body, &parser);
    if (!page) return Unexpected(std::move(page).error());
    simdjson::dom::array backups;
    if ((*page)["BackupSummaries"].get(backups) != simdjson::SUCCESS) {
      return Fail(StatusCode::kIoError, "the answer to ListBackups is not understood");
    }
    for (const Element backup : backups) PrintSummary(backup);
    after = TextOf(*page, "LastEvaluatedBackupArn");
  } while (!after.empty());
  return {};
}

Result<void> Delete(const std::string& arn, const ApiClientOptions& client) {
  ApiClient deleter(AskingOnce(client));
  simdjson::dom::parser parser;
  auto deleted = CallForJson(&deleter, "DeleteBackup", JsonOfMember("BackupArn", arn), &parser);
  return deleted ? Result<void>() : Result<void>(Unexpected(std::move(deleted).error()));
}

Result<void> Run(const BackupOptions& options) {
  auto client = options.client.ToOptions();
  if (!client) return Unexpected(std::move(client).error());
  if (options.list) return List(options, *client);
  if (!options.watch.empty()) return Watch(*client, options.watch);
  if (!options.remove.empty()) return Delete(options.remove, *client);
  if (options.table.empty() || options.name.empty()) {
    return Fail(StatusCode::kInvalidArgument,
                "needs a table and --name NAME, or one of --list, --watch, --delete");
  }
  return Create(options, *client);
}

}  // namespace

void AddBackupCommand(CLI::App* app, int* exit_code) {
  auto options = std::make_shared<BackupOptions>();
  auto* command = app->add_subcommand(
      "backup", "Make a backup of a table in its server, and wait for it; its ARN is printed");
  command->add_option("table", options->table, "Name of the table");
  auto* name = command->add_option("--name", options->name, "Of the backup")->type_name("NAME");
  auto* list = command->add_flag("--list", options->list, "List the backups, of the table or all");
  auto* watch = command->add_option("--watch", options->watch, "Wait for this backup instead")
                    ->type_name("ARN");
  auto* remove = command->add_option("--delete", options->remove, "Delete this backup instead")
                     ->type_name("ARN");
  list->excludes(name, watch, remove);
  watch->excludes(name, remove);
  remove->excludes(name);
  AddClientFlags(command, &options->client);
  RunsWith(command, exit_code, [options] { return Run(*options); });
}

}  // namespace stator
