// The canonical form of a request, which is what Signature Version 4 signs (facts 11.6).
#ifndef STATOR_AUTH_SIGV4_CANONICAL_H_
#define STATOR_AUTH_SIGV4_CANONICAL_H_

#include <string>
#include <string_view>

#include "auth/request_view.h"

namespace stator {

enum class CanonicalPath {
  kNormalized,  // dots and empty segments undone, and encoded once more
  kAsSent,      // S3 alone: its keys are any bytes
};

// Appends the canonical form of `request`. `signed_headers` is the list as sent, of any case and
// order; `in_query`: the signature is a query parameter, and left out. False if a header of the
// list is not in the request or is listed twice: no signature can match then.
bool AppendCanonicalRequest(const RequestView& request, std::string_view signed_headers,
                            bool in_query, std::string* out,
                            CanonicalPath path = CanonicalPath::kNormalized);

}  // namespace stator

#endif  // STATOR_AUTH_SIGV4_CANONICAL_H_
