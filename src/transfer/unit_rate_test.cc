#include "transfer/unit_rate.h"

#include <gtest/gtest.h>

namespace stator {
namespace {

TEST(UnitRateTest, NoLimit) {
  UnitRate rate(std::nullopt, 0);
  rate.Spend(1e12);
  EXPECT_EQ(rate.MicrosToWait(0), 0);
}

TEST(UnitRateTest, DebtsAreWaitedFor) {
  UnitRate rate(1000, 50);
  EXPECT_EQ(rate.MicrosToWait(50), 0);
  rate.Spend(500);
  EXPECT_EQ(rate.MicrosToWait(50), 500'001);
  EXPECT_EQ(rate.MicrosToWait(250'050), 250'001);
  EXPECT_EQ(rate.MicrosToWait(500'050), 0);
  rate.Spend(1);
  EXPECT_EQ(rate.MicrosToWait(500'050), 1'001);
}

TEST(UnitRateTest, LittleIsKept) {
  UnitRate rate(1000, 0);
  EXPECT_EQ(rate.MicrosToWait(3600'000'000), 0);
  rate.Spend(100);
  EXPECT_EQ(rate.MicrosToWait(3600'000'000), 0);
  rate.Spend(10);
  EXPECT_EQ(rate.MicrosToWait(3600'000'000), 10'001);
}

// Over any long time no more is spent than the limit allows.
TEST(UnitRateTest, TheSumIsTheLimit) {
  UnitRate rate(1024, 0);
  int64_t now = 0;
  double spent = 0;
  while (now < 10'000'000) {
    const int64_t wait = rate.MicrosToWait(now);
    if (wait > 0) {
      now += wait;
      continue;
    }
    rate.Spend(7);
    spent += 7;
    now += 13;
  }
  EXPECT_GE(spent, 10'240);
  EXPECT_LE(spent, 10'240 + 7);
}

}  // namespace
}  // namespace stator
