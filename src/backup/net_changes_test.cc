// The fold of a log's changes against the states that a plain map remembers.
#include "backup/net_changes.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "base/random.h"
#include "model/item_codec.h"
#include "storage/engine_options.h"
#include "storage/long_snapshot.h"
#include "storage/open.h"
#include "table/blocking.h"
#include "table/change_record.h"
#include "table/layout.h"
#include "table/test_tables.h"

namespace stator {
namespace {

using Items = std::map<std::string, std::string>;  // by item key

class NetChangesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    engine_ = NewMemoryEngine({});
    AddReader("r", 1, &table_.log);
    Remember();
  }

  // The item of that number, in all of these commits' steps one after the other.
  void Write(int number, const std::optional<std::string>& value) {
    Item item = testing::TestItem("p" + std::to_string(number % 3), number);
    const std::string key = ItemKey(table_, item);
    std::optional<std::string> bytes;
    if (value) {
      item.Set("x", AttributeValue::S(*value));
      EncodeItem(item, &bytes.emplace());
    }
    const std::string item_key = key.substr(AllEntries(table_, nullptr).begin.size());
    const auto old = items_.find(item_key);
    if (old == items_.end() && !bytes) return;
    const auto view = [](const std::optional<std::string>& text) {
      return text ? std::optional<std::string_view>(*text) : std::nullopt;
    };
    const std::optional<std::string> before =
        old == items_.end() ? std::nullopt : std::optional(old->second);
    CommitRequest request;
    request.decide = [&](const CommitView&) {
      Decision decision;
      decision.commit = true;
      decision.mutations.push_back({key, bytes});
      decision.appends.push_back(
          ChangeAppend(table_, key, view(before), view(bytes), Actor::kUser));
      return decision;
    };
    ASSERT_EQ(CommitAndWait(*engine_, std::move(request)).outcome, CommitOutcome::kCommitted);
    if (bytes) {
      items_[item_key] = *bytes;
    } else {
      items_.erase(item_key);
    }
    Remember();
  }

  void Remember() { states_[*LongSnapshot(engine_.get()).Position()] = items_; }

  struct Seen {
    std::optional<std::string> old_image, new_image;
    uint64_t micros;
  };
  std::map<std::string, Seen> Fold(uint64_t after, uint64_t last) {
    EXPECT_TRUE(space_->RemoveFolder("f"));
    EXPECT_TRUE(space_->MakeFolder("f"));
    NetChanges changes(engine_.get(), space_.get(), "f", table_, after, last, 0,
                       {.step_bytes = 300, .sort_bytes = 1000});
    for (;;) {
      auto step = changes.Step();
      EXPECT_TRUE(step) << step.error().message;
      if (!step || *step) break;
    }
    std::map<std::string, Seen> seen;
    NetChange change;
    const auto copy = [](const std::optional<std::string_view>& image) {
      return image ? std::optional<std::string>(*image) : std::nullopt;
    };
    while (changes.Next(&change)) {
      const bool added = seen.emplace(change.item_key, Seen{copy(change.old_image),
                                                            copy(change.new_image), change.micros})
                             .second;
      EXPECT_TRUE(added);
    }
    EXPECT_TRUE(changes.error()) << changes.error().error().message;
    return seen;
  }

  TableDefinition table_ = testing::TestTable();
  std::unique_ptr<Engine> engine_;
  std::shared_ptr<FileSpace> space_ = FileSpace::InMemory();
  Items items_;
  std::map<uint64_t, Items> states_;  // by position
};

TEST_F(NetChangesTest, WhatBecameOfEachItem) {
  SeededRandom random(5);
  for (int i = 0; i < 400; ++i) {
    const int number = static_cast<int>(random.Uniform(15));
    Write(number, random.OneIn(3)
                      ? std::nullopt
                      : std::optional(std::string(random.Uniform(40), 'x') + std::to_string(i)));
    if (i == 150) SplitShards(4, 2, &table_.log);
    if (i == 280) RollShards(3, &table_.log);
  }
  std::vector<uint64_t> positions;
  for (const auto& [position, items] : states_) positions.push_back(position);
  for (int round = 0; round < 60; ++round) {
    size_t from = random.Uniform(positions.size()), to = random.Uniform(positions.size());
    if (from > to) std::swap(from, to);
    const Items& before = states_[positions[from]];
    const Items& after = states_[positions[to]];
    const auto seen = Fold(positions[from], positions[to]);
    Items replayed = before;
    for (const auto& [key, change] : seen) {
      const auto old = before.find(key);
      EXPECT_EQ(change.old_image, old == before.end() ? std::nullopt : std::optional(old->second));
      EXPECT_TRUE(change.old_image || change.new_image);
      EXPECT_GT(change.micros, positions[from]);
      EXPECT_LE(change.micros, positions[to]);
      if (change.new_image) {
        replayed[key] = *change.new_image;
      } else {
        replayed.erase(key);
      }
    }
    EXPECT_EQ(replayed, after);
  }
}

TEST_F(NetChangesTest, WhatCameAndWentIsNothing) {
  const uint64_t begin = states_.rbegin()->first;
  Write(1, "a");
  Write(2, "b");
  Write(1, std::nullopt);
  const auto seen = Fold(begin, states_.rbegin()->first);
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen.begin()->second.old_image, std::nullopt);
  EXPECT_EQ(seen.begin()->second.micros, std::prev(states_.end(), 2)->first);
  EXPECT_TRUE(Fold(begin, begin).empty());
}

}  // namespace
}  // namespace stator
