#include "server/client_flags.h"

#include <CLI/CLI.hpp>
#include <utility>

namespace stator {

Result<ApiClientOptions> ClientFlags::ToOptions() const {
  auto parsed = ParseEndpoint(endpoint);
  if (!parsed) return Unexpected(std::move(parsed).error());
  ApiClientOptions options;
  options.endpoint = std::move(*parsed);
  options.scope = {access_key_id, secret_access_key, region};
  options.session_token = session_token;
  options.verify_certificate = !insecure;
  return options;
}

void AddClientFlags(CLI::App* command, ClientFlags* flags) {
  const auto add = [&](const char* name, std::string* value, const char* type, const char* text) {
    return command->add_option(name, *value, text)->type_name(type);
  };
  add("--endpoint", &flags->endpoint, "URL", "Where to send requests")->capture_default_str();
  add("--region", &flags->region, "REGION", "Region to sign for")->capture_default_str();
  add("--access-key,--access-key-id", &flags->access_key_id, "ID", "Credentials; else \"local\"")
      ->envname("AWS_ACCESS_KEY_ID");
  add("--secret-key,--secret-access-key", &flags->secret_access_key, "KEY",
      "Credentials; else \"local\"")
      ->envname("AWS_SECRET_ACCESS_KEY");
  add("--session-token", &flags->session_token, "TOKEN", "Of temporary credentials")
      ->envname("AWS_SESSION_TOKEN");
  command->add_flag("--insecure", flags->insecure, "Accept any certificate of an https endpoint");
}

}  // namespace stator
