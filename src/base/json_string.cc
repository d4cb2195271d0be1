#include "base/json_string.h"

#include <cstdint>
#include <cstring>

namespace stator {
namespace {

bool NeedsEscape(char c) { return static_cast<uint8_t>(c) < 0x20 || c == '"' || c == '\\'; }

// As many bytes as the vector registers of every processor have.
using Block = uint8_t __attribute__((vector_size(16)));
using Halves = uint64_t __attribute__((vector_size(16)));

Block Load(const char* p) {
  Block block;
  std::memcpy(&block, p, sizeof(block));
  return block;
}

// Each byte that needs an escape becomes 0xFF, each other one 0.
Block Escapes(Block block) {
  return reinterpret_cast<Block>((block < 0x20) | (block == '"') | (block == '\\'));
}

bool Any(Block block) {
  const Halves halves = reinterpret_cast<Halves>(block);
  return (halves[0] | halves[1]) != 0;
}

const char* FindEscape(const char* p, const char* end) {
  constexpr size_t kBlock = sizeof(Block);
  const size_t size = static_cast<size_t>(end - p);
  if (size >= kBlock) {
    for (; static_cast<size_t>(end - p) >= 2 * kBlock; p += 2 * kBlock) {
      if (Any(Escapes(Load(p)) | Escapes(Load(p + kBlock)))) break;
    }
    for (; static_cast<size_t>(end - p) >= kBlock; p += kBlock) {
      if (Any(Escapes(Load(p)))) break;
    }
    // The rest, with some of what was looked at before it.
    if (static_cast<size_t>(end - p) < kBlock && !Any(Escapes(Load(end - kBlock)))) return end;
  }
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
