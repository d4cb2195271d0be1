#include "server/client_flags.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <utility>

namespace stator {
namespace {

constexpr std::string_view kService = "aws";

std::string ServiceUrl(const std::string& region) {
  const char* suffix = region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
  return "https://dynamodb." + region + suffix;
}

}  // namespace

Result<ApiClientOptions> ClientFlags::ToOptions() const {
  if (endpoint == kService && access_key_id == ClientFlags().access_key_id) {
    return Fail(StatusCode::kInvalidArgument,
                "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and "
                "AWS_SESSION_TOKEN if they are temporary");
  }
  auto parsed = ParseEndpoint(endpoint == kService ? ServiceUrl(region) : endpoint);
  if (!parsed) return Unexpected(std::move(parsed).error());
  ApiClientOptions options;
  options.endpoint = std::move(*parsed);
  options.scope = {access_key_id, secret_access_key, region};
  options.session_token = session_token;
  options.verify_certificate = !insecure;
  return options;
}

void AddClientFlags(CLI::App* command, ClientFlags* flags) {
  // As the SDKs name it, and as the AWS CLI did first.
  for (const char* name : {"AWS_DEFAULT_REGION", "AWS_REGION"}) {
    const char* region = std::getenv(name);
    if (region != nullptr && *region != '\0') flags->region = region;
  }
  const auto add = [&](const char* name, std::string* value, const char* type, const char* text) {
    return command->add_option(name, *value, text)->type_name(type);
  };
  add("--endpoint", &flags->endpoint, "URL", "Where to send requests; aws: DynamoDB itself")
      ->capture_default_str();
  add("--region", &flags->region, "REGION", "Region to sign for; else that of AWS_REGION")
      ->capture_default_str();
  add("--access-key,--access-key-id", &flags->access_key_id, "ID", "Credentials; else \"local\"")
      ->envname("AWS_ACCESS_KEY_ID");
  add("--secret-key,--secret-access-key", &flags->secret_access_key, "KEY",
      "Credentials; else \"local\"")
      ->envname("AWS_SECRET_ACCESS_KEY");
  add("--session-token", &flags->session_token, "TOKEN", "Of temporary credentials")
      ->envname("AWS_SESSION_TOKEN");
  command->add_flag("--insecure", flags->insecure, "Accept any certificate of an https endpoint");
}

void RunsWith(CLI::App* command, int* exit_code, std::function<Result<void>()> run) {
  command->callback([name = command->get_name(), exit_code, run = std::move(run)] {
    auto done = run();
    if (done) return;
    std::cerr << "stator " << name << ": " << done.error().message << "\n";
    *exit_code = 1;
  });
}

}  // namespace stator
