#include "table/check_catalog.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/bytes.h"
#include "storage/format.h"
#include "table/layout.h"
#include "table/storage_key.h"

namespace stator {
namespace {

using Type = AttributeValue::Type;

bool AreKeyTypes(const std::vector<KeyAttribute>& attributes) {
  return std::all_of(attributes.begin(), attributes.end(), [](const KeyAttribute& attribute) {
    return attribute.type == Type::kS || attribute.type == Type::kN || attribute.type == Type::kB;
  });
}

// Why a definition that was read cannot be meant; empty: it can.
std::string FaultOf(const TableDefinition& table) {
  if (NameOf(table.status).empty()) return "its status is unknown";
  if (table.keys.hash.size() != 1 || table.keys.range.size() > 1 || !AreKeyTypes(table.keys.hash) ||
      !AreKeyTypes(table.keys.range)) {
    return "its key schema is impossible";
  }
  std::set<uint32_t> ids;
  for (const IndexDefinition& index : table.indexes) {
    if (index.id == 0 || index.id >= table.next_index_id || !ids.insert(index.id).second) {
      return "the number of index " + index.name + " is impossible";
    }
    if (NameOf(index.status).empty()) return "the status of index " + index.name + " is unknown";
    if (NameOf(index.projection.type).empty() || index.keys.hash.empty() ||
        !AreKeyTypes(index.keys.hash) || !AreKeyTypes(index.keys.range)) {
      return "the schema of index " + index.name + " is impossible";
    }
  }
  if (table.ttl && NameOf(table.ttl->status).empty()) {
    return "the status of the time to live is unknown";
  }
  // The number of one that is going is among the dropped ones already.
  std::set<uint32_t> ttls(table.dropped_ttls.begin(), table.dropped_ttls.end());
  if (table.ttl) ttls.insert(table.ttl->id);
  for (const uint32_t id : ttls) {
    if (id == 0 || id >= table.next_index_id || ids.contains(id)) {
      return "the number of a time to live, " + std::to_string(id) + ", is impossible";
    }
  }
  return "";
}

class CatalogCheck {
 public:
  CatalogCheck(StoreWalk* walk, CheckReport* report) : walk_(walk), report_(report) {}

  CatalogContents Run() {
    Each(KeySpace::kEngine, ProblemKind::kCatalog,
         [&](auto key, auto value) { LastPosition(key, value); });
    contents_.all_read = Each(KeySpace::kCatalog, ProblemKind::kCatalog,
                              [&](auto key, auto value) { Definition(key, value); });
    Each(KeySpace::kGuard, ProblemKind::kGuard, [&](auto key, auto value) { Guard(key, value); });
    Each(KeySpace::kSizeCounter, ProblemKind::kSize,
         [&](auto key, auto value) { Size(key, value); });
    Each(KeySpace::kNextTableId, ProblemKind::kCatalog,
         [&](auto key, auto value) { LastTableId(key, value); });
    Each(KeySpace::kBackfill, ProblemKind::kBackfill,
         [&](auto key, auto value) { Backfill(key, value); });
    CompareGuards();
    return std::move(contents_);
  }

 private:
  bool Each(KeySpace space, ProblemKind kind, StoreWalk::Visit visit) {
    auto read = walk_->Each(AllKeys(space), visit);
    if (read) return true;
    report_->Add(
        {.kind = ProblemKind::kUnreadable,
         .what = "records about \"" + std::string(NameOf(kind)) + "\": " + read.error().message});
    return false;
  }

  // The key in its parts; nullopt, and reported, if it has none.
  std::optional<StorageKey> Parse(std::string_view key) {
    auto parsed = ParseStorageKey(key);
    if (parsed) return std::move(*parsed);
    report_->Add({.kind = ProblemKind::kKey, .key = HexOf(key), .what = parsed.error().message},
                 key);
    return std::nullopt;
  }

  void LastPosition(std::string_view key, std::string_view value) {
    const auto parsed = Parse(key);
    // CheckChangeLogs sees to the sizes; ranges that were dropped may be any.
    if (!parsed || parsed->is_log_size() || !parsed->dropped_end.empty()) return;
    const auto position = DecodeGuard(value);
    if (position) return;
    report_->Add({.kind = ProblemKind::kCatalog,
                  .what = "the last position of the log: " + position.error().message},
                 key);
  }

  void Definition(std::string_view key, std::string_view value) {
    const auto parsed = Parse(key);
    if (!parsed) return;
    const auto fault = [&](std::string what) {
      report_->Add({.kind = ProblemKind::kCatalog, .table = parsed->name, .what = std::move(what)},
                   key);
      unread_ = true;
    };
    auto table = DecodeTableDefinition(value);
    if (!table) return fault("the definition cannot be read: " + table.error().message);
    if (CatalogKey(table->scope, table->name) != key) {
      return fault("the definition is that of table " + table->name + " of account " +
                   table->scope.account_id + " in " + table->scope.region);
    }
    if (const std::string what = FaultOf(*table); !what.empty()) return fault(what);
    const uint64_t id = table->id;
    auto [other, added] =
        contents_.tables.emplace(id, std::make_shared<const TableDefinition>(std::move(*table)));
    if (!added)
      fault("it has the same number (" + std::to_string(id) + ") as " + other->second->name);
  }

