#include "server/environment.h"

#include <cstdlib>

namespace stator {
namespace {

std::string Environment(const char* name, const char* otherwise) {
  const char* const value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

}  // namespace

Credentials EnvironmentCredentials() {
  return {Environment("AWS_ACCESS_KEY_ID", "stator"),
          Environment("AWS_SECRET_ACCESS_KEY", "stator"), Environment("AWS_SESSION_TOKEN", "")};
}

}  // namespace stator
