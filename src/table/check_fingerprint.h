// A sum over a set of entries that does not depend on their order: two sets with equal sums are
// equal, unless somebody has chosen them to deceive.
#ifndef STATOR_TABLE_CHECK_FINGERPRINT_H_
#define STATOR_TABLE_CHECK_FINGERPRINT_H_

#include <cstdint>
#include <string_view>

#include "base/hash.h"

namespace stator {

class Fingerprint {
 public:
  void Add(std::string_view key, std::string_view value) {
    const XXH128_hash_t hash = XXH3_128bits_withSeed(value.data(), value.size(), StableHash64(key));
    low_ += hash.low64;
    high_ += hash.high64;
    ++count_;
  }
  bool operator==(const Fingerprint&) const = default;

 private:
  uint64_t low_ = 0;
  uint64_t high_ = 0;
  uint64_t count_ = 0;
};

}  // namespace stator

#endif  // STATOR_TABLE_CHECK_FINGERPRINT_H_