  void Guard(std::string_view key, std::string_view value) {
    const auto parsed = Parse(key);
    if (!parsed) return;
    auto epoch = DecodeGuard(value);
    if (!epoch) {
      report_->Add({.kind = ProblemKind::kGuard,
                    .table = NameOf(parsed->table_id),
                    .what = epoch.error().message},
                   key);
      return;
    }
    // Those of dropped tables stay for ever.
    last_guard_ = std::max(last_guard_, parsed->table_id);
    if (contents_.tables.contains(parsed->table_id)) epochs_[parsed->table_id] = *epoch;
  }

  void CompareGuards() {
    for (const auto& [id, table] : contents_.tables) {
      const auto epoch = epochs_.find(id);
      if (epoch != epochs_.end() && epoch->second == table->epoch) continue;
      report_->Add({.kind = ProblemKind::kGuard,
                    .table = table->name,
                    .what = "the guard is " +
                            (epoch == epochs_.end() ? "missing" : std::to_string(epoch->second)) +
                            ", the definition's epoch " + std::to_string(table->epoch)});
    }
    const uint64_t highest =
        std::max(last_guard_, contents_.tables.empty() ? 0 : contents_.tables.rbegin()->first);
    if (highest > last_table_id_) {
      report_->Add({.kind = ProblemKind::kCatalog,
                    .what = "the last table number is recorded as " +
                            std::to_string(last_table_id_) + ", but there is or was a table " +
                            std::to_string(highest)});
    }
    contents_.all_read = contents_.all_read && !unread_;
  }

  void Size(std::string_view key, std::string_view value) {
    const auto parsed = Parse(key);
    if (!parsed) return;
    const TableAndIndex id{parsed->table_id, parsed->index_id};
    if (!IsKnown(*parsed)) {
      report_->Add({.kind = ProblemKind::kLeftover,
                    .table = NameOf(id.first),
                    .what = "a counter of " +
                            (id.second == 0 ? "a table" : "index " + std::to_string(id.second)) +
                            " that is not there"},
                   key);
      return;
    }
    auto counter = DecodeCounter(value);
    if (counter) {
      contents_.sizes[id] = *counter;
      return;
    }
    report_->Add({.kind = ProblemKind::kSize,
                  .table = NameOf(id.first),
                  .index = IndexName(id),
                  .what = counter.error().message},
                 key);
  }

  void LastTableId(std::string_view key, std::string_view value) {
    if (!Parse(key)) return;
    ByteReader reader(value);
    if (reader.ReadU64(&last_table_id_) && reader.empty()) return;
    report_->Add({.kind = ProblemKind::kCatalog, .what = "the last table number cannot be read"},
                 key);
  }

  void Backfill(std::string_view key, std::string_view value) {
    const auto parsed = Parse(key);
    if (!parsed) return;
    const TableAndIndex id{parsed->table_id, parsed->index_id};
    const Problem problem{
        .kind = ProblemKind::kBackfill, .table = NameOf(id.first), .index = IndexName(id)};
    const auto fault = [&](std::string what) {
      Problem full = problem;
      full.what = std::move(what);
      report_->Add(std::move(full), key);
    };
    const auto table = contents_.tables.find(id.first);
    if (table == contents_.tables.end()) return fault("the position of a table that is not there");
    const TableDefinition& definition = *table->second;
    const IndexDefinition* index = FindIndexById(definition, id.second);
    const bool for_index = index != nullptr && index->status != IndexStatus::kActive;
    const auto& dropped = definition.dropped_ttls;
    const bool for_ttl =
        (definition.ttl && definition.ttl->id == id.second && !definition.ttl->filled) ||
        std::find(dropped.begin(), dropped.end(), id.second) != dropped.end();
    if (!for_index && !for_ttl) {
      return fault("the position of a backfill that is not under way");
    }
    const KeyRange items = AllEntries(*table->second, nullptr);
    if (value < items.begin || value > items.end)
      return fault("the position is not among the table's items");
    contents_.backfills[id] = value;
  }

  bool IsKnown(const StorageKey& key) const {
    const auto table = contents_.tables.find(key.table_id);
    if (table == contents_.tables.end()) return false;
    return key.index_id == 0 || FindIndexById(*table->second, key.index_id) != nullptr;
  }
  std::string NameOf(uint64_t table_id) const {
    const auto table = contents_.tables.find(table_id);
    return table == contents_.tables.end() ? "number " + std::to_string(table_id)
                                           : table->second->name;
  }
  static std::string_view NameOf(ProblemKind kind) { return stator::NameOf(kind); }
  std::string IndexName(const TableAndIndex& id) const {
    if (id.second == 0) return "";
    const auto table = contents_.tables.find(id.first);
    const IndexDefinition* index =
        table == contents_.tables.end() ? nullptr : FindIndexById(*table->second, id.second);
    return index == nullptr ? "number " + std::to_string(id.second) : index->name;
  }

  StoreWalk* const walk_;
  CheckReport* const report_;
  CatalogContents contents_;
  bool unread_ = false;
  std::map<uint64_t, uint64_t> epochs_;
  uint64_t last_guard_ = 0;
  uint64_t last_table_id_ = 0;
};

}  // namespace

const IndexDefinition* FindIndexById(const TableDefinition& table, uint32_t index_id) {
  for (const IndexDefinition& index : table.indexes) {
    if (index.id == index_id) return &index;
  }
  return nullptr;
}

CatalogContents CheckCatalog(StoreWalk* walk, CheckReport* report) {
  return CatalogCheck(walk, report).Run();
}

}  // namespace stator
