#include "model/decimal.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <charconv>

namespace stator {
namespace {

using uint128 = unsigned __int128;

constexpr std::array<uint128, 39> MakePowersOfTen() {
  std::array<uint128, 39> powers{};
  powers[0] = 1;
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}
constexpr std::array<uint128, 39> kPowersOfTen = MakePowersOfTen();
constexpr uint128 kCoefficientLimit = kPowersOfTen[Decimal::kMaxDigits];

// The longest plain form: sign, 126 digits before the point or "0." and 130 + 37 behind it.
constexpr size_t kMaxTextLength = 1 + 2 + 130 + 37;

int CountDigits(uint128 v) {
  const uint64_t high = static_cast<uint64_t>(v >> 64);
  const uint64_t low = static_cast<uint64_t>(v);
  const int bits = high != 0 ? 64 + std::bit_width(high) : std::bit_width(low);
  const int guess = bits * 1233 >> 12;  // bits * log10(2), rounded down
  if (v == 0) return 1;
  return guess + (v >= kPowersOfTen[static_cast<size_t>(guess)] ? 1 : 0);
}

// Division of 128 bits is a slow library call, and most coefficients need only 64.
bool IsMultipleOfTen(uint128 v) {
  return (v >> 64) == 0 ? static_cast<uint64_t>(v) % 10 == 0 : v % 10 == 0;
}

bool IsInRange(uint128 coefficient, int exponent) {
  const int magnitude = CountDigits(coefficient) - 1 + exponent;
  return coefficient < kCoefficientLimit && magnitude >= Decimal::kMinMagnitude &&
         magnitude <= Decimal::kMaxMagnitude;
}

// Writes the digits of `v` and returns their end.
char* WriteDigits(uint128 v, char* to) {
  constexpr uint64_t kChunk = 10'000'000'000'000'000'000u;  // 10^19, the largest power in 64 bits
  if ((v >> 64) == 0) return std::to_chars(to, to + 20, static_cast<uint64_t>(v)).ptr;
  const uint64_t high = static_cast<uint64_t>(v / kChunk);
  uint64_t low = static_cast<uint64_t>(v % kChunk);
  to = std::to_chars(to, to + 20, high).ptr;
  for (int i = 18; i >= 0; --i) {
    to[i] = static_cast<char>('0' + low % 10);
    low /= 10;
  }
  return to + 19;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The digits of a text before its exponent, gathered without a bound on their number. Positions
// count all digits from 0, the leading zeros included.
struct Mantissa {
  uint128 coefficient = 0;
  int64_t digits = 0;
  int64_t digits_before_point = 0;
  int64_t first_nonzero = -1;
  int64_t last_nonzero = -1;

  int64_t SignificantDigits() const {
    return first_nonzero < 0 ? 0 : last_nonzero - first_nonzero + 1;
  }

  void Add(char c) {
    const int64_t position = digits++;
    if (c == '0') return;
    if (first_nonzero < 0) first_nonzero = last_nonzero = position;
    // The zeros since the last non-zero digit turn out to be significant.
    const int64_t shift = position - last_nonzero;
    last_nonzero = position;
    if (SignificantDigits() > Decimal::kMaxDigits) return;
    coefficient =
        coefficient * kPowersOfTen[static_cast<size_t>(shift)] + static_cast<uint128>(c - '0');
  }
};

bool ParseMantissa(const char** p, const char* end, Mantissa* out) {
  for (; *p != end && IsDigit(**p); ++*p) out->Add(**p);
  out->digits_before_point = out->digits;
  if (*p != end && **p == '.') {
    for (++*p; *p != end && IsDigit(**p); ++*p) out->Add(**p);
  }
  return out->digits > 0;
}

bool ParseSign(const char** p, const char* end) {
  if (*p == end || (**p != '+' && **p != '-')) return false;
  return *(*p)++ == '-';
}

// What is left must be empty or an exponent. A huge one is cut to a value that is out of range all
// the same, whatever the number of digits before it.
bool ParseExponent(const char* p, const char* end, int64_t* out) {
  constexpr int64_t kHuge = int64_t{1} << 50;
  *out = 0;
  if (p == end) return true;
  if (*p != 'e' && *p != 'E') return false;
  ++p;
  const bool negative = ParseSign(&p, end);
  if (p == end) return false;
  for (; p != end; ++p) {
    if (!IsDigit(*p)) return false;
    *out = std::min(*out * 10 + (*p - '0'), kHuge);
  }
  if (negative) *out = -*out;
  return true;
}

Unexpected<DecimalError> Fails(DecimalError error) { return Unexpected<DecimalError>(error); }

}  // namespace

std::string_view DecimalErrorText(DecimalError error) {
  switch (error) {
    case DecimalError::kSyntax:
      return "The parameter cannot be converted to a numeric value";
    case DecimalError::kTooManyDigits:
      return "Attempting to store more than 38 significant digits in a Number";
    case DecimalError::kOverflow:
      return "Number overflow. Attempting to store a number with magnitude larger than supported "
             "range";
    case DecimalError::kUnderflow:
      return "Number underflow. Attempting to store a number with magnitude smaller than supported "
             "range";
  }
  return {};
}

Decimal Decimal::FromInt(int64_t value) {
  const uint64_t magnitude =
      value < 0 ? ~static_cast<uint64_t>(value) + 1 : static_cast<uint64_t>(value);
  return FromParts(value < 0, magnitude, 0);
}

Decimal Decimal::FromParts(bool negative, uint128 coefficient, int exponent) {
  Decimal result;
  if (coefficient == 0) return result;
  while (IsMultipleOfTen(coefficient)) {
    coefficient /= 10;
    ++exponent;
  }
  assert(IsInRange(coefficient, exponent));
  result.coefficient_ = coefficient;
  result.exponent_ = static_cast<int16_t>(exponent);
  result.negative_ = negative;
  return result;
}

bool Decimal::IsNormalised(bool negative, uint128 coefficient, int exponent) {
  if (coefficient == 0) return !negative && exponent == 0;
  return !IsMultipleOfTen(coefficient) && IsInRange(coefficient, exponent);
}

Expected<Decimal, DecimalError> Decimal::Parse(std::string_view text) {
  const char* p = text.data();
  const char* const end = p + text.size();
  const bool negative = ParseSign(&p, end);
  Mantissa mantissa;
  int64_t written_exponent;
  if (!ParseMantissa(&p, end, &mantissa) || !ParseExponent(p, end, &written_exponent)) {
    return Fails(DecimalError::kSyntax);
  }
  const bool zero = mantissa.first_nonzero < 0;
  // Power of ten of the digit at position i.
  const auto power = [&](int64_t i) {
    return mantissa.digits_before_point - 1 - i + written_exponent;
  };
  const int64_t magnitude = power(zero ? mantissa.digits - 1 : mantissa.first_nonzero);
  if (magnitude > kMaxMagnitude) return Fails(DecimalError::kOverflow);
  if (magnitude < kMinMagnitude) return Fails(DecimalError::kUnderflow);
  if (mantissa.SignificantDigits() > kMaxDigits) return Fails(DecimalError::kTooManyDigits);

  Decimal result;
  if (zero) return result;
  result.coefficient_ = mantissa.coefficient;
  result.exponent_ = static_cast<int16_t>(power(mantissa.last_nonzero));
  result.negative_ = negative;
  return result;
}

std::string Decimal::ToString() const {
  std::string out;
  AppendTo(&out);
  return out;
}

void Decimal::AppendTo(std::string* out) const {
  char digits[kMaxDigits + 1];
  const int count = static_cast<int>(WriteDigits(coefficient_, digits) - digits);
  char text[kMaxTextLength];
  char* to = text;
  if (negative_) *to++ = '-';
  if (exponent_ >= 0) {
    to = std::copy_n(digits, count, to);
    to = std::fill_n(to, exponent_, '0');
  } else if (-exponent_ < count) {
    const int before_point = count + exponent_;
    to = std::copy_n(digits, before_point, to);
    *to++ = '.';
    to = std::copy_n(digits + before_point, -exponent_, to);
  } else {
    *to++ = '0';
    *to++ = '.';
    to = std::fill_n(to, -exponent_ - count, '0');
    to = std::copy_n(digits, count, to);
  }
  out->append(text, static_cast<size_t>(to - text));
}

Expected<Decimal, DecimalError> Decimal::Plus(const Decimal& other) const {
  if (is_zero()) return other;
  if (other.is_zero()) return *this;
  const Decimal& upper = exponent_ >= other.exponent_ ? *this : other;
  const Decimal& lower = exponent_ >= other.exponent_ ? other : *this;

  // The sum in units of the lower exponent. If the exponents differ, the lower number's last digit,
  // which is not zero, is the last digit of the sum too. So a sum of 38 digits at most needs the
  // shifted upper coefficient to be below 2 * 10^38, and all of this fits into 128 bits.
  const int shift = upper.exponent_ - lower.exponent_;
  if (shift > kMaxDigits) return Fails(DecimalError::kOverflow);
  const uint128 scale = kPowersOfTen[static_cast<size_t>(shift)];
  if (upper.coefficient_ > 2 * kCoefficientLimit / scale) return Fails(DecimalError::kOverflow);
  const uint128 a = upper.coefficient_ * scale;
  const uint128 b = lower.coefficient_;
  const bool add = upper.negative_ == lower.negative_;
  const bool negative = add || a >= b ? upper.negative_ : lower.negative_;
  uint128 sum = add ? a + b : a >= b ? a - b : b - a;
  if (sum == 0) return Decimal();

  int exponent = lower.exponent_;
  while (IsMultipleOfTen(sum)) {
    sum /= 10;
    ++exponent;
  }
  if (!IsInRange(sum, exponent)) return Fails(DecimalError::kOverflow);
  return FromParts(negative, sum, exponent);
}

Expected<Decimal, DecimalError> Decimal::Minus(const Decimal& other) const {
  return Plus(other.Negated());
}

Decimal Decimal::Negated() const {
  Decimal result = *this;
  result.negative_ = !negative_ && !is_zero();
  return result;
}

int Decimal::DigitCount() const { return CountDigits(coefficient_); }

int Decimal::SizeInBytes() const {
  if (is_zero()) return 1;
  const int digits = DigitCount();
  const int fraction = exponent_ >= 0 ? 0 : std::min(digits, -exponent_);
  const int integer = digits - fraction;
  return 1 + (integer + 1) / 2 + (fraction + 1) / 2 + (negative_ ? 1 : 0);
}

std::strong_ordering Decimal::operator<=>(const Decimal& other) const {
  const int sign = is_zero() ? 0 : negative_ ? -1 : 1;
  const int other_sign = other.is_zero() ? 0 : other.negative_ ? -1 : 1;
  if (sign != other_sign || sign == 0) return sign <=> other_sign;
  const Decimal& a = negative_ ? other : *this;
  const Decimal& b = negative_ ? *this : other;
  const int a_digits = a.DigitCount();
  const int b_digits = b.DigitCount();
  const int a_magnitude = a_digits + a.exponent_;
  const int b_magnitude = b_digits + b.exponent_;
  if (a_magnitude != b_magnitude) return a_magnitude <=> b_magnitude;
  // The same leading power: compare as if both had as many digits as the longer.
  const int digits = std::max(a_digits, b_digits);
  return a.coefficient_ * kPowersOfTen[static_cast<size_t>(digits - a_digits)] <=>
         b.coefficient_ * kPowersOfTen[static_cast<size_t>(digits - b_digits)];
}

}  // namespace stator
