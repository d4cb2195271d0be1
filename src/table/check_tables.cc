#include "table/check_tables.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "table/check_catalog.h"
#include "table/check_change_logs.h"
#include "table/check_items.h"
#include "table/check_tokens.h"
#include "table/layout.h"
#include "table/storage_key.h"

namespace stator {
namespace {

constexpr std::array kSpaces = {KeySpace::kEngine,
                                KeySpace::kCatalog,
                                KeySpace::kGuard,
                                KeySpace::kToken,
                                KeySpace::kTokenExpiry,
                                KeySpace::kSizeCounter,
                                KeySpace::kCollectionCounter,
                                KeySpace::kNextTableId,
                                KeySpace::kBackfill,
                                KeySpace::kDroppedTable,
                                KeySpace::kReaderPosition,
                                KeySpace::kKinesisStream,
                                KeySpace::kKinesisDropped,
                                KeySpace::kMapping,
                                KeySpace::kMappingProgress,
                                KeySpace::kData,
                                KeySpace::kTimeToLive,
                                KeySpace::kBackup,
                                KeySpace::kBackupJob,
                                KeySpace::kImport,
                                KeySpace::kExport,
                                KeySpace::kBulk,
                                KeySpace::kChangeRecord,
                                KeySpace::kKinesisRecord};

class Check {
 public:
  Check(KvStore* store, const CheckOptions& options, CheckReport* report)
      : walk_(store, options.progress), now_micros_(options.now_micros), report_(report) {}

  CheckTotals Run() {
    catalog_ = CheckCatalog(&walk_, report_);
    totals_.tables = catalog_.tables.size();
    totals_.tokens = CheckTokens(&walk_, now_micros_, report_);
    CheckUnknownSpaces();
    CheckCollectionSpace();
    CheckDataSpace();
    CheckTimeToLiveSpace();
    totals_.change_records = CheckChangeLogs(&walk_, catalog_, report_);
    return totals_;
  }

 private:
  void CheckUnknownSpaces() {
    std::string end;
    for (const KeySpace space : kSpaces) {
      KeyRange known = AllKeys(space);
      Unknown({std::move(end), known.begin});
      end = std::move(known.end);
    }
    Unknown({std::move(end), ""});
  }

  void Unknown(const KeyRange& range) {
    if (!range.end.empty() && range.begin >= range.end) return;
    Read(walk_.Each(range,
                    [&](auto key, auto) {
                      report_->Add({.kind = ProblemKind::kKey,
                                    .key = HexOf(key),
                                    .what = "is in no key space of this format"},
                                   key);
                    }),
         "keys that no key space has");
  }

  void Read(const Result<void>& read, std::string what) {
    if (read) return;
    report_->Add(
        {.kind = ProblemKind::kUnreadable, .what = std::move(what) + ": " + read.error().message});
  }

  // Those of tables with local indexes are compared with the items.
  void CheckCollectionSpace() {
    const KeyRange all = AllKeys(KeySpace::kCollectionCounter);
    std::string from = all.begin;
    for (const auto& [id, table] : catalog_.tables) {
      KeyRange own = CollectionCounters(id);
      if (!table->HasLocalIndex()) continue;
      Leftovers({std::move(from), std::move(own.begin)});
      from = std::move(own.end);
    }
    Leftovers({std::move(from), all.end});
  }

  void CheckDataSpace() {
    const KeyRange all = AllKeys(KeySpace::kData);
    std::string from = all.begin;
    for (const auto& [id, table] : catalog_.tables) {
      KeyRange own = TableData(id);
      Leftovers({std::move(from), std::move(own.begin)});
      CheckDataOf(*table);
      from = std::move(own.end);
    }
    Leftovers({std::move(from), all.end});
  }

  void CheckDataOf(const TableDefinition& table) {
    if (table.status == TableStatus::kDeleting) {
      return NoteDeletion(TableData(table.id), "table " + table.name);
    }
    if (table.IsBeingFilled()) {
      return report_->Note("table " + table.name + " is being " + (table.restore ? "restored" : "imported") +
                           ", from the beginning when a server starts");
    }
    const TableTotals table_totals = CheckTable(&walk_, catalog_, table, report_);
    totals_.indexes += table.indexes.size();
    totals_.items += table_totals.items;
    totals_.item_bytes += table_totals.item_bytes;
    totals_.entries += table_totals.entries;
    totals_.entry_bytes += table_totals.entry_bytes;

    // The rest of what lies under the table.
    std::vector<const IndexDefinition*> indexes;
    for (const IndexDefinition& index : table.indexes) {
      if (!index.IsMaintained()) {
        NoteDeletion(IndexData(table.id, index.id),
                     "index " + index.name + " of table " + table.name);
      }
      if (index.status == IndexStatus::kCreating) {
        report_->Note("index " + index.name + " of table " + table.name + " is being filled");
      }
      indexes.push_back(&index);
    }
    std::sort(indexes.begin(), indexes.end(), [](auto* a, auto* b) { return a->id < b->id; });
    std::string from = IndexData(table.id, 0).end;
    for (const IndexDefinition* index : indexes) {
      KeyRange own = IndexData(table.id, index->id);
      Leftovers({std::move(from), std::move(own.begin)});
      from = std::move(own.end);
    }
    Leftovers({std::move(from), TableData(table.id).end});
  }

