#include "table/page.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <set>

#include "model/item_codec.h"
#include "model/item_size.h"
#include "model/limits.h"
#include "storage/open.h"
#include "table/blocking.h"
#include "table/index_maintenance.h"
#include "table/key_range.h"
#include "table/layout.h"
#include "table/read_capacity.h"

namespace stator {
namespace {

using Type = AttributeValue::Type;
using Names = std::vector<std::string>;

AttributeValue S(std::string text) { return AttributeValue::S(std::move(text)); }
AttributeValue N(int64_t n) { return AttributeValue::N(n); }

IndexDefinition MakeIndex(std::string name, uint32_t id, bool global, KeySchema keys,
                          IndexProjection projection) {
  IndexDefinition index;
  index.name = std::move(name);
  index.id = id;
  index.global = global;
  index.keys = std::move(keys);
  index.projection = std::move(projection);
  return index;
}

TablePtr MakeTable() {
  auto table = std::make_shared<TableDefinition>();
  table->id = 3;
  table->status = TableStatus::kActive;
  const KeyAttribute p{"p", Type::kS}, r{"r", Type::kN}, a{"a", Type::kN}, b{"b", Type::kS},
      c{"c", Type::kB};
  table->keys = {{p}, {r}};
  using Projection = IndexProjection::Type;
  table->indexes = {
      MakeIndex("local-keys", 1, false, {{p}, {a}}, {Projection::kKeysOnly, {}}),
      MakeIndex("local-some", 2, false, {{p}, {b}}, {Projection::kInclude, {"x"}}),
      MakeIndex("global-hash", 3, true, {{b}, {}}, {Projection::kKeysOnly, {}}),
      MakeIndex("global-many", 4, true, {{b, a}, {c, r, p}}, {Projection::kAll, {}}),
      MakeIndex("global-turned", 5, true, {{r}, {p}}, {Projection::kAll, {}}),
  };
  return table;
}

// Order of the values of a key attribute, without any help of the encoding under test.
int Compare(const AttributeValue& x, const AttributeValue& y) {
  if (x.is(Type::kN)) return x.n() < y.n() ? -1 : x.n() > y.n() ? 1 : 0;
  const std::string& left = x.is(Type::kS) ? x.s() : x.b();
  return left.compare(y.is(Type::kS) ? y.s() : y.b());
}

bool Meets(const AttributeValue& value, const KeyTest& test) {
  const int order = Compare(value, test.values[0]);
  switch (test.op) {
    case KeyOperator::kEqual:
      return order == 0;
    case KeyOperator::kLess:
      return order < 0;
    case KeyOperator::kLessOrEqual:
      return order <= 0;
    case KeyOperator::kGreater:
      return order > 0;
    case KeyOperator::kGreaterOrEqual:
      return order >= 0;
    case KeyOperator::kBetween:
      return order >= 0 && Compare(value, test.values[1]) <= 0;
    default:
      return value.is(Type::kS) ? value.s().starts_with(test.values[0].s())
                                : value.b().starts_with(test.values[0].b());
  }
}

struct ReadOutcome {
  std::vector<Item> items;
  size_t pages = 0;
  uint64_t examined = 0;
  uint64_t taken = 0;
};

class PageTest : public testing::Test {
 protected:
  PageTest() : table_(MakeTable()), engine_(NewMemoryEngine({})) {}

  const IndexDefinition* Index(const char* name) const { return table_->FindIndex(name); }

  void Store(const Item& item) {
    CommitRequest commit;
    std::vector<Mutation> mutations;
    std::string encoded;
    EncodeItem(item, &encoded);
    mutations.push_back({ItemKey(*table_, item), encoded});
    for (const IndexDefinition& index : table_->indexes) {
      if (auto entry = EntryOf(*table_, index, item))
        mutations.push_back({entry->key, entry->value});
    }
    commit.decide = [&mutations](const CommitView&) { return Decision{true, mutations, {}, {}}; };
    ASSERT_EQ(CommitAndWait(*engine_, std::move(commit)).outcome, CommitOutcome::kCommitted);
  }

  Result<Page> Read(PageRequest request, TakeItem take) {
    return Await<Result<Page>>([&](auto done) {
      ReadPage(engine_.get(), std::move(request), std::move(take), std::move(done));
    });
  }

