// DynamoDB's number type: exact decimal, up to 38 significant digits, zero or magnitude from 1E-130
// to 9.99...9E+125 (facts 2.2).
#ifndef STATOR_MODEL_DECIMAL_H_
#define STATOR_MODEL_DECIMAL_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace stator {

// The ways a text or a computation fails to be a number; DecimalErrorText has the service's words.
enum class DecimalError { kSyntax, kTooManyDigits, kOverflow, kUnderflow };

// For kSyntax the offending text is part of the service's message: "<text>: abc", or nothing if it
// was empty.
std::string_view DecimalErrorText(DecimalError error);

// A value type of 32 bytes. Always normalised: the coefficient has no trailing zeros, zero is +0E0.
// Equality is therefore memberwise, and equal numbers have equal encodings.
class Decimal {
 public:
  static constexpr int kMaxDigits = 38;
  static constexpr int kMinMagnitude = -130;  // of the leading digit
  static constexpr int kMaxMagnitude = 125;

  Decimal() = default;  // zero
  static Decimal FromInt(int64_t value);
  // value = (-1)^negative * coefficient * 10^exponent; normalises. REQUIRES: the result is in
  // range.
  static Decimal FromParts(bool negative, unsigned __int128 coefficient, int exponent);

  // Accepts exactly what the service accepts (facts 2.2), the quirk of zero with an exponent
  // included: like any other number a zero must have the magnitude of its last written digit in
  // range ("0e126" has not, "0.0e126" has). If several things are wrong, the first of kSyntax,
  // kOverflow, kUnderflow, kTooManyDigits is reported.
  static Expected<Decimal, DecimalError> Parse(std::string_view text);

  // Plain decimal notation, never scientific: "-12.5", "0", "1000".
  std::string ToString() const;
  void AppendTo(std::string* out) const;

  // Exact; any loss of precision or range, too small a result included, is kOverflow, as the
  // service answers.
  Expected<Decimal, DecimalError> Plus(const Decimal& other) const;
  Expected<Decimal, DecimalError> Minus(const Decimal& other) const;
  Decimal Negated() const;

  bool negative() const { return negative_; }
  bool is_zero() const { return coefficient_ == 0; }
  unsigned __int128 coefficient() const { return coefficient_; }
  int exponent() const { return exponent_; }
  // Significant digits, 1..38; zero has one.
  int DigitCount() const;
  // The power of ten of the leading digit, kMinMagnitude..kMaxMagnitude; of zero 0.
  int Magnitude() const { return DigitCount() - 1 + exponent_; }

  // True if FromParts(negative, coefficient, exponent) may be called and would change nothing: what
  // a decoder of stored bytes must check.
  static bool IsNormalised(bool negative, unsigned __int128 coefficient, int exponent);

  // Bytes this number counts for in an item (facts 2.5).
  int SizeInBytes() const;

  bool operator==(const Decimal& other) const = default;
  std::strong_ordering operator<=>(const Decimal& other) const;  // numeric

 private:
  unsigned __int128 coefficient_ = 0;
  int16_t exponent_ = 0;
  bool negative_ = false;
};

}  // namespace stator

#endif  // STATOR_MODEL_DECIMAL_H_