  // What CheckTable has not compared with the items.
  void CheckTimeToLiveSpace() {
    const KeyRange all = AllKeys(KeySpace::kTimeToLive);
    std::string from = all.begin;
    for (const auto& [id, table] : catalog_.tables) {
      std::set<uint32_t> ids(table->dropped_ttls.begin(), table->dropped_ttls.end());
      if (table->ttl) ids.insert(table->ttl->id);
      for (const uint32_t ttl_id : ids) {
        KeyRange own = TimeToLiveData(id, ttl_id);
        Leftovers({std::move(from), std::move(own.begin)});
        from = std::move(own.end);
      }
      for (const uint32_t ttl_id : table->dropped_ttls) {
        NoteDeletion(TimeToLiveData(id, ttl_id), "a former time to live of table " + table->name);
      }
    }
    Leftovers({std::move(from), all.end});
  }

  void NoteDeletion(const KeyRange& range, const std::string& what) {
    uint64_t count = 0;
    Read(walk_.Each(range, [&](auto, auto) { ++count; }), what);
    report_->Note(what + " is being deleted; " + std::to_string(count) + " entries are left to go");
  }

  // Entries of tables and indexes that are not there: one problem for all of one.
  void Leftovers(const KeyRange& range) {
    if (range.begin >= range.end) return;
    struct Run {
      StorageKey owner;
      std::string first;
      uint64_t count = 0;
      uint64_t bytes = 0;
    };
    std::optional<Run> run;
    const auto end_run = [&] {
      if (run) ReportLeftover(run->owner, run->first, run->count, run->bytes);
      run.reset();
    };
    Read(walk_.Each(
             range,
             [&](std::string_view key, std::string_view value) {
               auto parsed = ParseStorageKey(key);
               if (!parsed) {
                 return report_->Add(
                     {.kind = ProblemKind::kKey, .key = HexOf(key), .what = parsed.error().message},
                     key);
               }
               if (run && (run->owner.table_id != parsed->table_id ||
                           run->owner.index_id != parsed->index_id))
                 end_run();
               if (!run) run = Run{std::move(*parsed), std::string(key)};
               ++run->count;
               run->bytes += key.size() + value.size();
             }),
         "entries of tables that are not there");
    end_run();
  }

  void ReportLeftover(const StorageKey& owner, const std::string& first, uint64_t count,
                      uint64_t bytes) {
    const auto table = catalog_.tables.find(owner.table_id);
    const bool known = table != catalog_.tables.end();
    const bool counters = owner.space == KeySpace::kCollectionCounter;
    std::string what = std::to_string(count);
    if (counters) {
      what += count == 1 ? " size of an item collection" : " sizes of item collections";
    } else {
      what += count == 1 ? " entry" : " entries";
    }
    what += " (" + std::to_string(bytes) + " bytes) of ";
    if (!known) {
      what += "a table that is not there";
      if (!catalog_.all_read) what += ", or whose definition cannot be read";
    } else {
      what += counters                               ? "a table without local indexes"
              : owner.space == KeySpace::kTimeToLive ? "a time to live that is not there"
                                                     : "an index that is not there";
    }
    report_->Add({.kind = ProblemKind::kLeftover,
                  .table = known ? table->second->name : "number " + std::to_string(owner.table_id),
                  .index = owner.index_id == 0 ? "" : "number " + std::to_string(owner.index_id),
                  .what = std::move(what)},
                 first);
  }

  StoreWalk walk_;
  const int64_t now_micros_;
  CheckReport* const report_;
  CatalogContents catalog_;
  CheckTotals totals_;
};

}  // namespace

CheckTotals CheckTables(KvStore* store, const CheckOptions& options, CheckReport* report) {
  return Check(store, options, report).Run();
}

}  // namespace stator
