#include "table/tags.h"

#include <set>
#include <string_view>

namespace stator {
namespace {

constexpr size_t kMaxKeyChars = 128;
constexpr size_t kMaxValueChars = 256;

size_t CountChars(std::string_view utf8) {
  size_t count = 0;
  for (const char c : utf8) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

// Letters, digits, blanks and + - = . _ : / @; of the letters beyond ASCII any is taken.
bool IsAllowed(std::string_view text) {
  for (const char c : text) {
    const bool letter_or_digit = static_cast<unsigned char>(c) >= 0x80 || (c >= 'a' && c <= 'z') ||
                                 (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter_or_digit && std::string_view(" +-=._:/@").find(c) == std::string_view::npos)
      return false;
  }
  return true;
}

bool HasReservedPrefix(std::string_view key) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return key.size() >= 4 && lower(key[0]) == 'a' && lower(key[1]) == 'w' && lower(key[2]) == 's' &&
         key[3] == ':';
}

}  // namespace

ApiResult<Tags> AddTags(const Tags& current, const TagList& added) {
  std::set<std::string_view> seen;
  Tags merged = current;
  for (const auto& [key, value] : added) {
    if (key.empty() || CountChars(key) > kMaxKeyChars || !IsAllowed(key)) {
      return Invalid("The Tag Key provided is invalid, Key: " + key);
    }
    if (HasReservedPrefix(key)) return Invalid("Tag Key cannot be prefixed with aws:, Key: " + key);
    if (CountChars(value) > kMaxValueChars || !IsAllowed(value)) {
      return Invalid("The Tag Value provided is invalid, Value: " + value);
    }
    if (!seen.insert(key).second) {
      return Invalid("Duplicate Tag Keys provided as input: Duplicate Tag Key found " + key);
    }
    merged[key] = value;
  }
  if (merged.size() > kMaxTags) {
    return Invalid("Number of Tags exceed the current limit for the provided ResourceArn");
  }
  return merged;
}

}  // namespace stator
