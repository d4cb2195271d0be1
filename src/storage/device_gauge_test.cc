#include "storage/device_gauge.h"

#include <gtest/gtest.h>

#include <thread>

namespace stator {
namespace {

TEST(DeviceGauge, AReadThatSleptMakesItSlowForAWhile) {
  DeviceGauge gauge(true);
  EXPECT_TRUE(gauge.IsQuick());
  {
    const DeviceGauge::Reading reading(&gauge);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_FALSE(gauge.IsQuick());
  while (!gauge.IsQuick()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

TEST(DeviceGauge, NeverQuickUnlessEnabled) { EXPECT_FALSE(DeviceGauge(false).IsQuick()); }

}  // namespace
}  // namespace stator
