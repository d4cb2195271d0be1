#include "storage/device_gauge.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace stator {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

TEST(DeviceGauge, ReadsThatSleptForMillisecondsMakeItSlowForAWhile) {
  DeviceGauge gauge(true);
  const auto start = steady_clock::now();
  while (gauge.IsQuick()) {
    const DeviceGauge::Reading reading(&gauge);
    std::this_thread::sleep_for(milliseconds(1));
  }
  EXPECT_GT(steady_clock::now() - start, milliseconds(5));
  while (!gauge.IsQuick()) std::this_thread::sleep_for(milliseconds(10));
}

TEST(DeviceGauge, AReadWithoutASleepDoesNot) {
  DeviceGauge gauge(true);
  {
    const DeviceGauge::Reading reading(&gauge);
    const auto start = steady_clock::now();
    while (steady_clock::now() - start < milliseconds(20)) {
    }
  }
  EXPECT_TRUE(gauge.IsQuick());
}

TEST(DeviceGauge, NeverQuickUnlessEnabled) { EXPECT_FALSE(DeviceGauge(false).IsQuick()); }

}  // namespace
}  // namespace stator
