#include "table/backfill.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "model/item_codec.h"
#include "table/blocking.h"
#include "table/catalog.h"
#include "table/layout.h"
#include "table/time_to_live.h"

namespace stator {

struct Backfill::Batch {
  std::vector<std::string> item_keys;   // of items that have an entry
  std::vector<std::string> entry_keys;  // parallel: where their entries go
  size_t items_seen = 0;
  size_t bytes_seen = 0;
  std::string last_key;
  bool reached_end = true;
  std::optional<Status> error;

  bool IsFull(const BackfillLimits& limits) const {
    return item_keys.size() >= limits.entries || items_seen >= limits.items ||
           bytes_seen >= limits.bytes;
  }
};

BackfillTarget EntriesOfIndex(const TableDefinition& table, uint32_t index_id) {
  const auto index =
      std::find_if(table.indexes.begin(), table.indexes.end(),
                   [&](const IndexDefinition& other) { return other.id == index_id; });
  BackfillTarget target;
  target.counter = SizeCounterKey(table.id, index_id);
  target.entry_of = [&table, &index = *index](
                        std::string_view,
                        std::string_view bytes) -> Result<std::optional<IndexEntry>> {
    auto item = DecodeItem(bytes);
    if (!item) return Unexpected<Status>(item.error());
    return EntryOf(table, index, *item);
  };
  return target;
}

BackfillTarget EntriesOfTimeToLive(const TableDefinition& table) {
  BackfillTarget target;
  target.entry_of = [&table](std::string_view key,
                             std::string_view bytes) -> Result<std::optional<IndexEntry>> {
    auto entry = TimeToLiveEntry(table, key, bytes);
    if (!entry) return Unexpected<Status>(entry.error());
    if (!*entry) return std::optional<IndexEntry>();
    return std::optional(IndexEntry{.key = **std::move(entry)});
  };
  return target;
}

Backfill::Backfill(Engine* engine, const TableDefinition& table, uint32_t id,
                   const BackfillLimits& limits)
    : engine_(engine),
      limits_(limits),
      position_key_(BackfillKey(table.id, id)),
      position_(AllEntries(table, nullptr).begin) {}

BackfillOutcome Backfill::Step(const TableDefinition& table, const BackfillTarget& target) {
  if (!loaded_ && !LoadPosition()) return BackfillOutcome::kFailed;
  auto batch = ReadBatch(table, target);
  if (!batch) return BackfillOutcome::kFailed;
  if (!batch->item_keys.empty()) {
    const BackfillOutcome outcome = WriteBatch(table, target, *batch);
    if (outcome != BackfillOutcome::kMore) return outcome;
  }
  if (batch->reached_end) return BackfillOutcome::kFinished;
  position_ = std::move(batch->last_key);
  position_.push_back('\0');
  if (++steps_since_saved_ >= limits_.steps_between_saves) SavePosition(table);
  return BackfillOutcome::kMore;
}

bool Backfill::LoadPosition() {
  loaded_ = Await<bool>([&](auto done) {
    engine_->Get({{position_key_}},
                 [this, done = std::move(done)](const GetResult& result) mutable {
                   if (!result.error && result.values[0]) position_ = *result.values[0];
                   done(!result.error);
                 });
  });
  return loaded_;
}

Result<Backfill::Batch> Backfill::ReadBatch(const TableDefinition& table,
                                            const BackfillTarget& target) {
  // The scan may be on another thread, but never outlives the wait.
  Batch batch;
  auto visit = [&](std::string_view key, std::string_view value) {
    if (batch.IsFull(limits_)) {
      batch.reached_end = false;
      return false;
    }
    auto entry = target.entry_of(key, value);
    if (!entry) {
      batch.error = entry.error();
      return false;
    }
    ++batch.items_seen;
    batch.bytes_seen += key.size() + value.size();
    batch.last_key = key;
    if (*entry) {
      batch.item_keys.emplace_back(key);
      batch.entry_keys.push_back(std::move((*entry)->key));
    }
    return true;
  };
  auto scanned = ScanAndWait(*engine_, {position_, AllEntries(table, nullptr).end}, visit);
  if (!scanned) return Unexpected<Status>(scanned.error());
  if (batch.error) return Unexpected<Status>(*batch.error);
  return batch;
}

BackfillOutcome Backfill::WriteBatch(const TableDefinition& table, const BackfillTarget& target,
                                     const Batch& batch) {
  const size_t count = batch.item_keys.size();
  CommitRequest request;
  request.guards = {Catalog::GuardOf(table)};
  request.keys = batch.item_keys;
  request.keys.insert(request.keys.end(), batch.entry_keys.begin(), batch.entry_keys.end());
  request.decide = [&](const CommitView& view) {
    Decision decision;
    decision.commit = true;
    Counter added;
    for (size_t i = 0; i < count; ++i) {
      // Gone, or its entry is there: whoever did that has seen to the index.
      if (!view.values[i] || view.values[count + i]) continue;
      auto entry = target.entry_of(batch.item_keys[i], *view.values[i]);
      if (!entry) return Decision{};
      if (!*entry || (*entry)->key != batch.entry_keys[i]) continue;
      added.count += 1;
      added.bytes += static_cast<int64_t>((*entry)->size);
      decision.mutations.push_back({std::move((*entry)->key), std::move((*entry)->value)});
    }
    if (target.counter && added.count > 0) decision.counters.push_back({*target.counter, added});
    return decision;
  };
  switch (CommitAndWait(*engine_, std::move(request)).outcome) {
    case CommitOutcome::kCommitted:
      return BackfillOutcome::kMore;
    case CommitOutcome::kGuardChanged:
      return BackfillOutcome::kGuardChanged;
    default:
      return BackfillOutcome::kFailed;
  }
}

void Backfill::SavePosition(const TableDefinition& table) {
  CommitRequest request;
  request.guards = {Catalog::GuardOf(table)};
  request.decide = [&](const CommitView&) {
    Decision decision;
    decision.commit = true;
    decision.mutations.push_back({position_key_, position_});
    return decision;
  };
  // If it fails, an interrupted backfill starts further back.
  if (CommitAndWait(*engine_, std::move(request)).outcome == CommitOutcome::kCommitted)
    steps_since_saved_ = 0;
}

}  // namespace stator
