// CRC-32C (Castagnoli), the checksum of RocksDB's log files and of ours.
#ifndef STATOR_BASE_CRC32C_H_
#define STATOR_BASE_CRC32C_H_

#include <cstdint>
#include <string_view>

namespace stator {

// Of `before`'s bytes and then `bytes`, where `crc` is the checksum of `before`.
uint32_t ExtendCrc32c(uint32_t crc, std::string_view bytes);

inline uint32_t Crc32c(std::string_view bytes) { return ExtendCrc32c(0, bytes); }

}  // namespace stator

#endif  // STATOR_BASE_CRC32C_H_
