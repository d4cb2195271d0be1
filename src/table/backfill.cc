#include "table/backfill.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "model/item_codec.h"
#include "table/blocking.h"
#include "table/catalog.h"
#include "table/index_maintenance.h"
#include "table/layout.h"

namespace stator {

struct Backfill::Batch {
  std::vector<std::string> item_keys;   // of items that belong into the index
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

Backfill::Backfill(Engine* engine, const TableDefinition& table, const IndexDefinition& index,
                   const BackfillLimits& limits)
    : engine_(engine),
      limits_(limits),
      position_key_(BackfillKey(table.id, index.id)),
      position_(AllEntries(table, nullptr).begin) {}

BackfillOutcome Backfill::Step(const TableDefinition& table, const IndexDefinition& index) {
  if (!loaded_ && !LoadPosition()) return BackfillOutcome::kFailed;
  auto batch = ReadBatch(table, index);
  if (!batch) return BackfillOutcome::kFailed;
  if (!batch->item_keys.empty()) {
    const BackfillOutcome outcome = WriteBatch(table, index, *batch);
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
                                            const IndexDefinition& index) {
  // The scan may be on another thread, but never outlives the wait.
  Batch batch;
  auto visit = [&](std::string_view key, std::string_view value) {
    if (batch.IsFull(limits_)) {
      batch.reached_end = false;
      return false;
    }
    auto item = DecodeItem(value);
    if (!item) {
      batch.error = item.error();
      return false;
    }
    ++batch.items_seen;
    batch.bytes_seen += key.size() + value.size();
    batch.last_key = key;
    if (std::optional<IndexEntry> entry = EntryOf(table, index, *item)) {
      batch.item_keys.emplace_back(key);
      batch.entry_keys.push_back(std::move(entry->key));
    }
    return true;
  };
  auto scanned = ScanAndWait(*engine_, {position_, AllEntries(table, nullptr).end}, visit);
  if (!scanned) return Unexpected<Status>(scanned.error());
  if (batch.error) return Unexpected<Status>(*batch.error);
  return batch;
}

BackfillOutcome Backfill::WriteBatch(const TableDefinition& table, const IndexDefinition& index,
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
      auto item = DecodeItem(*view.values[i]);
      if (!item) return Decision{};
      std::optional<IndexEntry> entry = EntryOf(table, index, *item);
      if (!entry || entry->key != batch.entry_keys[i]) continue;
      added.count += 1;
      added.bytes += static_cast<int64_t>(entry->size);
      decision.mutations.push_back({std::move(entry->key), std::move(entry->value)});
    }
    if (added.count > 0) decision.counters.push_back({SizeCounterKey(table.id, index.id), added});
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
