// A store in memory whose writes can be stopped between their parts, fail, and be lost with the
// power.
#ifndef STATOR_SIM_SIM_STORE_H_
#define STATOR_SIM_SIM_STORE_H_

#include <memory>
#include <optional>
#include <span>

#include "base/unique_function.h"
#include "storage/kv_store.h"
#include "storage/memory_store.h"

namespace stator::sim {

class SimStore final : public KvStore {
 public:
  struct Hooks {
    UniqueFunction<void(const char* where)> pause;       // a group's write stands here for a while
    UniqueFunction<void()> read;                         // other threads may do something now
    UniqueFunction<std::optional<WriteResult>()> fault;  // of the next write
    UniqueFunction<bool()> recovery_fails;
  };

  explicit SimStore(std::unique_ptr<MemoryStore> memory) : memory_(std::move(memory)) {}
  void SetHooks(Hooks hooks) { hooks_ = std::move(hooks); }

  // What the next process finds. `reached_device`: so does the write that is under way, and the one
  // that ended in kUnknown. All writes fail from now on.
  std::unique_ptr<MemoryStore> LosePower(bool reached_device);

  Result<ReadEnd> Read(std::span<const std::string_view> keys, const Snapshot* snapshot,
                       ReadMode mode, ReadUse use) override;
  Result<ScanEnd> Scan(const StoreRange& range, const Snapshot* snapshot, ReadMode mode,
                       ScanVisit visit) override {
    return memory_->Scan(range, snapshot, mode, visit);
  }
  SnapshotPtr TakeSnapshot() override;
  WriteResult Write(std::span<const WriteOp> ops, bool sync) override;
  Result<void> Sync() override { return memory_->Sync(); }
  Result<void> Recover() override;
  Result<void> DropRange(std::string_view begin, std::string_view end) override;
  Result<void> Ingest(IngestNext& next) override { return memory_->Ingest(next); }
  bool ReadsMayBlock() const override { return false; }
  KvStats Stats() override { return memory_->Stats(); }

 private:
  void ArmFault(std::optional<WriteResult> fault);

  const std::unique_ptr<MemoryStore> memory_;
  Hooks hooks_;
  std::optional<std::span<const WriteOp>>
      under_way_;  // between the start of a write and its effect
};

}  // namespace stator::sim

#endif  // STATOR_SIM_SIM_STORE_H_
