// Key values as parts of storage keys: memcmp order of the encodings is the service's order of the
// values (facts 2.7), and no encoding is a prefix of another's, so that parts can be strung
// together. Described in docs/format.md ("Key values"). Values of the types N, S and B sort in this
// order of types.
#ifndef STATOR_MODEL_KEY_CODEC_H_
#define STATOR_MODEL_KEY_CODEC_H_

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/attribute_value.h"

namespace stator {

// REQUIRES: the value is an S, N or B. Equal values have equal encodings.
void AppendKeyPart(const AttributeValue& value, std::string* out);

// Reads one part from the front of *in and consumes it. Safe on arbitrary bytes; what AppendKeyPart
// does not write is kCorruption, and nothing is consumed.
Result<AttributeValue> ReadKeyPart(std::string_view* in);

// The encoding of `prefix` without its end: exactly the encodings of values that begin with
// `prefix` begin with these bytes. REQUIRES: `prefix` is an S or B.
void AppendKeyPrefixForBeginsWith(const AttributeValue& prefix, std::string* out);

// The smallest byte string above everything that starts with `prefix`; "" if there is none.
std::string PrefixEnd(std::string prefix);

}  // namespace stator

#endif  // STATOR_MODEL_KEY_CODEC_H_
