#include "table/check_differences.h"

#include <utility>
#include <vector>

#include "base/bytes.h"
#include "model/item_codec.h"
#include "model/key_codec.h"
#include "storage/format.h"
#include "table/index_maintenance.h"
#include "table/layout.h"
#include "table/storage_key.h"

namespace stator {
namespace {

void ReportUnread(const Result<void>& read, const TableDefinition& table,
                  const IndexDefinition* index, CheckReport* report) {
  if (read) return;
  report->Add({.kind = ProblemKind::kUnreadable,
               .table = table.name,
               .index = index == nullptr ? "" : index->name,
               .what = read.error().message});
}

// The item, if it can be decoded and is the one that its key says.
std::optional<Item> ReadableItem(const TableDefinition& table, std::string_view key,
                                 std::string_view value) {
  auto item = DecodeItem(value);
  const auto attributes = DecodeDataKey(table, nullptr, key);
  if (!item || !attributes) return std::nullopt;
  for (const auto& [name, said] : *attributes) {
    const AttributeValue* held = item->Find(name);
    if (held == nullptr || !(*held == said)) return std::nullopt;
  }
  return std::move(*item);
}

class IndexDifferences {
 public:
  explicit IndexDifferences(const IndexComparison& in) : in_(in) {}

  void Run() {
    ReportUnread(
        in_.walk->EachPage(
            AllEntries(*in_.table, nullptr), [&](auto key, auto value) { Item(key, value); },
            [&] { return LookUpEntries(); }),
        *in_.table, in_.index, in_.report);
    ReportUnread(
        in_.walk->EachPage(
            AllEntries(*in_.table, in_.index), [&](auto key, auto value) { Entry(key, value); },
            [&] { return LookUpItems(); }),
        *in_.table, in_.index, in_.report);
  }

 private:
  void Report(ProblemKind kind, std::string_view entry_key, std::string what,
              std::string_view stored) {
    const auto attributes = DecodeDataKey(*in_.table, in_.index, entry_key);
    in_.report->Add({.kind = kind,
                     .table = in_.table->name,
                     .index = in_.index->name,
                     .key = attributes ? Json(*attributes) : HexOf(entry_key),
                     .what = std::move(what)},
                    stored);
  }

  void Item(std::string_view key, std::string_view value) {
    const auto item = ReadableItem(*in_.table, key, value);
    if (!item) return;
    auto entry = EntryOf(*in_.table, *in_.index, *item);
    if (!entry) return;
    keys_.push_back(std::move(entry->key));
    expected_.push_back(std::move(entry->value));
    may_lack_.push_back(in_.filled_up_to && key >= *in_.filled_up_to);
  }

  Result<void> LookUpEntries() {
    auto read = in_.walk->Get(keys_, [&](size_t i, std::optional<std::string_view> value) {
      if (!value) {
        if (!may_lack_[i])
          Report(ProblemKind::kEntryMissing, keys_[i], "the item has no entry", {});
      } else if (*value != expected_[i]) {
        Report(ProblemKind::kEntryWrong, keys_[i], Difference(*value, expected_[i]), keys_[i]);
      }
    });
    keys_.clear();
    expected_.clear();
    may_lack_.clear();
    return read;
  }

  static std::string Difference(std::string_view stored, std::string_view expected) {
    const auto held = DecodeItem(stored);
    if (!held) return held.error().message;
    const auto due = DecodeItem(expected);
    for (const auto& [name, value] : *due) {
      const AttributeValue* other = held->Find(name);
      if (other == nullptr) return "attribute " + name + " is missing";
      if (!(*other == value)) return "attribute " + name + " is not the item's";
    }
    for (const auto& [name, value] : *held) {
      if (!due->Contains(name)) return "attribute " + name + " is not projected, or not the item's";
    }
    return "the size recorded in it is not the item's";
  }

  void Entry(std::string_view key, std::string_view) {
    const auto attributes = DecodeDataKey(*in_.table, in_.index, key);
    if (!attributes) return;
    keys_.push_back(ItemKey(*in_.table, *attributes));
    expected_.emplace_back(key);
  }

  Result<void> LookUpItems() {
    auto read = in_.walk->Get(keys_, [&](size_t i, std::optional<std::string_view> value) {
      const std::string& entry_key = expected_[i];
      if (!value)
        return Report(ProblemKind::kEntryOrphan, entry_key, "there is no such item", entry_key);
      const auto item = ReadableItem(*in_.table, keys_[i], *value);
      if (!item) return;
      const auto entry = EntryOf(*in_.table, *in_.index, *item);
      if (entry && entry->key == entry_key) return;
      Report(ProblemKind::kEntryOrphan, entry_key,
             entry ? "the item has other values of the index's key"
                   : "the item does not belong into the index",
             entry_key);
    });
    keys_.clear();
    expected_.clear();
    return read;
  }

