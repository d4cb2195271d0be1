// The seed of a randomised test: SEED= of make (STATOR_TEST_SEED), or a new one. A test prints it
// when it fails.
#ifndef STATOR_STORAGE_TEST_SEED_H_
#define STATOR_STORAGE_TEST_SEED_H_

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

namespace stator {

inline uint64_t TestSeed() {
  const char* const given = std::getenv("STATOR_TEST_SEED");
  if (given && *given) return std::stoull(given);
  return std::random_device()();
}

}  // namespace stator

#endif  // STATOR_STORAGE_TEST_SEED_H_
