#include "table/check_change_logs.h"

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/hash.h"
#include "storage/format.h"
#include "table/change_record.h"
#include "table/layout.h"
#include "table/storage_key.h"

namespace stator {
namespace {

// Items that are looked up at a time.
constexpr size_t kItemsAtATime = 1000;
// Whose last records are compared with them, of all logs.
constexpr size_t kMostItems = 1'000'000;

class ChangeLogCheck {
 public:
  ChangeLogCheck(StoreWalk* walk, const CatalogContents& catalog, CheckReport* report)
      : walk_(walk), catalog_(catalog), report_(report), tables_(catalog.tables) {}

  uint64_t Run() {
    Read(walk_->Each(AllKeys(KeySpace::kEngine), [&](auto key, auto value) { Size(key, value); }));
    Read(walk_->Each(AllKeys(KeySpace::kDroppedTable),
                     [&](auto key, auto value) { DroppedTable(key, value); }));
    Read(walk_->Each(AllKeys(KeySpace::kReaderPosition), [&](auto key, auto) { Position(key); }));
    Read(walk_->Each(AllKeys(KeySpace::kChangeRecord),
                     [&](auto key, auto value) { Record(key, value); }));
    Read(walk_->Each(AllKeys(KeySpace::kKinesisRecord),
                     [&](auto key, auto value) { Count(key, value); }));
    CompareSizes();
    CompareItems();
    for (const auto& [owner, count] : leftovers_) {
      report_->Add({.kind = ProblemKind::kLeftover,
                    .table = "number " + std::to_string(owner.first),
                    .what = std::to_string(count) +
                            " change records of a shard that is not there, " +
                            std::to_string(owner.second)});
    }
    return records_;
  }

 private:
  void Read(const Result<void>& read) {
    if (read) return;
    report_->Add(
        {.kind = ProblemKind::kUnreadable, .what = "logs of changes: " + read.error().message});
  }
  void Fault(ProblemKind kind, std::string_view key, std::string table, std::string what) {
    report_->Add(
        {.kind = kind, .table = std::move(table), .key = HexOf(key), .what = std::move(what)}, key);
  }

  void DroppedTable(std::string_view key, std::string_view value) {
    auto table = DecodeTableDefinition(value);
    if (!table) return Fault(ProblemKind::kCatalog, key, "", table.error().message);
    if (DroppedTableKey(table->id) != key || tables_.contains(table->id)) {
      return Fault(ProblemKind::kCatalog, key, table->name,
                   "the definition of a dropped table is that of another");
    }
    const uint64_t id = table->id;
    tables_.emplace(id, std::make_shared<const TableDefinition>(std::move(*table)));
  }

  void Position(std::string_view key) {
    const auto parsed = ParseStorageKey(key);
    if (!parsed) return Fault(ProblemKind::kKey, key, "", parsed.error().message);
    if (catalog_.tables.contains(parsed->table_id) || !catalog_.all_read) return;
    Fault(ProblemKind::kLeftover, key, "number " + std::to_string(parsed->table_id),
          "the position of reader " + parsed->name + " of a table that is not there");
  }

  void Size(std::string_view key, std::string_view value) {
    const auto parsed = ParseStorageKey(key);
    if (!parsed || !parsed->is_log_size()) return;  // CheckCatalog saw it
    const auto size = DecodeCounter(value);
    if (!size) return Fault(ProblemKind::kSize, key, "", size.error().message);
    sizes_.emplace(key, *size);
  }

  void Count(std::string_view key, std::string_view value) {
    if (key.size() < kAppendStampBytes) return;  // Record() sees to it, and CheckTables
    const std::string_view prefix = key.substr(0, key.size() - kAppendStampBytes);
    ByteReader stamp(key.substr(prefix.size()));
    uint64_t position = 0;
    if (!stamp.ReadU64(&position)) return;
    const auto size = sizes_.find(LogSizeKey(prefix, position));
    // What is about to be dropped is counted no more.
    if (size == sizes_.end()) return;
    --size->second.count;
    size->second.bytes -= static_cast<int64_t>(key.size() + value.size());
  }

