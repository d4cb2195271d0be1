// The tables that exist: durable through the storage seam, cached in memory, found without a lock.
#ifndef STATOR_TABLE_CATALOG_H_
#define STATOR_TABLE_CATALOG_H_

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/unique_function.h"
#include "model/api_error.h"
#include "storage/engine.h"
#include "table/table_definition.h"

namespace stator {

// What a change of a definition comes to: the new definition (id and epoch are filled in by the catalog), or
// nullopt = remove the record (its data is dropped by the caller afterwards).
using DefinitionChange = ApiResult<std::optional<TableDefinition>>;

// Thread-safe.
class Catalog {
 public:
  // Reads all definitions. `engine` must outlive the catalog.
  static Result<std::unique_ptr<Catalog>> Open(Engine* engine);

  // Null if there is no such table. Lock-free but after a change.
  TablePtr Find(const Scope& scope, std::string_view name) const;
  // By the table's internal number; null if gone.
  TablePtr FindById(uint64_t table_id) const;
  // Names in byte order, all states.
  std::vector<std::string> Names(const Scope& scope) const;
  std::vector<TablePtr> All() const;
  // The last definitions of tables that are gone, while their streams can still be read, by id.
  std::vector<TablePtr> Dropped() const;
  // From when on a stream of a table of this name has a label that none of those has.
  int64_t EarliestStreamMicros(const Scope& scope, std::string_view name) const;
  // Ends that. REQUIRES: what the log of the table held was dropped.
  void ForgetDropped(uint64_t table_id, UniqueFunction<void(Result<void>)> done);
  // Another number after every change of what is cached.
  uint64_t version() const { return version_.load(std::memory_order_acquire); }

  // The one way to change a definition (design: "Changing a definition"): `change` is shown the current
  // definition (null: none) and may be called several times. Commits it under a new epoch, so that when `done`
  // runs every commit decided under the old one has ended and Find answers with the new one. `done` gets the
  // new definition, or null if the record was removed.
  void Change(const Scope& scope, std::string name,
              UniqueFunction<DefinitionChange(const TableDefinition* current)> change,
              UniqueFunction<void(ApiResult<TablePtr>)> done);

  // Reads a table's definition from the engine into the cache; for whoever met kGuardChanged.
  void Refresh(const Scope& scope, std::string name, UniqueFunction<void()> done);

  // The guard of a definition, for commits under it.
  static Guard GuardOf(const TableDefinition& table);

 private:
  using Map = std::unordered_map<std::string, TablePtr>;  // by catalog key

  explicit Catalog(Engine* engine) : engine_(engine) {}
  const Map& Cached() const;
  enum class Absent { kIsAdded, kStays };
  // Puts `table` into the cache unless a newer definition is there, or it is known to be removed.
  void Publish(const std::string& catalog_key, TablePtr table, Absent if_absent = Absent::kIsAdded);
  // Takes it out if it is still the table with this number.
  void Unpublish(const std::string& catalog_key, uint64_t table_id);
  void PublishDropped(TablePtr table);
  void EndChange();
  void Replace(std::shared_ptr<const Map> map);  // REQUIRES: mutex_ is held

  Engine* const engine_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Map> map_;     // guarded by mutex_
  std::atomic<uint64_t> version_{0};   // changes whenever map_ does
  std::map<uint64_t, TablePtr> dropped_;  // guarded by mutex_
  // Changes under way, and the tables that were removed meanwhile. Guarded by mutex_.
  size_t changes_ = 0;
  std::set<uint64_t> removed_;
};

}  // namespace stator

#endif  // STATOR_TABLE_CATALOG_H_
