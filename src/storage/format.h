// What the engine itself writes: the FORMAT file of a data directory, and the values of guards and
// counters, which live in the same map as everything else, under the keys their users chose.
// Part of the on-disk format (docs/format.md).
#ifndef STATOR_STORAGE_FORMAT_H_
#define STATOR_STORAGE_FORMAT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "storage/engine.h"

namespace stator {

// Raised when an older server could no longer read what a newer one wrote.
inline constexpr uint32_t kDataFormatVersion = 5;
// Until then what was appended was among the entries of the map.
inline constexpr uint32_t kLastFormatWithoutLogStore = 1;

// "stator data\nformat 5\n", for 5
std::string EncodeFormatFile(uint32_t version);
// kCorruption if these are not the bytes of a FORMAT file.
Result<uint32_t> DecodeFormatFile(std::string_view bytes);

// Keys that begin with 00 are the engine's own. This one holds the last position that an append was
// given, as a guard is encoded.
inline constexpr std::string_view kPositionKey("\0position", 9);

// And under these is, for each prefix that was appended to and each hour of positions, a counter of
// the records that are there: their number, and the bytes of their keys and values. After it come
// the prefix, the hour's first position (8 bytes big-endian) and two zeros: the key of the first
// record there could be.
inline constexpr std::string_view kLogSizeKey("\0size", 5);
std::string LogSizeKey(std::string_view prefix, uint64_t position);
// Makes it the key of the hour of another position.
void SetLogSizeHour(uint64_t position, std::string* key);
// Where the record would be for whose hour that key is. REQUIRES: LogSizeKey() made it.
std::string_view FirstRecordOf(std::string_view log_size_key);

// And under these are ranges that were dropped from the store of logs (log_store.h), and are
// perhaps still in its files: after it come the first key, with its length before it, and the end.
// The value is the last position of then, as a guard is encoded.
inline constexpr std::string_view kDroppedKey("\0drop", 5);
std::string DroppedKey(std::string_view begin, std::string_view end);
// False if it is no such key.
bool DecodeDroppedKey(std::string_view key, std::string_view* begin, std::string_view* end);

// A guard: 0x01, then the value as 8 bytes big-endian. A guard never written (nullopt) is 0.
std::string EncodeGuard(uint64_t value);
Result<uint64_t> DecodeGuard(std::optional<std::string_view> bytes);

// A counter: 0x01, then count and bytes, 8 bytes big-endian each, two's complement. A counter never
// written (nullopt) is 0, 0.
std::string EncodeCounter(const Counter& counter);
Result<Counter> DecodeCounter(std::optional<std::string_view> bytes);

// What a batch carries in RocksDB's log besides its entries: "g", and the number of the batch as 8
// bytes big-endian. The numbers of the batches in the logs of a session have no gaps.
inline constexpr size_t kGroupMarkBytes = 9;
std::string EncodeGroupMark(uint64_t group);
// Of a record of the log, which begins with sequence number and count, if it has one at its end.
std::optional<uint64_t> FindGroupMark(std::string_view record);

}  // namespace stator

#endif  // STATOR_STORAGE_FORMAT_H_
