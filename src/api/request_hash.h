// Do two bodies ask for the same? (ClientRequestToken, facts 6.4.)
#ifndef STATOR_API_REQUEST_HASH_H_
#define STATOR_API_REQUEST_HASH_H_

#include <simdjson.h>

#include <cstdint>

namespace stator {

// A hash of the JSON value that does not depend on white space, on how strings are escaped, or on the order of
// an object's members. Stable: it is stored with the token.
uint64_t CanonicalHash(simdjson::dom::element json);

}  // namespace stator

#endif  // STATOR_API_REQUEST_HASH_H_
