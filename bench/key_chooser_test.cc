#include "key_chooser.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

namespace stator::bench {
namespace {

constexpr int kDraws = 200'000;

// How far `counts` are from what theta says, in standard deviations, at the worst rank.
double WorstDeviation(const std::vector<int>& counts, double theta) {
  double sum = 0;
  for (size_t k = 1; k < counts.size(); ++k) sum += std::pow(k, -theta);
  double worst = 0;
  for (size_t k = 1; k < counts.size(); ++k) {
    const double chance = std::pow(k, -theta) / sum;
    const double deviation = std::sqrt(kDraws * chance * (1 - chance));
    worst = std::max(worst, std::abs(counts[k] - kDraws * chance) / deviation);
  }
  return worst;
}

TEST(ZipfTest, EachRankAsOftenAsTheLawSays) {
  for (double theta : {0.5, 0.99, 1.0, 1.5}) {
    const Zipf zipf(50, theta);
    Random random(42);
    std::vector<int> counts(51);
    for (int i = 0; i < kDraws; ++i) ++counts.at(zipf.Next(&random));
    EXPECT_EQ(counts[0], 0);
    EXPECT_LT(WorstDeviation(counts, theta), 4.5) << theta;
    EXPECT_GT(WorstDeviation(counts, theta + 0.1), 4.5) << "the test would not see a wrong theta";
  }
}

TEST(ZipfTest, OneItem) {
  const Zipf zipf(1, 0.99);
  Random random(1);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(zipf.Next(&random), 1u);
}

TEST(KeyChooserTest, UniformReachesAllAlike) {
  const KeyChooser chooser(10, 0);
  Random random(3);
  std::vector<int> counts(10);
  for (int i = 0; i < kDraws; ++i) ++counts.at(chooser.Next(&random));
  for (int count : counts) EXPECT_NEAR(count, kDraws / 10, 5 * std::sqrt(kDraws * 0.09));
}

TEST(KeyChooserTest, PopularKeysAreScattered) {
  const KeyChooser chooser(100'000, 1.2);
  Random random(3);
  std::vector<int> counts(100'000);
  for (int i = 0; i < kDraws; ++i) ++counts.at(chooser.Next(&random));
  std::set<size_t> popular;
  for (size_t key = 0; key < counts.size(); ++key) {
    if (counts[key] > kDraws / 500) popular.insert(key / 10);
  }
  EXPECT_GT(popular.size(), 10u) << "popular keys share their partitions";
}

}  // namespace
}  // namespace stator::bench
