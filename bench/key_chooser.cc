#include "key_chooser.h"

#include <algorithm>
#include <cmath>

namespace stator::bench {
namespace {

// (e^x - 1) / x and log(1 + x) / x, also near 0.
double ExpRatio(double x) { return std::abs(x) > 1e-8 ? std::expm1(x) / x : 1 + x / 2; }
double LogRatio(double x) { return std::abs(x) > 1e-8 ? std::log1p(x) / x : 1 - x / 2; }

}  // namespace

Zipf::Zipf(uint64_t count, double theta) : count_(count), theta_(theta) {
  low_ = Integral(1.5) - 1;
  high_ = Integral(static_cast<double>(count) + 0.5);
  squeeze_ = 2 - IntegralInverse(Integral(2.5) - Density(2));
}

double Zipf::Density(double x) const { return std::exp(-theta_ * std::log(x)); }

double Zipf::Integral(double x) const {
  const double log = std::log(x);
  return ExpRatio((1 - theta_) * log) * log;
}

double Zipf::IntegralInverse(double x) const {
  return std::exp(LogRatio(std::max(x * (1 - theta_), -1.0)) * x);
}

uint64_t Zipf::Next(Random* random) const {
  for (;;) {
    const double drawn = high_ + random->Fraction() * (low_ - high_);
    const double x = IntegralInverse(drawn);
    const double rank = std::clamp(std::round(x), 1.0, static_cast<double>(count_));
    if (rank - x <= squeeze_ || drawn >= Integral(rank + 0.5) - Density(rank)) {
      return static_cast<uint64_t>(rank);
    }
  }
}

}  // namespace stator::bench
