// Do two bodies ask for the same? (ClientRequestToken, facts 6.4.)
#ifndef STATOR_API_REQUEST_HASH_H_
#define STATOR_API_REQUEST_HASH_H_

#include <simdjson.h>

#include <cstdint>
#include <span>
#include <string_view>

#include "api/members.h"

namespace stator {

// A hash of the JSON value that does not depend on white space, on how strings are escaped, or on the order of
// an object's members. Stable: it is stored with the token.
uint64_t CanonicalHash(simdjson::dom::element json);
// The same of some members of an object, of which any may be absent.
uint64_t HashOfMembers(const Members& in, std::span<const std::string_view> names);

}  // namespace stator

#endif  // STATOR_API_REQUEST_HASH_H_
