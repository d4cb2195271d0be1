// The flags that all commands have which talk to a server.
#ifndef STATOR_SERVER_CLIENT_FLAGS_H_
#define STATOR_SERVER_CLIENT_FLAGS_H_

#include <string>

#include "base/result.h"
#include "server/api_client.h"

namespace CLI {
class App;
}  // namespace CLI

namespace stator {

struct ClientFlags {
  std::string endpoint = "http://127.0.0.1:8000";
  std::string access_key_id = "local";
  std::string secret_access_key = "local";
  std::string session_token;
  std::string region = "us-east-1";
  bool insecure = false;

  // Errors: kInvalidArgument for an endpoint that is none.
  Result<ApiClientOptions> ToOptions() const;
};

// `flags` must outlive the command.
void AddClientFlags(CLI::App* command, ClientFlags* flags);

}  // namespace stator

#endif  // STATOR_SERVER_CLIENT_FLAGS_H_
