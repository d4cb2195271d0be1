#include "base/uuid.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <string_view>

namespace stator {

std::string NewUuid(Random* random) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::array<uint64_t, 2> bits{random->Next(), random->Next()};
  bits[0] = (bits[0] & ~uint64_t{0xF000}) | 0x4000;
  bits[1] = (bits[1] & ~(uint64_t{3} << 62)) | (uint64_t{2} << 62);
  std::string uuid;
  for (size_t digit = 0; digit < 32; ++digit) {
    if (digit == 8 || digit == 12 || digit == 16 || digit == 20) uuid.push_back('-');
    uuid.push_back(kHex[bits[digit / 16] >> (60 - 4 * (digit % 16)) & 0xF]);
  }
  return uuid;
}

std::string NewTimedId(int64_t now_micros, Random* random) {
  return fmt::format("{:014}-{:08x}", now_micros / 1000,
                     static_cast<uint32_t>(random->Next() >> 32));
}

}  // namespace stator
