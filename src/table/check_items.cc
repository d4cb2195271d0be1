#include "table/check_items.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/attribute_value_json.h"
#include "model/item_codec.h"
#include "model/item_size.h"
#include "model/limits.h"
#include "storage/format.h"
#include "table/check_differences.h"
#include "table/check_fingerprint.h"
#include "table/check_time_to_live.h"
#include "table/index_maintenance.h"
#include "table/key_check.h"
#include "table/layout.h"
#include "table/storage_key.h"

namespace stator {
namespace {

std::string Text(const Counter& counter) {
  return std::to_string(counter.count) + " with " + std::to_string(counter.bytes) + " bytes";
}

class TableCheck {
 public:
  TableCheck(StoreWalk* walk, const CatalogContents& catalog, const TableDefinition& table,
             CheckReport* report)
      : walk_(walk),
        catalog_(catalog),
        table_(table),
        report_(report),
        time_to_live_(walk, catalog, table, report) {
    for (const IndexDefinition& index : table.indexes) {
      if (index.IsMaintained()) indexes_.push_back({.index = &index});
    }
  }

  TableTotals Run() {
    const bool items_read = Each(nullptr, [&](auto key, auto value) { OnItem(key, value); });
    EndCollection();
    totals_.items = static_cast<uint64_t>(counted_.count);
    totals_.item_bytes = static_cast<uint64_t>(counted_.bytes);
    if (items_read) CompareSize(nullptr, counted_, sizes_known_);
    for (IndexSide& side : indexes_) CheckIndex(&side, items_read);
    if (table_.HasLocalIndex()) CheckCollections(items_read);
    time_to_live_.Run(items_read);
    return totals_;
  }

 private:
  struct IndexSide {
    const IndexDefinition* index = nullptr;
    Fingerprint expected;  // entries of the items
    Fingerprint stored;
    Counter counted;
    bool sizes_known = true;
  };

  Problem About(ProblemKind kind, const IndexDefinition* index, std::string key,
                std::string what) const {
    return {.kind = kind,
            .table = table_.name,
            .index = index == nullptr ? "" : index->name,
            .key = std::move(key),
            .file = "",
            .what = std::move(what)};
  }

  bool Each(const IndexDefinition* index, StoreWalk::Visit visit) {
    auto read = walk_->Each(AllEntries(table_, index), visit);
    if (read) return true;
    report_->Add(
        About(ProblemKind::kUnreadable, index, "",
              "not all of it can be read, the rest was not compared: " + read.error().message));
    return false;
  }

  // The attributes that a key says, if it is one of this table's; otherwise it is reported.
  std::optional<AttributeMap> KeyOf(const IndexDefinition* index, std::string_view key) {
    auto attributes = DecodeDataKey(table_, index, key);
    if (!attributes) {
      report_->Add(About(ProblemKind::kKey, index, HexOf(key),
                         "the key does not fit the key schema, or its hash is wrong"),
                   key);
    }
    return attributes;
  }

  // Counts an entry's size as the entry itself has it: that is what the counters were told.
  static bool Count(std::string_view value, Counter* counter) {
    ++counter->count;
    auto size = EncodedItemSize(value);
    if (size) counter->bytes += static_cast<int64_t>(*size);
    return size.has_value();
  }

  void OnItem(std::string_view key, std::string_view value) {
    sizes_known_ = Count(value, &counted_) && sizes_known_;
    const auto attributes = KeyOf(nullptr, key);
    if (!attributes) return;
    auto item = DecodeItem(value);
    const auto fault = [&](std::string what) {
      report_->Add(About(ProblemKind::kItem, nullptr, Json(*attributes), std::move(what)), key);
    };
    if (!item) return fault(item.error().message);
    for (const auto& [name, said] : *attributes) {
      const AttributeValue* held = item->Find(name);
      if (held == nullptr) return fault("the item has no attribute " + name);
      if (*held == said) continue;
      std::string text;
      AppendJson(*held, &text);
      return fault("the item's attribute " + name + " is " + text);
    }
    CheckLimits(*item, fault);
    AddToCollection(*item, value);
    time_to_live_.OnItem(key, value);
    for (IndexSide& side : indexes_) {
      auto entry = EntryOf(table_, *side.index, *item);
      if (!entry) continue;
      side.expected.Add(entry->key, entry->value);
      if (!side.index->global) collection_.bytes += static_cast<int64_t>(entry->size);
    }
  }

