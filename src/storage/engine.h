// The storage seam: an ordered, durable map from key bytes to bytes, and the one way to change it.
//
// Everything above this header is the same for every engine. Nothing above it may assume that a table, an
// item collection, its index entries or the entries of a page lie in one place.
//
// THE PROMISES every engine keeps (storage/engine_test.cc holds each engine to them):
//  * Commits are strictly serializable. What a completion reports is durable: no completion, a refusal
//    and a read included, is derived from a write that a crash could still take back. (Relaxed
//    durability modes, asked for when the engine is opened, waive only this.)
//  * A commit is applied wholly or not at all.
//  * Get and Scan see the map at one point in time, and see all that was reported committed before.
//  * Completions may run inside the call or on a thread of the engine's. They must not block.
//
// Thread-safe throughout.
#ifndef STATOR_STORAGE_ENGINE_H_
#define STATOR_STORAGE_ENGINE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_function.h"
#include "storage/distribution.h"

namespace stator {

// A value guarded against change: the epoch of a table's definition, and the like. Many commits compare a
// guard at once without hindering each other; a commit that writes it makes all that were decided under
// the old value and are not yet ordered end in kGuardChanged. A guard never written is 0.
struct Guard {
  std::string key;
  uint64_t value = 0;
};

// Two conflict-free sums under one key (ItemCount and TableSizeBytes, say). Deltas never conflict.
struct Counter {
  int64_t count = 0;
  int64_t bytes = 0;
};
struct CounterDelta {
  std::string key;
  Counter delta;
};

struct Mutation {
  std::string key;
  std::optional<std::string> value;  // nullopt deletes
};

// A record for a log: a blind write of a key that the engine completes. To `prefix` it adds the position of the
// commit (8 bytes big-endian) and the record's place among the appends of its commit (2 bytes), so that the keys
// under a prefix ascend in the order of commits; a scan of them sees a beginning of the log without gaps.
//
// A position is a time, microseconds since the epoch, but above that of every commit before it, whatever the
// clock does, also after a restart. REQUIRES: no other mutation is of a key that begins so.
struct Append {
  std::string prefix;
  std::string value;
  // The mutation of the commit whose value the record ends with, after its own: where once is
  // enough it is not written twice. REQUIRES: it is a put.
  std::optional<size_t> ends_with = std::nullopt;
  // A part of the value that is a part of what the key of a mutation had before the commit: where
  // it can be found again, that is not written twice either. REQUIRES: the key is declared.
  struct Former {
    size_t mutation = 0;
    size_t at = 0;    // in the value
    size_t from = 0;  // in what the key had
    size_t length = 0;
  };
  std::optional<Former> former = std::nullopt;
};
inline constexpr size_t kAppendStampBytes = 10;
// Keys from the first to before the second are of logs, which a store may keep apart from all else.
// REQUIRES: they are written by appends alone and read by scans; no prefix of one begins with
// another; what is dropped begins and ends at a log or a position.
inline constexpr unsigned char kFirstAppended = 0x20;
inline constexpr unsigned char kFirstAfterAppended = 0x30;
// The sizes of logs are kept by the hour of positions: what of a log is dropped ends where an hour
// does, or the prefix.
inline constexpr uint64_t kAppendHour = 3'600'000'000;

// What a decision function is shown.
struct CommitView {
  std::span<const std::optional<std::string_view>> values;  // parallel to CommitRequest::keys
  std::span<const Counter> counters;                        // parallel to CommitRequest::read_counters
};

// What it answers. `commit` false is a refusal: nothing is applied and the rest is ignored.
struct Decision {
  bool commit = false;
  std::vector<Mutation> mutations;  // of declared keys, and blind ones of any other key
  std::vector<CounterDelta> counters;
  std::vector<Guard> guards;  // new values of guards
  std::vector<Append> appends;  // at most 65,536

