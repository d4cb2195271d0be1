#include "backup/table_restorer.h"

#include <utility>

#include "base/await.h"
#include "model/item_codec.h"
#include "storage/format.h"
#include "table/blocking.h"
#include "table/index_maintenance.h"
#include "table/layout.h"

namespace stator {
namespace {

Result<void> IngestAndWait(Engine* engine, IngestNext next) {
  return Await<Result<void>>([&](auto done) { engine->Ingest(std::move(next), std::move(done)); });
}

}  // namespace

TableRestorer::TableRestorer(Engine* engine, FileSpace* space, TablePtr table, OpenSource open,
                             std::string scratch, const TableRestorerOptions& options)
    : engine_(engine),
      space_(space),
      table_(std::move(table)),
      scratch_(std::move(scratch)),
      options_(options),
      prefix_(AllEntries(*table_, nullptr).begin),
      open_(std::move(open)) {}

TableRestorer::~TableRestorer() = default;

Result<bool> TableRestorer::Step() {
  Result<void> done;
  switch (phase_) {
    case Phase::kBegin:
      done = Begin();
      break;
    case Phase::kItems:
      done = IngestItems();
      break;
    case Phase::kEntries:
      done = IngestSorted(entries_.get(), Phase::kCollections);
      break;
    case Phase::kCollections:
      done = IngestSorted(collections_.get(), Phase::kCounters);
      break;
    case Phase::kCounters:
      done = WriteCounters();
      if (done) done = space_->RemoveFolder(scratch_);
      if (done) done = space_->RemoveFolder(scratch_ + "-sizes");
      if (done) return true;
      break;
  }
  if (!done) return Unexpected<Status>(std::move(done).error());
  return false;
}

Result<void> TableRestorer::Begin() {
  auto source = open_();
  if (!source) return Unexpected<Status>(std::move(source).error());
  source_ = *std::move(source);
  for (KeyRange range :
       {TableData(table_->id), TableCounters(table_->id), CollectionCounters(table_->id)}) {
    if (auto dropped = DropAndWait(*engine_, std::move(range)); !dropped) return dropped;
  }
  auto made = space_->RemoveFolder(scratch_);
  if (made) made = space_->MakeFolder(scratch_);
  if (!made) return made;
  phase_ = Phase::kItems;
  if (table_->indexes.empty()) return {};
  entries_ = std::make_unique<EntrySorter>(space_, scratch_, options_.sort_bytes);
  if (auto folder = space_->MakeFolder(scratch_ + "-sizes"); !folder) return folder;
  collections_ = std::make_unique<EntrySorter>(space_, scratch_ + "-sizes", options_.sort_bytes);
  return {};
}

// Adds the item to the sizes and to its collection, and its entries to those of the indexes.
Result<void> TableRestorer::CountAndSort(std::string_view encoded) {
  auto size = EncodedItemSize(encoded);
  if (!size) return Unexpected<Status>(std::move(size).error());
  sizes_[0].count += 1;
  sizes_[0].bytes += static_cast<int64_t>(*size);
  if (!entries_) return {};
  auto item = DecodeItem(encoded);
  if (!item) return Unexpected<Status>(std::move(item).error());
  Counter added{1, static_cast<int64_t>(*size)};
  for (const IndexDefinition& index : table_->indexes) {
    auto entry = EntryOf(*table_, index, *item);
    if (!entry) continue;
    const auto entry_size = static_cast<int64_t>(entry->size);
    sizes_[index.id].count += 1;
    sizes_[index.id].bytes += entry_size;
    if (!index.global) added.bytes += entry_size;
    auto sorted = entries_->Add(std::move(entry->key), std::move(entry->value));
    if (!sorted) return sorted;
  }
  if (!table_->HasLocalIndex()) return {};
  std::string key = CollectionCounterKey(*table_, *item);
  if (key != collection_key_) {
    if (auto ended = EndCollection(); !ended) return ended;
    collection_key_ = std::move(key);
  }
  collection_.count += added.count;
  collection_.bytes += added.bytes;
  return {};
}

Result<void> TableRestorer::EndCollection() {
  if (collection_key_.empty()) return {};
  return collections_->Add(std::exchange(collection_key_, {}),
                           EncodeCounter(std::exchange(collection_, {})));
}

Result<void> TableRestorer::IngestItems() {
  size_t bytes = 0;
  bool ended = false;
  Result<void> sorted;
  auto ingested = IngestAndWait(engine_, [&](std::string* key, std::string* value) {
    std::string_view rest, item;
    if (bytes >= options_.ingest_bytes) return false;
    ended = !source_->Next(&rest, &item);
    if (ended) return false;
    sorted = CountAndSort(item);
    if (!sorted) return false;
    key->assign(prefix_).append(rest);
    value->assign(item);
    bytes += key->size() + value->size();
    return true;
  });
  if (!ingested) return ingested;
  if (!source_->error()) return source_->error();
  if (!sorted) return sorted;
  // Who describes the table sees how far it is.
  if (!ended) return WriteCounters();
  phase_ = Phase::kCounters;
  if (!entries_) return {};
  phase_ = Phase::kEntries;
  return EndCollection();
}

Result<void> TableRestorer::IngestSorted(EntrySorter* sorter, Phase next) {
  auto finished = sorter->Finish();
  if (!finished) return Unexpected<Status>(std::move(finished).error());
  if (!*finished) return {};
  size_t bytes = 0;
  bool ended = false;
  auto ingested = IngestAndWait(engine_, [&](std::string* key, std::string* value) {
    if (bytes >= options_.ingest_bytes) return false;
    ended = !sorter->Next(key, value);
    bytes += key->size() + value->size();
    return !ended;
  });
  if (!ingested) return ingested;
  if (!sorter->error()) return sorter->error();
  if (ended) phase_ = next;
  return {};
}

// Adds what has come since the last time. Not ingested, as the engine has counters of its own in
// memory.
Result<void> TableRestorer::WriteCounters() {
  CommitRequest request;
  request.guards = {Catalog::GuardOf(*table_)};
  request.decide = [this](const CommitView&) {
    Decision decision;
    decision.commit = true;
    for (const auto& [id, size] : sizes_) {
      decision.counters.push_back({SizeCounterKey(table_->id, id), size});
    }
    return decision;
  };
  const CommitResult result = CommitAndWait(*engine_, std::move(request));
  if (result.outcome != CommitOutcome::kCommitted) return Unexpected<Status>(result.status);
  sizes_.clear();
  return {};
}

}  // namespace stator
