// Random UUIDs, and ids that begin with a time.
#ifndef STATOR_BASE_UUID_H_
#define STATOR_BASE_UUID_H_

#include <cstdint>
#include <string>

#include "base/random.h"

namespace stator {

// Of version 4, in lower case: "6d0a1a0e-5b6c-4c51-9d0f-0a4b7f0e1c11".
std::string NewUuid(Random* random);

// Milliseconds, then a random part, so that ids ascend with time: "01489602797149-73d8d5bc", as the
// ends of the ARNs of backups and imports.
std::string NewTimedId(int64_t now_micros, Random* random);

}  // namespace stator

#endif  // STATOR_BASE_UUID_H_