  const IndexComparison& in_;
  // Of the page: what is to be looked up, and what it is compared with.
  std::vector<std::string> keys_;
  std::vector<std::string> expected_;
  std::vector<bool> may_lack_;
};

class CollectionDifferences {
 public:
  CollectionDifferences(StoreWalk* walk, const TableDefinition& table, CheckReport* report)
      : walk_(walk), table_(table), report_(report) {}

  void Run() {
    auto items = walk_->EachPage(
        AllEntries(table_, nullptr), [&](auto key, auto value) { Item(key, value); },
        [&] { return LookUpCounters(); });
    End();
    if (items) items = LookUpCounters();
    ReportUnread(items, table_, nullptr, report_);
    ReportUnread(
        walk_->EachPage(
            CollectionCounters(table_.id), [&](auto key, auto value) { StoredCounter(key, value); },
            [&] { return LookForItems(); }),
        table_, nullptr, report_);
  }

 private:
  void Report(std::string_view counter_key, const Counter& stored, const Counter& counted) {
    const auto attributes = DecodeCollectionKey(table_, counter_key);
    if (!attributes) return;
    const auto text = [](const Counter& counter) {
      return std::to_string(counter.count) + " items with " + std::to_string(counter.bytes) +
             " bytes";
    };
    report_->Add(
        {.kind = ProblemKind::kCollection,
         .table = table_.name,
         .key = Json(*attributes),
         .what = "stored: " + text(stored) + "; counted, local indexes included: " + text(counted)},
        counter_key);
  }

  void Item(std::string_view key, std::string_view value) {
    const auto item = ReadableItem(table_, key, value);
    if (!item) return;
    std::string counter_key = CollectionCounterKey(table_, *item);
    if (counter_key != current_) {
      End();
      current_ = std::move(counter_key);
    }
    ++counted_.count;
    counted_.bytes += static_cast<int64_t>(EncodedItemSize(value).value());
    for (const IndexDefinition& index : table_.indexes) {
      if (index.global) continue;
      const auto entry = EntryOf(table_, index, *item);
      if (entry) counted_.bytes += static_cast<int64_t>(entry->size);
    }
  }

  void End() {
    if (!current_.empty()) {
      keys_.push_back(std::move(current_));
      due_.push_back(counted_);
    }
    current_.clear();
    counted_ = {};
  }

  Result<void> LookUpCounters() {
    auto read = walk_->Get(keys_, [&](size_t i, std::optional<std::string_view> value) {
      const auto stored = DecodeCounter(value);
      if (!stored || (stored->count == due_[i].count && stored->bytes == due_[i].bytes)) return;
      Report(keys_[i], *stored, due_[i]);
    });
    keys_.clear();
    due_.clear();
    return read;
  }

  void StoredCounter(std::string_view key, std::string_view value) {
    const auto stored = DecodeCounter(value);
    if (!stored || (stored->count == 0 && stored->bytes == 0)) return;
    keys_.emplace_back(key);
    due_.push_back(*stored);
  }

  Result<void> LookForItems() {
    for (size_t i = 0; i < keys_.size(); ++i) {
      const auto attributes = DecodeCollectionKey(table_, keys_[i]);
      if (!attributes) continue;
      std::string prefix = PartitionPrefix(table_, nullptr, {attributes->begin()->second});
      std::string end = PrefixEnd(prefix);
      auto empty = walk_->IsEmpty({std::move(prefix), std::move(end)});
      if (!empty) return Unexpected<Status>(std::move(empty).error());
      if (*empty) Report(keys_[i], due_[i], {});
    }
    keys_.clear();
    due_.clear();
    return {};
  }

  StoreWalk* const walk_;
  const TableDefinition& table_;
  CheckReport* const report_;
  std::string current_;  // counter of the collection being read; empty: none yet
  Counter counted_;
  std::vector<std::string> keys_;  // of counters
  std::vector<Counter> due_;       // parallel: as counted, or as stored
};

}  // namespace

void FindIndexDifferences(const IndexComparison& comparison) { IndexDifferences(comparison).Run(); }

void FindCollectionDifferences(StoreWalk* walk, const TableDefinition& table, CheckReport* report) {
  CollectionDifferences(walk, table, report).Run();
}

}  // namespace stator
