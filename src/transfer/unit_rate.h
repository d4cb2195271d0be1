// A limit on write units by time. Pure.
#ifndef STATOR_TRANSFER_UNIT_RATE_H_
#define STATOR_TRANSFER_UNIT_RATE_H_

#include <algorithm>
#include <cstdint>
#include <optional>

namespace stator {

// Units may be spent as long as there are some, also more than there are, which is waited for
// afterwards. What is not spent is kept for a tenth of a second. Times are those of a clock that
// never steps.
class UnitRate {
 public:
  // Without a limit it lets everything through.
  UnitRate(std::optional<int64_t> units_per_second, int64_t now_micros)
      : rate_(units_per_second ? static_cast<double>(*units_per_second) : 0),
        last_micros_(now_micros) {}

  void Spend(double units) { left_ -= units; }

  // How long to wait until more may be spent.
  int64_t MicrosToWait(int64_t now_micros) {
    if (rate_ <= 0) return 0;
    const double earned = static_cast<double>(now_micros - last_micros_) * rate_ / kSecond;
    left_ = std::min(left_ + earned, rate_ / 10);
    last_micros_ = now_micros;
    return left_ >= 0 ? 0 : static_cast<int64_t>(-left_ * kSecond / rate_) + 1;
  }

 private:
  static constexpr double kSecond = 1e6;

  const double rate_;  // 0: no limit
  double left_ = 0;
  int64_t last_micros_;
};

}  // namespace stator

#endif  // STATOR_TRANSFER_UNIT_RATE_H_
