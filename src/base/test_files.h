// Whole files, for tests that look into them and damage them.
#ifndef STATOR_BASE_TEST_FILES_H_
#define STATOR_BASE_TEST_FILES_H_

#include <fstream>
#include <iterator>
#include <string>

namespace stator {

// "" if there is no such file.
inline std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace stator

#endif  // STATOR_BASE_TEST_FILES_H_
