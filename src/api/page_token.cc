#include "api/page_token.h"

#include <cstddef>

namespace stator {
namespace {

constexpr size_t kTokenBytes = 64;

}  // namespace

// The id, followed by zero bytes, in hexadecimal digits.
std::string PageTokenOf(std::string id) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  id.resize(kTokenBytes);
  std::string token;
  for (const char c : id) {
    token.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
    token.push_back(kDigits[static_cast<unsigned char>(c) & 15]);
  }
  return token;
}

std::optional<std::string> IdOfPageToken(std::string_view token) {
  if (token.size() != 2 * kTokenBytes) return std::nullopt;
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string id;
  for (size_t i = 0; i < token.size(); i += 2) {
    id.push_back(static_cast<char>(digit(token[i]) << 4 | digit(token[i + 1])));
  }
  id.resize(id.find_last_not_of('\0') + 1);
  return id;
}

}  // namespace stator
