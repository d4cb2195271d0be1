// An Engine of this process: a KvStore with a CommitPipeline above it.
//
// Reads are answered in the caller's thread if the store has what they need in memory, and by a
// small pool of threads if it must ask the device, or if what they read is much.
#ifndef STATOR_STORAGE_EMBEDDED_ENGINE_H_
#define STATOR_STORAGE_EMBEDDED_ENGINE_H_

#include <memory>

#include "storage/commit_pipeline.h"
#include "storage/engine.h"
#include "storage/engine_options.h"
#include "storage/flusher.h"
#include "storage/io_pool.h"
#include "storage/kv_store.h"

namespace stator {

class EmbeddedEngine final : public Engine {
 public:
  enum class Drive {
    kThreads,
    kManual,  // the simulator calls the driver's functions of pipeline(); no thread is started
  };

  EmbeddedEngine(std::unique_ptr<KvStore> store, const EngineOptions& options,
                 Drive drive = Drive::kThreads);
  // Ends all commits and reads that were accepted, then closes the store. REQUIRES: no call is
  // under way in another thread, and every snapshot is gone.
  ~EmbeddedEngine() override;

  void Commit(CommitRequest request, CommitDone done) override;
  void Get(GetRequest request, GetDone done) override;
  void Scan(ScanRequest request, ScanVisit visit, ScanDone done) override;
  Result<Counter> ReadCounter(std::string_view key) override;
  SnapshotPtr TakeSnapshot() override;
  void DropRange(std::string begin, std::string end, Done done) override;
  void Ingest(IngestNext next, Done done) override;
  EngineStats Stats() override;
  bool LogsAreFull() override { return pipeline_->LogsAreFull(); }

  CommitPipeline& pipeline() { return *pipeline_; }
  KvStore& store() { return *store_; }

 private:
  struct ScanState;

  // Where a Get is done: in the caller's thread, or one of the pool's that may wait for the device,
  // or that are for long work.
  enum class GetPlace { kCaller, kShort, kLong };

  void GetAt(GetPlace place, GetRequest request, GetDone done);
  GetPlace GetNow(const GetRequest& request, GetPlace place, GetDone* done);
  bool ScanNow(ScanState* scan, ReadMode mode);

  EngineOptions options_;
  std::unique_ptr<KvStore> store_;
  std::unique_ptr<CommitPipeline> pipeline_;
  std::unique_ptr<IoPool> pool_;      // its tasks use the above
  std::unique_ptr<Flusher> flusher_;  // null in Drive::kManual
};

}  // namespace stator

#endif  // STATOR_STORAGE_EMBEDDED_ENGINE_H_
