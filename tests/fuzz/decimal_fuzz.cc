// Arbitrary text as one or, divided by a blank, two numbers.
#include "model/decimal.h"

#include <string>

#include "fuzz.h"

namespace {

using stator::Decimal;

void CheckNumber(const Decimal& d) {
  FUZZ_CHECK(Decimal::IsNormalised(d.negative(), d.coefficient(), d.exponent()));
  FUZZ_CHECK(Decimal::FromParts(d.negative(), d.coefficient(), d.exponent()) == d);
  const std::string text = d.ToString();
  FUZZ_CHECK(text.find_first_not_of("-.0123456789") == std::string::npos);
  const auto again = Decimal::Parse(text);
  FUZZ_CHECK(again && *again == d);
  FUZZ_CHECK(d.Negated().Negated() == d);
  FUZZ_CHECK(d.Minus(d)->is_zero());
  FUZZ_CHECK(d.SizeInBytes() >= 1 && d.SizeInBytes() <= 22);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input = FuzzInput(data, size);
  const size_t blank = input.find(' ');
  const auto a = Decimal::Parse(input.substr(0, blank));
  if (!a) return 0;
  CheckNumber(*a);
  if (blank == std::string_view::npos) return 0;
  const auto b = Decimal::Parse(input.substr(blank + 1));
  if (!b) return 0;

  const auto sum = a->Plus(*b);
  const auto swapped = b->Plus(*a);
  FUZZ_CHECK(sum.has_value() == swapped.has_value());
  if (sum) {
    CheckNumber(*sum);
    FUZZ_CHECK(*sum == *swapped);
    FUZZ_CHECK(sum->Minus(*b).value() == *a);
    FUZZ_CHECK((*sum <=> *a) == (*b <=> Decimal()));
  }
  FUZZ_CHECK((*a <=> *b) == (b->Negated() <=> a->Negated()));
  return 0;
}