  template <class Fault>
  void CheckLimits(const Item& item, const Fault& fault) const {
    if (auto key = CheckItemKey(table_, item); !key) fault(key.error().message);
    const size_t size = SizeOf(item);
    if (size > kMaxItemSize)
      fault("the item has " + std::to_string(size) + " bytes, more than allowed");
    for (const auto& [name, value] : item) {
      if (NestingLevels(value) > kMaxNestingLevels)
        return fault("attribute " + name + " is nested too deeply");
    }
  }

  void AddToCollection(const Item& item, std::string_view value) {
    if (!table_.HasLocalIndex()) return;
    std::string key = CollectionCounterKey(table_, item);
    if (key != collection_key_) {
      EndCollection();
      collection_key_ = std::move(key);
    }
    Count(value, &collection_);
  }

  void EndCollection() {
    if (!collection_key_.empty())
      expected_collections_.Add(collection_key_, EncodeCounter(collection_));
    collection_ = {};
    collection_key_.clear();
  }

  void CompareSize(const IndexDefinition* index, Counter counted, bool sizes_known) {
    const auto found = catalog_.sizes.find({table_.id, index == nullptr ? 0 : index->id});
    const Counter stored = found == catalog_.sizes.end() ? Counter{} : found->second;
    // The size of what cannot be read is not known; that it cannot is reported already.
    if (!sizes_known) counted.bytes = stored.bytes;
    if (stored.count == counted.count && stored.bytes == counted.bytes) return;
    report_->Add(About(ProblemKind::kSize, index, "",
                       "stored: " + Text(stored) + "; counted: " + Text(counted)));
  }

  void OnEntry(IndexSide* side, std::string_view key, std::string_view value) {
    side->sizes_known = Count(value, &side->counted) && side->sizes_known;
    side->stored.Add(key, value);
    (void)KeyOf(side->index, key);
  }

  void CheckIndex(IndexSide* side, bool items_read) {
    const bool read = Each(side->index, [&](auto key, auto value) { OnEntry(side, key, value); });
    totals_.entries += static_cast<uint64_t>(side->counted.count);
    totals_.entry_bytes += static_cast<uint64_t>(side->counted.bytes);
    if (!read) return;
    CompareSize(side->index, side->counted, side->sizes_known);
    if (!items_read || side->expected == side->stored) return;
    IndexComparison comparison{
        .walk = walk_, .table = &table_, .index = side->index, .report = report_};
    if (side->index->status == IndexStatus::kCreating) {
      const auto position = catalog_.backfills.find({table_.id, side->index->id});
      comparison.filled_up_to =
          position == catalog_.backfills.end() ? std::string() : position->second;
    }
    FindIndexDifferences(comparison);
  }

  void CheckCollections(bool items_read) {
    Fingerprint stored;
    auto read = walk_->Each(CollectionCounters(table_.id), [&](auto key, auto value) {
      auto counter = DecodeCounter(value);
      const auto attributes = DecodeCollectionKey(table_, key);
      if (!attributes) {
        report_->Add(
            About(ProblemKind::kKey, nullptr, HexOf(key), "is no key of an item collection"), key);
      } else if (!counter) {
        report_->Add(
            About(ProblemKind::kCollection, nullptr, Json(*attributes), counter.error().message),
            key);
      } else if (counter->count != 0 || counter->bytes != 0) {
        stored.Add(key, value);
      }
    });
    if (!read) {
      report_->Add(About(ProblemKind::kUnreadable, nullptr, "",
                         "the sizes of item collections: " + read.error().message));
    } else if (items_read && stored != expected_collections_) {
      FindCollectionDifferences(walk_, table_, report_);
    }
  }

  StoreWalk* const walk_;
  const CatalogContents& catalog_;
  const TableDefinition& table_;
  CheckReport* const report_;
  TableTotals totals_;
  Counter counted_;
  bool sizes_known_ = true;
  std::vector<IndexSide> indexes_;
  std::string collection_key_;  // of the items being read; empty: none yet
  Counter collection_;
  Fingerprint expected_collections_;
  TimeToLiveCheck time_to_live_;
};

}  // namespace

TableTotals CheckTable(StoreWalk* walk, const CatalogContents& catalog,
                       const TableDefinition& table, CheckReport* report) {
  return TableCheck(walk, catalog, table, report).Run();
}

}  // namespace stator
