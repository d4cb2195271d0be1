#include "canaries.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "canary_logs.h"
#include "engine_layer.h"
#include "store_layer.h"

namespace stator::sim {
namespace {

// First bytes of storage keys (docs/format.md).
constexpr char kTokenKey = 0x03;
constexpr char kDataKey = 0x10;

bool IsIndexEntry(std::string_view key) {
  return key[0] == kDataKey && key.substr(9, 4) != std::string_view("\0\0\0\0", 4);
}

class UnsyncedWrites final : public StoreLayer {
 public:
  using StoreLayer::StoreLayer;
  WriteResult Write(std::span<const WriteOp> ops, bool) override {
    return store_->Write(ops, /*sync=*/false);
  }
};

// A sync that failed is taken for one that did not.
class IgnoredSyncFailure final : public StoreLayer {
 public:
  using StoreLayer::StoreLayer;
  WriteResult Write(std::span<const WriteOp> ops, bool sync) override {
    WriteResult result = store_->Write(ops, sync);
    if (result.outcome == WriteOutcome::kUnknown) result.outcome = WriteOutcome::kWritten;
    return result;
  }
};

// Reads keys first and decides later, protecting nothing.
class LostConflicts final : public EngineLayer {
 public:
  using EngineLayer::EngineLayer;
  void Commit(CommitRequest request, CommitDone done) override {
    if (request.keys.empty() || request.keys[0][0] != kDataKey || !request.read_counters.empty()) {
      return engine_->Commit(std::move(request), std::move(done));
    }
    GetRequest get{request.keys};
    engine_->Get(std::move(get), [this, request = std::move(request),
                                  done = std::move(done)](const GetResult& got) mutable {
      auto values = std::make_shared<std::vector<std::optional<std::string>>>(got.values.begin(),
                                                                              got.values.end());
      if (got.error) values->resize(request.keys.size());
      request.keys.clear();
      request.decide = [values,
                        decide = std::move(request.decide)](const CommitView& view) mutable {
        const std::vector<std::optional<std::string_view>> old(values->begin(), values->end());
        return decide(CommitView{old, view.counters});
      };
      engine_->Commit(std::move(request), std::move(done));
    });
  }
};

// Answers reads from writes that are not durable yet.
class EarlyReads final : public EngineLayer {
 public:
  using EngineLayer::EngineLayer;
  void Commit(CommitRequest request, CommitDone done) override {
    auto decided = std::make_shared<std::vector<Mutation>>();
    request.decide = [this, decided,
                      decide = std::move(request.decide)](const CommitView& view) mutable {
      Decision decision = decide(view);
      Forget(*decided);
      *decided = decision.mutations;
      for (const Mutation& mutation : *decided) early_[mutation.key] = mutation.value;
      return decision;
    };
    engine_->Commit(std::move(request),
                    [this, decided, done = std::move(done)](CommitResult result) mutable {
                      Forget(*decided);
                      done(std::move(result));
                    });
  }
  void Get(GetRequest request, GetDone done) override {
    std::vector<std::string> keys = request.keys;
    engine_->Get(std::move(request), [this, keys = std::move(keys),
                                      done = std::move(done)](GetResult got) mutable {
      std::vector<std::optional<std::string_view>> values(got.values.begin(), got.values.end());
      for (size_t i = 0; i < values.size(); ++i) {
        const auto early = early_.find(keys[i]);
        if (early != early_.end()) values[i] = early->second;
      }
      got.values = values;
      done(got);
    });
  }

