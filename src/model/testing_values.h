// Random values for tests. The same seed gives the same values.
#ifndef STATOR_MODEL_TESTING_VALUES_H_
#define STATOR_MODEL_TESTING_VALUES_H_

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "model/attribute_value.h"

namespace stator::testing {

// Any number: mostly short ones, also of 38 digits and at both ends of the range, zero, both signs.
inline Decimal RandomDecimal(SeededRandom* random) {
  if (random->OneIn(20)) return Decimal();
  const int digits = static_cast<int>(
      random->OneIn(4) ? Decimal::kMaxDigits : 1 + random->Uniform(random->OneIn(2) ? 4 : 38));
  unsigned __int128 coefficient = 1 + random->Uniform(9);
  for (int i = 1; i < digits; ++i) coefficient = coefficient * 10 + random->Uniform(10);
  int magnitude = static_cast<int>(random->Uniform(7)) - 3;
  if (random->OneIn(2)) magnitude = static_cast<int>(random->Uniform(256)) + Decimal::kMinMagnitude;
  if (random->OneIn(10))
    magnitude = random->OneIn(2) ? Decimal::kMaxMagnitude : Decimal::kMinMagnitude;
  return Decimal::FromParts(random->OneIn(2), coefficient, magnitude - (digits - 1));
}

// Up to `max` bytes of a small alphabet, so that equal values and common prefixes are frequent.
inline std::string RandomBytes(SeededRandom* random, size_t max) {
  static constexpr char kAlphabet[] = {'\0', '\x01', 'a', 'b', '\x7F', '\x80', '\xFE', '\xFF'};
  std::string bytes(random->Uniform(max + 1), '\0');
  for (char& c : bytes) c = kAlphabet[random->Uniform(sizeof(kAlphabet))];
  return bytes;
}

// UTF-8 of up to `max` characters, with what JSON must escape and characters of one to four bytes.
inline std::string RandomText(SeededRandom* random, size_t max) {
  static const std::string kCharacters[] = {
      std::string(1, '\0'), "\x1F", "\n", "\"", "\\", "a", "b", "/", "\u00E9", "\u20AC",
      "\U0001F600",         "\x7F"};
  std::string text;
  for (uint64_t n = random->Uniform(max + 1); n > 0; --n) {
    text += kCharacters[random->Uniform(std::size(kCharacters))];
  }
  return text;
}

template <class T, class Make>
std::vector<T> RandomSet(SeededRandom* random, Make make) {
  std::vector<T> members;
  for (uint64_t n = 1 + random->Uniform(5); n > 0; --n) members.push_back(make());
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  return members;
}

inline AttributeMap RandomMap(SeededRandom* random, int levels, size_t max_size);

// At most `levels` levels deep. REQUIRES: levels > 0.
inline AttributeValue RandomValue(SeededRandom* random, int levels) {
  switch (random->Uniform(levels > 1 ? 10 : 8)) {
    case 0:
      return AttributeValue::S(RandomText(random, 40));
    case 1:
      return AttributeValue::N(RandomDecimal(random));
    case 2:
      return AttributeValue::B(RandomBytes(random, 20));
    case 3:
      return AttributeValue::Bool(random->OneIn(2));
    case 4:
      return AttributeValue::NullValue();
    case 5:
      return AttributeValue::SS(
          RandomSet<std::string>(random, [&] { return RandomText(random, 5); }));
    case 6:
      return AttributeValue::NS(RandomSet<Decimal>(random, [&] { return RandomDecimal(random); }));
    case 7:
      return AttributeValue::BS(
          RandomSet<std::string>(random, [&] { return RandomBytes(random, 5); }));
    case 8: {
      AttributeValue::List list;
      for (uint64_t n = random->Uniform(4); n > 0; --n)
        list.push_back(RandomValue(random, levels - 1));
      return AttributeValue::L(std::move(list));
    }
    default:
      return AttributeValue::M(RandomMap(random, levels - 1, 4));
  }
}

inline AttributeMap RandomMap(SeededRandom* random, int levels, size_t max_size) {
  AttributeMap map;
  for (uint64_t n = random->Uniform(max_size + 1); n > 0; --n) {
    map.Set("n" + RandomText(random, 3), RandomValue(random, levels));
  }
  return map;
}

inline Item RandomItem(SeededRandom* random) { return RandomMap(random, 5, 8); }

}  // namespace stator::testing

#endif  // STATOR_MODEL_TESTING_VALUES_H_
