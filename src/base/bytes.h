// Bytes in and out: big-endian integers (memcmp order = numeric order) and LEB128 varints.
// Part of the on-disk format (docs/format.md).
#ifndef STATOR_BASE_BYTES_H_
#define STATOR_BASE_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stator {

inline void AppendU8(uint8_t v, std::string* out) { out->push_back(static_cast<char>(v)); }

namespace bytes_internal {
template <class Unsigned>
void AppendBigEndian(Unsigned v, std::string* out) {
  char buffer[sizeof(v)];
  for (size_t i = 0; i < sizeof(v); ++i) {
    buffer[i] = static_cast<char>(v >> (8 * (sizeof(v) - 1 - i)));
  }
  out->append(buffer, sizeof(v));
}
}  // namespace bytes_internal

inline void AppendU16(uint16_t v, std::string* out) { bytes_internal::AppendBigEndian(v, out); }
inline void AppendU32(uint32_t v, std::string* out) { bytes_internal::AppendBigEndian(v, out); }
inline void AppendU64(uint64_t v, std::string* out) { bytes_internal::AppendBigEndian(v, out); }

// Seven bits a byte, the lowest first, the high bit set on all bytes but the last: 1 to 10 bytes.
inline void AppendVarint(uint64_t v, std::string* out) {
  char buffer[10];
  size_t n = 0;
  for (; v >= 0x80; v >>= 7) buffer[n++] = static_cast<char>(v | 0x80);
  buffer[n++] = static_cast<char>(v);
  out->append(buffer, n);
}

// The first bytes of `bytes`, the lowest one first, as RocksDB writes integers. REQUIRES: so many
// are there.
template <class Unsigned>
Unsigned LittleEndian(std::string_view bytes) {
  Unsigned value = 0;
  for (size_t i = sizeof(Unsigned); i-- > 0;) {
    value = static_cast<Unsigned>(value << 8 | static_cast<uint8_t>(bytes[i]));
  }
  return value;
}

// A varint length, then the bytes.
inline void AppendLengthPrefixed(std::string_view bytes, std::string* out) {
  AppendVarint(bytes.size(), out);
  out->append(bytes);
}

// Reads from the front of a string_view that must outlive it. Every read says whether it succeeded;
// after a failed one nothing is consumed and *out is unspecified.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  std::string_view rest() const { return rest_; }
  size_t remaining() const { return rest_.size(); }
  bool empty() const { return rest_.empty(); }

  [[nodiscard]] bool ReadU8(uint8_t* out) { return ReadBigEndian(out); }
  [[nodiscard]] bool ReadU16(uint16_t* out) { return ReadBigEndian(out); }
  [[nodiscard]] bool ReadU32(uint32_t* out) { return ReadBigEndian(out); }
  [[nodiscard]] bool ReadU64(uint64_t* out) { return ReadBigEndian(out); }

  // Refuses the forms that AppendVarint does not write (padded, or beyond 64 bits), so that equal
  // values have equal bytes.
  [[nodiscard]] bool ReadVarint(uint64_t* out) {
    if (!rest_.empty() && static_cast<uint8_t>(rest_[0]) < 0x80) {
      *out = static_cast<uint8_t>(rest_[0]);
      rest_.remove_prefix(1);
      return true;
    }
    return ReadLongVarint(out);
  }

  [[nodiscard]] bool ReadBytes(uint64_t n, std::string_view* out) {
    if (n > rest_.size()) return false;
    *out = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return true;
  }

  [[nodiscard]] bool ReadLengthPrefixed(std::string_view* out) {
    const std::string_view before = rest_;
    uint64_t n;
    if (ReadVarint(&n) && ReadBytes(n, out)) return true;
    rest_ = before;
    return false;
  }

 private:
  template <class Unsigned>
  bool ReadBigEndian(Unsigned* out) {
    if (rest_.size() < sizeof(Unsigned)) return false;
    uint64_t v = 0;
    for (size_t i = 0; i < sizeof(Unsigned); ++i) v = v << 8 | static_cast<uint8_t>(rest_[i]);
    *out = static_cast<Unsigned>(v);
    rest_.remove_prefix(sizeof(Unsigned));
    return true;
  }

  bool ReadLongVarint(uint64_t* out) {
    uint64_t v = 0;
    for (size_t i = 0; i < rest_.size() && i < 10; ++i) {
      const uint8_t byte = static_cast<uint8_t>(rest_[i]);
      if (i == 9 && byte > 1) return false;
      v |= static_cast<uint64_t>(byte & 0x7F) << (7 * i);
      if (byte < 0x80) {
        if (byte == 0) return false;
        *out = v;
        rest_.remove_prefix(i + 1);
        return true;
      }
    }
    return false;
  }

  std::string_view rest_;
};

}  // namespace stator

#endif  // STATOR_BASE_BYTES_H_
