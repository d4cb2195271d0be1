// Reads the framing of RocksDB's log files, which are its write-ahead logs and its manifests:
// blocks of 32 KiB with records in them, whole or in fragments, each with a checksum.
//
// RocksDB reads them too, but it does not say whether what it drops at the end was ever synced.
// This says where the damage is and whether something was written after it.
#ifndef STATOR_STORAGE_LOG_SCAN_H_
#define STATOR_STORAGE_LOG_SCAN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/function_ref.h"
#include "base/result.h"

namespace stator {

struct LogScan {
  uint64_t size = 0;      // of the file
  uint64_t good_end = 0;  // where the last whole record ends that has only whole ones before it
  uint64_t records = 0;   // up to there
  uint64_t room = 0;      // zeros from there to the end: nothing was written to them (log_files.h)
  std::string damage;     // what is wrong after good_end; empty: nothing but `room` follows
  uint64_t damage_at = 0;
  // Where a record begins that was written after the damaged one. A record that was torn when it
  // was written has none.
  std::optional<uint64_t> later_record;
};

enum class LogKind { kWrites, kManifest };

// Calls `visit` with each whole record before any damage. Errors: kIoError, with the name of the
// file.
Result<LogScan> ScanLog(const std::string& path, LogKind kind,
                        FunctionRef<void(std::string_view record)> visit);

}  // namespace stator

#endif  // STATOR_STORAGE_LOG_SCAN_H_