  // What comes after the value of one of its appends.
  std::string_view EndOf(const Append& append) const {
    if (!append.ends_with) return {};
    return *mutations[*append.ends_with].value;
  }
};

enum class CommitKind {
  kSingle,       // waits a while for a transaction that holds one of its keys, then ends in kConflict
  kTransaction,  // ends in kConflict at once if another transaction holds one of its keys
};

// `decide` is pure but for what it records for its caller; it may be called several times (each call must
// replace all that an earlier one recorded), from any thread, and must not call the engine.
struct CommitRequest {
  CommitKind kind = CommitKind::kSingle;
  // It removes more than it adds, or leads to that: let through on a full disk, where others end in kFailed
  // with kNoSpace.
  bool frees_space = false;
  // What it appends another log holds already, and is passed on: let through when logs are at their
  // limit (EngineOptions::log_limit_bytes), where other commits that append end in kFailed with
  // kNoSpace.
  bool passes_on = false;
  std::vector<Guard> guards;
  std::vector<std::string> keys;           // declared keys: read, and protected from change until the commit ends
  std::vector<std::string> read_counters;  // read without protection: for limits, not for invariants
  UniqueFunction<Decision(const CommitView&)> decide;
};

enum class CommitOutcome {
  kCommitted,     // durable
  kRefused,       // decide said no; what it was shown is durable
  kGuardChanged,  // nothing applied: look the definition up again and retry
  kConflict,      // nothing applied: a running transaction holds `conflicts`
  kFailed,        // nothing applied: `status` says why (overload, closed, a read that failed)
  kUnknown,       // `status` says why; may or may not be applied
};

struct CommitResult {
  CommitOutcome outcome = CommitOutcome::kFailed;
  std::vector<size_t> conflicts;  // indexes into CommitRequest::keys
  Status status{StatusCode::kClosed, {}};
  uint64_t position = 0;  // of a committed one that appended
};
using CommitDone = UniqueFunction<void(CommitResult)>;

// The map at one point in time, for as long as the object lives. Long-lived snapshots hold back the
// reclaiming of space.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
};
using SnapshotPtr = std::shared_ptr<const Snapshot>;

struct GetRequest {
  std::vector<std::string> keys;
  SnapshotPtr snapshot;        // null: now
  bool transaction = false;    // end in kConflict if a running transaction holds one of the keys
};
struct GetResult {
  std::optional<Status> error;                             // kConflict: see `conflicts`
  std::vector<size_t> conflicts;                           // indexes into GetRequest::keys
  std::span<const std::optional<std::string_view>> values; // parallel to keys; valid during the completion only
};
using GetDone = UniqueFunction<void(const GetResult&)>;

struct ScanRequest {
  std::string begin;  // inclusive
  std::string end;    // exclusive; "" is the end of the map
  bool reverse = false;
  SnapshotPtr snapshot;  // null: the moment the scan starts
  bool once = false;     // read once, as a backup does: leaves the cache to others
};
// Called for each entry in order; false ends the scan.
using ScanVisit = UniqueFunction<bool(std::string_view key, std::string_view value)>;
using ScanDone = UniqueFunction<void(Result<void>)>;

// Ascending source of entries for Ingest; false at the end.
using IngestNext = UniqueFunction<bool(std::string* key, std::string* value)>;
using Done = UniqueFunction<void(Result<void>)>;

// Figures for /metrics and `stator stats`.
struct EngineStats {
  uint64_t commits = 0;
  uint64_t commit_groups = 0;
  uint64_t syncs = 0;            // of the log, as far as commits needed them
  Distribution group_sizes;      // commits in a group
  Distribution write_micros;     // of writing a group, its sync included
  bool writable = true;          // false: after a failed write, or the disk is full
  uint64_t refused = 0;
  uint64_t conflicts = 0;
  uint64_t pending_commits = 0;  // decided, not yet durable
  uint64_t pending_bytes = 0;
  uint64_t disk_bytes = 0;
  uint64_t log_bytes = 0;        // of the records of logs, keys and values, before any compression
  uint64_t log_limit_bytes = 0;  // of those; 0: none
  bool log_alarm = false;        // they are near the limit, or at it
  uint64_t memory_bytes = 0;     // caches, memtables, pending writes
};

class Engine {
 public:
  virtual ~Engine() = default;

  virtual void Commit(CommitRequest request, CommitDone done) = 0;
  virtual void Get(GetRequest request, GetDone done) = 0;
  virtual void Scan(ScanRequest request, ScanVisit visit, ScanDone done) = 0;

  // Current value of a counter, all commits that were reported included.
  virtual Result<Counter> ReadCounter(std::string_view key) = 0;

  virtual SnapshotPtr TakeSnapshot() = 0;

  // Removes every key in [begin, end). REQUIRES: no commit touches the range any more (its guard
  // was bumped and that bump reported), and of a log whole hours or all of it (kAppendHour).
  // Counters in the range go too.
  virtual void DropRange(std::string begin, std::string end, Done done) = 0;

  // Bulk load, durable when done. REQUIRES: keys ascend, and no one reads or writes their range meanwhile.
  virtual void Ingest(IngestNext next, Done done) = 0;

  virtual EngineStats Stats() = 0;

  // Whether commits that append are refused, as logs are at their limit. Cheap.
  virtual bool LogsAreFull() = 0;
};

}  // namespace stator

#endif  // STATOR_STORAGE_ENGINE_H_
