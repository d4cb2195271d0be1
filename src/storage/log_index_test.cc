#include "storage/log_index.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace stator {
namespace {

std::string Key(const std::string& log, uint64_t position, uint16_t place = 0) {
  std::string key = log;
  AppendU64(position, &key);
  AppendU16(place, &key);
  return key;
}

// "segment:begin-end", the positions of the bounds of each part.
std::string Text(const std::vector<LogIndex::Part>& parts) {
  std::string text;
  for (const LogIndex::Part& part : parts) {
    text += part.begin.substr(0, 1) + std::to_string(part.segment) + ":" +
            std::to_string(PositionOf(part.begin)) + "-" + std::to_string(PositionOf(part.end)) +
            " ";
  }
  return text;
}

class LogIndexTest : public ::testing::Test {
 protected:
  // Logs a and b: a has 10, 11 in segment 1, 20, 21 in 2, 30 in 3; b has 12 in 1 and 31 in 3.
  LogIndexTest() {
    index_.Add(Key("a", 10), 1);
    index_.Add(Key("a", 11), 1);
    index_.Add(Key("b", 12), 1);
    index_.Add(Key("a", 20), 2);
    index_.Add(Key("a", 21, 3), 2);
    index_.Add(Key("a", 30), 3);
    index_.Add(Key("b", 31), 3);
  }
  std::string Found(const std::string& begin, const std::string& end, bool reverse = false,
                    size_t limit = 100) {
    return Text(index_.Find({begin, end, reverse}, limit));
  }
  std::string All() { return Found("", ""); }

  LogIndex index_;
};

TEST_F(LogIndexTest, PartsComeInOrderOfKeys) {
  EXPECT_EQ(All(), "a1:10-12 a2:20-22 a3:30-31 b1:12-13 b3:31-32 ");
  EXPECT_EQ(Found("", "", /*reverse=*/true), "b3:31-32 b1:12-13 a3:30-31 a2:20-22 a1:10-12 ");
  EXPECT_EQ(Found("", "", false, 2), "a1:10-12 a2:20-22 ");
  EXPECT_EQ(Found("", "", true, 2), "b3:31-32 b1:12-13 ");
}

TEST_F(LogIndexTest, OnlyWhatARangeHas) {
  EXPECT_EQ(Found("b", "c"), "b1:12-13 b3:31-32 ");
  EXPECT_EQ(Found(Key("a", 11), Key("a", 21)), "a1:11-12 a2:20-21 ");
  EXPECT_EQ(Found(Key("a", 11), Key("a", 21), true), "a2:20-21 a1:11-12 ");
  EXPECT_EQ(Found(Key("a", 12), Key("a", 20)), "");
  EXPECT_EQ(Found(Key("a", 21, 1), Key("a", 21, 2)), "a2:21-21 ");
  EXPECT_EQ(Found(Key("a", 30, 1), Key("b", 12)), "a3:30-31 ");
  EXPECT_EQ(Found("c", ""), "");
  EXPECT_EQ(Found("", "a"), "");
}

TEST_F(LogIndexTest, DropsTheBeginningOfALog) {
  EXPECT_EQ(index_.Drop("a", Key("a", 21), UINT64_MAX), (std::set<uint64_t>{1, 2}));
  EXPECT_EQ(All(), "a2:21-22 a3:30-31 b1:12-13 b3:31-32 ");
  EXPECT_EQ(index_.Segments(), (std::set<uint64_t>{1, 2, 3}));
  index_.Drop("a", Key("a", 30), UINT64_MAX);
  EXPECT_EQ(index_.Segments(), (std::set<uint64_t>{1, 3}));
}

TEST_F(LogIndexTest, DropsFromTheMiddle) {
  index_.Drop(Key("a", 11), Key("a", 30), UINT64_MAX);
  EXPECT_EQ(All(), "a1:10-11 a3:30-31 b1:12-13 b3:31-32 ");
}

TEST_F(LogIndexTest, DropsWholeLogs) {
  index_.Drop("b", "c", UINT64_MAX);
  EXPECT_EQ(All(), "a1:10-12 a2:20-22 a3:30-31 ");
  index_.Drop("", "", UINT64_MAX);
  EXPECT_EQ(All(), "");
  EXPECT_TRUE(index_.Segments().empty());
  EXPECT_EQ(index_.last_position(), 0u);
}

TEST_F(LogIndexTest, DropsWhatIsAboveAPosition) {
  EXPECT_EQ(index_.last_position(), 31u);
  EXPECT_EQ(Text(index_.PartsAbove(20)), "a2:21-22 a3:30-31 b3:31-32 ");
  index_.DropAbove(20);
  EXPECT_EQ(All(), "a1:10-12 a2:20-21 b1:12-13 ");
  EXPECT_EQ(index_.last_position(), 20u);
  EXPECT_TRUE(index_.PartsAbove(20).empty());
}

TEST_F(LogIndexTest, KnowsWhatIsInASegment) {
  EXPECT_EQ(Text(index_.PartsIn(1)), "a1:10-12 b1:12-13 ");
  index_.Drop("a", Key("a", 11), UINT64_MAX);
  index_.Move(1, 7);
  EXPECT_EQ(Text(index_.PartsIn(7)), "a7:11-12 b7:12-13 ");
  EXPECT_TRUE(index_.PartsIn(1).empty());
  EXPECT_EQ(All(), "a7:11-12 a2:20-22 a3:30-31 b7:12-13 b3:31-32 ");
}

TEST_F(LogIndexTest, DropsUpToAPosition) {
  EXPECT_EQ(index_.Drop("", "", 20), (std::set<uint64_t>{1, 2}));
  EXPECT_EQ(All(), "a2:21-22 a3:30-31 b3:31-32 ");
  EXPECT_TRUE(index_.Drop("", "", 20).empty());
}

TEST_F(LogIndexTest, ForgetsASegment) {
  index_.DropSegment(3);
  index_.DropSegment(9);
  EXPECT_EQ(All(), "a1:10-12 a2:20-22 b1:12-13 ");
}

TEST_F(LogIndexTest, ThePositionOfAKey) {
  EXPECT_EQ(PositionOf(Key("a", 10, 5)), 10u);
  EXPECT_EQ(PositionOf("short"), UINT64_MAX);
}

TEST_F(LogIndexTest, GoesOnAfterADrop) {
  index_.Drop("b", "c", UINT64_MAX);
  index_.Add(Key("b", 40), 3);
  index_.Add(Key("a", 41), 4);
  EXPECT_EQ(All(), "a1:10-12 a2:20-22 a3:30-31 a4:41-42 b3:40-41 ");
}

}  // namespace
}  // namespace stator
