// DynamoDB's number type: exact decimal, up to 38 significant digits, zero or magnitude from 1E-130 to
// 9.99...9E+125 (facts 2.2).
#ifndef STATOR_MODEL_DECIMAL_H_
#define STATOR_MODEL_DECIMAL_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace stator {

// The ways a text or a computation fails to be a number; model/attribute_value_check.h maps each to the
// service's words.
enum class DecimalError { kSyntax, kTooManyDigits, kOverflow, kUnderflow };

// A value type of 24..32 bytes. Always normalised: the coefficient has no trailing zeros, zero is +0E0.
// Equality is therefore memberwise, and equal numbers have equal encodings.
class Decimal {
 public:
  static constexpr int kMaxDigits = 38;
  static constexpr int kMinMagnitude = -130;  // of the leading digit
  static constexpr int kMaxMagnitude = 125;

  Decimal() = default;  // zero
  static Decimal FromInt(int64_t value);
  // value = (-1)^negative * coefficient * 10^exponent; normalises. REQUIRES: the result is in range.
  static Decimal FromParts(bool negative, unsigned __int128 coefficient, int exponent);

  // Accepts exactly what the service accepts (facts 2.2), the quirk of zero with an exponent included.
  static Expected<Decimal, DecimalError> Parse(std::string_view text);

  // Plain decimal notation, never scientific: "-12.5", "0", "1000".
  std::string ToString() const;
  void AppendTo(std::string* out) const;

  // Exact; any loss of precision or range is kOverflow, as the service answers.
  Expected<Decimal, DecimalError> Plus(const Decimal& other) const;
  Expected<Decimal, DecimalError> Minus(const Decimal& other) const;
  Decimal Negated() const;

  bool negative() const { return negative_; }
  bool is_zero() const { return coefficient_ == 0; }
  unsigned __int128 coefficient() const { return coefficient_; }
  int exponent() const { return exponent_; }

  // Bytes this number counts for in an item (facts 2.5).
  int SizeInBytes() const;

  bool operator==(const Decimal& other) const = default;
  std::strong_ordering operator<=>(const Decimal& other) const;

 private:
  unsigned __int128 coefficient_ = 0;
  int16_t exponent_ = 0;
  bool negative_ = false;
};

}  // namespace stator

#endif  // STATOR_MODEL_DECIMAL_H_
