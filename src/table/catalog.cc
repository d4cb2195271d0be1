#include "table/catalog.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "table/blocking.h"
#include "table/layout.h"

namespace stator {
namespace {

std::string EncodeCount(uint64_t value) {
  std::string bytes;
  AppendU64(value, &bytes);
  return bytes;
}

// Versions are unique over all catalogs of the process, so that a thread's copy can never be taken for that of
// another catalog.
uint64_t NextVersion() {
  static std::atomic<uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

// What one change is about, shared by the decision (which may run several times) and the completion.
struct ChangeState {
  Scope scope;
  std::string name;
  std::string catalog_key;
  UniqueFunction<DefinitionChange(const TableDefinition* current)> change;
  UniqueFunction<void(ApiResult<TablePtr>)> done;
  // Replaced by each run of the decision:
  std::optional<ApiError> error;
  TablePtr current;
  TablePtr next;
};

// REQUIRES: `values` are those of the catalog record and of the next-table-id record.
Decision DecideChange(ChangeState* state, const CommitView& view) {
  Decision decision;
  state->error.reset();
  state->current = nullptr;
  state->next = nullptr;
  if (view.values[0]) {
    auto decoded = DecodeTableDefinition(*view.values[0]);
    if (!decoded) {
      state->error = ToApiError(decoded.error());
      return decision;
    }
    state->current = std::make_shared<const TableDefinition>(std::move(*decoded));
  }
  const TableDefinition* current = state->current.get();
  DefinitionChange change = state->change(current);
  if (!change) {
    state->error = std::move(change).error();
    return decision;
  }
  decision.commit = true;
  if (!*change) {
    if (current == nullptr) return decision;
    decision.guards.push_back({TableGuardKey(current->id), current->epoch + 1});
    decision.mutations.push_back({state->catalog_key, std::nullopt});
    if (!current->log.streams.empty()) {
      decision.mutations.push_back({DroppedTableKey(current->id), EncodeTableDefinition(*current)});
    }
    return decision;
  }
  TableDefinition next = **std::move(change);
  if (current != nullptr) {
    next.id = current->id;
    next.epoch = current->epoch + 1;
  } else {
    uint64_t last_id = 0;
    if (view.values[1] && !ByteReader(*view.values[1]).ReadU64(&last_id)) {
      state->error = ToApiError(Status{StatusCode::kCorruption, "the record of the last table id"});
      return decision;
    }
    next.id = last_id + 1;
    next.epoch = 1;
    decision.mutations.push_back({NextTableIdKey(), EncodeCount(next.id)});
  }
  decision.guards.push_back({TableGuardKey(next.id), next.epoch});
  decision.mutations.push_back({state->catalog_key, EncodeTableDefinition(next)});
  state->next = std::make_shared<const TableDefinition>(std::move(next));
  return decision;
}

}  // namespace

Result<std::unique_ptr<Catalog>> Catalog::Open(Engine* engine) {
  std::unique_ptr<Catalog> catalog(new Catalog(engine));
  auto map = std::make_shared<Map>();
  const auto read = [engine](KeyRange range, auto add) {
    std::optional<Status> fault;
    Result<void> scanned = ScanAndWait(*engine, {std::move(range.begin), std::move(range.end)},
                                       [&](std::string_view key, std::string_view value) {
                                         auto table = DecodeTableDefinition(value);
                                         if (table) {
                                           add(key, std::make_shared<const TableDefinition>(std::move(*table)));
                                         } else {
                                           fault = std::move(table).error();
                                         }
                                         return !fault;
                                       });
    return fault ? Result<void>(Unexpected<Status>(std::move(*fault))) : scanned;
  };
  Result<void> done = read(AllCatalogKeys(), [&](std::string_view key, TablePtr table) {
    map->emplace(key, std::move(table));
  });
  if (done) {
    done = read(AllKeys(KeySpace::kDroppedTable), [&](std::string_view, TablePtr table) {
      catalog->dropped_.emplace(table->id, std::move(table));
    });
  }
  if (!done) return Unexpected<Status>(std::move(done.error()));
  catalog->map_ = std::move(map);
  catalog->version_ = NextVersion();
  return catalog;
}

const Catalog::Map& Catalog::Cached() const {
  // One copy of the pointer per thread, renewed when the version moved: a look-up costs one atomic load.
  thread_local uint64_t seen = 0;
  thread_local std::shared_ptr<const Map> copy;
  if (seen != version_.load(std::memory_order_acquire)) {
    std::lock_guard lock(mutex_);
    copy = map_;
    seen = version_.load(std::memory_order_relaxed);
  }
  return *copy;
}

TablePtr Catalog::Find(const Scope& scope, std::string_view name) const {
  const Map& map = Cached();
  auto it = map.find(CatalogKey(scope, name));
  return it == map.end() ? nullptr : it->second;
}

TablePtr Catalog::FindById(uint64_t table_id) const {
  for (const auto& [key, table] : Cached()) {
    if (table->id == table_id) return table;
  }
  return nullptr;
}

std::vector<std::string> Catalog::Names(const Scope& scope) const {
  std::vector<std::string> names;
  for (const auto& [key, table] : Cached()) {
    if (table->scope == scope) names.push_back(table->name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<TablePtr> Catalog::All() const {
  std::vector<TablePtr> tables;
  for (const auto& [key, table] : Cached()) tables.push_back(table);
  return tables;
}

std::vector<TablePtr> Catalog::Dropped() const {
  std::lock_guard lock(mutex_);
  std::vector<TablePtr> tables;
  for (const auto& [id, table] : dropped_) tables.push_back(table);
  return tables;
}

int64_t Catalog::EarliestStreamMicros(const Scope& scope, std::string_view name) const {
  int64_t earliest = 0;
  std::lock_guard lock(mutex_);
  const auto consider = [&earliest](const TableDefinition& table) {
    for (const StreamDefinition& stream : table.log.streams) {
      earliest = std::max(earliest, stream.created_micros + 1000);  // labels show milliseconds
    }
  };
  for (const auto& [id, table] : dropped_) {
    if (table->name == name && table->scope == scope) consider(*table);
  }
  // It may be gone already: whoever deleted it is told later.
  const auto cached = map_->find(CatalogKey(scope, name));
  if (cached != map_->end()) consider(*cached->second);
  return earliest;
}

void Catalog::ForgetDropped(uint64_t table_id, UniqueFunction<void(Result<void>)> done) {
  CommitRequest request;
  request.frees_space = true;
  request.decide = [table_id](const CommitView&) {
    Decision decision;
    decision.commit = true;
    decision.mutations.push_back({DroppedTableKey(table_id), std::nullopt});
    return decision;
  };
  engine_->Commit(std::move(request), [this, table_id, done = std::move(done)](CommitResult result) mutable {
    if (result.outcome != CommitOutcome::kCommitted) return done(Unexpected<Status>(std::move(result.status)));
    {
      std::lock_guard lock(mutex_);
      dropped_.erase(table_id);
    }
    done({});
  });
}

void Catalog::PublishDropped(TablePtr table) {
  std::lock_guard lock(mutex_);
  const uint64_t id = table->id;
  dropped_[id] = std::move(table);
}

void Catalog::Change(const Scope& scope, std::string name,
                     UniqueFunction<DefinitionChange(const TableDefinition* current)> change,
                     UniqueFunction<void(ApiResult<TablePtr>)> done) {
  auto state = std::make_shared<ChangeState>();
  state->scope = scope;
  state->catalog_key = CatalogKey(scope, name);
  state->name = std::move(name);
  state->change = std::move(change);
  state->done = std::move(done);
  CommitRequest request;
  request.frees_space = true;  // a definition is small, and a table has to be deleted in steps
  request.keys = {state->catalog_key, NextTableIdKey()};
  request.decide = [state](const CommitView& view) { return DecideChange(state.get(), view); };
  {
    std::lock_guard lock(mutex_);
    ++changes_;
  }
  engine_->Commit(std::move(request), [this, state](CommitResult result) {
    const bool committed = result.outcome == CommitOutcome::kCommitted;
    if (committed && state->next) {
      Publish(state->catalog_key, state->next);
    } else if (committed && state->current) {
      if (!state->current->log.streams.empty()) PublishDropped(state->current);
      Unpublish(state->catalog_key, state->current->id);
    }
    EndChange();
    if (committed) return state->done(state->next);
    state->done(Unexpected<ApiError>(result.outcome == CommitOutcome::kRefused
                                         ? std::move(*state->error)
                                         : ToApiError(result.status)));
  });
}

void Catalog::EndChange() {
  std::lock_guard lock(mutex_);
  if (--changes_ == 0) removed_.clear();
}

void Catalog::Refresh(const Scope& scope, std::string name, UniqueFunction<void()> done) {
  auto finish = std::make_shared<UniqueFunction<void()>>(std::move(done));
  std::string key = CatalogKey(scope, name);
  TablePtr before = Find(scope, name);
  engine_->Get({{key}}, [this, key, before, finish](const GetResult& result) {
    if (!result.error && result.values[0]) {
      auto table = DecodeTableDefinition(*result.values[0]);
      // If the table left the cache meanwhile, what was read is older than that.
      const Absent if_absent = before ? Absent::kStays : Absent::kIsAdded;
      if (table) Publish(key, std::make_shared<const TableDefinition>(std::move(*table)), if_absent);
    } else if (!result.error && before) {
      if (!before->log.streams.empty()) PublishDropped(before);
      Unpublish(key, before->id);
    }
    (*finish)();
  });
}

Guard Catalog::GuardOf(const TableDefinition& table) { return {TableGuardKey(table.id), table.epoch}; }

void Catalog::Publish(const std::string& catalog_key, TablePtr table, Absent if_absent) {
  std::lock_guard lock(mutex_);
  auto it = map_->find(catalog_key);
  if (it == map_->end() && if_absent == Absent::kStays) return;
  // Completions may overtake each other: never go back to an older table or an older definition, or
  // to one that is no more.
  if (removed_.contains(table->id)) return;
  if (it != map_->end() && std::pair(it->second->id, it->second->epoch) >= std::pair(table->id, table->epoch)) {
    return;
  }
  // Another table of that name was deleted before: whoever did it has yet to be told.
  if (it != map_->end() && it->second->id != table->id && !it->second->log.streams.empty()) {
    dropped_.emplace(it->second->id, it->second);
  }
  auto next = std::make_shared<Map>(*map_);
  (*next)[catalog_key] = std::move(table);
  Replace(std::move(next));
}

void Catalog::Unpublish(const std::string& catalog_key, uint64_t table_id) {
  std::lock_guard lock(mutex_);
  if (changes_ != 0) removed_.insert(table_id);
  auto it = map_->find(catalog_key);
  if (it == map_->end() || it->second->id != table_id) return;
  auto next = std::make_shared<Map>(*map_);
  next->erase(catalog_key);
  Replace(std::move(next));
}

void Catalog::Replace(std::shared_ptr<const Map> map) {
  map_ = std::move(map);
  version_.store(NextVersion(), std::memory_order_release);
}

}  // namespace stator
