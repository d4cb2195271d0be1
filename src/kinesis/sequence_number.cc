#include "kinesis/sequence_number.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace stator::kinesis {
namespace {

constexpr int kDigits = 47;  // hexadecimal
constexpr uint32_t kBillion = 1'000'000'000;

// An unsigned number of 192 bits, the lowest 32 first.
class Wide {
 public:
  // Appends `digits` hexadecimal digits at the low end.
  void Push(uint64_t value, int digits) {
    for (int i = digits - 1; i >= 0; --i) {
      for (size_t limb = limbs_.size() - 1; limb > 0; --limb) {
        limbs_[limb] = limbs_[limb] << 4 | limbs_[limb - 1] >> 28;
      }
      limbs_[0] = limbs_[0] << 4 | static_cast<uint32_t>(value >> (4 * i) & 0xF);
    }
  }
  // The `digits` digits below which there are `below` more.
  uint64_t Digits(int below, int digits) const {
    uint64_t value = 0;
    for (int i = below + digits - 1; i >= below; --i) {
      value = value << 4 | (limbs_[static_cast<size_t>(i / 8)] >> (4 * (i % 8)) & 0xF);
    }
    return value;
  }
  bool MultiplyAdd(uint32_t factor, uint32_t addend) {
    uint64_t carry = addend;
    for (uint32_t& limb : limbs_) {
      carry += uint64_t{limb} * factor;
      limb = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    return carry == 0;
  }
  std::string ToDecimal() const {
    std::string reversed;
    Wide rest = *this;
    while (!rest.IsZero()) {
      uint32_t part = rest.DivideByBillion();
      for (int i = 0; i < 9; ++i, part /= 10) reversed += static_cast<char>('0' + part % 10);
    }
    while (!reversed.empty() && reversed.back() == '0') reversed.pop_back();
    return {reversed.rbegin(), reversed.rend()};
  }

 private:
  bool IsZero() const { return limbs_ == decltype(limbs_){}; }
  uint32_t DivideByBillion() {
    uint64_t rest = 0;
    for (size_t i = limbs_.size(); i-- > 0;) {
      rest = rest << 32 | limbs_[i];
      limbs_[i] = static_cast<uint32_t>(rest / kBillion);
      rest %= kBillion;
    }
    return static_cast<uint32_t>(rest);
  }

  std::array<uint32_t, 6> limbs_{};
};

}  // namespace

std::string SequenceNumber::ToString() const {
  Wide wide;
  wide.Push(2, 1);
  wide.Push(static_cast<uint64_t>(created_seconds), 9);
  wide.Push(shard, 1);
  wide.Push(position.micros, 16);
  wide.Push(position.place, 4);
  wide.Push(0, 7);
  wide.Push(shard, 8);
  wide.Push(2, 1);
  return wide.ToDecimal();
}

std::optional<SequenceNumber> ParseSequenceNumber(std::string_view text) {
  Wide wide;
  if (text.empty() || text.size() > 58) return std::nullopt;
  for (const char c : text) {
    if (c < '0' || c > '9' || !wide.MultiplyAdd(10, static_cast<uint32_t>(c - '0'))) {
      return std::nullopt;
    }
  }
  SequenceNumber number;
  number.created_seconds = static_cast<int64_t>(wide.Digits(37, 9));
  number.position.micros = wide.Digits(20, 16);
  number.position.place = static_cast<uint16_t>(wide.Digits(16, 4));
  number.shard = static_cast<uint32_t>(wide.Digits(1, 8));
  static_assert(kDigits == 1 + 9 + 1 + 16 + 4 + 7 + 8 + 1);
  if (number.ToString() != text) return std::nullopt;
  return number;
}

std::string ShardIdText(uint32_t shard) {
  const std::string digits = std::to_string(shard);
  return "shardId-" + std::string(12 - digits.size(), '0') + digits;
}

std::optional<uint32_t> ParseShardId(std::string_view text) {
  constexpr std::string_view kPrefix = "shardId-";
  if (text.starts_with(kPrefix)) text.remove_prefix(kPrefix.size());
  int32_t shard = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), shard);
  if (error != std::errc() || end != text.data() + text.size() || shard < 0) return std::nullopt;
  return static_cast<uint32_t>(shard);
}

}  // namespace stator::kinesis
