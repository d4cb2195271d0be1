#include "model/decimal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>

#include "base/random.h"
#include "model/testing_values.h"

namespace stator {
namespace {

std::string Repeat(char c, size_t n) { return std::string(n, c); }

std::string Canonical(std::string_view text) {
  const auto parsed = Decimal::Parse(text);
  return parsed ? parsed->ToString() : "refused";
}

std::optional<DecimalError> ErrorOf(std::string_view text) {
  const auto parsed = Decimal::Parse(text);
  if (parsed) return std::nullopt;
  return parsed.error();
}

Decimal D(std::string_view text) {
  const auto parsed = Decimal::Parse(text);
  EXPECT_TRUE(parsed) << text;
  return parsed ? *parsed : Decimal();
}

TEST(DecimalParse, AcceptsTheGrammar) {
  EXPECT_EQ(Canonical("+5"), "5");
  EXPECT_EQ(Canonical("-7"), "-7");
  EXPECT_EQ(Canonical("+.5"), "0.5");
  EXPECT_EQ(Canonical("-.5"), "-0.5");
  EXPECT_EQ(Canonical("5."), "5");
  EXPECT_EQ(Canonical("1e+2"), "100");
  EXPECT_EQ(Canonical("1.5E+3"), "1500");
  EXPECT_EQ(Canonical("15e-1"), "1.5");
  EXPECT_EQ(Canonical("5.e1"), "50");
  EXPECT_EQ(Canonical("00042"), "42");
  EXPECT_EQ(Canonical("1e0000000000000000000000000000002"), "100");
}

TEST(DecimalParse, RefusesEverythingElse) {
  for (const char* text :
       {"",     " ",     " 1",    "1 ",  "1_000", "++5", "+-5",      "+",         "-",   "1e",
        "1e+",  "e5",    ".",     "-.",  ".e1",   "NaN", "Infinity", "-Infinity", "1+2", "1.2.3",
        "1..2", "1e5.0", "1e5e5", "1,5", "0x10",  "1f",  "b",        "\xD9\xA1"}) {
    EXPECT_EQ(ErrorOf(text), DecimalError::kSyntax) << "'" << text << "'";
  }
  EXPECT_EQ(ErrorOf(std::string_view("1\0", 2)), DecimalError::kSyntax);
}

TEST(DecimalParse, WritesThePlainForm) {
  EXPECT_EQ(Canonical("-0"), "0");
  EXPECT_EQ(Canonical("-0.000"), "0");
  EXPECT_EQ(Canonical("1.2300"), "1.23");
  EXPECT_EQ(Canonical("1e3"), "1000");
  EXPECT_EQ(Canonical("100.5"), "100.5");
  EXPECT_EQ(Canonical("0.001"), "0.001");
  EXPECT_EQ(Canonical("-12.5"), "-12.5");
  EXPECT_EQ(Canonical("1E125"), "1" + Repeat('0', 125));
  EXPECT_EQ(Canonical("1E-130"), "0." + Repeat('0', 129) + "1");
  EXPECT_EQ(Canonical("-1." + Repeat('1', 37) + "e-130"),
            "-0." + Repeat('0', 129) + Repeat('1', 38));
  EXPECT_EQ(Canonical("18446744073709551616"), "18446744073709551616");  // 2^64
  EXPECT_EQ(Canonical("10000000000000000000000000000001"), "10000000000000000000000000000001");
}

TEST(DecimalParse, BoundsTheDigits) {
  const std::string digits38 = Repeat('9', 38);
  EXPECT_EQ(Canonical(digits38), digits38);
  EXPECT_EQ(ErrorOf(digits38 + "9"), DecimalError::kTooManyDigits);
  EXPECT_EQ(Canonical("000" + digits38 + "000"), digits38 + "000");
  EXPECT_EQ(Canonical("0.00" + digits38), "0.00" + digits38);
  EXPECT_EQ(ErrorOf("1" + Repeat('0', 37) + "1"), DecimalError::kTooManyDigits);
  EXPECT_EQ(Canonical("1" + Repeat('0', 36) + "1"), "1" + Repeat('0', 36) + "1");
  EXPECT_EQ(ErrorOf("1." + Repeat('0', 37) + "1"), DecimalError::kTooManyDigits);
  EXPECT_EQ(Canonical("1." + Repeat('0', 1000)), "1");
}

TEST(DecimalParse, BoundsTheMagnitude) {
  EXPECT_EQ(Canonical("9." + Repeat('9', 37) + "E+125"), Repeat('9', 38) + Repeat('0', 88));
  EXPECT_EQ(ErrorOf("1E126"), DecimalError::kOverflow);
  EXPECT_EQ(ErrorOf("-1E126"), DecimalError::kOverflow);
  EXPECT_EQ(ErrorOf("10E125"), DecimalError::kOverflow);
  EXPECT_EQ(Canonical("0.1E126"), "1" + Repeat('0', 125));
  EXPECT_EQ(ErrorOf("1E-131"), DecimalError::kUnderflow);
  EXPECT_EQ(ErrorOf("0.1E-130"), DecimalError::kUnderflow);
  EXPECT_EQ(Canonical("10E-131"), Canonical("1E-130"));
  EXPECT_EQ(ErrorOf("1e99999999999999999999999999"), DecimalError::kOverflow);
  EXPECT_EQ(ErrorOf("1e-99999999999999999999999999"), DecimalError::kUnderflow);
  EXPECT_EQ(ErrorOf(Repeat('9', 127)), DecimalError::kOverflow);
  // Magnitude comes before digits.
  EXPECT_EQ(ErrorOf(Repeat('9', 39) + "e126"), DecimalError::kOverflow);
}

TEST(DecimalParse, BoundsTheExponentOfZero) {
  EXPECT_EQ(Canonical("0.0e126"), "0");
  EXPECT_EQ(Canonical("0e125"), "0");
  EXPECT_EQ(Canonical("0e-130"), "0");
  EXPECT_EQ(ErrorOf("0e126"), DecimalError::kOverflow);
  EXPECT_EQ(ErrorOf("0.0e127"), DecimalError::kOverflow);
  EXPECT_EQ(ErrorOf("0e-131"), DecimalError::kUnderflow);
  EXPECT_EQ(ErrorOf("-0e-131"), DecimalError::kUnderflow);
}

TEST(Decimal, FromInt) {
  EXPECT_EQ(Decimal::FromInt(0), Decimal());
  EXPECT_EQ(Decimal::FromInt(1200), D("1200"));
  EXPECT_EQ(Decimal::FromInt(-5).ToString(), "-5");
  EXPECT_EQ(Decimal::FromInt(INT64_MIN).ToString(), "-9223372036854775808");
  EXPECT_EQ(Decimal::FromInt(INT64_MAX).ToString(), "9223372036854775807");
}

TEST(Decimal, EqualByValue) {
  EXPECT_EQ(D("1000"), D("1e3"));
  EXPECT_EQ(D("1.0"), D("1"));
  EXPECT_EQ(D("-0"), D("0"));
  EXPECT_NE(D("1"), D("-1"));
  EXPECT_NE(D("1"), D("10"));
}

TEST(Decimal, Size) {
  EXPECT_EQ(D("0").SizeInBytes(), 1);
  EXPECT_EQ(D("42").SizeInBytes(), 2);
  EXPECT_EQ(D("-42").SizeInBytes(), 3);
  EXPECT_EQ(D("0.0000001").SizeInBytes(), 2);
  EXPECT_EQ(D(Repeat('1', 38)).SizeInBytes(), 20);
  EXPECT_EQ(D("1000").SizeInBytes(), 2);
  EXPECT_EQ(D("123").SizeInBytes(), 3);
  EXPECT_EQ(D("100.5").SizeInBytes(), 4);   // 2 for 100, 1 for 5
  EXPECT_EQ(D("-1.234").SizeInBytes(), 5);  // 1, 2, the sign
  EXPECT_EQ(D("0.05").SizeInBytes(), 2);
  EXPECT_EQ(D("1.1").SizeInBytes(), 3);
}

TEST(Decimal, IsNormalised) {
  EXPECT_TRUE(Decimal::IsNormalised(false, 0, 0));
  EXPECT_FALSE(Decimal::IsNormalised(true, 0, 0));
  EXPECT_FALSE(Decimal::IsNormalised(false, 0, 1));
  EXPECT_TRUE(Decimal::IsNormalised(true, 1, 125));
  EXPECT_FALSE(Decimal::IsNormalised(true, 1, 126));
  EXPECT_TRUE(Decimal::IsNormalised(false, 12, -131));
  EXPECT_FALSE(Decimal::IsNormalised(false, 1, -131));
  EXPECT_FALSE(Decimal::IsNormalised(false, 10, 0));
  EXPECT_FALSE(Decimal::IsNormalised(false, ~static_cast<unsigned __int128>(0), 0));
}

TEST(DecimalArithmetic, Examples) {
  EXPECT_EQ(D("0.1").Plus(D("0.2"))->ToString(), "0.3");
  EXPECT_EQ(D("1").Minus(D("1"))->ToString(), "0");
  EXPECT_EQ(D("5").Plus(D("-7"))->ToString(), "-2");
  EXPECT_EQ(D("-5").Minus(D("-7"))->ToString(), "2");
  EXPECT_EQ(D("999").Plus(D("1"))->ToString(), "1000");
  EXPECT_EQ(D("0").Minus(D("1.5"))->ToString(), "-1.5");
  EXPECT_EQ(D("1e37").Plus(D("1"))->ToString(), "1" + Repeat('0', 36) + "1");
  EXPECT_EQ(D("1e38").Minus(D("1"))->ToString(), Repeat('9', 38));
  EXPECT_EQ(D(Repeat('9', 38)).Plus(D("1"))->ToString(), "1" + Repeat('0', 38));
  EXPECT_EQ(D("1e125").Minus(D("9e124"))->ToString(), D("1e124").ToString());
}

TEST(DecimalArithmetic, LossIsOverflow) {
  EXPECT_EQ(D("1e50").Plus(D("1")).error(), DecimalError::kOverflow);
  EXPECT_EQ(D("1e38").Plus(D("1")).error(), DecimalError::kOverflow);
  EXPECT_EQ(D("1e39").Minus(D("1")).error(), DecimalError::kOverflow);
  EXPECT_EQ(D("1e125").Plus(D("1e-130")).error(), DecimalError::kOverflow);
  EXPECT_EQ(D("9e125").Plus(D("1e125")).error(), DecimalError::kOverflow);
  EXPECT_EQ(D("-9e125").Minus(D("1e125")).error(), DecimalError::kOverflow);
  EXPECT_EQ(D("1.1e-130").Minus(D("1e-130")).error(), DecimalError::kOverflow);
  EXPECT_EQ(D(Repeat('9', 38)).Plus(D(Repeat('9', 38))).error(), DecimalError::kOverflow);
}

// ---- Against arithmetic on strings of digits
// ---------------------------------------------------------

// The number times 10^170 as an integer: its digits without leading zeros, and its sign.
struct BigInteger {
  bool negative = false;
  std::string digits;  // "" is zero
};

std::string StripLeadingZeros(const std::string& digits) {
  const size_t first = digits.find_first_not_of('0');
  return first == std::string::npos ? "" : digits.substr(first);
}

BigInteger Scaled(const Decimal& d) {
  constexpr size_t kScale = 170;
  std::string text = d.ToString();
  BigInteger result;
  if (text[0] == '-') {
    result.negative = true;
    text.erase(0, 1);
  }
  const size_t point = text.find('.');
  const std::string fraction = point == std::string::npos ? "" : text.substr(point + 1);
  result.digits =
      StripLeadingZeros(text.substr(0, point) + fraction + Repeat('0', kScale - fraction.size()));
  return result;
}

bool LessMagnitude(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

std::string AddDigits(std::string a, std::string b) {
  std::string sum;
  int carry = 0;
  while (!a.empty() || !b.empty() || carry != 0) {
    int digit = carry;
    for (std::string* s : {&a, &b}) {
      if (s->empty()) continue;
      digit += s->back() - '0';
      s->pop_back();
    }
    sum.push_back(static_cast<char>('0' + digit % 10));
    carry = digit / 10;
  }
  std::reverse(sum.begin(), sum.end());
  return StripLeadingZeros(sum);
}

// REQUIRES: a >= b.
std::string SubtractDigits(std::string a, const std::string& b) {
  int borrow = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const int less = (i < b.size() ? b[b.size() - 1 - i] - '0' : 0) + borrow;
    int digit = a[a.size() - 1 - i] - '0' - less;
    borrow = digit < 0 ? 1 : 0;
    if (digit < 0) digit += 10;
    a[a.size() - 1 - i] = static_cast<char>('0' + digit);
  }
  return StripLeadingZeros(a);
}

BigInteger Add(const BigInteger& a, const BigInteger& b) {
  if (a.negative == b.negative) return {a.negative, AddDigits(a.digits, b.digits)};
  if (LessMagnitude(a.digits, b.digits)) return {b.negative, SubtractDigits(b.digits, a.digits)};
  return {a.negative, SubtractDigits(a.digits, b.digits)};
}

bool Fits(const BigInteger& v) {
  if (v.digits.empty()) return true;
  const size_t significant = v.digits.find_last_not_of('0') + 1;
  const int magnitude = static_cast<int>(v.digits.size()) - 1 - 170;
  return significant <= 38 && magnitude >= -130 && magnitude <= 125;
}

int Compare(const BigInteger& a, const BigInteger& b) {
  if (a.digits.empty() && b.digits.empty()) return 0;
  if (a.digits == b.digits && a.negative == b.negative) return 0;
  const bool a_negative = a.negative && !a.digits.empty();
  const bool b_negative = b.negative && !b.digits.empty();
  if (a_negative != b_negative) return a_negative ? -1 : 1;
  return LessMagnitude(a.digits, b.digits) != a_negative ? -1 : 1;
}

// Pairs whose exponents are often near each other, where carries and cancellation happen.
std::pair<Decimal, Decimal> RandomPair(SeededRandom* random) {
  const Decimal a = testing::RandomDecimal(random);
  Decimal b = testing::RandomDecimal(random);
  if (!a.is_zero() && random->OneIn(2)) {
    const int magnitude =
        std::clamp(a.Magnitude() + static_cast<int>(random->Uniform(5)) - 2, -130, 125);
    b = Decimal::FromParts(b.negative(), b.coefficient(),
                           b.is_zero() ? 0 : magnitude - (b.DigitCount() - 1));
  }
  if (random->OneIn(20)) b = random->OneIn(2) ? a : a.Negated();
  return {a, b};
}

TEST(DecimalArithmetic, AgreesWithBigIntegers) {
  SeededRandom random(1);
  int exact = 0;
  int refused = 0;
  for (int i = 0; i < 50'000; ++i) {
    const auto [a, b] = RandomPair(&random);
    for (const bool minus : {false, true}) {
      const BigInteger expected = Add(Scaled(a), Scaled(minus ? b.Negated() : b));
      const auto result = minus ? a.Minus(b) : a.Plus(b);
      ASSERT_EQ(result.has_value(), Fits(expected)) << a.ToString() << " " << b.ToString();
      if (!result) {
        ASSERT_EQ(result.error(), DecimalError::kOverflow);
        ++refused;
        continue;
      }
      ++exact;
      ASSERT_EQ(Compare(Scaled(*result), expected), 0) << a.ToString() << " " << b.ToString();
      ASSERT_TRUE(
          Decimal::IsNormalised(result->negative(), result->coefficient(), result->exponent()));
    }
  }
  EXPECT_GT(exact, 10'000);
  EXPECT_GT(refused, 10'000);
}

TEST(Decimal, OrderAgreesWithBigIntegers) {
  SeededRandom random(2);
  for (int i = 0; i < 50'000; ++i) {
    const auto [a, b] = RandomPair(&random);
    const int expected = Compare(Scaled(a), Scaled(b));
    ASSERT_EQ(a < b, expected < 0) << a.ToString() << " " << b.ToString();
    ASSERT_EQ(a > b, expected > 0) << a.ToString() << " " << b.ToString();
    ASSERT_EQ(a == b, expected == 0) << a.ToString() << " " << b.ToString();
  }
}

TEST(Decimal, TextRoundTrip) {
  SeededRandom random(3);
  for (int i = 0; i < 50'000; ++i) {
    const Decimal d = testing::RandomDecimal(&random);
    const auto parsed = Decimal::Parse(d.ToString());
    ASSERT_TRUE(parsed) << d.ToString();
    ASSERT_EQ(*parsed, d) << d.ToString();
  }
}

}  // namespace
}  // namespace stator