  // All pages, each started after the last key of the one before.
  ReadOutcome ReadAll(PageRequest request,
                      const std::function<bool(const Item&)>& filter = nullptr) {
    ReadOutcome outcome;
    for (bool more = true; more;) {
      auto page = Read(request, [&](std::string_view encoded) -> Result<bool> {
        Item item = *DecodeItem(encoded);
        if (filter && !filter(item)) return false;
        outcome.items.push_back(std::move(item));
        return true;
      });
      if (!page) {
        ADD_FAILURE() << page.error().message;
        break;
      }
      ++outcome.pages;
      outcome.examined += page->examined;
      outcome.taken += page->taken;
      if (request.limit != 0) {
        EXPECT_LE(page->examined, request.limit);
        EXPECT_EQ(page->last_key.has_value(), page->examined == request.limit);
      }
      more = page->last_key.has_value();
      if (more) {
        EXPECT_EQ(page->last_key->size(), KeyAttributesOf(*table_, request.index).size());
        StartAfter(&request.range, CursorKey(*table_, request.index, *page->last_key),
                   request.reverse);
      }
    }
    return outcome;
  }

  const TablePtr table_;
  const std::unique_ptr<Engine> engine_;
};

// -- against a naive model
// --------------------------------------------------------------------------------

class PageModelTest : public PageTest {
 protected:
  PageModelTest() {
    for (int i = 0; i < 400; ++i) {
      Item item;
      item.Set("p", S(RandomText()));
      item.Set("r", N(Pick(20) - 10));
      if (Pick(4) != 0) item.Set("a", N(Pick(5) - 2));
      if (Pick(4) != 0) item.Set("b", S(RandomText()));
      if (Pick(4) != 0) item.Set("c", AttributeValue::B(RandomText()));
      if (Pick(8) == 0) item.Set("c", N(1));  // not of the index's type
      if (Pick(2) != 0) item.Set("x", N(Pick(3)));
      item.Set("y", N(i));
      items_[{item.Find("p")->s(), item.Find("r")->n()}] = item;  // the last one of a key counts
    }
    for (const auto& [key, item] : items_) Store(item);
  }

  int Pick(int n) { return static_cast<int>(random_() % n); }

  std::string RandomText() {
    static const std::vector<std::string> kTexts = {"a",   "ab", std::string("a\0", 2),
                                                    "abc", "b",  "\xc3\xa4"};
    return kTexts[Pick(static_cast<int>(kTexts.size()))];
  }

  AttributeValue RandomValue(Type type) {
    if (type == Type::kN) return N(Pick(22) - 11);
    return type == Type::kS ? S(RandomText()) : AttributeValue::B(RandomText());
  }

  // Of the index's or the table's key: all hash attributes, some range attributes, the last in any
  // way.
  KeyCondition RandomCondition(const KeySchema& keys) {
    KeyCondition condition;
    for (const KeyAttribute& attribute : keys.hash) {
      AttributeValue value = attribute.name == "a" ? N(Pick(5) - 2) : RandomValue(attribute.type);
      condition.tests.push_back({attribute.name, KeyOperator::kEqual, {std::move(value)}});
    }
    const size_t used = Pick(static_cast<int>(keys.range.size()) + 1);
    for (size_t i = 0; i < used; ++i) {
      const KeyAttribute& attribute = keys.range[i];
      const int operators = attribute.type == Type::kN ? 6 : 7;
      KeyTest test{attribute.name, KeyOperator::kEqual, {RandomValue(attribute.type)}};
      if (i + 1 == used) test.op = static_cast<KeyOperator>(Pick(operators));
      if (test.op == KeyOperator::kBetween) {
        test.values.push_back(RandomValue(attribute.type));
        if (Compare(test.values[0], test.values[1]) > 0) std::swap(test.values[0], test.values[1]);
      }
      condition.tests.push_back(std::move(test));
    }
    std::shuffle(condition.tests.begin(), condition.tests.end(), random_);
    return condition;
  }

  bool IsMember(const IndexDefinition* index, const Item& item) const {
    if (index == nullptr) return true;
    for (const KeyAttribute* attribute : KeyAttributesOf(*table_, index)) {
      const AttributeValue* value = item.Find(attribute->name);
      if (value == nullptr || !value->is(attribute->type)) return false;
    }
    return true;
  }

