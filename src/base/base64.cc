#include "base/base64.h"

#include <array>
#include <cstdint>

namespace stator {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint8_t kBad = 0xFF;

constexpr std::array<uint8_t, 256> MakeSextets() {
  std::array<uint8_t, 256> table{};
  for (auto& entry : table) entry = kBad;
  for (size_t i = 0; i < kAlphabet.size(); ++i) {
    table[static_cast<uint8_t>(kAlphabet[i])] = static_cast<uint8_t>(i);
  }
  return table;
}
constexpr std::array<uint8_t, 256> kSextets = MakeSextets();

uint8_t Sextet(char c) { return kSextets[static_cast<uint8_t>(c)]; }

size_t CountPadding(std::string_view text) {
  if (text.empty() || text.back() != '=') return 0;
  return text[text.size() - 2] == '=' ? 2 : 1;
}

}  // namespace

void AppendBase64(std::string_view bytes, std::string* out) {
  const size_t start = out->size();
  out->resize(start + (bytes.size() + 2) / 3 * 4);
  char* to = out->data() + start;
  size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const uint32_t group = static_cast<uint32_t>(static_cast<uint8_t>(bytes[i])) << 16 |
                           static_cast<uint32_t>(static_cast<uint8_t>(bytes[i + 1])) << 8 |
                           static_cast<uint8_t>(bytes[i + 2]);
    *to++ = kAlphabet[group >> 18];
    *to++ = kAlphabet[group >> 12 & 63];
    *to++ = kAlphabet[group >> 6 & 63];
    *to++ = kAlphabet[group & 63];
  }
  const size_t tail = bytes.size() - i;
  if (tail == 0) return;
  uint32_t group = static_cast<uint32_t>(static_cast<uint8_t>(bytes[i])) << 16;
  if (tail == 2) group |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[i + 1])) << 8;
  *to++ = kAlphabet[group >> 18];
  *to++ = kAlphabet[group >> 12 & 63];
  *to++ = tail == 2 ? kAlphabet[group >> 6 & 63] : '=';
  *to = '=';
}

std::string Base64Encode(std::string_view bytes) {
  std::string out;
  AppendBase64(bytes, &out);
  return out;
}

Base64Check AppendBase64Decoded(std::string_view text, std::string* out) {
  if (text.size() % 4 != 0) return {Base64Fault::kLength, 0};
  if (text.empty()) return {};
  const size_t padding = CountPadding(text);
  const size_t characters = text.size() - padding;
  const uint8_t last = Sextet(text[characters - 1]);
  const uint8_t unused = padding == 2 ? 0x0F : padding == 1 ? 0x03 : 0;
  if (last != kBad && (last & unused) != 0) return {Base64Fault::kNotCanonical, characters - 1};

  const size_t start = out->size();
  out->resize(start + characters * 3 / 4);
  char* to = out->data() + start;
  uint32_t group = 0;
  for (size_t i = 0; i < characters; ++i) {
    const uint8_t sextet = Sextet(text[i]);
    if (sextet == kBad) {
      out->resize(start);
      return {Base64Fault::kCharacter, i};
    }
    group = group << 6 | sextet;
    // Characters 1, 2 and 3 of each four complete a byte.
    const size_t phase = i % 4;
    if (phase != 0) *to++ = static_cast<char>(group >> (6 - 2 * phase));
  }
  return {};
}

}  // namespace stator
