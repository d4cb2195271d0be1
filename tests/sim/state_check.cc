#include "state_check.h"

#include <utility>
#include <vector>

#include "model/item_codec.h"
#include "storage/format.h"
#include "table/index_maintenance.h"
#include "table/layout.h"
#include "table/table_definition.h"
#include "table/token_record.h"

namespace stator::sim {
namespace {

struct Problem {
  std::string text;
};

// Thrown as text: whatever cannot be decoded is a problem like any other.
template <class T>
T Decoded(Result<T> result, const std::string& what) {
  if (!result) throw Problem{what + " cannot be decoded: " + result.error().message};
  return std::move(*result);
}

class StateCheck {
 public:
  explicit StateCheck(const StoreContent& content) : content_(content) {}

  void Run() {
    const KeyRange catalog = AllCatalogKeys();
    for (auto entry = content_.lower_bound(catalog.begin);
         entry != content_.lower_bound(catalog.end); ++entry) {
      CheckTable(Decoded(DecodeTableDefinition(entry->second), "a definition"));
    }
    CheckTokens();
    for (const auto& [key, value] : content_) {
      if (key[0] == '\x10' && !accounted_.contains(key))
        throw Problem{"data that belongs to no table or index"};
    }
  }

 private:
  StoreContent Within(const KeyRange& range) const {
    return {content_.lower_bound(range.begin), content_.lower_bound(range.end)};
  }

  std::optional<std::string_view> Find(const std::string& key) const {
    const auto entry = content_.find(key);
    if (entry == content_.end()) return std::nullopt;
    return entry->second;
  }

  void Account(const StoreContent& part) { accounted_.insert(part.begin(), part.end()); }

  void ExpectCounter(const std::string& key, const Counter& counted,
                     const std::string& what) const {
    const Counter stored = Decoded(DecodeCounter(Find(key)), "a counter");
    if (stored.count == counted.count && stored.bytes == counted.bytes) return;
    throw Problem{what + " is counted as " + std::to_string(stored.count) + " of " +
                  std::to_string(stored.bytes) + " bytes, but there are " +
                  std::to_string(counted.count) + " of " + std::to_string(counted.bytes)};
  }

  void CheckTable(const TableDefinition& table) {
    const uint64_t epoch = Decoded(DecodeGuard(Find(TableGuardKey(table.id))), "a guard");
    if (epoch != table.epoch) throw Problem{"the guard of " + table.name + " is not its epoch"};
    if (table.status == TableStatus::kDeleting) return Account(Within(TableData(table.id)));

    std::vector<Item> items;
    Counter counted;
    std::map<std::string, Counter> collections;
    const StoreContent stored = Within(IndexData(table.id, 0));
    Account(stored);
    for (const auto& [key, value] : stored) {
      items.push_back(Decoded(DecodeItem(value), "an item"));
      if (ItemKey(table, items.back()) != key)
        throw Problem{"an item of " + table.name + " is in a wrong place"};
      const auto size = static_cast<int64_t>(Decoded(EncodedItemSize(value), "an item"));
      Add(1, size, &counted);
      if (table.HasLocalIndex())
        Add(1, size, &collections[CollectionCounterKey(table, items.back())]);
    }
    ExpectCounter(SizeCounterKey(table.id, 0), counted, "table " + table.name);
    for (const IndexDefinition& index : table.indexes)
      CheckIndex(table, index, items, &collections);
    for (const auto& [key, value] : Within(CollectionCounters(table.id)))
      collections.try_emplace(key);
    for (const auto& [key, counter] : collections)
      ExpectCounter(key, counter, "a collection of " + table.name);
  }

  static void Add(int64_t count, int64_t bytes, Counter* to) {
    to->count += count;
    to->bytes += bytes;
  }

  void CheckIndex(const TableDefinition& table, const IndexDefinition& index,
                  const std::vector<Item>& items, std::map<std::string, Counter>* collections) {
    const StoreContent stored = Within(IndexData(table.id, index.id));
    Account(stored);
    if (index.status == IndexStatus::kDeleting) return;
    const std::string name = "index " + index.name + " of " + table.name;
    StoreContent expected;
    for (const Item& item : items) {
      if (auto entry = EntryOf(table, index, item)) expected.emplace(entry->key, entry->value);
    }
    Counter counted;
    for (const auto& [key, value] : stored) {
      const auto entry = expected.find(key);
      if (entry == expected.end()) throw Problem{name + " has an entry without an item"};
      if (entry->second != value) throw Problem{name + " has an entry that is not as its item"};
      const auto size = static_cast<int64_t>(Decoded(EncodedItemSize(value), "an entry"));
      Add(1, size, &counted);
      if (index.global) continue;
      Add(0, size,
          &(*collections)[CollectionCounterKey(table, Decoded(DecodeItem(value), "an entry"))]);
    }
    if (index.IsReadable() && stored.size() != expected.size())
      throw Problem{name + " lacks entries"};
    ExpectCounter(SizeCounterKey(table.id, index.id), counted, name);
  }

  void CheckTokens() const {
    for (const auto& [key, value] : content_) {
      if (key[0] != '\x03') continue;
      const TokenRecord record = Decoded(DecodeTokenRecord(value), "a token");
      if (!Find(TokenExpiryKey(record.expires_micros, key)))
        throw Problem{"a token that will never expire"};
    }
  }

  const StoreContent& content_;
  StoreContent accounted_;
};

}  // namespace

std::optional<std::string> CheckState(const StoreContent& content) {
  try {
    StateCheck(content).Run();
  } catch (const Problem& problem) {
    return problem.text;
  }
  return std::nullopt;
}

}  // namespace stator::sim
