#include <fmt/format.h>
#include <simdjson.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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

struct RestoreOptions {
  std::vector<std::string> names;
  std::string from;
  std::string to_time;
  std::string watch;
  ClientFlags client;
};

JobState ReadTable(const Element& answer) {
  Element table;
  if (answer["Table"].get(table) != simdjson::SUCCESS) {
    return {JobState::Stage::kFailed, "the answer to DescribeTable is not understood"};
  }
  const std::string status = TextOf(table, "TableStatus");
  if (status == "CREATING") {
    return {JobState::Stage::kRunning, CountText(CountOf(table, "ItemCount"), "item", "items")};
  }
  if (status == "ACTIVE" || status == "UPDATING") return {JobState::Stage::kDone, status};
  return {JobState::Stage::kFailed, "the table is " + status};
}

// Items of what the table is restored from. Of another table it is how many those are now.
uint64_t SourceItems(ApiClient* client, const Element& answer) {
  Element summary;
  if (answer.at_pointer("/Table/RestoreSummary").get(summary) != simdjson::SUCCESS) return 0;
  const std::string backup = TextOf(summary, "SourceBackupArn");
  if (backup.empty()) {
    return AskForCount(client, "DescribeTable",
                       JsonOfMember("TableName", TextOf(summary, "SourceTableArn")),
                       "/Table/ItemCount");
  }
  return AskForCount(client, "DescribeBackup", JsonOfMember("BackupArn", backup),
                     "/BackupDescription/SourceTableDetails/ItemCount");
}

Result<void> Watch(const ApiClientOptions& client, const std::string& table) {
  ApiClient watcher(client);
  std::optional<uint64_t> total;
  const auto part_of = [&](const Element& answer) {
    if (!total) total = SourceItems(&watcher, answer);
    return PartOf(CountOf(answer["Table"].value_unsafe(), "ItemCount"), *total);
  };
  return WatchJob(&watcher,
                  {.name = "restore",
                   .operation = "DescribeTable",
                   .request = JsonOfMember("TableName", table),
                   .watch_with = "stator restore --watch " + table},
                  ReadTable, part_of);
}

// It makes a table, and has no token: it must not be asked for twice.
Result<void> Start(const ApiClientOptions& client, const char* operation, const std::string& body) {
  ApiClient starter(AskingOnce(client));
  simdjson::dom::parser parser;
  auto started = CallForJson(&starter, operation, body, &parser);
  return started ? Result<void>() : Result<void>(Unexpected(std::move(started).error()));
}

Result<void> FromBackup(const ApiClientOptions& client, const std::string& arn,
                        const std::string& target) {
  std::string body;
  JsonObject request(&body);
  request.String("BackupArn", arn);
  request.String("TargetTableName", target);
  request.Close();
  return Start(client, "RestoreTableFromBackup", body);
}

Result<void> FromTable(const ApiClientOptions& client, const RestoreOptions& options,
                       const std::string& target) {
  std::string body;
  JsonObject request(&body);
  request.String("SourceTableName", options.from);
  request.String("TargetTableName", target);
  if (options.to_time == "latest") {
    request.Bool("UseLatestRestorableTime", true);
  } else if (const auto seconds = ParseRfc3339(options.to_time)) {
    request.Int("RestoreDateTime", *seconds);
  } else {
    return Fail(
        StatusCode::kInvalidArgument,
        "--to-time is latest or a time such as 2026-01-31T10:00:00Z, not " + options.to_time);
  }
  request.Close();
  return Start(client, "RestoreTableToPointInTime", body);
}

Result<void> Run(const RestoreOptions& options) {
  auto client = options.client.ToOptions();
  if (!client) return Unexpected(std::move(client).error());
  if (!options.watch.empty()) return Watch(*client, options.watch);
  const bool from_table = !options.from.empty();
  if (options.names.size() != (from_table ? 1 : 2)) {
    return Fail(StatusCode::kInvalidArgument,
                "needs the ARN of a backup and the name of the new table, or --from TABLE and the "
                "name of the new table");
  }
  const std::string& target = options.names.back();
  auto started = from_table ? FromTable(*client, options, target)
                            : FromBackup(*client, options.names.front(), target);
  return started ? Watch(*client, target) : started;
}

}  // namespace

void AddRestoreCommand(CLI::App* app, int* exit_code) {
  auto options = std::make_shared<RestoreOptions>();
  auto* command = app->add_subcommand(
      "restore",
      "Make a table from a backup, or from an earlier state of another, and wait for it");
  command->add_option("names", options->names, "[BACKUP_ARN] TARGET: the new table's name, last")
      ->expected(0, 2);
  auto* from = command
                   ->add_option("--from", options->from,
                                "A table with point-in-time recovery, instead of a backup")
                   ->type_name("TABLE");
  auto* time = command
                   ->add_option("--to-time", options->to_time,
                                "Its state then (2026-01-31T10:00:00Z), or latest")
                   ->type_name("TIME");
  auto* watch = command->add_option("--watch", options->watch, "Wait for this table instead")
                    ->type_name("TARGET");
  from->needs(time);
  time->needs(from);
  watch->excludes(from);
  AddClientFlags(command, &options->client);
  RunsWith(command, exit_code, [options] { return Run(*options); });
}

}  // namespace stator
