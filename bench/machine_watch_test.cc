#include "machine_watch.h"

#include <gtest/gtest.h>

namespace stator::bench {
namespace {

SteadyTime At(int milliseconds) { return SteadyTime(std::chrono::milliseconds(milliseconds)); }

TEST(MachineWatchTest, CountsWhatAllProcessorsMissed) {
  const Gaps first{{At(10), At(20)}, {At(30), At(40)}, {At(50), At(60)}};
  const Gaps second{{At(12), At(18)}, {At(35), At(55)}, {At(70), At(80)}};
  const Gaps both{{At(12), At(18)}, {At(35), At(40)}, {At(50), At(55)}};
  EXPECT_EQ(Common({}), Gaps{});
  EXPECT_EQ(Common({{first}}), first);
  EXPECT_EQ(Common({{first, second}}), both);
  EXPECT_EQ(Common({{second, first}}), both);
  EXPECT_EQ(Common({{first, second, {}}}), Gaps{});
}

}  // namespace
}  // namespace stator::bench
