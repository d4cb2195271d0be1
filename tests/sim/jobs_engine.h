// Calls from the fiber of the table jobs return when they have completed, as if its thread had
// waited.
#ifndef STATOR_SIM_JOBS_ENGINE_H_
#define STATOR_SIM_JOBS_ENGINE_H_

#include <memory>
#include <string>
#include <utility>

#include "engine_layer.h"
#include "fiber.h"

namespace stator::sim {

class JobsEngine final : public EngineLayer {
 public:
  // `jobs` must outlive it.
  JobsEngine(std::unique_ptr<Engine> engine, Fiber* jobs)
      : EngineLayer(std::move(engine)), jobs_(jobs) {}

  // The fiber stands in a call that has completed.
  bool JobsMayGoOn() const { return jobs_->busy() && *completed_; }

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
    if (Fiber::Current() != jobs_) return;
    completed_ = completed;
    while (!*completed) Fiber::Yield();
  }

  Fiber* const jobs_;
  Completed completed_;
};

}  // namespace stator::sim

#endif  // STATOR_SIM_JOBS_ENGINE_H_
