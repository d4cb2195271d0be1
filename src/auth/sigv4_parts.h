// Taking a signature out of a request: its parts as sent, checked for form only (facts 1.6).
#ifndef STATOR_AUTH_SIGV4_PARTS_H_
#define STATOR_AUTH_SIGV4_PARTS_H_

#include <cstdint>
#include <list>
#include <string>
#include <string_view>

#include "auth/request_view.h"
#include "model/api_error.h"

namespace stator {

// Views into the request, or into `decoded`.
struct SigV4Parts {
  bool in_query = false;
  std::string_view algorithm;
  std::string_view credential;
  std::string_view signature;
  std::string_view signed_headers;
  std::string_view iso_date;        // ISO-8601 basic format
  int64_t date_seconds = 0;         // the same since the Unix epoch
  std::string_view security_token;  // empty: none
  std::string_view expires;         // X-Amz-Expires of the query form; empty: none
  std::list<std::string> decoded;   // parts that are not in the request literally
};

// Errors: those of facts 1.6 down to the bad date, the first that applies.
ApiResult<void> ParseSigV4(const RequestView& request, SigV4Parts* out);

// True if `name` (lower case) is one of the names of a list like "host;x-amz-date".
bool IsSignedHeader(std::string_view signed_headers, std::string_view name);

}  // namespace stator

#endif  // STATOR_AUTH_SIGV4_PARTS_H_
