#include "auth/sigv4_canonical.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "auth/sha256.h"
#include "base/uri.h"

namespace stator {
namespace {

// Without empty, "." and ".." segments; a final slash stays.
std::string NormalizePath(std::string_view path) {
  std::vector<std::string_view> segments;
  bool final_slash = true;
  while (!path.empty()) {
    const size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    final_slash = end < path.size() || segment == "." || segment == "..";
    path.remove_prefix(std::min(end + 1, path.size()));
    if (segment == ".." && !segments.empty()) segments.pop_back();
    if (!segment.empty() && segment != "." && segment != "..") segments.push_back(segment);
  }
  std::string out;
  for (std::string_view segment : segments) out.append("/").append(segment);
  if (final_slash || out.empty()) out += '/';
  return out;
}

void AppendQuery(std::string_view query, bool in_query, std::string* out) {
  std::vector<std::pair<std::string, std::string>> pairs;
  ForEachQueryParameter(query, [&](std::string_view key, std::string_view value) {
    const std::string plain = UriDecode(key);
    if (in_query && plain == "X-Amz-Signature") return;
    auto& pair = pairs.emplace_back();
    AppendUriEncoded(plain, false, &pair.first);
    AppendUriEncoded(UriDecode(value), false, &pair.second);
  });
  std::sort(pairs.begin(), pairs.end());
  for (size_t i = 0; i < pairs.size(); ++i) {
    if (i > 0) *out += '&';
    out->append(pairs[i].first).append("=").append(pairs[i].second);
  }
}

// Trimmed, and with one blank for each run of them.
void AppendHeaderValue(std::string_view value, std::string* out) {
  if (value.find("  ") == std::string_view::npos) {
    out->append(value);
    return;
  }
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] != ' ' || (i > 0 && value[i - 1] != ' ')) out->push_back(value[i]);
  }
}

bool IsLowerCase(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

// The list as it must be signed: in lower case, in order, without repetition. False for a
// repetition.
bool NormalizeNames(std::string_view list, std::string* out) {
  std::transform(list.begin(), list.end(), std::back_inserter(*out),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  std::vector<std::string> names;
  for (std::string_view rest = *out; !rest.empty();) {
    const size_t end = std::min(rest.find(';'), rest.size());
    names.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  std::sort(names.begin(), names.end());
  if (std::adjacent_find(names.begin(), names.end()) != names.end()) return false;
  out->clear();
  for (const std::string& name : names) out->append(out->empty() ? "" : ";").append(name);
  return true;
}

bool IsNormal(std::string_view list) {
  if (!IsLowerCase(list)) return false;
  std::string_view last;
  for (std::string_view rest = list; !rest.empty();) {
    const size_t end = std::min(rest.find(';'), rest.size());
    const std::string_view name = rest.substr(0, end);
    if (name <= last) return false;
    last = name;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return !list.ends_with(';');
}

bool AppendHeader(const RequestView& request, std::string_view name, std::string* out) {
  bool found = false;
  for (const HeaderView& header : request.headers) {
    if (!EqualsIgnoreCase(header.name, name)) continue;
    if (found) {
      out->push_back(',');
    } else {
      out->append(name).push_back(':');
      found = true;
    }
    AppendHeaderValue(header.value, out);
  }
  if (found) out->push_back('\n');
  return found;
}

}  // namespace

bool AppendCanonicalRequest(const RequestView& request, std::string_view signed_headers,
                            bool in_query, std::string* out, CanonicalPath path) {
  std::string names_store;
  if (!IsNormal(signed_headers)) {
    if (!NormalizeNames(signed_headers, &names_store)) return false;
    signed_headers = names_store;
  }
  out->append(request.method).push_back('\n');
  if (request.path == "/" || path == CanonicalPath::kAsSent) {
    out->append(request.path);
  } else {
    AppendUriEncoded(NormalizePath(request.path), true, out);
  }
  out->push_back('\n');
  if (!request.query.empty()) AppendQuery(request.query, in_query, out);
  out->push_back('\n');
  for (std::string_view rest = signed_headers; !rest.empty();) {
    const size_t end = std::min(rest.find(';'), rest.size());
    if (!AppendHeader(request, rest.substr(0, end), out)) return false;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  out->push_back('\n');
  out->append(signed_headers).push_back('\n');
  AppendHex(Sha256(request.body), out);
  return true;
}

}  // namespace stator
