// What an embedded store offers below the shared component that makes it an Engine
// (commit_pipeline.h): point-in-time reads and atomic batches, but no conflict control.
//
// Thread-safe throughout.
#ifndef STATOR_STORAGE_KV_STORE_H_
#define STATOR_STORAGE_KV_STORE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/function_ref.h"
#include "base/result.h"
#include "storage/engine.h"

namespace stator {

enum class ReadMode {
  kCachedOnly,  // touches no device that is not known to be quick (device_gauge.h): kWouldBlock
                // instead
  kMayBlock,
};
enum class ReadEnd { kDone, kWouldBlock };
enum class ScanEnd {
  kExhausted,
  kStopped,     // the visitor returned false
  kWouldBlock,  // after the entries visited so far
};

// The range [begin, end) in either direction; an empty `end` is the end of the map.
struct StoreRange {
  std::string_view begin;
  std::string_view end;
  bool reverse = false;
  bool once = false;  // what is read is not kept in the cache
};

struct WriteOp {
  std::string_view key;
  std::optional<std::string_view> value;  // nullopt deletes
  // Of a record of a log: what comes after `value`, and which operation before this one puts the
  // same, if one does.
  std::string_view end = {};
  std::optional<size_t> end_of = std::nullopt;
  // The same of Append::former, with the number of an operation before this one, which is the first
  // of its key.
  std::optional<Append::Former> former = std::nullopt;
};

enum class WriteOutcome {
  kWritten,
  kNotWritten,  // certainly: not visible now, nor after any crash
  kUnknown,     // not visible now; may be there after a crash unless Recover() succeeded before it
};
struct WriteResult {
  WriteOutcome outcome = WriteOutcome::kWritten;
  Status status{StatusCode::kIoError, {}};  // of an outcome other than kWritten
};

struct KvStats {
  bool stopped = false;  // no write is taken until Recover() succeeds
  uint64_t disk_bytes = 0;
  uint64_t memory_bytes = 0;
};

class KvStore {
 public:
  using ReadUse = FunctionRef<void(std::span<const std::optional<std::string_view>>)>;
  using ScanVisit = FunctionRef<bool(std::string_view key, std::string_view value)>;

  virtual ~KvStore() = default;

  // Reads all keys at one point in time (null snapshot: now) and, if the end is kDone, calls `use`
  // once with the values, parallel to `keys` and valid during that call. `use` may call the store.
  virtual Result<ReadEnd> Read(std::span<const std::string_view> keys, const Snapshot* snapshot,
                               ReadMode mode, ReadUse use) = 0;

  // The same, but each key may be read at a moment of its own: for who knows otherwise that none
  // was changed meanwhile.
  virtual Result<ReadEnd> ReadEach(std::span<const std::string_view> keys, ReadMode mode,
                                   ReadUse use) {
    return Read(keys, nullptr, mode, use);
  }

  // REQUIRES: snapshot is of this store and not null.
  virtual Result<ScanEnd> Scan(const StoreRange& range, const Snapshot* snapshot, ReadMode mode,
                               ScanVisit visit) = 0;

  virtual SnapshotPtr TakeSnapshot() = 0;

  // Applies all operations, in order, or none. With `sync` it is visible only once it is durable,
  // and all earlier writes are durable with it. After an outcome other than kWritten every write
  // ends in kNotWritten until Recover() succeeds. REQUIRES: one call at a time.
  virtual WriteResult Write(std::span<const WriteOp> ops, bool sync) = 0;

  // Makes all earlier writes durable.
  virtual Result<void> Sync() = 0;

  // Makes the store accept writes again after a failure, or says why it cannot. When it succeeds, a
  // write that ended in kUnknown is certainly not applied.
  virtual Result<void> Recover() = 0;

  // Whether the device is so full that only what frees space should be written. Asked now and then.
  virtual bool NearlyFull() { return false; }

  // To be called before DropRange(), while other writes go on: does what takes long. Without it,
  // records of logs that were written before may be lost with what they replaced, if the process
  // ends soon after. REQUIRES: as Engine::DropRange.
  virtual Result<void> PrepareDrop(std::string_view, std::string_view) { return {}; }

  // Removes [begin, end), durably. Snapshots keep what they see, but for records of logs.
  virtual Result<void> DropRange(std::string_view begin, std::string_view end) = 0;

  // As Engine::Ingest.
  virtual Result<void> Ingest(IngestNext& next) = 0;

  // Rewrites everything without what was deleted or overwritten, so that it takes less space;
  // `progress` is told the part that is done, 0 to 1. Stores that keep nothing of the kind have
  // nothing to do.
  virtual Result<void> Compact(FunctionRef<void(double)> progress) {
    progress(1);
    return {};
  }

  // Whether kCachedOnly reads ever end in kWouldBlock.
  virtual bool ReadsMayBlock() const = 0;

  virtual KvStats Stats() = 0;
};

}  // namespace stator

#endif  // STATOR_STORAGE_KV_STORE_H_
