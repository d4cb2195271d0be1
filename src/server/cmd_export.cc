#include <fmt/format.h>
#include <simdjson.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "api/json_object.h"
#include "base/date_text.h"
#include "base/uuid.h"
#include "server/api_json.h"
#include "server/client_flags.h"
#include "server/commands.h"
#include "server/job_watch.h"
#include "server/size_text.h"
#include "server/step_progress.h"
#include "server/system_random.h"

namespace stator {
namespace {

using Element = simdjson::dom::element;

struct ExportOptions {
  std::string table;
  std::string bucket, prefix, format = "DYNAMODB_JSON";
  std::string time, from, to, view;
  std::string watch;
  ClientFlags client;
};

JobState ReadExport(const Element& answer) {
  Element made;
  if (answer["ExportDescription"].get(made) != simdjson::SUCCESS) {
    return {JobState::Stage::kFailed, "the answer to DescribeExport is not understood"};
  }
  const std::string status = TextOf(made, "ExportStatus");
  const std::string counts =
      fmt::format("{}, {}", CountText(CountOf(made, "ItemCount"), "item", "items"),
                  SizeText(CountOf(made, "BilledSizeBytes")));
  if (status == "IN_PROGRESS") return {JobState::Stage::kRunning, counts};
  if (status != "COMPLETED") {
    return {JobState::Stage::kFailed, fmt::format("{}: {}: {}", status, TextOf(made, "FailureCode"),
                                                  TextOf(made, "FailureMessage"))};
  }
  return {JobState::Stage::kDone, fmt::format("{}, s3://{}/{}", counts, TextOf(made, "S3Bucket"),
                                              TextOf(made, "ExportManifest"))};
}

// Bytes that a full export reads: those that its table has now, about. Of another one no one knows.
uint64_t SizeOfTable(ApiClient* client, const Element& made) {
  if (TextOf(made, "ExportType") == "INCREMENTAL_EXPORT") return 0;
  return AskForCount(client, "DescribeTable", JsonOfMember("TableName", TextOf(made, "TableArn")),
                     "/Table/TableSizeBytes");
}

Result<void> Watch(ApiClient* client, const std::string& arn) {
  std::optional<uint64_t> total;
  const auto part_of = [&](const Element& answer) {
    const Element made = answer["ExportDescription"].value_unsafe();
    if (!total) total = SizeOfTable(client, made);
    return PartOf(CountOf(made, "BilledSizeBytes"), *total);
  };
  auto made = WatchJob(client,
                       {.name = "export",
                        .operation = "DescribeExport",
                        .request = JsonOfMember("ExportArn", arn),
                        .watch_with = "stator export --watch " + arn},
                       ReadExport, part_of);
  if (made) fmt::print("{}\n", arn);
  return made;
}

// Appends a time if there is one. Errors: kInvalidArgument.
Result<void> AddTime(const char* name, const std::string& text, JsonObject* request) {
  if (text.empty()) return {};
  const auto seconds = ParseRfc3339(text);
  if (!seconds) {
    return Fail(StatusCode::kInvalidArgument, "not a time such as 2026-01-31T10:00:00Z: " + text);
  }
  request->Int(name, *seconds);
  return {};
}

Result<std::string> ExportBody(const ExportOptions& options, const std::string& table_arn) {
  std::string body;
  JsonObject request(&body);
  request.String("TableArn", table_arn);
  request.String("S3Bucket", options.bucket);
  if (!options.prefix.empty()) request.String("S3Prefix", options.prefix);
  request.String("ExportFormat", options.format);
  if (auto added = AddTime("ExportTime", options.time, &request); !added) {
    return Unexpected(std::move(added).error());
  }
  if (!options.from.empty()) {
    request.String("ExportType", "INCREMENTAL_EXPORT");
    JsonObject window(request.Name("IncrementalExportSpecification"));
    auto added = AddTime("ExportFromTime", options.from, &window);
    if (added) added = AddTime("ExportToTime", options.to, &window);
    if (!added) return Unexpected(std::move(added).error());
    if (!options.view.empty()) window.String("ExportViewType", options.view);
    window.Close();
  }
  // So that asking again, when an answer was lost, begins no second export.
  SystemRandom random;
  request.String("ClientToken", NewUuid(&random));
  request.Close();
  return body;
}

Result<std::string> ArnOf(ApiClient* client, const std::string& table) {
  simdjson::dom::parser parser;
  auto described = CallForJson(client, "DescribeTable", JsonOfMember("TableName", table), &parser);
  if (!described) return Unexpected(std::move(described).error());
  std::string_view arn;
  if ((*described)["Table"]["TableArn"].get(arn) != simdjson::SUCCESS) {
    return Fail(StatusCode::kIoError, "the answer to DescribeTable is not understood");
  }
  return std::string(arn);
}

Result<void> Run(const ExportOptions& options) {
  auto client = options.client.ToOptions();
  if (!client) return Unexpected(std::move(client).error());
  ApiClient exporter(*client);
  if (!options.watch.empty()) return Watch(&exporter, options.watch);
  if (options.table.empty() || options.bucket.empty()) {
    return Fail(StatusCode::kInvalidArgument, "needs a table and --bucket, or --watch ARN");
  }
  auto table_arn = ArnOf(&exporter, options.table);
  if (!table_arn) return Unexpected(std::move(table_arn).error());
  auto body = ExportBody(options, *table_arn);
  if (!body) return Unexpected(std::move(body).error());
  simdjson::dom::parser parser;
  auto started = CallForJson(&exporter, "ExportTableToPointInTime", *body, &parser);
  if (!started) return Unexpected(std::move(started).error());
  std::string_view arn;
  if ((*started)["ExportDescription"]["ExportArn"].get(arn) != simdjson::SUCCESS) {
    return Fail(StatusCode::kIoError, "the answer to ExportTableToPointInTime is not understood");
  }
  return Watch(&exporter, std::string(arn));
}

}  // namespace

void AddExportCommand(CLI::App* app, int* exit_code) {
  auto options = std::make_shared<ExportOptions>();
  auto* command = app->add_subcommand(
      "export",
      "Write a table with point-in-time recovery to the server's object storage, and wait for it");
  const auto add = [&](const char* name, std::string* value, const char* type, const char* text) {
    return command->add_option(name, *value, text)->type_name(type);
  };
  command->add_option("table", options->table, "Name or ARN of the table");
  add("--bucket", &options->bucket, "NAME", "Where the objects are to be");
  add("--prefix", &options->prefix, "PREFIX", "What their keys are to begin with");
  add("--format", &options->format, "FORMAT", "DYNAMODB_JSON or ION")->capture_default_str();
  auto* time = add("--time", &options->time, "TIME",
                   "The table as it was then (2026-01-31T10:00:00Z); else as it is now");
  auto* from = add("--from", &options->from, "TIME", "Only what changed since then");
  auto* to = add("--to", &options->to, "TIME", "and before then");
  auto* view = add("--view", &options->view, "TYPE",
                   "Of changes: NEW_AND_OLD_IMAGES, which is the default, or NEW_IMAGE");
  from->needs(to)->excludes(time);
  to->needs(from);
  view->needs(from);
  auto* watch = add("--watch", &options->watch, "ARN", "Wait for this export instead");
  watch->excludes("--bucket");
  AddClientFlags(command, &options->client);
  RunsWith(command, exit_code, [options] { return Run(*options); });
}

}  // namespace stator
