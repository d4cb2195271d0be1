#include "server/program_pages.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>

namespace stator {
namespace {

int64_t FilePagesKiB() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssFile:")) return std::stoll(line.substr(8));
  }
  return -1;
}

TEST(ProgramPagesTest, AreMappedAgainWhenTheyAreUsed) {
  const int64_t before = FilePagesKiB();
  ForgetProgramPages();
  EXPECT_LT(FilePagesKiB(), before);
  // Code, constants and the tables for unwinding are as before.
  try {
    (void)std::stoi(std::string("none"));
    FAIL();
  } catch (const std::invalid_argument& e) {
    EXPECT_STREQ(e.what(), "stoi");
  }
}

}  // namespace
}  // namespace stator
