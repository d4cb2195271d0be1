// What the fuzz targets share. Each target is one function that libFuzzer calls with bytes of its
// making; the seeds are in corpus/<target>/.
#ifndef STATOR_TESTS_FUZZ_FUZZ_H_
#define STATOR_TESTS_FUZZ_FUZZ_H_

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

// Unlike assert, also in release builds: a fuzzer that checks nothing finds nothing.
#define FUZZ_CHECK(condition)                                                      \
  do {                                                                             \
    if (!(condition)) {                                                            \
      std::fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                \
    }                                                                              \
  } while (false)

inline std::string_view FuzzInput(const uint8_t* data, size_t size) {
  return std::string_view(reinterpret_cast<const char*>(data), size);
}

#endif  // STATOR_TESTS_FUZZ_FUZZ_H_
