// What batches of RocksDB's write-ahead log hold for the store of logs (log_store.h), which has no
// write-ahead log of its own: a batch of its own, as data that RocksDB carries and does not read.
// Bytes: docs/format.md.
#ifndef STATOR_STORAGE_LOGGED_RECORDS_H_
#define STATOR_STORAGE_LOGGED_RECORDS_H_

#include <rocksdb/write_batch.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/function_ref.h"
#include "base/result.h"
#include "storage/kv_store.h"

namespace stator {

// A key of the store of logs: the number of the segment (log_index.h), 8 bytes big-endian, and the
// record's key. The number is the position of the segment's first record, and how often it was
// rewritten since in the lowest 8 bits.
inline constexpr size_t kSegmentBytes = 8;
inline uint64_t SegmentAt(uint64_t position) { return position << 8; }
// Whether its number leaves room for another time.
inline bool CanBeRewritten(uint64_t segment) { return (segment & 0xFF) != 0xFF; }
// Whether the second is the first one, rewritten.
inline bool IsRewritten(uint64_t segment, uint64_t later) {
  return later > segment && later >> 8 == segment >> 8;
}
std::string SegmentKey(uint64_t segment, std::string_view key);
// REQUIRES: SegmentKey() made it.
uint64_t SegmentOf(std::string_view segment_key);

// Empties a batch that is kept for its memory, which is given back if it is much.
void Empty(rocksdb::WriteBatch* batch);

// Makes the batch that the store of logs writes, or the one that the write-ahead log carries: there
// a record is without its end if that is the value of an entry of the batch around it (`end_of`),
// and without the part of it that is of what the key of an entry had before (`former`).
enum class RecordsFor { kStore, kWriteAheadLog };
rocksdb::Status MakeBatch(uint64_t segment, std::span<const WriteOp> records, RecordsFor use,
                          rocksdb::WriteBatch* batch);

// Calls `visit` with the records above a position that the write-ahead logs which are still needed
// hold, in order, up to any damage. A record is null if a part of it was of a former value that is
// not there any more: as its log was dropped since, or as the value is damaged, which is returned.
// REQUIRES: no table of the map has what was written with one of them, or after it.
// Errors: kCorruption, kIoError; each names the file.
Result<std::optional<Status>> ReadLoggedRecords(
    const std::string& db_path, uint64_t above,
    FunctionRef<void(std::string_view segment_key, std::optional<std::string_view> value)> visit);
// Whether they hold any.
Result<bool> CarriesRecords(const std::string& db_path);

}  // namespace stator

#endif  // STATOR_STORAGE_LOGGED_RECORDS_H_
