// An HTTP request as received. All views belong to whoever read it.
#ifndef STATOR_AUTH_REQUEST_VIEW_H_
#define STATOR_AUTH_REQUEST_VIEW_H_

#include <span>
#include <string_view>

namespace stator {

struct HeaderView {
  std::string_view name;   // as sent
  std::string_view value;  // without the blanks around it
};

struct RequestView {
  std::string_view method;
  std::string_view path;   // as sent, before '?'
  std::string_view query;  // as sent, after '?'
  std::span<const HeaderView> headers;
  std::string_view body;  // before any Content-Encoding is undone
};

// ASCII letters only.
bool EqualsIgnoreCase(std::string_view a, std::string_view b);

// The value of the first header of this name, or nullptr.
const std::string_view* FindHeader(std::span<const HeaderView> headers, std::string_view name);

}  // namespace stator

#endif  // STATOR_AUTH_REQUEST_VIEW_H_
