#include "sim_store.h"

#include <utility>

namespace stator::sim {

Result<ReadEnd> SimStore::Read(std::span<const std::string_view> keys, const Snapshot* snapshot,
                               ReadMode mode, ReadUse use) {
  hooks_.read();
  return memory_->Read(keys, snapshot, mode, [&](auto values) {
    hooks_.read();
    use(values);
  });
}

SnapshotPtr SimStore::TakeSnapshot() {
  hooks_.read();
  SnapshotPtr snapshot = memory_->TakeSnapshot();
  hooks_.read();
  return snapshot;
}

// Of one write.
void SimStore::ArmFault(std::optional<WriteResult> fault) {
  if (!fault) return memory_->SetWriteFault(nullptr);
  memory_->SetWriteFault(
      [fault = std::move(fault)](auto) mutable { return std::exchange(fault, std::nullopt); });
}

WriteResult SimStore::Write(std::span<const WriteOp> ops, bool sync) {
  under_way_ = ops;
  hooks_.pause("before it is written");
  under_way_.reset();
  ArmFault(hooks_.fault());
  WriteResult result = memory_->Write(ops, sync);
  ArmFault(std::nullopt);
  hooks_.pause(result.outcome == WriteOutcome::kWritten ? "written, not answered"
                                                        : "failed, not answered");
  return result;
}

Result<void> SimStore::DropRange(std::string_view begin, std::string_view end) {
  ArmFault(hooks_.fault());
  Result<void> dropped = memory_->DropRange(begin, end);
  ArmFault(std::nullopt);
  return dropped;
}

Result<void> SimStore::Recover() {
  if (hooks_.recovery_fails()) return Fail(StatusCode::kIoError, "no recovery yet");
  return memory_->Recover();
}

std::unique_ptr<MemoryStore> SimStore::LosePower(bool reached_device) {
  if (under_way_ && reached_device) {
    ArmFault(WriteResult{WriteOutcome::kUnknown, {StatusCode::kIoError, "power lost"}});
    (void)memory_->Write(*under_way_, /*sync=*/true);
    ArmFault(std::nullopt);
  }
  return memory_->Crash(/*kept=*/0, reached_device);
}

}  // namespace stator::sim
