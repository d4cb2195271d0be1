// The access keys that a server knows. Without any, a server accepts every well-formed signature.
#ifndef STATOR_AUTH_IDENTITIES_H_
#define STATOR_AUTH_IDENTITIES_H_

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"

namespace stator {

// The account of all callers of a server that has no identities.
inline constexpr std::string_view kDefaultAccountId = "000000000000";

struct Identity {
  std::string access_key_id;
  std::string secret_access_key;
  std::string account_id = std::string(kDefaultAccountId);  // 12 digits
  std::optional<std::string> session_token;  // then every request must carry it, signed
};

// Immutable, so thread-safe.
class Identities {
 public:
  Identities() = default;
  // Errors: kInvalidArgument for an empty or repeated access key id (or one with '/', ',', '=' or a
  // blank), an empty secret, an account id that is not 12 digits.
  static Result<Identities> Create(std::vector<Identity> identities);

  bool empty() const { return by_key_.empty(); }
  size_t size() const { return by_key_.size(); }
  // nullptr if there is none. Valid as long as this object.
  const Identity* Find(std::string_view access_key_id) const;

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::unordered_map<std::string, Identity, Hash, std::equal_to<>> by_key_;
};

}  // namespace stator

#endif  // STATOR_AUTH_IDENTITIES_H_
