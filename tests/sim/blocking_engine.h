// Calls from the fibers of the background work return when they have completed, as if a thread had
// waited.
#ifndef STATOR_SIM_BLOCKING_ENGINE_H_
#define STATOR_SIM_BLOCKING_ENGINE_H_

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "engine_layer.h"
#include "fiber.h"

namespace stator::sim {

class BlockingEngine final : public EngineLayer {
 public:
  using EngineLayer::EngineLayer;

  // Calls from this fiber wait. It must outlive the engine.
  void AddWaiting(const Fiber* fiber) { calls_[fiber] = nullptr; }
  // The fiber stands in a call that has completed.
  bool MayGoOn(const Fiber& fiber) const { return fiber.busy() && *calls_.at(&fiber); }

  void Commit(CommitRequest request, CommitDone done) override {
    Call([&](auto completed) {
      engine_->Commit(std::move(request),
                      [completed, done = std::move(done)](CommitResult result) mutable {
                        done(std::move(result));
                        *completed = true;
                      });
    });
  }
  void Get(GetRequest request, GetDone done) override {
    Call([&](auto completed) {
      engine_->Get(std::move(request),
                   [completed, done = std::move(done)](const GetResult& result) mutable {
                     done(result);
                     *completed = true;
                   });
    });
  }
  void Scan(ScanRequest request, ScanVisit visit, ScanDone done) override {
    Call([&](auto completed) {
      engine_->Scan(std::move(request), std::move(visit), After(std::move(done), completed));
    });
  }
  void DropRange(std::string begin, std::string end, Done done) override {
    Call([&](auto completed) {
      engine_->DropRange(std::move(begin), std::move(end), After(std::move(done), completed));
    });
  }
  void Ingest(IngestNext next, Done done) override {
    Call([&](auto completed) {
      engine_->Ingest(std::move(next), After(std::move(done), completed));
    });
  }

 private:
  using Completed = std::shared_ptr<bool>;

  static Done After(Done done, Completed completed) {
    return [completed, done = std::move(done)](Result<void> result) mutable {
      done(std::move(result));
      *completed = true;
    };
  }

  template <class Start>
  void Call(Start start) {
    const auto completed = std::make_shared<bool>(false);
    start(completed);
    const auto call = calls_.find(Fiber::Current());
    if (call == calls_.end()) return;
    while (!*completed) {
      call->second = completed;  // again after each turn: calls nest
      Fiber::Yield();
    }
  }

  std::map<const Fiber*, Completed> calls_;  // that each fiber stands in, or last stood in
};

}  // namespace stator::sim

#endif  // STATOR_SIM_BLOCKING_ENGINE_H_