  // The items that a query finds, in its order: by the range attributes, then by the table's key.
  std::vector<Item> Expected(const IndexDefinition* index, const KeyCondition& condition,
                             bool reverse) const {
    std::vector<Item> found;
    for (const auto& [key, item] : items_) {
      if (!IsMember(index, item)) continue;
      const bool meets =
          std::all_of(condition.tests.begin(), condition.tests.end(),
                      [&](const KeyTest& test) { return Meets(*item.Find(test.attribute), test); });
      if (meets) found.push_back(item);
    }
    Names order;
    if (index != nullptr) {
      for (const KeyAttribute& attribute : index->keys.range) order.push_back(attribute.name);
    }
    order.insert(order.end(), {"p", "r"});
    std::stable_sort(found.begin(), found.end(), [&order](const Item& x, const Item& y) {
      for (const std::string& name : order) {
        if (const int c = Compare(*x.Find(name), *y.Find(name)); c != 0) return c < 0;
      }
      return false;
    });
    if (reverse) std::reverse(found.begin(), found.end());
    return found;
  }

  void CheckRandomQuery(const IndexDefinition* index) {
    const KeyCondition condition = RandomCondition(index == nullptr ? table_->keys : index->keys);
    PageRequest request;
    request.table = table_;
    request.index = index;
    request.reverse = Pick(2) == 0;
    request.limit = Pick(3) == 0 ? 0 : 1 + Pick(7);
    request.whole_items = index != nullptr && !index->global && Pick(2) == 0;
    request.range = MatchingEntries(*table_, index, *MatchCondition(*table_, index, condition));

    std::vector<Item> expected = Expected(index, condition, request.reverse);
    found_ += expected.size();
    const size_t examined = expected.size();
    if (index != nullptr && !request.whole_items) {
      for (Item& item : expected) item = ProjectForIndex(*table_, *index, item);
    }
    const bool filtered = Pick(2) == 0;
    const auto filter = [](const Item& item) { return item.Find("r")->n() > Decimal(); };
    if (filtered) std::erase_if(expected, [&](const Item& item) { return !filter(item); });

    const ReadOutcome outcome = filtered ? ReadAll(request, filter) : ReadAll(request);
    EXPECT_EQ(outcome.items, expected);
    EXPECT_EQ(outcome.taken, expected.size());
    EXPECT_EQ(outcome.examined, examined);
    EXPECT_EQ(outcome.pages, request.limit == 0 ? 1 : examined / request.limit + 1);
  }

