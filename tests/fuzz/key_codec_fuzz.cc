// Arbitrary bytes as key parts: what is read is written back the same, and the order of the values
// is the order of the bytes.
#include "model/key_codec.h"

#include <optional>
#include <string>

#include "fuzz.h"

namespace {

using stator::AttributeValue;
using Type = AttributeValue::Type;

int Sign(int v) { return v < 0 ? -1 : v > 0 ? 1 : 0; }

// REQUIRES: the same type.
int CompareValues(const AttributeValue& a, const AttributeValue& b) {
  if (a.is(Type::kN)) return a.n() < b.n() ? -1 : a.n() > b.n() ? 1 : 0;
  return Sign(a.is(Type::kS) ? a.s().compare(b.s()) : a.b().compare(b.b()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stator;
  std::string_view rest = FuzzInput(data, size);
  std::optional<AttributeValue> previous;
  std::string_view previous_bytes;
  while (true) {
    const std::string_view before = rest;
    const Result<AttributeValue> value = ReadKeyPart(&rest);
    if (!value) {
      FUZZ_CHECK(rest == before);
      return 0;
    }
    const std::string_view bytes = before.substr(0, before.size() - rest.size());
    std::string again;
    AppendKeyPart(*value, &again);
    FUZZ_CHECK(again == bytes);
    if (!value->is(Type::kN)) {
      std::string prefix;
      AppendKeyPrefixForBeginsWith(*value, &prefix);
      FUZZ_CHECK(bytes.substr(0, prefix.size()) == prefix && bytes < PrefixEnd(prefix));
    }
    if (previous && previous->type() == value->type()) {
      FUZZ_CHECK(Sign(previous_bytes.compare(bytes)) == CompareValues(*previous, *value));
    }
    previous = *value;
    previous_bytes = bytes;
  }
}
