#include "canary_logs.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "engine_layer.h"
#include "store_layer.h"
#include "table/change_record.h"

namespace stator::sim {
namespace {

// First bytes of storage keys (docs/format.md).
constexpr char kPositionKey = 0x0b;
constexpr char kRecordKey = 0x20;

bool IsChangeRecord(const Append& append) { return append.prefix[0] == kRecordKey; }

struct ForgetRecords {
  void operator()(Decision* decision) {
    std::erase_if(decision->appends, [](const Append& append) {
      return IsChangeRecord(append) && StableHash64(append.value) % 16 == 0;
    });
  }
};

struct ForgetPositions {
  void operator()(Decision* decision) {
    std::erase_if(decision->mutations,
                  [](const Mutation& mutation) { return mutation.key[0] == kPositionKey; });
  }
};

struct HideService {
  void operator()(Decision* decision) {
    for (Append& append : decision->appends) {
      if (!IsChangeRecord(append)) continue;
      auto record = DecodeChangeRecord(append.value);
      if (!record) continue;
      record->actor = Actor::kUser;
      append.value = EncodeChangeRecord(*record);
    }
  }
};

class UnguardedRecords final : public EngineLayer {
 public:
  using EngineLayer::EngineLayer;
  void Commit(CommitRequest request, CommitDone done) override {
    // Of commits that write items: definitions and readers keep theirs.
    if (!request.keys.empty() && request.keys[0][0] == 0x10) request.guards.clear();
    engine_->Commit(std::move(request), std::move(done));
  }
};

// Scans of logs also see the records of the write that is under way.
class EarlyLogs final : public StoreLayer {
 public:
  using StoreLayer::StoreLayer;
  WriteResult Write(std::span<const WriteOp> ops, bool sync) override {
    under_way_ = ops;
    WriteResult result = store_->Write(ops, sync);
    under_way_ = {};
    return result;
  }
  Result<ScanEnd> Scan(const StoreRange& range, const Snapshot* snapshot, ReadMode mode,
                       ScanVisit visit) override {
    bool stopped = false;
    std::string last;
    auto end =
        store_->Scan(range, snapshot, mode, [&](std::string_view key, std::string_view value) {
          stopped = !visit(key, value);
          last = key;
          return !stopped;
        });
    if (!end || stopped || range.reverse || range.begin.empty() || range.begin[0] != kRecordKey)
      return end;
    for (const WriteOp& op : under_way_) {
      const std::string_view key = op.key;
      if (key < range.begin || key >= range.end || key <= last || !op.value) continue;
      if (!visit(key, std::string(*op.value).append(op.end))) break;
    }
    return end;
  }

 private:
  std::span<const WriteOp> under_way_;
};

template <class Layer>
Sabotage OfEngine() {
  return {.store = nullptr,
          .engine = [](std::unique_ptr<Engine> engine) -> std::unique_ptr<Engine> {
            return std::make_unique<Layer>(std::move(engine));
          }};
}

}  // namespace

Sabotage ForgottenRecords() { return OfEngine<ChangedDecisions<ForgetRecords>>(); }
Sabotage ForgottenPositions() { return OfEngine<ChangedDecisions<ForgetPositions>>(); }
Sabotage AnonymousDeletes() { return OfEngine<ChangedDecisions<HideService>>(); }
Sabotage RecordsAfterTheEnd() { return OfEngine<UnguardedRecords>(); }
Sabotage EarlyRecords() {
  return {.store = [](std::unique_ptr<KvStore> store) -> std::unique_ptr<KvStore> {
            return std::make_unique<EarlyLogs>(std::move(store));
          },
          .engine = nullptr};
}

}  // namespace stator::sim
