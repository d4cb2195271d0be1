// Bytes as RocksDB has them, and as everyone else does. Neither owns them.
#ifndef STATOR_STORAGE_ROCKSDB_SLICE_H_
#define STATOR_STORAGE_ROCKSDB_SLICE_H_

#include <rocksdb/slice.h>

#include <string_view>

namespace stator {

inline rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
inline std::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

}  // namespace stator

#endif  // STATOR_STORAGE_ROCKSDB_SLICE_H_