  void CompareSizes() {
    for (const auto& [key, left] : sizes_) {
      if (left.count == 0 && left.bytes == 0) continue;
      Fault(ProblemKind::kSize, key, "",
            "the size of an hour of a log counts " + std::to_string(left.count) + " records and " +
                std::to_string(left.bytes) + " bytes more than there are");
    }
  }

  void Record(std::string_view key, std::string_view value) {
    ++records_;
    Count(key, value);
    const auto parsed = ParseStorageKey(key);
    if (!parsed) return Fault(ProblemKind::kKey, key, "", parsed.error().message);
    const auto table = tables_.find(parsed->table_id);
    const LogShard* shard =
        table == tables_.end() ? nullptr : table->second->log.FindShard(parsed->shard_id);
    if (shard == nullptr) {
      if (catalog_.all_read) ++leftovers_[{parsed->table_id, parsed->shard_id}];
      return;
    }
    const auto record = DecodeChangeRecord(value);
    const auto fault = [&](std::string what) {
      Fault(ProblemKind::kChangeRecord, key, table->second->name, std::move(what));
    };
    if (!record) return fault(record.error().message);
    const auto keys = KeysOf(*table->second, *record);
    if (!keys) return fault("a change record has no key of its table");
    if (!shard->Holds(PartitionHashOf(*record)))
      return fault("a change record is in another item's shard");
    if (!catalog_.tables.contains(table->first) || !IsCurrent(table->second->log, *shard)) return;
    std::string item_key = ItemKey(*table->second, *keys);
    if (last_.size() == kMostItems && !last_.contains(item_key)) return;
    Last& last = last_[std::move(item_key)];
    const auto position = std::string(key.substr(key.size() - kAppendStampBytes));
    if (position < last.position) return;
    last.position = position;
    last.known = !record->has_new || record->new_image.has_value();
    last.image_hash = record->new_image ? StableHash64(*record->new_image) : 0;
    last.exists = record->has_new;
    last.table = table->second->name;
  }

  // Whether every change since that shard was opened has been recorded, and its record is there:
  // one that is open descends from it, and none between them may have gone before it.
  static bool IsCurrent(const ChangeLog& log, const LogShard& shard) {
    if (shard.open()) return true;
    for (const LogShard& child : log.shards) {
      if (child.parent != shard.id) continue;
      const bool may_be_gone = !child.open() && !log.IsForOthers(child) && log.IsForOthers(shard);
      return !may_be_gone && IsCurrent(log, child);
    }
    return false;
  }

  void CompareItems() {
    std::vector<std::string> keys;
    const auto compare = [&] {
      Read(walk_->Get(keys, [&](size_t i, std::optional<std::string_view> item) {
        const Last& last = last_[keys[i]];
        if (!last.known) return;
        const bool same =
            item ? last.exists && StableHash64(*item) == last.image_hash : !last.exists;
        if (!same) {
          Fault(ProblemKind::kChangeRecord, keys[i], last.table,
                "the last change record of the item does not show it as it is");
        }
      }));
      keys.clear();
    };
    for (const auto& [key, last] : last_) {
      keys.push_back(key);
      if (keys.size() == kItemsAtATime) compare();
    }
    compare();
  }

  // What the newest record of an item says.
  struct Last {
    std::string position;
    uint64_t image_hash = 0;
    bool exists = false;
    bool known = false;  // what the item is
    std::string table;
  };

  StoreWalk* const walk_;
  const CatalogContents& catalog_;
  CheckReport* const report_;
  std::map<uint64_t, TablePtr> tables_;  // also dropped ones
  std::map<std::pair<uint64_t, uint64_t>, uint64_t> leftovers_;
  std::unordered_map<std::string, Last> last_;  // by the item's storage key
  std::map<std::string, Counter, std::less<>> sizes_;  // less what was found
  uint64_t records_ = 0;
};

}  // namespace

uint64_t CheckChangeLogs(StoreWalk* walk, const CatalogContents& catalog, CheckReport* report) {
  return ChangeLogCheck(walk, catalog, report).Run();
}

}  // namespace stator
