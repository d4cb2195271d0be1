#include <fmt/format.h>
#include <simdjson.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/json_object.h"
#include "auth/sha256.h"
#include "server/api_json.h"
#include "server/client_flags.h"
#include "server/commands.h"
#include "server/job_watch.h"
#include "server/size_text.h"
#include "server/step_progress.h"
#include "server/table_request.h"

namespace stator {
namespace {

using Element = simdjson::dom::element;

struct ImportOptions {
  std::string bucket, prefix, format = "DYNAMODB_JSON", compression = "NONE", table_request;
  std::string delimiter;
  std::vector<std::string> header;
  std::string watch;
  ClientFlags client;
};

JobState ReadImport(const Element& answer) {
  Element import;
  if (answer["ImportTableDescription"].get(import) != simdjson::SUCCESS) {
    return {JobState::Stage::kFailed, "the answer to DescribeImport is not understood"};
  }
  const std::string status = TextOf(import, "ImportStatus");
  std::string text =
      fmt::format("{}, {} read", CountText(CountOf(import, "ProcessedItemCount"), "item", "items"),
                  SizeText(CountOf(import, "ProcessedSizeBytes")));
  if (status == "IN_PROGRESS" || status == "CANCELLING") {
    return {JobState::Stage::kRunning, std::move(text)};
  }
  text += fmt::format(", {} imported, {}", CountOf(import, "ImportedItemCount"),
                      CountText(CountOf(import, "ErrorCount"), "error", "errors"));
  if (status == "COMPLETED") return {JobState::Stage::kDone, std::move(text)};
  return {JobState::Stage::kFailed,
          fmt::format("{}: {}: {} ({})", status, TextOf(import, "FailureCode"),
                      TextOf(import, "FailureMessage"), text)};
}

// What all objects together have, only the server knows. Once it has read them, it fills the table.
std::optional<double> PartOfImport(ApiClient* client, const Element& answer) {
  const Element import = answer["ImportTableDescription"].value_unsafe();
  const uint64_t filled =
      AskForCount(client, "DescribeTable", JsonOfMember("TableName", TextOf(import, "TableArn")),
                  "/Table/ItemCount");
  if (filled == 0) return std::nullopt;
  return PartOf(filled, CountOf(import, "ImportedItemCount"));
}

Result<void> Watch(ApiClient* client, const std::string& arn) {
  auto made = WatchJob(client,
                       {.name = "import",
                        .operation = "DescribeImport",
                        .request = JsonOfMember("ImportArn", arn),
                        .watch_with = "stator import --watch " + arn},
                       ReadImport,
                       [client](const Element& answer) { return PartOfImport(client, answer); });
  if (made) fmt::print("{}\n", arn);
  return made;
}

// The service leaves out what it does not know of a table to be imported, such as local indexes,
// without a word.
Result<void> CheckParameters(const ImportOptions& options, const TableRequest& table) {
  static constexpr std::array<std::string_view, 8> kKnown = {
      "TableName",          "AttributeDefinitions",  "KeySchema",        "BillingMode",
      "OnDemandThroughput", "ProvisionedThroughput", "SSESpecification", "GlobalSecondaryIndexes"};
  simdjson::dom::parser parser;
  simdjson::dom::object members;
  if (parser.parse(table.json).get(members) != simdjson::SUCCESS) return {};
  for (const auto& [name, value] : members) {
    if (std::find(kKnown.begin(), kKnown.end(), name) == kKnown.end()) {
      return Fail(StatusCode::kInvalidArgument,
                  fmt::format("{}: a table cannot be imported with {}; it has to be left out, and "
                              "made afterwards where that can be done",
                              options.table_request, std::string_view(name)));
    }
  }
  return {};
}

std::string ImportBody(const ImportOptions& options, const TableRequest& table) {
  std::string body;
  JsonObject request(&body);
  JsonObject source(request.Name("S3BucketSource"));
  source.String("S3Bucket", options.bucket);
  if (!options.prefix.empty()) source.String("S3KeyPrefix", options.prefix);
  source.Close();
  request.String("InputFormat", options.format);
  if (!options.delimiter.empty() || !options.header.empty()) {
    JsonObject format(request.Name("InputFormatOptions"));
    JsonObject csv(format.Name("Csv"));
    if (!options.delimiter.empty()) csv.String("Delimiter", options.delimiter);
    if (!options.header.empty()) {
      AppendJsonArray(options.header, csv.Name("HeaderList"), AppendJsonString);
    }
    csv.Close();
    format.Close();
  }
  request.String("InputCompressionType", options.compression);
  request.Name("TableCreationParameters")->append(table.json);
  // The same import again, because its answer was lost or the command interrupted, is the one that
  // is under way.
  std::string token;
  AppendHex(Sha256(body), &token);
  request.String("ClientToken", token);
  request.Close();
  return body;
}

Result<void> Run(const ImportOptions& options) {
  auto client = options.client.ToOptions();
  if (!client) return Unexpected(std::move(client).error());
  ApiClient importer(*client);
  if (!options.watch.empty()) return Watch(&importer, options.watch);
  if (options.bucket.empty() || options.table_request.empty()) {
    return Fail(StatusCode::kInvalidArgument, "needs --bucket and --table-request, or --watch ARN");
  }
  auto table = ReadTableRequest(options.table_request);
  if (!table) return Unexpected(std::move(table).error());
  if (auto checked = CheckParameters(options, *table); !checked) return checked;
  simdjson::dom::parser parser;
  auto started = CallForJson(&importer, "ImportTable", ImportBody(options, *table), &parser);
  if (!started) return Unexpected(std::move(started).error());
  std::string_view arn;
  if ((*started)["ImportTableDescription"]["ImportArn"].get(arn) != simdjson::SUCCESS) {
    return Fail(StatusCode::kIoError, "the answer to ImportTable is not understood");
  }
  return Watch(&importer, std::string(arn));
}

}  // namespace

void AddImportCommand(CLI::App* app, int* exit_code) {
  auto options = std::make_shared<ImportOptions>();
  auto* command = app->add_subcommand(
      "import", "Make a table from objects of the server's object storage, and wait for it");
  const auto add = [&](const char* name, std::string* value, const char* type, const char* text) {
    return command->add_option(name, *value, text)->type_name(type);
  };
  add("--bucket", &options->bucket, "NAME", "Where the objects are");
  add("--prefix", &options->prefix, "PREFIX", "What their keys begin with");
  add("--format", &options->format, "FORMAT", "DYNAMODB_JSON, ION or CSV")->capture_default_str();
  add("--compression", &options->compression, "TYPE", "NONE, GZIP or ZSTD")->capture_default_str();
  add("--delimiter", &options->delimiter, "CHARACTER", "Of CSV, if it is no comma");
  command->add_option("--header", options->header, "Of CSV that has none: the attributes' names")
      ->type_name("NAME,...")
      ->delimiter(',');
  add("--table-request", &options->table_request, "FILE", "The new table (CreateTable request)");
  auto* watch = add("--watch", &options->watch, "ARN", "Wait for this import instead");
  watch->excludes("--bucket", "--table-request");
  AddClientFlags(command, &options->client);
  RunsWith(command, exit_code, [options] { return Run(*options); });
}

}  // namespace stator
