// Base64 with the standard alphabet and padding: how binary values travel in JSON.
#ifndef STATOR_BASE_BASE64_H_
#define STATOR_BASE_BASE64_H_

#include <string>
#include <string_view>

namespace stator {

void AppendBase64(std::string_view bytes, std::string* out);
std::string Base64Encode(std::string_view bytes);

enum class Base64Fault {
  kNone,
  kLength,        // not a multiple of 4 characters
  kNotCanonical,  // the last character before the padding has bits that belong to no byte
  kCharacter,     // a character outside the alphabet, or padding where none may be
};

struct Base64Check {
  Base64Fault fault = Base64Fault::kNone;
  size_t position = 0;  // of the offending character, for kNotCanonical and kCharacter
  explicit operator bool() const { return fault == Base64Fault::kNone; }
};

// Appends the bytes to *out, or leaves it as it was and says what is wrong. Faults are looked for
// in the order of the enumerators, as the service does (facts 1.7).
Base64Check AppendBase64Decoded(std::string_view text, std::string* out);

}  // namespace stator

#endif  // STATOR_BASE_BASE64_H_
