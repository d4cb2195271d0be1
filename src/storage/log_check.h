// Looks at RocksDB's logs, manifest and list of tables before RocksDB opens them, and tells what
// was never synced, which opening may drop, from what was, which it must not.
//
// A crash of the machine may leave any of what was not synced: under durability sync the last
// record, under the relaxed modes all that follows the last sync. That is a tail of the logs. A
// damaged place is more than that, and acknowledged writes may be in it or after it, if SYNCED says
// that the log was synced up to beyond it, or if (under sync) a record was written after it.
#ifndef STATOR_STORAGE_LOG_CHECK_H_
#define STATOR_STORAGE_LOG_CHECK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "storage/synced_file.h"

namespace stator {

struct LogFinding {
  enum class Kind {
    kRoom,          // nothing was written there: to be cut off
    kUnsyncedTail,  // to be cut off
    kLostWrites,    // acknowledged writes cannot be read; RepairLogs() gives them up
    kBeyondRepair,
  };
  Kind kind = Kind::kUnsyncedTail;
  std::string path;
  std::string what;  // in words, with the place
  // What has to go of the file (none if the file is missing).
  uint64_t cut_from = 0;
  uint64_t cut_bytes = 0;

  // Opening does what has to be done, and nothing is lost that was promised.
  bool harmless() const { return kind == Kind::kRoom || kind == Kind::kUnsyncedTail; }
};

// `db_path`: RocksDB's directory. `synced`: nullopt if there is no such file. Changes nothing.
// Errors: kIoError; kCorruption or kUnsupported if there is no telling at all, as for ReadManifest.
Result<std::vector<LogFinding>> CheckLogs(const std::string& db_path,
                                          const std::optional<SyncedState>& synced);

// The same of a database whose write-ahead logs mean nothing, and of which SYNCED says nothing.
Result<std::vector<LogFinding>> CheckTables(const std::string& db_path);

// Cuts off, durably, what the finding says has to go. Errors: kIoError.
Result<void> Cut(const LogFinding& finding);

}  // namespace stator

#endif  // STATOR_STORAGE_LOG_CHECK_H_
