// What all commands have that talk to a server: their flags, and how they end.
#ifndef STATOR_SERVER_CLIENT_FLAGS_H_
#define STATOR_SERVER_CLIENT_FLAGS_H_

#include <functional>
#include <string>

#include "base/result.h"
#include "server/api_client.h"

namespace CLI {
class App;
}  // namespace CLI

namespace stator {

struct ClientFlags {
  std::string endpoint = "http://127.0.0.1:8000";  // "aws": the service's own, of the region
  std::string access_key_id = "local";
  std::string secret_access_key = "local";
  std::string session_token;
  std::string region = "us-east-1";
  bool insecure = false;

  // Errors: kInvalidArgument for an endpoint that is none, and for the service's own without
  // credentials.
  Result<ApiClientOptions> ToOptions() const;
};

// `flags` must outlive the command.
void AddClientFlags(CLI::App* command, ClientFlags* flags);

// Lets the command do `run`, and say why if that fails: *exit_code is 1 then.
void RunsWith(CLI::App* command, int* exit_code, std::function<Result<void>()> run);

}  // namespace stator

#endif  // STATOR_SERVER_CLIENT_FLAGS_H_
