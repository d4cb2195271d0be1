#include "model/key_codec.h"

#include <cassert>
#include <cstdint>
#include <cstring>
#include <utility>

namespace stator {
namespace {

using Type = AttributeValue::Type;

// The first byte of a part.
enum Tag : uint8_t {
  kNegativeNumber = 0x01,
  kZero = 0x02,
  kPositiveNumber = 0x03,
  kString = 0x04,
  kBinary = 0x05,
};

// In strings and binary values the byte 0 is written as 00 FF and the end as 00 00.
constexpr char kEscape = '\x00';
constexpr char kEscapedZero = '\xFF';
constexpr char kEnd = '\x00';

// Numbers: the power of ten of the first digit, offset to one byte, then two digits to a byte, then
// a byte below all of these. All bytes of a negative number are inverted.
constexpr int kMagnitudeOffset = -Decimal::kMinMagnitude;
static_assert(Decimal::kMaxMagnitude + kMagnitudeOffset <= 0xFF);
constexpr uint8_t kPairOffset = 1;
constexpr uint8_t kNumberEnd = 0;
constexpr uint8_t kMaxPairs = Decimal::kMaxDigits / 2;

void AppendEscaped(std::string_view bytes, std::string* out) {
  while (true) {
    const size_t zero = bytes.find(kEscape);
    out->append(bytes.substr(0, zero));
    if (zero == std::string_view::npos) return;
    out->push_back(kEscape);
    out->push_back(kEscapedZero);
    bytes.remove_prefix(zero + 1);
  }
}

std::string_view BytesOf(const AttributeValue& value) {
  assert(value.is(Type::kS) || value.is(Type::kB));
  return value.is(Type::kS) ? value.s() : value.b();
}

void AppendNumber(const Decimal& number, std::string* out) {
  if (number.is_zero()) return out->push_back(static_cast<char>(kZero));
  out->push_back(static_cast<char>(number.negative() ? kNegativeNumber : kPositiveNumber));

  uint8_t bytes[1 + kMaxPairs + 1];
  const int digits = number.DigitCount();
  const int pairs = (digits + 1) / 2;
  bytes[0] = static_cast<uint8_t>(number.Magnitude() + kMagnitudeOffset);
  unsigned __int128 rest = number.coefficient();
  if (digits % 2 != 0) rest *= 10;
  for (int i = pairs; i > 0; --i) {
    bytes[i] = static_cast<uint8_t>(rest % 100) + kPairOffset;
    rest /= 100;
  }
  bytes[1 + pairs] = kNumberEnd;
  const uint8_t inversion = number.negative() ? 0xFF : 0;
  for (int i = 0; i < pairs + 2; ++i) out->push_back(static_cast<char>(bytes[i] ^ inversion));
}

// The readers below consume on success and otherwise return false.

bool ReadNumber(bool negative, std::string_view* in, Decimal* out) {
  const uint8_t inversion = negative ? 0xFF : 0;
  const auto byte_at = [&](size_t i) { return static_cast<uint8_t>((*in)[i]) ^ inversion; };
  if (in->empty()) return false;
  const int magnitude = byte_at(0) - kMagnitudeOffset;
  unsigned __int128 coefficient = 0;
  int pairs = 0;
  int first = 0;
  int last = 0;
  for (size_t i = 1;; ++i) {
    if (i >= in->size()) return false;
    const int byte = byte_at(i);
    if (byte == kNumberEnd) break;
    last = byte - kPairOffset;
    if (last > 99 || pairs == kMaxPairs) return false;
    if (pairs++ == 0) first = last;
    coefficient = coefficient * 100 + static_cast<unsigned>(last);
  }
  // The first digit and the last pair are not zero; thereby there is a pair.
  if (first < 10 || last == 0) return false;
  int exponent = magnitude - (2 * pairs - 1);
  if (last % 10 == 0) {
    coefficient /= 10;
    ++exponent;
  }
  if (!Decimal::IsNormalised(negative, coefficient, exponent)) return false;
  *out = Decimal::FromParts(negative, coefficient, exponent);
  in->remove_prefix(static_cast<size_t>(pairs) + 2);
  return true;
}

bool ReadEscaped(std::string_view* in, std::string* out) {
  std::string_view rest = *in;
  while (true) {
    const size_t zero = rest.find(kEscape);
    if (zero == std::string_view::npos || zero + 1 == rest.size()) return false;
    out->append(rest.substr(0, zero));
    const char what = rest[zero + 1];
    rest.remove_prefix(zero + 2);
    if (what == kEnd) break;
    if (what != kEscapedZero) return false;
    out->push_back('\0');
  }
  *in = rest;
  return true;
}

Unexpected<Status> Corrupt() { return Fail(StatusCode::kCorruption, "key: malformed encoding"); }

}  // namespace

void AppendKeyPart(const AttributeValue& value, std::string* out) {
  if (value.is(Type::kN)) return AppendNumber(value.n(), out);
  AppendKeyPrefixForBeginsWith(value, out);
  out->push_back(kEscape);
  out->push_back(kEnd);
}

Result<AttributeValue> ReadKeyPart(std::string_view* in) {
  if (in->empty()) return Corrupt();
  const uint8_t tag = static_cast<uint8_t>(in->front());
  std::string_view rest = in->substr(1);
  AttributeValue value;
  switch (tag) {
    case kNegativeNumber:
    case kPositiveNumber: {
      Decimal number;
      if (!ReadNumber(tag == kNegativeNumber, &rest, &number)) return Corrupt();
      value = AttributeValue::N(number);
      break;
    }
    case kZero:
      value = AttributeValue::N(Decimal());
      break;
    case kString:
    case kBinary: {
      std::string bytes;
      if (!ReadEscaped(&rest, &bytes)) return Corrupt();
      value = tag == kString ? AttributeValue::S(std::move(bytes))
                             : AttributeValue::B(std::move(bytes));
      break;
    }
    default:
      return Corrupt();
  }
  *in = rest;
  return value;
}

void AppendKeyPrefixForBeginsWith(const AttributeValue& prefix, std::string* out) {
  out->push_back(static_cast<char>(prefix.is(Type::kS) ? kString : kBinary));
  AppendEscaped(BytesOf(prefix), out);
}

std::string PrefixEnd(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xFF') prefix.pop_back();
  if (!prefix.empty()) ++prefix.back();
  return prefix;
}

}  // namespace stator
