#include "auth/identities.h"

#include <algorithm>
#include <utility>

namespace stator {
namespace {

bool IsAccountId(std::string_view text) {
  return text.size() == 12 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// What can stand in a Credential.
bool IsAccessKeyId(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7F && c != '/' && c != ',' && c != '=';
  });
}

}  // namespace

Result<Identities> Identities::Create(std::vector<Identity> identities) {
  Identities result;
  for (Identity& identity : identities) {
    if (!IsAccessKeyId(identity.access_key_id)) {
      return Fail(
          StatusCode::kInvalidArgument,
          "identity: access_key_id '" + identity.access_key_id + "' cannot be used in a signature");
    }
    const std::string key = identity.access_key_id;
    if (identity.secret_access_key.empty()) {
      return Fail(StatusCode::kInvalidArgument,
                  "identity " + key + ": secret_access_key is missing");
    }
    if (!IsAccountId(identity.account_id)) {
      return Fail(StatusCode::kInvalidArgument,
                  "identity " + key + ": account_id must be 12 digits");
    }
    if (!result.by_key_.emplace(key, std::move(identity)).second) {
      return Fail(StatusCode::kInvalidArgument,
                  "identity " + key + ": access_key_id is given twice");
    }
  }
  return result;
}

const Identity* Identities::Find(std::string_view access_key_id) const {
  const auto it = by_key_.find(access_key_id);
  return it == by_key_.end() ? nullptr : &it->second;
}

}  // namespace stator
