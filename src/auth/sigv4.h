// AWS Signature Version 4, in a header or in the query string (facts 1.6 and 11.6).
#ifndef STATOR_AUTH_SIGV4_H_
#define STATOR_AUTH_SIGV4_H_

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "api/service.h"
#include "auth/identities.h"
#include "auth/request_view.h"
#include "auth/sha256.h"
#include "auth/sigv4_parts.h"
#include "base/clock.h"
#include "model/api_error.h"

namespace stator {

// Checks the signatures of requests; one object a thread (NOT thread-safe).
//
// With identities, a request must bear a correct signature of one of them, made within 15 minutes
// of now. Without, the signature must only be well-formed: every access key is good, and belongs to
// kDefaultAccountId. Any region is good: a server is in all of them.
class SigV4Verifier {
 public:
  // `identities` and `clock` must outlive this object. `services` are the signing names that are
  // accepted; the first is the one named in errors.
  SigV4Verifier(const Identities* identities, const Clock* clock,
                std::vector<std::string> services = {"dynamodb"});

  // The caller is valid until the next call. The errors are those of facts 1.6, the first that
  // applies.
  ApiResult<const Caller*> Verify(const RequestView& request);

 private:
  // What follows from a Credential alone, worked out once and not for each request of a day.
  struct Scope {
    Caller caller;
    std::string day;
    std::string text;          // "20130609/us-east-1/dynamodb/aws4_request"
    const Identity* identity;  // nullptr: signatures are not verified
    HmacSha256 signing_key;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  ApiResult<void> CheckTime(const SigV4Parts& parts) const;
  ApiResult<const Scope*> ScopeOf(const SigV4Parts& parts);
  ApiResult<void> CheckScope(std::string_view day, std::string_view region,
                             std::string_view service, std::string_view terminator,
                             const SigV4Parts& parts) const;
  bool SignatureMatches(const RequestView& request, const SigV4Parts& parts, const Scope& scope);

  const Identities* identities_;
  const Clock* clock_;
  const std::vector<std::string> services_;
  std::unordered_map<std::string, Scope, Hash, std::equal_to<>> scopes_;  // by Credential
  std::string canonical_;  // reused from request to request
  std::string string_to_sign_;
};

}  // namespace stator

#endif  // STATOR_AUTH_SIGV4_H_
