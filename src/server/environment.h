// Credentials for services elsewhere.
#ifndef STATOR_SERVER_ENVIRONMENT_H_
#define STATOR_SERVER_ENVIRONMENT_H_

#include <string>

namespace stator {

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  // empty: none
};

// Those of the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; without
// them, ones that verify nowhere.
Credentials EnvironmentCredentials();

}  // namespace stator

#endif  // STATOR_SERVER_ENVIRONMENT_H_
