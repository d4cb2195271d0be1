// Request ids: 52 characters that look like the service's (facts 1.2).
#ifndef STATOR_SERVER_REQUEST_IDS_H_
#define STATOR_SERVER_REQUEST_IDS_H_

#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/random.h"
#include "server/http_handler.h"

namespace stator {

// Seeded once and then on its own, so that no lock is taken for an id. NOT thread-safe.
class RequestIds {
 public:
  explicit RequestIds(uint64_t seed) : random_(seed) {}

  RequestId Next() {
    constexpr char kAlphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
    constexpr std::string_view kEnd =
        "VV4KQNSO5AEMVJF66Q9ASUAAJG";  // as all ids of the service end
    RequestId id;
    const size_t random_length = id.size() - kEnd.size();
    uint64_t bits = 0;
    for (size_t i = 0; i < random_length; ++i, bits >>= 5) {
      if (i % 12 == 0) bits = random_.Next();
      id[i] = kAlphabet[bits & 31];
    }
    std::memcpy(id.data() + random_length, kEnd.data(), kEnd.size());
    return id;
  }

 private:
  SeededRandom random_;
};

inline std::string_view TextOf(const RequestId& id) { return {id.data(), id.size()}; }

}  // namespace stator

#endif  // STATOR_SERVER_REQUEST_IDS_H_
