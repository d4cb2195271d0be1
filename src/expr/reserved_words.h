// The words that may not stand undecorated in a document path (facts 3.6).
#ifndef STATOR_EXPR_RESERVED_WORDS_H_
#define STATOR_EXPR_RESERVED_WORDS_H_

#include <string_view>

namespace stator {

// Case-insensitive.
bool IsReservedWord(std::string_view word);

}  // namespace stator

#endif  // STATOR_EXPR_RESERVED_WORDS_H_
