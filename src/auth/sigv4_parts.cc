#include "auth/sigv4_parts.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/uri.h"
#include "base/date_text.h"

namespace stator {
namespace {

// The value of a query parameter, decoded; nothing if it is not there.
std::optional<std::string> QueryParameter(std::string_view query, std::string_view name) {
  std::optional<std::string> result;
  ForEachQueryParameter(query, [&](std::string_view key, std::string_view value) {
    if (!result && UriDecode(key) == name) result = UriDecode(value);
  });
  return result;
}

bool IsSeparator(char c) { return c == ',' || c == ' ' || c == '\t'; }

// Takes what is before the next separator off the front of *text, and separators before it.
std::string_view CutPiece(std::string_view* text) {
  const char* const end = text->data() + text->size();
  const char* const begin = std::find_if_not(text->data(), end, IsSeparator);
  const char* const stop = std::find_if(begin, end, IsSeparator);
  *text = std::string_view(stop, static_cast<size_t>(end - stop));
  return {begin, static_cast<size_t>(stop - begin)};
}

ApiResult<void> ParseHeaderForm(const RequestView& request, std::string_view header,
                                SigV4Parts* out, std::string_view* date) {
  std::string_view broken_piece;
  std::string_view text = header.substr(header.find_first_not_of(' '));
  out->algorithm = CutPiece(&text);
  for (std::string_view piece = CutPiece(&text); !piece.empty(); piece = CutPiece(&text)) {
    const size_t equal = piece.find('=');
    if (equal == std::string_view::npos) {
      if (broken_piece.empty()) broken_piece = piece;
      continue;
    }
    const std::string_view key = piece.substr(0, equal);
    const std::string_view value = piece.substr(equal + 1);
    if (key == "Credential") out->credential = value;
    if (key == "Signature") out->signature = value;
    if (key == "SignedHeaders") out->signed_headers = value;
  }

  const std::string_view* sent_date = FindHeader(request.headers, "x-amz-date");
  if (sent_date == nullptr) sent_date = FindHeader(request.headers, "date");
  std::string missing;
  if (out->credential.empty()) missing += "Authorization header requires 'Credential' parameter. ";
  if (out->signature.empty()) missing += "Authorization header requires 'Signature' parameter. ";
  if (out->signed_headers.empty())
    missing += "Authorization header requires 'SignedHeaders' parameter. ";
  if (sent_date == nullptr) {
    missing +=
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  }
  if (!missing.empty()) {
    return ApiFail(ErrorType::kIncompleteSignature,
                   missing + "Authorization=" + std::string(header));
  }
  if (!broken_piece.empty()) {
    return ApiFail(
        ErrorType::kIncompleteSignature,
        "'" + std::string(broken_piece) +
            "' not a valid key=value pair (missing equal-sign) in Authorization header: '" +
            std::string(header) + "'.");
  }
  *date = *sent_date;
  if (const auto* token = FindHeader(request.headers, "x-amz-security-token"))
    out->security_token = *token;
  return {};
}

ApiResult<void> ParseQueryForm(const RequestView& request, SigV4Parts* out,
                               std::string_view* date) {
  struct Parameter {
    const char* name;
    std::string_view* part;
    bool required;
  };
  const Parameter parameters[] = {
      {"X-Amz-Algorithm", &out->algorithm, true},
      {"X-Amz-Credential", &out->credential, true},
      {"X-Amz-Signature", &out->signature, true},
      {"X-Amz-SignedHeaders", &out->signed_headers, true},
      {"X-Amz-Date", date, true},
      {"X-Amz-Security-Token", &out->security_token, false},
      {"X-Amz-Expires", &out->expires, false},
  };
  std::string missing;
  for (const Parameter& parameter : parameters) {
    auto value = QueryParameter(request.query, parameter.name);
    if (value && !value->empty()) {
      *parameter.part = out->decoded.emplace_back(std::move(*value));
    } else if (parameter.required) {
      missing += std::string("AWS query-string parameters must include '") + parameter.name + "'. ";
    }
  }
  if (missing.empty()) return {};
  return ApiFail(ErrorType::kIncompleteSignature,
                 missing + "Re-examine the query-string parameters.");
}

ApiResult<void> ParseDate(std::string_view date, SigV4Parts* out) {
  if (const auto seconds = ParseIsoBasic(date)) {
    out->iso_date = date;
    out->date_seconds = *seconds;
    return {};
  }
  if (const auto seconds = ParseHttpDate(date)) {
    out->iso_date = out->decoded.emplace_back(FormatIsoBasic(*seconds));
    out->date_seconds = *seconds;
    return {};
  }
  return ApiFail(ErrorType::kIncompleteSignature,
                 "Date must be in ISO-8601 'basic format'. Got '" + std::string(date) +
                     "'. See http://en.wikipedia.org/wiki/ISO_8601");
}

}  // namespace

ApiResult<void> ParseSigV4(const RequestView& request, SigV4Parts* out) {
  const std::string_view* header = FindHeader(request.headers, "authorization");
  out->in_query =
      !request.query.empty() && QueryParameter(request.query, "X-Amz-Algorithm").has_value();
  if (header != nullptr && out->in_query) {
    return ApiFail(
        ErrorType::kInvalidSignature,
        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.");
  }
  const bool has_header =
      header != nullptr &&
      header->substr(std::min(header->find_first_not_of(' '), header->size())).starts_with("AWS4-");
  if (!has_header && !out->in_query) {
    return ApiFail(ErrorType::kMissingAuthenticationToken,
                   "Request is missing Authentication Token");
  }
  std::string_view date;
  auto parsed = has_header ? ParseHeaderForm(request, *header, out, &date)
                           : ParseQueryForm(request, out, &date);
  if (!parsed) return parsed;
  return ParseDate(date, out);
}

bool IsSignedHeader(std::string_view signed_headers, std::string_view name) {
  while (!signed_headers.empty()) {
    const size_t end = std::min(signed_headers.find(';'), signed_headers.size());
    if (EqualsIgnoreCase(signed_headers.substr(0, end), name)) return true;
    signed_headers.remove_prefix(std::min(end + 1, signed_headers.size()));
  }
  return false;
}

}  // namespace stator
