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

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Whether text matches arn:aws.*:kinesis:.*:\d{12}: and *rest is what may follow; the account that
// stands furthest to the left, so that the most is left.
bool CutKinesisArn(std::string_view text, std::string_view* rest) {
  constexpr std::string_view kPrefix = "arn:aws";
  constexpr std::string_view kService = ":kinesis:";
  constexpr size_t kDigits = 12;
  if (!text.starts_with(kPrefix)) return false;
  size_t from = text.find(kService, kPrefix.size());
  if (from == std::string_view::npos) return false;
  from += kService.size();
  for (size_t colon = from - 1; colon != std::string_view::npos; colon = text.find(':', colon + 1)) {
    const std::string_view account = text.substr(colon + 1, kDigits);
    const size_t end = colon + 1 + kDigits;
    if (colon >= from && account.size() == kDigits && end < text.size() && text[end] == ':' &&
        All(account, IsDigit)) {
      *rest = text.substr(end + 1);
      return true;
    }
  }
  return false;
}

// "0", or no leading zero and at most `digits` digits.
bool IsNumber(std::string_view text, size_t digits) {
  return text == "0" || (!text.empty() && text.size() <= digits && text[0] != '0' && All(text, IsDigit));
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

bool KinesisStreamArn(std::string_view text) {
  constexpr std::string_view kStream = "stream/";
  std::string_view rest;
  if (!CutKinesisArn(text, &rest)) return false;
  return rest.size() > kStream.size() && rest.starts_with(kStream) &&
         std::none_of(rest.begin(), rest.end(), IsSpace);
}

bool KinesisResourceArn(std::string_view text) {
  constexpr std::string_view kStream = "stream/";
  std::string_view rest;
  if (!CutKinesisArn(text, &rest)) return false;
  const size_t at = rest.find(kStream);
  if (at == std::string_view::npos) return false;
  rest.remove_prefix(at + kStream.size());
  return !rest.empty() && std::none_of(rest.begin(), rest.end(), IsSpace);
}

bool KinesisConsumerArn(std::string_view text) {
  constexpr std::string_view kStream = "stream/";
  constexpr std::string_view kConsumer = "/consumer/";
  std::string_view rest;
  if (!CutKinesisArn(text, &rest)) return false;
  const size_t middle = rest.rfind(kConsumer);
  if (middle == std::string_view::npos) return false;
  const std::string_view before = rest.substr(0, middle);
  const size_t stream = before.rfind(kStream);
  if (stream == std::string_view::npos || !Name(before.substr(stream + kStream.size()))) return false;
  rest.remove_prefix(middle + kConsumer.size());
  const size_t colon = rest.find(':');
  if (colon == std::string_view::npos || !Name(rest.substr(0, colon))) return false;
  const std::string_view time = rest.substr(colon + 1);
  return !time.empty() && All(time, IsDigit);
}

bool KinesisStreamId(std::string_view text) {
  const auto fits = [](char c) { return IsDigit(c) || (c >= 'a' && c <= 'z'); };
  return text.size() == 24 && text[20] == '-' && All(text.substr(0, 20), fits) &&
         All(text.substr(21), fits);
}

bool HashKey(std::string_view text) { return IsNumber(text, 39); }
bool SequenceNumber(std::string_view text) { return IsNumber(text, 129); }

}  // namespace stator::patterns
