#include <gtest/gtest.h>

#include "canaries.h"
#include "world.h"

namespace stator::sim {
namespace {

TEST(SimTest, ASeedIsARun) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const RunReport first = RunSeed(seed);
    EXPECT_EQ(first.violation.value_or("none"), "none") << "seed " << seed;
    EXPECT_GT(first.operations, 0u);
    EXPECT_EQ(first.trace_hash, RunSeed(seed).trace_hash) << "seed " << seed;
    EXPECT_NE(first.trace_hash, RunSeed(seed + 1).trace_hash) << "seed " << seed;
  }
}

class CanaryTest : public testing::TestWithParam<Canary> {};

bool IsFound(const Canary& canary, bool check_store) {
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    if (RunSeed(seed, {canary.make(), check_store}).violation) return true;
  }
  return false;
}

TEST_P(CanaryTest, IsFound) { EXPECT_TRUE(IsFound(GetParam(), true)) << GetParam().what; }

TEST_P(CanaryTest, IsFoundByWhatClientsSee) {
  if (!GetParam().shows) GTEST_SKIP() << "not meant to be";
  EXPECT_TRUE(IsFound(GetParam(), false)) << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(Sim, CanaryTest, testing::ValuesIn(Canaries().begin(), Canaries().end()),
                         [](const auto& info) {
                           std::string name(info.param.name);
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

}  // namespace
}  // namespace stator::sim
