// Writing JSON strings.
#ifndef STATOR_BASE_JSON_STRING_H_
#define STATOR_BASE_JSON_STRING_H_

#include <string>
#include <string_view>

namespace stator {

// Appends `utf8`, quoted and escaped. Only quotes, backslashes and control characters are escaped;
// other characters are copied as they are.
void AppendJsonString(std::string_view utf8, std::string* out);

}  // namespace stator

#endif  // STATOR_BASE_JSON_STRING_H_
