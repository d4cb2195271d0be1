#include "sim_engine.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "storage/pending_commit.h"

namespace stator::sim {
namespace {

std::vector<uint32_t> StripesOf(const std::vector<std::string>& keys) {
  std::vector<uint32_t> stripes;
  for (const std::string& key : keys) stripes.push_back(StripeOf(StableHash64(key)));
  return stripes;
}

bool Disjoint(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
  return std::none_of(a.begin(), a.end(), [&](uint32_t stripe) {
    return std::find(b.begin(), b.end(), stripe) != b.end();
  });
}

}  // namespace

struct SimEngine::ScanTurns {
  ScanRequest request;  // narrowed to what was not visited yet
  ScanVisit visit;
  ScanDone done;
};

SimEngine::SimEngine(std::unique_ptr<MemoryStore> memory, Context* context, WrapStore& wrap)
    : context_(context) {
  auto store = std::make_unique<SimStore>(std::move(memory));
  store_ = store.get();
  store_->SetHooks({
      .pause =
          [this](const char* where) {
            if (Fiber::Current() != &flusher_ || orderly_) return;
            context_->Note(std::string("  group: ") + where);
            Fiber::Yield();
          },
      .read = [this] { Interleave(); },
      .fault = [this]() -> std::optional<WriteResult> {
        if (!fault_) return std::nullopt;
        const WriteOutcome outcome = *std::exchange(fault_, std::nullopt);
        store_failed_ = true;
        ++faults_;
        context_->Note(outcome == WriteOutcome::kUnknown ? "  fault: sync failed"
                                                         : "  fault: write failed");
        return WriteResult{outcome, {StatusCode::kIoError, "injected"}};
      },
      .recovery_fails =
          [this] {
            if (!orderly_ && context_->Percent(20)) return true;
            store_failed_ = false;
            return false;
          },
  });
  EngineOptions options;
  options.clock = &context->clock();
  options.conflict_wait_micros = context->settings().conflict_wait_micros;
  options.max_pending_commits = context->settings().max_pending_commits;
  std::unique_ptr<KvStore> wrapped = std::move(store);
  if (wrap) wrapped = wrap(std::move(wrapped));
  engine_ =
      std::make_unique<EmbeddedEngine>(std::move(wrapped), options, EmbeddedEngine::Drive::kManual);
  engine_->pipeline().SetWakers([this] { flush_wanted_ = true; }, [] {});
}

// Nothing may call the engine while a commit is in the middle of an attempt, or from the flusher's
// stack.
bool SimEngine::AtOnce() {
  if (holder_ != 0 || Fiber::Current() == &flusher_) return false;
  return orderly_ || !context_->Percent(context_->settings().delay_percent);
}

void SimEngine::PassOn(Turn turn) {
  if (AtOnce() && (orderly_ || !turn.needs_device)) return turn.go();
  turn.actor = context_->actor();
  turns_.push_back(std::move(turn));
}

void SimEngine::Complete(std::string label, std::string actor, UniqueFunction<void()> done) {
  if (AtOnce()) return done();
  turns_.push_back({.label = std::move(label), .go = std::move(done), .actor = std::move(actor)});
}

void SimEngine::Go(size_t index) {
  Turn turn = std::move(turns_[index]);
  turns_.erase(turns_.begin() + static_cast<ptrdiff_t>(index));
  context_->SetActor(turn.actor);
  context_->Note("  " + turn.actor + ": " + turn.label);
  turn.go();
}

void SimEngine::Commit(CommitRequest request, CommitDone done) {
  const CommitKind kind = request.kind;
  std::vector<uint32_t> stripes = StripesOf(request.keys);
  Turn turn{.label = kind == CommitKind::kTransaction ? "commit of a transaction" : "commit"};
  turn.is_commit = true;
  turn.stripes = stripes;
  turn.go = [this, kind, request = std::move(request), stripes = std::move(stripes),
             done = std::move(done)]() mutable {
    CommitDone finish = [this, kind, actor = context_->actor(),
                         done = std::move(done)](CommitResult result) mutable {
      if (kind == CommitKind::kTransaction) --transactions_;
      Complete("commit ended", actor,
               [done = std::move(done), result = std::move(result)]() mutable {
                 done(std::move(result));
               });
    };
    GoCommit(kind, std::move(request), std::move(finish), std::move(stripes));
  };
  PassOn(std::move(turn));
}

void SimEngine::GoCommit(CommitKind kind, CommitRequest request, CommitDone done,
                         std::vector<uint32_t> stripes) {
  uint64_t holder = 0;
  if (holder_ == 0) {
    holder = holder_ = next_holder_++;
    held_ = std::move(stripes);
    interleaved_ = false;
    flusher_may_interleave_ = transactions_ == 0;
  }
  const auto release = [this, holder] {
    if (holder_ == holder) holder_ = 0;
  };
  if (kind == CommitKind::kTransaction) ++transactions_;
  request.decide = [this, decide = std::move(request.decide)](const CommitView& view) mutable {
    Interleave();
    interleaved_ = true;  // what comes now may belong to a later attempt
    return decide(view);
  };
  // When it completes inside the call it holds nothing any more.
  engine_->Commit(std::move(request),
                  [release, done = std::move(done)](CommitResult result) mutable {
                    release();
                    done(std::move(result));
                  });
  release();
}

// Inside an attempt at a commit, before and after it reads the store: what other threads might do
// now. It may touch no stripe that the attempt holds, and happens once at most, as later attempts
// hold more.
void SimEngine::Interleave() {
  if (holder_ == 0 || interleaved_ || orderly_ || Fiber::Current() == &flusher_) return;
  if (!context_->Percent(context_->settings().interleave_percent)) return;
  interleaved_ = true;
  if (context_->Percent(50)) {
    for (size_t i = 0; i < turns_.size(); ++i) {
      if (!turns_[i].is_commit || !Disjoint(turns_[i].stripes, held_)) continue;
      context_->Note("  meanwhile:");
      return Go(i);
    }
  }
  // The end of a group touches the stripes of its transactions.
  if (flusher_may_interleave_ && FlusherHasWork()) {
    context_->Note("  meanwhile:");
    StepFlusher();
  }
}

void SimEngine::Get(GetRequest request, GetDone done) {
  Turn turn{.label = "get"};
  turn.go = [this, request = std::move(request), done = std::move(done)]() mutable {
    engine_->Get(std::move(request), [this,
                                      done = std::move(done)](const GetResult& result) mutable {
      std::vector<std::optional<std::string>> values(result.values.begin(), result.values.end());
      Complete("get ended", context_->actor(),
               [error = result.error, conflicts = result.conflicts, values = std::move(values),
                done = std::move(done)]() mutable {
                 const std::vector<std::optional<std::string_view>> views(values.begin(),
                                                                          values.end());
                 done(GetResult{std::move(error), std::move(conflicts), views});
               });
    });
  };
  PassOn(std::move(turn));
}

void SimEngine::Scan(ScanRequest request, ScanVisit visit, ScanDone done) {
  if (!request.snapshot) request.snapshot = engine_->TakeSnapshot();
  auto scan =
      std::make_shared<ScanTurns>(ScanTurns{std::move(request), std::move(visit), std::move(done)});
  PassOn({.label = "scan", .go = [this, scan] { GoScan(scan); }});
}

// A few entries, then it may have to wait again.
void SimEngine::GoScan(std::shared_ptr<ScanTurns> scan) {
  uint64_t left = orderly_ ? UINT64_MAX : 1 + context_->Below(4);
  std::optional<std::string> last;
  bool stopped = false;
  ScanRequest request = scan->request;
  engine_->Scan(
      std::move(request),
      [&](std::string_view key, std::string_view value) {
        if (left-- == 0) {
          last = std::string(key);
          return false;
        }
        stopped = !scan->visit(key, value);
        return !stopped;
      },
      [&](Result<void> result) {
        if (result && last && !stopped) return;  // goes on below
        last.reset();
        scan->request.snapshot.reset();
        Complete("scan ended", context_->actor(),
                 [scan, result = std::move(result)]() mutable { scan->done(std::move(result)); });
      });
  if (!last) return;
  if (scan->request.reverse) {
    scan->request.end = *last + '\0';
  } else {
    scan->request.begin = std::move(*last);
  }
  PassOn({.label = "scan goes on", .go = [this, scan] { GoScan(scan); }});
}

void SimEngine::DropRange(std::string begin, std::string end, Done done) {
  Turn turn{.label = "drop range"};
  turn.needs_device = true;
  turn.go = [this, begin = std::move(begin), end = std::move(end),
             done = std::move(done)]() mutable {
    engine_->DropRange(std::move(begin), std::move(end),
                       [done = std::move(done)](auto result) mutable { done(std::move(result)); });
  };
  PassOn(std::move(turn));
}

void SimEngine::Ingest(IngestNext next, Done done) {
  engine_->Ingest(std::move(next), std::move(done));
}

bool SimEngine::FlusherHasWork() const {
  if (flusher_.busy() || flush_wanted_) return true;
  const auto due = engine_->pipeline().NextMaintenance();
  return due && *due <= context_->clock().MonotonicMicros();
}

void SimEngine::StepFlusher() {
  if (flusher_.busy()) return flusher_.Resume();
  flush_wanted_ = false;
  flusher_.Start([this] {
    do {
      engine_->pipeline().Maintain(context_->clock().MonotonicMicros());
    } while (engine_->pipeline().FlushOnce());
  });
}

void SimEngine::ReadStore(ScanVisit visit) {
  const SnapshotPtr snapshot = store_->TakeSnapshot();
  (void)store_->Scan(
      {}, snapshot.get(), ReadMode::kMayBlock,
      [&](std::string_view key, std::string_view value) { return visit(key, value); });
}

}  // namespace stator::sim
