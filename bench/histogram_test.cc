#include "histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace stator::bench {
namespace {

TEST(HistogramTest, NothingRecorded) {
  Histogram histogram;
  EXPECT_EQ(histogram.total(), 0u);
  EXPECT_EQ(histogram.max(), 0u);
  EXPECT_EQ(histogram.Quantile(0.5), 0u);
}

TEST(HistogramTest, SmallValuesAreExact) {
  Histogram histogram;
  for (uint64_t value = 1; value <= 100; ++value) histogram.Record(value);
  EXPECT_EQ(histogram.Quantile(0.5), 50u);
  EXPECT_EQ(histogram.Quantile(0.99), 99u);
  EXPECT_EQ(histogram.Quantile(1), 100u);
  EXPECT_EQ(histogram.Quantile(0), 1u);
}

TEST(HistogramTest, AnyValueIsOffByOneSixtyFourthAtMost) {
  for (int bit = 0; bit < 64; ++bit) {
    for (int64_t off : {-1, 0, 1}) {
      const uint64_t value = (uint64_t{1} << bit) + static_cast<uint64_t>(off);
      Histogram histogram;
      histogram.Record(value);
      histogram.Record(std::numeric_limits<uint64_t>::max());  // so that max() does not cut
      const uint64_t seen = histogram.Quantile(0.5);
      EXPECT_GE(seen, value);
      EXPECT_LE(seen - value, value / 64) << value;
    }
  }
}

TEST(HistogramTest, QuantilesOfALongTail) {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> latency(11, 2);
  std::vector<uint64_t> values;
  Histogram first, second;
  for (int i = 0; i < 20'000; ++i) {
    const auto value = static_cast<uint64_t>(latency(random));
    values.push_back(value);
    (i % 3 == 0 ? first : second).Record(value);
  }
  first.Add(second);
  std::sort(values.begin(), values.end());
  for (double share : {0.5, 0.9, 0.99, 0.999}) {
    const uint64_t right = values[static_cast<size_t>(std::ceil(share * 20'000)) - 1];
    EXPECT_GE(first.Quantile(share), right);
    EXPECT_LE(first.Quantile(share), right + right / 64 + 1);
  }
  EXPECT_EQ(first.total(), 20'000u);
  EXPECT_EQ(first.max(), values.back());
  EXPECT_EQ(first.Quantile(1), values.back());
}

}  // namespace
}  // namespace stator::bench
