#include <fmt/format.h>
#include <simdjson.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "auth/sign_request.h"
#include "base/clock.h"
#include "base/date_text.h"
#include "base/uri.h"
#include "net/http_client.h"
#include "server/commands.h"

namespace stator {
namespace {

constexpr std::chrono::seconds kTimeout{60};

struct MappingsOptions {
  std::string endpoint = "http://127.0.0.1:8000";
  std::string access_key_id = "local";
  std::string secret_access_key = "local";
  std::string session_token;
  std::string region = "us-east-1";
  bool insecure = false;
  bool json = false;
};

// A page of ListEventSourceMappings, from `marker` on.
Result<std::string> ListPage(const MappingsOptions& options, const Endpoint& endpoint,
                             HttpConnection* connection, const std::string& marker) {
  const std::string path = "/2015-03-31/event-source-mappings";
  std::string query;
  if (!marker.empty()) {
    query = "Marker=";
    AppendUriEncoded(marker, false, &query);
  }
  const std::string host = endpoint.Authority();
  const std::string date = FormatIsoBasic(SystemClock().NowMicros() / 1'000'000);
  std::vector<HeaderView> headers = {{"Host", host}, {"X-Amz-Date", date}};
  if (!options.session_token.empty()) {
    headers.push_back({"X-Amz-Security-Token", options.session_token});
  }
  const std::string authorization =
      SignRequest({options.access_key_id, options.secret_access_key, options.region, "lambda"},
                  {"GET", path, query, headers, ""});
  std::vector<HttpConnection::Header> sent;
  for (const HeaderView& header : headers) sent.emplace_back(header.name, header.value);
  sent.emplace_back("Authorization", authorization);
  auto reply =
      connection->Exchange("GET", query.empty() ? path : path + "?" + query, sent, "", kTimeout);
  if (!reply) return Fail(StatusCode::kIoError, std::move(reply.error().message));
  if (reply->status != 200) {
    return Fail(StatusCode::kIoError, fmt::format("HTTP {}: {}", reply->status, reply->body));
  }
  return std::move(reply->body);
}

std::string TextOf(const simdjson::dom::element& mapping, const char* name) {
  std::string_view text;
  return mapping[name].get_string().get(text) == simdjson::SUCCESS ? std::string(text) : "";
}

std::string AfterLast(const std::string& text, char separator) {
  return text.substr(text.rfind(separator) + 1);
}

// "arn:aws:dynamodb:r:a:table/NAME/stream/LABEL": NAME.
std::string TableOf(const std::string& arn) {
  const size_t begin = arn.find("table/");
  if (begin == std::string::npos) return arn;
  return arn.substr(begin + 6, arn.find('/', begin + 6) - begin - 6);
}

void Print(const simdjson::dom::element& mapping, bool json) {
  if (json) {
    std::cout << simdjson::minify(mapping) << "\n";
    return;
  }
  std::cout << fmt::format("{}  {:<9} {} -> {}: {}\n", TextOf(mapping, "UUID"),
                           TextOf(mapping, "State"), TableOf(TextOf(mapping, "EventSourceArn")),
                           AfterLast(TextOf(mapping, "FunctionArn"), ':'),
                           TextOf(mapping, "LastProcessingResult"));
}

Result<void> ListMappings(const MappingsOptions& options) {
  auto endpoint = ParseEndpoint(options.endpoint);
  if (!endpoint) return Unexpected(std::move(endpoint).error());
  auto connection =
      HttpConnection::Open({.endpoint = *endpoint, .verify_certificate = !options.insecure});
  if (!connection) return Fail(StatusCode::kIoError, std::move(connection.error().message));
  std::string marker;
  do {
    auto page = ListPage(options, *endpoint, connection->get(), marker);
    if (!page) return Unexpected(std::move(page).error());
    simdjson::dom::parser parser;
    simdjson::dom::element document;
    simdjson::dom::array list;
    if (parser.parse(*page).get(document) != simdjson::SUCCESS ||
        document["EventSourceMappings"].get_array().get(list) != simdjson::SUCCESS) {
      return Fail(StatusCode::kIoError, "the answer is not understood");
    }
    for (const simdjson::dom::element mapping : list) Print(mapping, options.json);
    marker = TextOf(document, "NextMarker");
  } while (!marker.empty());
  return {};
}

}  // namespace

void AddMappingsCommand(CLI::App* app, int* exit_code) {
  auto options = std::make_shared<MappingsOptions>();
  auto* command = app->add_subcommand("mappings", "List the event source mappings of a server");
  const auto add = [&](const char* name, std::string* value, const char* type, const char* text) {
    return command->add_option(name, *value, text)->type_name(type);
  };
  add("--endpoint", &options->endpoint, "URL", "Of the server")->capture_default_str();
  add("--region", &options->region, "REGION", "Region to sign for")->capture_default_str();
  add("--access-key,--access-key-id", &options->access_key_id, "ID", "Credentials; else \"local\"")
      ->envname("AWS_ACCESS_KEY_ID");
  add("--secret-key,--secret-access-key", &options->secret_access_key, "KEY",
      "Credentials; else \"local\"")
      ->envname("AWS_SECRET_ACCESS_KEY");
  add("--session-token", &options->session_token, "TOKEN", "Of temporary credentials")
      ->envname("AWS_SESSION_TOKEN");
  command->add_flag("--json", options->json, "A line of JSON each, with all their members");
  command->add_flag("--insecure", options->insecure, "Accept any certificate of an https endpoint");
  command->callback([options, exit_code] {
    auto listed = ListMappings(*options);
    if (listed) return;
    std::cerr << "stator: " << listed.error().message << "\n";
    *exit_code = 1;
  });
}

}  // namespace stator
