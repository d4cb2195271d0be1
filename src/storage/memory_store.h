// A store in memory: for --in-memory, unit tests and the simulator.
//
// Keys have versions, so that snapshots are points in time and no reader holds back a writer for longer
// than a few microseconds; a version goes when no snapshot needs it. For the simulator it can model what
// a device would hold: writes that were not synced are lost by Crash(), and writes can be made to fail.
#ifndef STATOR_STORAGE_MEMORY_STORE_H_
#define STATOR_STORAGE_MEMORY_STORE_H_

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "storage/kv_store.h"

namespace stator {

class MemoryStore : public KvStore {
 public:
  // Called before each write that may still succeed, without any lock held; may block. A result other
  // than nullopt is the result of the write, and the store then behaves as KvStore says.
  using WriteFault = UniqueFunction<std::optional<WriteResult>(std::span<const WriteOp>)>;

  // `model_crashes`: keep what Crash() needs, which costs memory until the next synced write.
  explicit MemoryStore(bool model_crashes = false);
  ~MemoryStore() override;

  Result<ReadEnd> Read(std::span<const std::string_view> keys, const Snapshot* snapshot,
                       ReadMode mode, ReadUse use) override;
  Result<ScanEnd> Scan(const StoreRange& range, const Snapshot* snapshot, ReadMode mode,
                       ScanVisit visit) override;
  SnapshotPtr TakeSnapshot() override;
  WriteResult Write(std::span<const WriteOp> ops, bool sync) override;
  Result<void> Sync() override;
  Result<void> Recover() override;
  Result<void> DropRange(std::string_view begin, std::string_view end) override;
  Result<void> Ingest(IngestNext& next) override;
  bool ReadsMayBlock() const override { return false; }
  KvStats Stats() override;

  void SetWriteFault(WriteFault fault);

  // What a new process finds after this one was lost: the synced writes, the first `kept` of the writes
  // that were not synced, and, if `unknown_survives`, the write that ended in kUnknown and was not
  // recovered from. This store fails all writes from now on. REQUIRES: model_crashes.
  std::unique_ptr<MemoryStore> Crash(size_t kept = 0, bool unknown_survives = false);

  // Versions held, for tests of their reclaiming.
  size_t VersionCount();

 private:
  struct Version;
  struct State;
  class HeldSnapshot;

  const bool model_crashes_;
  std::mutex fault_mutex_;
  WriteFault fault_;
  const std::shared_ptr<State> state_;  // shared with snapshots
};

}  // namespace stator

#endif  // STATOR_STORAGE_MEMORY_STORE_H_
