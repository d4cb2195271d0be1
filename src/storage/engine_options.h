// What an embedded engine can be told when it is opened.
#ifndef STATOR_STORAGE_ENGINE_OPTIONS_H_
#define STATOR_STORAGE_ENGINE_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "base/clock.h"

namespace stator {

enum class Durability {
  kSync,      // every group of commits is on the device before its completions run
  kInterval,  // synced every `sync_interval_micros`: a crash of the machine may lose that much
  kNone,      // synced when the engine closes: a crash of the machine may lose everything since
};

// What operators should hear of: writes that were dropped, damage that was met, a disk that is
// full.
enum class EventLevel { kInfo, kWarning, kError };
using ReportEvent = std::function<void(EventLevel level, const std::string& message)>;

struct EngineOptions {
  Durability durability = Durability::kSync;
  int64_t sync_interval_micros = 100'000;

  // How long a kSingle commit waits for a transaction that holds one of its keys. 0: not at all.
  int64_t conflict_wait_micros = 50'000;

  // Bounds on commits that were accepted and have not ended; beyond them commits end in kFailed
  // with kOverloaded. The bound on bytes may be exceeded by the commits that are being decided when
  // it is met.
  size_t max_pending_commits = 16'384;
  size_t max_pending_bytes = size_t{64} << 20;

  // Reads that are not answered from memory go to this many threads (an engine in memory has none).
  int io_threads = 2;
  // A scan leaves its caller's thread after visiting this many bytes.
  size_t scan_inline_bytes = size_t{64} << 10;
  // A get of values that are more than this together is done in another thread.
  size_t get_inline_bytes = size_t{512} << 10;

  // Room that is kept for deletes on a full disk; 0: none.
  uint64_t reserve_bytes = 0;

  // Most bytes of all logs together (EngineStats::log_bytes); 0: no limit. At 80 % of them an event
  // is reported; when they are reached commits that append end in kFailed with kNoSpace, until
  // something of a log is dropped. The last one may go beyond them, and those that pass records on.
  uint64_t log_limit_bytes = 0;

  size_t block_cache_bytes = size_t{64} << 20;
  bool inline_reads = true;  // reads of a device that is quick are made in the calling thread
  // Of each memtable; there are up to four. Once something is appended there are up to three of
  // three times as much for that, if the reserve could take them.
  size_t write_buffer_bytes = size_t{16} << 20;

  // Flushes, compactions and deletions of files pause for those who wait for an answer
  // (background_pace.h). False where no one does.
  bool paced = true;

  // For tests: each group of commits stays running for this long before it is written.
  int64_t commit_delay_micros = 0;

  // Null: the system's. Must outlive the engine.
  const Clock* clock = nullptr;

  // Called from any thread; must not block or call the engine. Empty: no one is told.
  ReportEvent report;
};

}  // namespace stator

#endif  // STATOR_STORAGE_ENGINE_OPTIONS_H_
