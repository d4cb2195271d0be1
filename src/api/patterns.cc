#include "api/patterns.h"

#include <algorithm>

namespace stator::patterns {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlnum(char c) { return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

template <class Predicate>
bool All(std::string_view text, Predicate predicate) {
  return std::all_of(text.begin(), text.end(), predicate);
}

}  // namespace

bool Name(std::string_view text) {
  return !text.empty() &&
         All(text, [](char c) { return IsAlnum(c) || c == '_' || c == '.' || c == '-'; });
}

bool AccountId(std::string_view text) { return text.size() == 12 && All(text, IsDigit); }

bool NoDollar(std::string_view text) {
  return !text.empty() && text.find('$') == std::string_view::npos;
}

bool ImportToken(std::string_view text) {
  return !text.empty() && text.size() % 16 == 0 &&
         All(text, [](char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); });
}

bool CsvDelimiter(std::string_view text) {
  return text.size() == 1 && std::string_view(",;:|\t ").find(text[0]) != std::string_view::npos;
}

bool CsvHeader(std::string_view text) {
  return All(text, [](char c) { return c >= 0x20 && c <= 0x7E && c != '"' && c != ','; });
}

bool Printable(std::string_view text) {
  return !text.empty() && All(text, [](char c) { return c >= 0x20 && c <= 0x7E; });
}

bool BucketName(std::string_view text) {
  return text.size() >= 2 && IsAlnum(text.front()) && IsAlnum(text.back()) &&
         All(text, [](char c) { return IsAlnum(c) || c == '_' || c == '.' || c == '-'; });
}

bool RoleArn(std::string_view text) {
  return All(text, [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 || c == '\r' || c == '\n' || c == '\t';
  });
}

}  // namespace stator::patterns
