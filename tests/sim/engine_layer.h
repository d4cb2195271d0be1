// An engine that passes everything on: layers change what they are about.
#ifndef STATOR_SIM_ENGINE_LAYER_H_
#define STATOR_SIM_ENGINE_LAYER_H_

#include <memory>
#include <string>
#include <utility>

#include "storage/engine.h"

namespace stator::sim {

class EngineLayer : public Engine {
 public:
  explicit EngineLayer(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
  void Commit(CommitRequest request, CommitDone done) override {
    engine_->Commit(std::move(request), std::move(done));
  }
  void Get(GetRequest request, GetDone done) override {
    engine_->Get(std::move(request), std::move(done));
  }
  void Scan(ScanRequest request, ScanVisit visit, ScanDone done) override {
    engine_->Scan(std::move(request), std::move(visit), std::move(done));
  }
  Result<Counter> ReadCounter(std::string_view key) override { return engine_->ReadCounter(key); }
  SnapshotPtr TakeSnapshot() override { return engine_->TakeSnapshot(); }
  void DropRange(std::string begin, std::string end, Done done) override {
    engine_->DropRange(std::move(begin), std::move(end), std::move(done));
  }
  void Ingest(IngestNext next, Done done) override {
    engine_->Ingest(std::move(next), std::move(done));
  }
  EngineStats Stats() override { return engine_->Stats(); }
  bool LogsAreFull() override { return engine_->LogsAreFull(); }

 protected:
  const std::unique_ptr<Engine> engine_;
};

// So that mutations can be taken out: what records share with them is theirs.
inline void MakeRecordsWhole(Decision* decision) {
  for (Append& append : decision->appends) {
    append.value.append(decision->EndOf(append));
    append.ends_with.reset();
    append.former.reset();
  }
}

// Changes what commits decide.
template <class Change>
class ChangedDecisions final : public EngineLayer {
 public:
  using EngineLayer::EngineLayer;
  void Commit(CommitRequest request, CommitDone done) override {
    request.decide = [decide = std::move(request.decide)](const CommitView& view) mutable {
      Decision decision = decide(view);
      MakeRecordsWhole(&decision);
      Change()(&decision);
      return decision;
    };
    engine_->Commit(std::move(request), std::move(done));
  }
};

}  // namespace stator::sim

#endif  // STATOR_SIM_ENGINE_LAYER_H_
