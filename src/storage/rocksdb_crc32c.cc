// RocksDB's checksum of log records, made by the processor: Debian's build of RocksDB makes it from a
// table, which is most of what a write's bytes cost on their way to the log. The linker sends
// RocksDB's calls here (CMakeLists.txt).
#include <cstddef>
#include <cstdint>

#include "base/crc32c.h"

extern "C" uint32_t __wrap__ZN7rocksdb6crc32c6ExtendEjPKcm(uint32_t crc, const char* bytes,
                                                           size_t n);

extern "C" uint32_t __wrap__ZN7rocksdb6crc32c6ExtendEjPKcm(uint32_t crc, const char* bytes,
                                                           size_t n) {
  return stator::ExtendCrc32c(crc, {bytes, n});
}
