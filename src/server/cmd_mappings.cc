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
#include "server/api_json.h"
#include "server/client_flags.h"
#include "server/commands.h"

namespace stator {
namespace {

constexpr std::chrono::seconds kTimeout{60};

struct MappingsOptions {
  ClientFlags client;
  bool json = false;
};

// A page of ListEventSourceMappings, from `marker` on.
Result<std::string> ListPage(const ApiClientOptions& client, HttpConnection* connection,
                             const std::string& marker) {
  const std::string path = "/2015-03-31/event-source-mappings";
  std::string query;
  if (!marker.empty()) {
    query = "Marker=";
    AppendUriEncoded(marker, false, &query);
  }
  const std::string host = client.endpoint.Authority();
  const std::string date = FormatIsoBasic(SystemClock().NowMicros() / 1'000'000);
  std::vector<HeaderView> headers = {{"Host", host}, {"X-Amz-Date", date}};
  if (!client.session_token.empty()) {
    headers.push_back({"X-Amz-Security-Token", client.session_token});
  }
  SigningScope scope = client.scope;
  scope.service = "lambda";
  const std::string authorization = SignRequest(scope, {"GET", path, query, headers, ""});
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
  auto client = options.client.ToOptions();
  if (!client) return Unexpected(std::move(client).error());
  auto connection = HttpConnection::Open(
      {.endpoint = client->endpoint, .verify_certificate = client->verify_certificate});
  if (!connection) return Fail(StatusCode::kIoError, std::move(connection.error().message));
  std::string marker;
  do {
    auto page = ListPage(*client, connection->get(), marker);
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
  AddClientFlags(command, &options->client);
  command->add_flag("--json", options->json, "A line of JSON each, with all their members");
  RunsWith(command, exit_code, [options] { return ListMappings(*options); });
}

}  // namespace stator
