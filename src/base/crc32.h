// CRC-32 (IEEE 802.3), the sum of the x-amz-crc32 header.
#ifndef STATOR_BASE_CRC32_H_
#define STATOR_BASE_CRC32_H_

#include <cstdint>
#include <string_view>

namespace stator {

uint32_t Crc32(std::string_view bytes);

}  // namespace stator

#endif  // STATOR_BASE_CRC32_H_