  std::mt19937 random_{20260101};
  std::map<std::pair<std::string, Decimal>, Item> items_;
  size_t found_ = 0;
};

TEST_F(PageModelTest, QueriesOfTheTable) {
  for (int i = 0; i < 400 && !HasFailure(); ++i) CheckRandomQuery(nullptr);
  EXPECT_GT(found_, 1000u);
}

TEST_F(PageModelTest, QueriesOfEveryIndex) {
  for (const IndexDefinition& index : table_->indexes) {
    SCOPED_TRACE(index.name);
    found_ = 0;
    for (int i = 0; i < 300 && !HasFailure(); ++i) CheckRandomQuery(&index);
    EXPECT_GT(found_, 100u);
  }
}

TEST_F(PageModelTest, SegmentsCoverEverythingOnce) {
  for (const char* name : {"", "local-some", "global-hash", "global-many"}) {
    SCOPED_TRACE(name);
    const IndexDefinition* index = *name == '\0' ? nullptr : Index(name);
    size_t members = 0;
    for (const auto& [key, item] : items_) members += IsMember(index, item) ? 1 : 0;
    ASSERT_GT(members, 20u);
    for (const uint32_t total : {1u, 2u, 3u, 7u, 1000u}) {
      std::set<std::string> seen;
      std::map<std::string, uint32_t> segment_of_partition;
      size_t count = 0;
      for (uint32_t segment = 0; segment < total; ++segment) {
        PageRequest request;
        request.table = table_;
        request.index = index;
        request.range = SegmentEntries(*table_, index, segment, total);
        request.limit = 3;
        for (const Item& item : ReadAll(request).items) {
          ++count;
          seen.insert(CursorKey(*table_, index, item));
          EXPECT_TRUE(InSegment(*table_, index, item, segment, total));
          const std::string partition =
              item.Find(index == nullptr || !index->global ? "p" : "b")->s();
          const uint32_t other = segment_of_partition.emplace(partition, segment).first->second;
          if (index == nullptr || index->keys.hash.size() == 1) {
            EXPECT_EQ(other, segment);
          }
        }
      }
      EXPECT_EQ(count, members);
      EXPECT_EQ(seen.size(), members);
    }
  }
}

TEST_F(PageModelTest, ScansGiveEachPartitionInOrder) {
  PageRequest request;
  request.table = table_;
  request.range = AllEntries(*table_, nullptr);
  const std::vector<Item> items = ReadAll(request).items;
  ASSERT_EQ(items.size(), items_.size());
  std::set<std::string> closed;
  for (size_t i = 1; i < items.size(); ++i) {
    const std::string &before = items[i - 1].Find("p")->s(), &here = items[i].Find("p")->s();
    if (before == here) {
      EXPECT_LT(items[i - 1].Find("r")->n(), items[i].Find("r")->n());
    } else {
      closed.insert(before);
      EXPECT_FALSE(closed.contains(here));
    }
  }
}

// -- where pages end
// --------------------------------------------------------------------------------------

Item MakeItem(int64_t r, size_t filler) {
  Item item;
  item.Set("p", S("p"));
  item.Set("r", N(r));
  item.Set("a", N(r));
  item.Set("z", S(std::string(filler, 'z')));
  return item;
}

Result<bool> TakeAny(std::string_view) { return true; }

class PageEndTest : public PageTest {
 protected:
  PageRequest Everything(const char* index = nullptr) const {
    PageRequest request;
    request.table = table_;
    request.index = index == nullptr ? nullptr : Index(index);
    request.range = AllEntries(*table_, request.index);
    return request;
  }
};

TEST_F(PageEndTest, WithTheItemThatCrossesTheSize) {
  const size_t size = SizeOf(MakeItem(1, 100'000));
  for (int r = 1; r <= 15; ++r) Store(MakeItem(r, 100'000));
  const uint64_t expected = kMaxPageSize / size + 1;
  auto page = Read(Everything(), TakeAny);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->examined, expected);
  EXPECT_EQ(page->taken, expected);
  EXPECT_EQ(page->examined_bytes, expected * size);
  Item last_key;
  last_key.Set("p", S("p"));
  last_key.Set("r", N(static_cast<int64_t>(expected)));
  EXPECT_EQ(page->last_key, last_key);
  // What is examined counts, not what is taken.
  page = Read(Everything(), [](std::string_view) -> Result<bool> { return false; });
  ASSERT_TRUE(page);
  EXPECT_EQ(page->examined, expected);
  EXPECT_EQ(page->taken, 0u);
  EXPECT_EQ(ReadAll(Everything()).items.size(), 15u);
}

TEST_F(PageEndTest, AtTheLimitEvenIfNothingFollows) {
  for (int r = 1; r <= 3; ++r) Store(MakeItem(r, 1));
  PageRequest request = Everything();
  request.limit = 3;
  EXPECT_TRUE(Read(request, TakeAny)->last_key.has_value());
  request.limit = 4;
  EXPECT_FALSE(Read(request, TakeAny)->last_key.has_value());
}

TEST_F(PageEndTest, AtOnceIfTheRangeIsEmpty) {
  Store(MakeItem(1, 1));
  PageRequest request = Everything();
  request.range.end = request.range.begin;
  const auto page = Read(request, TakeAny);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->examined, 0u);
  EXPECT_FALSE(page->last_key.has_value());
}

TEST_F(PageEndTest, WithTheErrorOfTheCaller) {
  for (int r = 1; r <= 3; ++r) Store(MakeItem(r, 1));
  for (const bool whole_items : {false, true}) {
    PageRequest request = Everything("local-keys");
    request.whole_items = whole_items;
    int calls = 0;
    const auto page = Read(request, [&calls](std::string_view) -> Result<bool> {
      if (++calls == 2) return Fail(StatusCode::kCorruption, "no more");
      return true;
    });
    ASSERT_FALSE(page);
    EXPECT_EQ(const_cast<Result<Page>&>(page).error().message, "no more");
    EXPECT_EQ(calls, 2);
  }
}

TEST_F(PageEndTest, LastKeysOfIndexesHoldAllKeys) {
  Item item = MakeItem(1, 1);
  item.Set("b", S("b"));
  item.Set("c", AttributeValue::B("c"));
  Store(item);
  for (const IndexDefinition& index : table_->indexes) {
    PageRequest request = Everything(index.name.c_str());
    request.limit = 1;
    Item expected;
    for (const KeyAttribute* attribute : KeyAttributesOf(*table_, &index)) {
      expected.Set(attribute->name, *item.Find(attribute->name));
    }
    EXPECT_EQ(Read(request, TakeAny)->last_key, expected) << index.name;
  }
}

// -- items for the entries of a local index
// ---------------------------------------------------------------

TEST_F(PageEndTest, FetchedItemsAreCountedApart) {
  for (int r = 1; r <= 4; ++r) Store(MakeItem(r, 5000));
  PageRequest request = Everything("local-keys");
  const auto entries = Read(request, TakeAny);
  EXPECT_EQ(entries->fetched_blocks, 0u);
  request.whole_items = true;
  const auto items = Read(request, TakeAny);
  EXPECT_EQ(items->fetched_blocks, 4 * 2u);
  EXPECT_EQ(items->examined_bytes, entries->examined_bytes);  // the index's, still
}

TEST_F(PageEndTest, FetchedItemsBoundThePage) {
  for (int r = 1; r <= 40; ++r) Store(MakeItem(r, 100'000));
  PageRequest request = Everything("local-keys");
  request.whole_items = true;
  const auto page = Read(request, TakeAny);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->examined, kMaxPageSize / 100'000 + 1);
  EXPECT_TRUE(page->last_key.has_value());
  EXPECT_EQ(ReadAll(request).items.size(), 40u);
}

TEST_F(PageEndTest, FetchedItemsComeInTheOrderOfTheIndexOverManyBatches) {
  for (int r = 1; r <= 1500; ++r) Store(MakeItem(r, 1));
  for (const bool reverse : {false, true}) {
    PageRequest request = Everything("local-keys");
    request.whole_items = true;
    request.reverse = reverse;
    const ReadOutcome outcome = ReadAll(request);
    ASSERT_EQ(outcome.items.size(), 1500u);
    EXPECT_EQ(outcome.pages, 1u);
    for (int i = 0; i < 1500; ++i)
      EXPECT_EQ(*outcome.items[i].Find("a"), N(reverse ? 1500 - i : i + 1));
  }
}

// An engine that answers at once must not make each batch a deeper call: a page has thousands.
TEST_F(PageEndTest, FetchedBatchesDoNotNest) {
  for (int r = 1; r <= 3000; ++r) Store(MakeItem(r, 1));
  PageRequest request = Everything("local-keys");
  request.whole_items = true;
  std::vector<uintptr_t> frames;
  const auto page = Read(request, [&frames](std::string_view) -> Result<bool> {
    frames.push_back(reinterpret_cast<uintptr_t>(__builtin_frame_address(0)));
    return true;
  });
  ASSERT_TRUE(page);
  ASSERT_EQ(frames.size(), 3000u);
  const auto [low, high] = std::minmax_element(frames.begin(), frames.end());
  EXPECT_LT(*high - *low, 4096u);
}

TEST_F(PageEndTest, AnEntryWithoutItsItemIsReported) {
  Store(MakeItem(1, 1));
  const Item item = MakeItem(1, 1);
  CommitRequest commit;
  commit.decide = [&](const CommitView&) {
    return Decision{true, {{ItemKey(*table_, item), std::nullopt}}, {}, {}};
  };
  ASSERT_EQ(CommitAndWait(*engine_, std::move(commit)).outcome, CommitOutcome::kCommitted);
  PageRequest request = Everything("local-keys");
  request.whole_items = true;
  auto page = Read(request, TakeAny);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, StatusCode::kNotFound);
}

// -- keys out of stored bytes
// -----------------------------------------------------------------------------

TEST(KeyOfEncodedTest, ReportsWhatIsNotThere) {
  const TablePtr table = MakeTable();
  Item item = MakeItem(1, 1);
  std::string encoded;
  EncodeItem(item, &encoded);
  auto key = KeyOfEncoded(*table, nullptr, encoded);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->size(), 2u);
  auto index_key = KeyOfEncoded(*table, table->FindIndex("global-hash"), encoded);
  ASSERT_FALSE(index_key);
  EXPECT_EQ(index_key.error().code, StatusCode::kCorruption);
  EXPECT_FALSE(KeyOfEncoded(*table, nullptr, "junk"));
}

TEST(ReadCapacityTest, RoundsUpOnceAndAtLeastToOneBlock) {
  EXPECT_EQ(ReadUnits(ReadBlocks(0), false), 0.5);
  EXPECT_EQ(ReadUnits(ReadBlocks(1), true), 1);
  EXPECT_EQ(ReadUnits(ReadBlocks(4096), true), 1);
  EXPECT_EQ(ReadUnits(ReadBlocks(4097), true), 2);
  EXPECT_EQ(ReadUnits(ReadBlocks(4096 * 5 + 1), false), 3);
}

}  // namespace
}  // namespace stator