 private:
  void Forget(const std::vector<Mutation>& mutations) {
    for (const Mutation& mutation : mutations) early_.erase(mutation.key);
  }
  std::map<std::string, std::optional<std::string>> early_;
};

// Tokens of transactions are never found again.
class ForgottenTokens final : public EngineLayer {
 public:
  using EngineLayer::EngineLayer;
  void Commit(CommitRequest request, CommitDone done) override {
    request.decide = [keys = request.keys,
                      decide = std::move(request.decide)](const CommitView& view) mutable {
      std::vector<std::optional<std::string_view>> values(view.values.begin(), view.values.end());
      for (size_t i = 0; i < keys.size(); ++i) {
        if (keys[i][0] == kTokenKey) values[i].reset();
      }
      return decide(CommitView{values, view.counters});
    };
    engine_->Commit(std::move(request), std::move(done));
  }
};

// One index entry in sixteen is not written.
struct DropIndexEntries {
  void operator()(Decision* decision) {
    std::erase_if(decision->mutations, [](const Mutation& mutation) {
      return mutation.value && IsIndexEntry(mutation.key) &&
             StableHash64(*mutation.value) % 16 == 0;
    });
  }
};

// Definitions may change under a commit.
class IgnoredGuards final : public EngineLayer {
 public:
  using EngineLayer::EngineLayer;
  void Commit(CommitRequest request, CommitDone done) override {
    request.guards.clear();
    engine_->Commit(std::move(request), std::move(done));
  }
};

// The last item of a transaction is written by a commit of its own.
class SplitTransactions final : public EngineLayer {
 public:
  using EngineLayer::EngineLayer;
  void Commit(CommitRequest request, CommitDone done) override {
    if (request.kind != CommitKind::kTransaction)
      return engine_->Commit(std::move(request), std::move(done));
    auto rest = std::make_shared<std::optional<Mutation>>();
    request.decide = [rest, decide = std::move(request.decide)](const CommitView& view) mutable {
      Decision decision = decide(view);
      MakeRecordsWhole(&decision);
      rest->reset();
      for (size_t i = decision.mutations.size(); i > 1; --i) {
        Mutation& mutation = decision.mutations[i - 1];
        if (mutation.key[0] != kDataKey || IsIndexEntry(mutation.key)) continue;
        *rest = std::move(mutation);
        decision.mutations.erase(decision.mutations.begin() + static_cast<ptrdiff_t>(i) - 1);
        break;
      }
      return decision;
    };
    engine_->Commit(std::move(request),
                    [this, rest, done = std::move(done)](CommitResult result) mutable {
                      if (result.outcome != CommitOutcome::kCommitted || !*rest)
                        return done(std::move(result));
                      CommitRequest second;
                      second.decide = [mutation = std::move(**rest)](const CommitView&) {
                        Decision decision;
                        decision.commit = true;
                        decision.mutations = {mutation};
                        return decision;
                      };
                      engine_->Commit(std::move(second), std::move(done));
                    });
  }
};

// Each entry of a page of a table is read at a moment of its own.
class TornPages final : public EngineLayer {
 public:
  using EngineLayer::EngineLayer;
  void Scan(ScanRequest request, ScanVisit visit, ScanDone done) override {
    if (request.begin[0] != kDataKey || IsIndexEntry(request.begin)) {
      return engine_->Scan(std::move(request), std::move(visit), std::move(done));
    }
    Next(std::make_shared<Page>(Page{std::move(request), std::move(visit), std::move(done)}));
  }

 private:
  struct Page {
    ScanRequest request;
    ScanVisit visit;
    ScanDone done;
    bool visited = false, stopped = false;
  };
  void Next(std::shared_ptr<Page> page) {
    page->visited = false;
    engine_->Scan(
        {page->request.begin, page->request.end, page->request.reverse, nullptr},
        [page](std::string_view key, std::string_view value) {
          page->visited = true;
          page->stopped = !page->visit(key, value);
          if (page->request.reverse) {
            page->request.end = key;
          } else {
            page->request.begin = std::string(key) + '\0';
          }
          return false;
        },
        [this, page](Result<void> result) {
          if (!result || page->stopped || !page->visited) return page->done(std::move(result));
          Next(page);
        });
  }
};

template <class Layer>
Sabotage OfStore() {
  return {.store = [](std::unique_ptr<KvStore> store) -> std::unique_ptr<KvStore> {
            return std::make_unique<Layer>(std::move(store));
          },
          .engine = nullptr};
}

template <class Layer>
Sabotage OfEngine() {
  return {.store = nullptr,
          .engine = [](std::unique_ptr<Engine> engine) -> std::unique_ptr<Engine> {
            return std::make_unique<Layer>(std::move(engine));
          }};
}

constexpr Canary kCanaries[] = {
    {"unsynced-writes", "writes are acknowledged without a sync", &OfStore<UnsyncedWrites>},
    {"ignored-sync-failure", "a failed sync is taken for a good one", &OfStore<IgnoredSyncFailure>},
    {"lost-conflicts", "items are read before and not protected", &OfEngine<LostConflicts>},
    {"early-reads", "reads show what is not durable yet", &OfEngine<EarlyReads>},
    {"forgotten-tokens", "a ClientRequestToken is not recognized", &OfEngine<ForgottenTokens>},
    {"dropped-index-entries", "some index entries are not written",
     &OfEngine<ChangedDecisions<DropIndexEntries>>,
     /*shows=*/false},
    {"ignored-guards", "a definition may change under a write", &OfEngine<IgnoredGuards>,
     /*shows=*/false},
    {"split-transactions", "one item of a transaction is written later",
     &OfEngine<SplitTransactions>},
    {"torn-pages", "the entries of a page are of different moments", &OfEngine<TornPages>},
    {"forgotten-records", "a commit forgets one of its change records", &ForgottenRecords},
    {"early-records", "a log shows what is not durable yet", &EarlyRecords},
    {"records-after-the-end", "a change is recorded in a shard that was closed before",
     &RecordsAfterTheEnd},
    {"forgotten-positions", "what a named reader has read is not noted", &ForgottenPositions},
    {"anonymous-deletes", "deletes by the service are recorded as those of users",
     &AnonymousDeletes},
};

}  // namespace

std::span<const Canary> Canaries() { return kCanaries; }

const Canary* FindCanary(std::string_view name) {
  for (const Canary& canary : kCanaries) {
    if (canary.name == name) return &canary;
  }
  return nullptr;
}

}  // namespace stator::sim
