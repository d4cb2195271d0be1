// Tokens for the next page of a list in the form that some models want: groups of 16 hexadecimal
// digits, 112 digits at least.
#ifndef STATOR_API_PAGE_TOKEN_H_
#define STATOR_API_PAGE_TOKEN_H_

#include <optional>
#include <string>
#include <string_view>

namespace stator {

// `id` is that of the last element of a page, up to 64 bytes.
std::string PageTokenOf(std::string id);
// nullopt: no token that was given out. REQUIRES: it consists of the digits 0 to 9 and a to f.
std::optional<std::string> IdOfPageToken(std::string_view token);

}  // namespace stator

#endif  // STATOR_API_PAGE_TOKEN_H_
