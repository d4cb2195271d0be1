// The parts of a URI as AWS signatures see them (RFC 3986).
#ifndef STATOR_BASE_URI_H_
#define STATOR_BASE_URI_H_

#include <algorithm>
#include <string>
#include <string_view>

namespace stator {

// Everything but unreserved characters (and '/', if `keep_slash`) as %XX.
void AppendUriEncoded(std::string_view text, bool keep_slash, std::string* out);
// Undoes %XX and '+'. A '%' without two hexadecimal digits stands for itself.
std::string UriDecode(std::string_view text);

// Calls f(key, value), both as sent, for each parameter of a query string.
template <class F>
void ForEachQueryParameter(std::string_view query, F f) {
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const size_t equal = std::min(pair.find('='), pair.size());
    f(pair.substr(0, equal), pair.substr(std::min(equal + 1, pair.size())));
  }
}

}  // namespace stator

#endif  // STATOR_BASE_URI_H_
