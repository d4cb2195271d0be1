// The one hash whose values are stored: it spreads keys over the hash space (docs/format.md). Never
// change it. Not for secrets: whoever chooses the input can choose the hash.
#ifndef STATOR_BASE_HASH_H_
#define STATOR_BASE_HASH_H_

#include <cstdint>
#include <string_view>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace stator {

// XXH3, 64 bits, seed 0.
inline uint64_t StableHash64(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace stator

#endif  // STATOR_BASE_HASH_H_
