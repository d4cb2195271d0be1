// The real embedded engine, on one thread: each call that reaches it and each completion that
// leaves it may have to wait for its turn, and between the parts of a commit other things may
// happen.
#ifndef STATOR_SIM_SIM_ENGINE_H_
#define STATOR_SIM_SIM_ENGINE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "context.h"
#include "fiber.h"
#include "sim_store.h"
#include "storage/embedded_engine.h"
#include "storage/engine.h"

namespace stator::sim {

class SimEngine final : public Engine {
 public:
  // Puts a layer of a canary between the store and the conflict control.
  using WrapStore = UniqueFunction<std::unique_ptr<KvStore>(std::unique_ptr<KvStore>)>;

  // `context` must outlive it.
  SimEngine(std::unique_ptr<MemoryStore> memory, Context* context, WrapStore& wrap);

  void Commit(CommitRequest request, CommitDone done) override;
  void Get(GetRequest request, GetDone done) override;
  void Scan(ScanRequest request, ScanVisit visit, ScanDone done) override;
  Result<Counter> ReadCounter(std::string_view key) override { return engine_->ReadCounter(key); }
  SnapshotPtr TakeSnapshot() override { return engine_->TakeSnapshot(); }
  void DropRange(std::string begin, std::string end, Done done) override;
  void Ingest(IngestNext next, Done done) override;
  EngineStats Stats() override { return engine_->Stats(); }
  bool LogsAreFull() override { return engine_->LogsAreFull(); }

  // ---- For the scheduler ----

  // Calls and completions that wait for their turn.
  size_t Waiting() const { return turns_.size(); }
  // Whether the one at `index` may go now, and lets it go.
  bool MayGo(size_t index) const { return !turns_[index].needs_device || !flusher_.busy(); }
  void Go(size_t index);
  bool FlusherHasWork() const;
  // One part of what the flusher's thread does.
  void StepFlusher();
  CommitPipeline& pipeline() { return engine_->pipeline(); }
  // Everything that is in the store now.
  void ReadStore(ScanVisit visit);

  // The next write ends so.
  void SetFault(WriteOutcome outcome) { fault_ = outcome; }
  void ClearFault() { fault_.reset(); }
  // Writes that failed so far; and whether the store still refuses others.
  uint64_t faults() const { return faults_; }
  bool StoreFailed() const { return store_failed_; }
  // Calls pass at once from now on: it opens or closes, or a crash is being cleaned up.
  void SetOrderly(bool orderly) { orderly_ = orderly; }
  std::unique_ptr<MemoryStore> LosePower(bool reached_device) {
    return store_->LosePower(reached_device);
  }

 private:
  struct Turn {
    std::string label;
    UniqueFunction<void()> go;
    bool needs_device = false;  // the flusher may not be in the middle of a group
    bool is_commit = false;     // not yet with the engine
    std::vector<uint32_t> stripes;
    std::string actor;
  };
  struct ScanTurns;

  bool AtOnce();
  void PassOn(Turn turn);
  void Complete(std::string label, std::string actor, UniqueFunction<void()> done);
  void GoCommit(CommitKind kind, CommitRequest request, CommitDone done,
                std::vector<uint32_t> stripes);
  void GoScan(std::shared_ptr<ScanTurns> scan);
  void Interleave();

  Context* const context_;
  Fiber flusher_;
  SimStore* store_ = nullptr;  // below engine_
  std::vector<Turn> turns_;
  bool flush_wanted_ = false;
  bool orderly_ = true;
  std::optional<WriteOutcome> fault_;
  uint64_t faults_ = 0;
  bool store_failed_ = false;

  // Of the commit that the main stack is in the middle of; 0: none.
  uint64_t holder_ = 0;
  std::vector<uint32_t> held_;  // its stripes
  bool interleaved_ = false;
  bool flusher_may_interleave_ = false;
  uint64_t next_holder_ = 1;
  int transactions_ = 0;  // with the engine

  std::unique_ptr<EmbeddedEngine> engine_;  // destroyed first
};

}  // namespace stator::sim

#endif  // STATOR_SIM_SIM_ENGINE_H_
