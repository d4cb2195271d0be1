#include "table/index_maintenance.h"

#include <gtest/gtest.h>

#include "model/item_codec.h"
#include "model/item_size.h"
#include "table/layout.h"
#include "table/test_tables.h"

namespace stator {
namespace {

using testing::GlobalIndex;
using testing::LocalIndex;
using testing::TestItem;
using testing::TestTable;

Item WithC(Item item, std::string c) {
  item.Set("c", AttributeValue::S(std::move(c)));
  return item;
}

// ChangeIndexEntries of whole items (null: none).
IndexChanges Change(const TableDefinition& table, const Item* before, const Item* after,
                    const StoredEntries& stored, Decision* decision) {
  std::string bytes[2];
  ItemImage images[2] = {{before, {}, 0}, {after, {}, 0}};
  for (int i : {0, 1}) {
    if (images[i].item == nullptr) continue;
    EncodeItem(*images[i].item, &bytes[i]);
    images[i].bytes = bytes[i];
    images[i].size = SizeOf(*images[i].item);
  }
  return ChangeIndexEntries(table, images[0], images[1], stored, decision);
}

TableDefinition TableWith(IndexProjection projection) {
  IndexDefinition index = GlobalIndex("g", 1, {{"c", AttributeValue::Type::kS}});
  index.projection = std::move(projection);
  return TestTable({index});
}

TEST(IndexMaintenance, ProjectsWhatTheIndexAsksFor) {
  Item item = WithC(TestItem("a", 1), "x");
  item.Set("d", AttributeValue::S("in"));
  item.Set("e", AttributeValue::S("out"));
  struct Case {
    IndexProjection projection;
    std::vector<std::string> names;
  };
  for (const Case& c :
       {Case{{IndexProjection::Type::kAll, {}}, {"c", "d", "e", "p", "r"}},
        Case{{IndexProjection::Type::kKeysOnly, {}}, {"c", "p", "r"}},
        Case{{IndexProjection::Type::kInclude, {"d", "absent"}}, {"c", "d", "p", "r"}}}) {
    const TableDefinition table = TableWith(c.projection);
    auto entry = EntryOf(table, table.indexes[0], item);
    ASSERT_TRUE(entry);
    auto projected = DecodeItem(entry->value);
    ASSERT_TRUE(projected);
    std::vector<std::string> names;
    for (const auto& [name, value] : *projected) names.push_back(name);
    EXPECT_EQ(names, c.names);
    EXPECT_EQ(entry->size, SizeOf(*projected));
    EXPECT_EQ(entry->key, IndexEntryKey(table, table.indexes[0], item));
  }
}

TEST(IndexMaintenance, LeavesOutItemsWithoutAnIndexKey) {
  const TableDefinition table = TableWith({});
  Item item = TestItem("a", 1);
  EXPECT_FALSE(EntryOf(table, table.indexes[0], item));
  item.Set("c", AttributeValue::N(1));
  EXPECT_FALSE(EntryOf(table, table.indexes[0], item));
  EXPECT_FALSE(EntryOf(table, table.indexes[0], WithC(item, "")));
  EXPECT_FALSE(EntryOf(table, table.indexes[0], WithC(item, std::string(2049, 'x'))));
  EXPECT_TRUE(EntryOf(table, table.indexes[0], WithC(item, std::string(2048, 'x'))));
}

// Units of the change from one `c` to another, and how the counters and mutations come out
// (facts 7.2).
TEST(IndexMaintenance, ChargesAndCountsByWhatChanges) {
  const TableDefinition table = TableWith({});
  auto item = [](const char* c, size_t filler) {
    Item result = TestItem("a", 1);
    if (*c != 0) result = WithC(result, c);
    result.Set("f", AttributeValue::S(std::string(filler, 'f')));
    return result;
  };
  struct Case {
    std::optional<Item> before, after;
    double units;
    int64_t count;
    size_t mutations;
  };
  for (const Case& c :
       {Case{std::nullopt, item("x", 10), 1, 1, 1}, Case{std::nullopt, item("", 10), 0, 0, 0},
        Case{item("x", 1500), std::nullopt, 2, -1, 1}, Case{item("x", 10), item("x", 10), 0, 0, 0},
        Case{item("x", 10), item("x", 2500), 3, 0, 1},
        Case{item("x", 10), item("y", 2500), 4, 0, 2},
        Case{item("x", 10), item("", 10), 1, -1, 1}}) {
    Decision decision;
    IndexChanges changes = Change(table, c.before ? &*c.before : nullptr,
                                  c.after ? &*c.after : nullptr, {}, &decision);
    EXPECT_TRUE(changes.missing_entries.empty());
    EXPECT_EQ(changes.units.empty() ? 0 : changes.units[0].units, c.units);
    EXPECT_EQ(decision.mutations.size(), c.mutations);
    EXPECT_EQ(decision.counters.empty() ? 0 : decision.counters[0].delta.count, c.count);
    EXPECT_EQ(changes.local_bytes, 0);
  }
}

// What ChangeIndexEntries takes a shorter way to is what the entries of the two items say.
TEST(IndexMaintenance, ChangesWhatTheEntriesDifferBy) {
  const std::vector<std::string> values = {"", "x", "y"};
  for (auto type : {IndexProjection::Type::kAll, IndexProjection::Type::kKeysOnly,
                    IndexProjection::Type::kInclude}) {
    const TableDefinition table = TableWith({type, {"d"}});
    std::vector<std::optional<Item>> items = {std::nullopt};
    for (const std::string& c : values) {
      for (const std::string& d : values) {
        for (const std::string& e : values) {
          Item item = TestItem("a", 1);
          if (!c.empty()) item.Set("c", AttributeValue::S(c));
          if (!d.empty()) item.Set("d", AttributeValue::S(d));
          if (!e.empty()) item.Set("e", AttributeValue::S(e));
          items.emplace_back(std::move(item));
        }
      }
    }
    for (const auto& before : items) {
      for (const auto& after : items) {
        std::map<std::string, std::optional<std::string>> expected;
        std::optional<IndexEntry> old_entry, new_entry;
        if (before) old_entry = EntryOf(table, table.indexes[0], *before);
        if (after) new_entry = EntryOf(table, table.indexes[0], *after);
        if (old_entry) expected[old_entry->key] = std::nullopt;
        if (new_entry) expected[new_entry->key] = new_entry->value;
        const bool same = old_entry && new_entry && old_entry->key == new_entry->key &&
                          old_entry->value == new_entry->value;
        if (same) expected.clear();

        Decision decision;
        Change(table, before ? &*before : nullptr, after ? &*after : nullptr, {}, &decision);
        std::map<std::string, std::optional<std::string>> changed;
        for (const Mutation& mutation : decision.mutations) {
          EXPECT_TRUE(changed.emplace(mutation.key, mutation.value).second);
        }
        EXPECT_EQ(changed, expected);
        Counter delta;
        for (const CounterDelta& counter : decision.counters) delta = counter.delta;
        const auto size = [](const std::optional<IndexEntry>& entry) {
          return entry ? static_cast<int64_t>(entry->size) : 0;
        };
        EXPECT_EQ(delta.count, new_entry.has_value() - old_entry.has_value());
        EXPECT_EQ(delta.bytes, size(new_entry) - size(old_entry));
      }
    }
  }
}

TEST(IndexMaintenance, LocalEntriesCountForTheItemCollection) {
  const TableDefinition table = TestTable({LocalIndex("l", 1, "c")});
  const Item item = WithC(TestItem("a", 1), "x");
  Decision decision;
  IndexChanges changes = Change(table, nullptr, &item, {}, &decision);
  EXPECT_EQ(changes.local_bytes, static_cast<int64_t>(SizeOf(item)));
}

// While an index is being filled, its counters follow what is stored, not what the item's past
// says.
TEST(IndexMaintenance, AsksForTheEntriesOfAnIndexThatIsBeingFilled) {
  TableDefinition table = TableWith({});
  table.indexes[0].status = IndexStatus::kCreating;
  const Item before = WithC(TestItem("a", 1), "x"), after = WithC(TestItem("a", 1), "y");
  const std::string old_key = IndexEntryKey(table, table.indexes[0], before);
  const std::string new_key = IndexEntryKey(table, table.indexes[0], after);
  const std::string old_value = EntryOf(table, table.indexes[0], before)->value;

  Decision ignored;
  IndexChanges changes = Change(table, &before, &after, {}, &ignored);
  EXPECT_EQ(changes.missing_entries, (std::vector<std::string>{new_key, old_key}));

  Decision not_yet_filled;
  changes = Change(table, &before, &after, {{old_key, std::nullopt}, {new_key, std::nullopt}},
                   &not_yet_filled);
  EXPECT_TRUE(changes.missing_entries.empty());
  ASSERT_EQ(not_yet_filled.counters.size(), 1u);
  EXPECT_EQ(not_yet_filled.counters[0].delta.count, 1);

  Decision filled;
  Change(table, &before, &after, {{old_key, old_value}, {new_key, std::nullopt}}, &filled);
  EXPECT_TRUE(filled.counters.empty());  // one out, one of the same size in
  EXPECT_EQ(filled.mutations.size(), 2u);

  // Deleting an item that was never filled in leaves the counters alone.
  Decision deleted;
  Change(table, &before, nullptr, {{old_key, std::nullopt}}, &deleted);
  EXPECT_TRUE(deleted.counters.empty());
}

}  // namespace
}  // namespace stator
