#include "base/json_string.h"

#include <cstdint>

namespace stator {
namespace {

bool NeedsEscape(char c) { return static_cast<uint8_t>(c) < 0x20 || c == '"' || c == '\\'; }

// No branch inside: the compiler turns the loop into a few vector instructions.
template <size_t kSize>
bool BlockNeedsEscape(const char* block) {
  uint8_t any = 0;
  for (size_t i = 0; i < kSize; ++i) {
    const uint8_t c = static_cast<uint8_t>(block[i]);
    any |= static_cast<uint8_t>(static_cast<uint8_t>(c < 0x20) | static_cast<uint8_t>(c == '"') |
                                static_cast<uint8_t>(c == '\\'));
  }
  return any != 0;
}

template <size_t kSize>
const char* SkipBlocks(const char* p, const char* end) {
  while (static_cast<size_t>(end - p) >= kSize && !BlockNeedsEscape<kSize>(p)) p += kSize;
  return p;
}

const char* FindEscape(const char* p, const char* end) {
  p = SkipBlocks<32>(p, end);
  p = SkipBlocks<8>(p, end);
  while (p != end && !NeedsEscape(*p)) ++p;
  return p;
}

void AppendEscape(char c, std::string* out) {
  switch (c) {
    case '"':
      out->append("\\\"");
      return;
    case '\\':
      out->append("\\\\");
      return;
    case '\b':
      out->append("\\b");
      return;
    case '\f':
      out->append("\\f");
      return;
    case '\n':
      out->append("\\n");
      return;
    case '\r':
      out->append("\\r");
      return;
    case '\t':
      out->append("\\t");
      return;
    default: {
      constexpr char kHex[] = "0123456789abcdef";
      const char escape[] = {'\\', 'u', '0', '0', kHex[c >> 4 & 15], kHex[c & 15]};
      out->append(escape, sizeof(escape));
    }
  }
}

}  // namespace

void AppendJsonString(std::string_view utf8, std::string* out) {
  out->push_back('"');
  const char* p = utf8.data();
  const char* const end = p + utf8.size();
  while (true) {
    const char* const stop = FindEscape(p, end);
    out->append(p, static_cast<size_t>(stop - p));
    if (stop == end) break;
    AppendEscape(*stop, out);
    p = stop + 1;
  }
  out->push_back('"');
}

}  // namespace stator
