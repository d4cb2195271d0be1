#include "table/time_to_live.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/item_codec.h"
#include "table/layout.h"
#include "table/test_tables.h"

namespace stator {
namespace {

using testing::TestItem;
using testing::TestTable;

std::optional<uint64_t> ExpiryOfNumber(std::string_view text) {
  const AttributeValue value = AttributeValue::N(*Decimal::Parse(text));
  return ExpiryOf(&value);
}

TEST(TimeToLive, TakesNumbersOnly) {
  EXPECT_EQ(ExpiryOfNumber("1700000000"), 1'700'000'000u);
  EXPECT_EQ(ExpiryOf(nullptr), std::nullopt);
  const AttributeValue text = AttributeValue::S("1700000000");
  EXPECT_EQ(ExpiryOf(&text), std::nullopt);
  const AttributeValue list = AttributeValue::L({AttributeValue::N(1'700'000'000)});
  EXPECT_EQ(ExpiryOf(&list), std::nullopt);
}

TEST(TimeToLive, TakesFractionsAndExponents) {
  EXPECT_EQ(ExpiryOfNumber("1700000000.0"), 1'700'000'000u);
  EXPECT_EQ(ExpiryOfNumber("1700000000.000000000000000000000000001"), 1'700'000'001u);
  EXPECT_EQ(ExpiryOfNumber("1699999999.9999999999999999999999999999"), 1'700'000'000u);
  EXPECT_EQ(ExpiryOfNumber("17e8"), 1'700'000'000u);
  EXPECT_EQ(ExpiryOfNumber("0.17e10"), 1'700'000'000u);
}

TEST(TimeToLive, LeavesOutWhatNeverExpires) {
  EXPECT_EQ(ExpiryOfNumber("1000000000"), kMinExpirySeconds);
  EXPECT_EQ(ExpiryOfNumber("253402300799"), kMaxExpirySeconds);
  for (const char* never : {"0", "-1700000000", "1", "999999999", "999999999.9", "253402300800",
                            "253402300799.1", "1700000000000", "9.9e125", "1e-130"}) {
    EXPECT_EQ(ExpiryOfNumber(never), std::nullopt) << never;
  }
}

TEST(TimeToLive, ExpiresAfterItsTimeAndForFiveYears) {
  constexpr int64_t kSecond = 1'000'000;
  constexpr int64_t kNow = 1'700'000'000 * kSecond;
  const ExpiryWindow now = ExpiredBy(kNow, 0);
  EXPECT_FALSE(now.Contains(1'700'000'000));  // not yet past
  EXPECT_TRUE(now.Contains(1'699'999'999));
  EXPECT_TRUE(ExpiredBy(kNow + 1, 0).Contains(1'700'000'000));
  EXPECT_FALSE(ExpiredBy(kNow + 1, kSecond).Contains(1'700'000'000));
  EXPECT_TRUE(ExpiredBy(kNow + 1, kSecond).Contains(1'699'999'999));
  constexpr uint64_t kFiveYears = 5ull * 365 * 86'400;
  EXPECT_TRUE(now.Contains(1'700'000'000 - kFiveYears));
  EXPECT_FALSE(now.Contains(1'700'000'000 - kFiveYears - 1));
  EXPECT_EQ(ExpiredBy(0, 0), ExpiryWindow{});
  EXPECT_EQ(ExpiredBy(kSecond, 5 * kSecond), ExpiryWindow{});
}

class TimeToLiveEntryTest : public ::testing::Test {
 protected:
  TimeToLiveEntryTest() : table_(TestTable()) {
    table_.ttl = TimeToLive{.attribute = "expires", .id = 3};
    key_ = ItemKey(table_, TestItem("a", 1));
  }

  static Item Expiring(int64_t seconds) {
    Item item = TestItem("a", 1);
    item.Set("expires", AttributeValue::N(seconds));
    return item;
  }
  static std::string Encoded(const Item& item) {
    std::string bytes;
    EncodeItem(item, &bytes);
    return bytes;
  }
  std::string EntryAt(uint64_t seconds) const { return TimeToLiveKey(7, 3, seconds, key_); }

  // "-" and "+" with the seconds of what goes and comes.
  std::vector<std::string> Changes(const Item* before, const Item* after) {
    Decision decision;
    std::optional<std::string> bytes;
    if (before != nullptr) bytes = Encoded(*before);
    EXPECT_TRUE(ChangeTimeToLiveEntry(table_, key_, bytes, after, &decision));
    EXPECT_TRUE(decision.counters.empty());
    std::vector<std::string> changes;
    for (const Mutation& mutation : decision.mutations) {
      for (const uint64_t seconds : {1'700'000'000ull, 1'700'000'001ull}) {
        if (mutation.key != EntryAt(seconds)) continue;
        EXPECT_EQ(mutation.value.value_or(""), "");
        changes.push_back((mutation.value ? "+" : "-") + std::to_string(seconds));
      }
    }
    EXPECT_EQ(changes.size(), decision.mutations.size());
    return changes;
  }

  using Texts = std::vector<std::string>;
  TableDefinition table_;
  std::string key_;
};

TEST_F(TimeToLiveEntryTest, FollowsItsItem) {
  const Item one = Expiring(1'700'000'000), two = Expiring(1'700'000'001), none = TestItem("a", 1);
  EXPECT_EQ(Changes(nullptr, &one), Texts{"+1700000000"});
  EXPECT_EQ(Changes(&none, &one), Texts{"+1700000000"});
  EXPECT_EQ(Changes(&one, &two), (Texts{"-1700000000", "+1700000001"}));
  EXPECT_EQ(Changes(&one, &none), Texts{"-1700000000"});
  EXPECT_EQ(Changes(&one, nullptr), Texts{"-1700000000"});
  Item same = one;
  same.Set("other", AttributeValue::S("x"));
  EXPECT_EQ(Changes(&one, &same), Texts{});
  EXPECT_EQ(Changes(&none, &none), Texts{});
  EXPECT_EQ(Changes(nullptr, &none), Texts{});
  table_.ttl->status = TimeToLiveStatus::kDisabling;
  EXPECT_EQ(Changes(&one, &two), Texts{});
}

TEST_F(TimeToLiveEntryTest, IsReadFromAStoredItem) {
  EXPECT_EQ(*TimeToLiveEntry(table_, key_, Encoded(Expiring(1'700'000'000))),
            EntryAt(1'700'000'000));
  EXPECT_EQ(*TimeToLiveEntry(table_, key_, Encoded(TestItem("a", 1))), std::nullopt);
  EXPECT_FALSE(TimeToLiveEntry(table_, key_, "nonsense"));
  table_.ttl->attribute = "r";  // a key attribute
  EXPECT_EQ(*TimeToLiveEntry(table_, key_, Encoded(TestItem("a", 1'700'000'001))),
            EntryAt(1'700'000'001));
  table_.ttl->attribute = "p";  // a string
  EXPECT_EQ(*TimeToLiveEntry(table_, key_, Encoded(TestItem("1700000000", 1))), std::nullopt);
}

TEST_F(TimeToLiveEntryTest, TellsWhatHasExpired) {
  const std::string item = Encoded(Expiring(1'700'000'000));
  const ExpiryWindow window{1'700'000'000, 1'700'000'001};
  EXPECT_TRUE(HasExpired(table_, item, window));
  EXPECT_FALSE(HasExpired(table_, item, {1'700'000'001, 1'800'000'000}));
  EXPECT_FALSE(HasExpired(table_, std::nullopt, window));
  EXPECT_FALSE(HasExpired(table_, "nonsense", window));
  table_.ttl->status = TimeToLiveStatus::kDisabling;
  EXPECT_FALSE(HasExpired(table_, item, window));
  table_.ttl.reset();
  EXPECT_FALSE(HasExpired(table_, item, window));
}

}  // namespace
}  // namespace stator
