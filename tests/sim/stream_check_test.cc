#include "stream_check.h"

#include <gtest/gtest.h>

namespace stator::sim {
namespace {

constexpr int64_t kNow = 5'000'000;

StreamRecord Record(std::string place, std::string event, Seen before, Seen after) {
  StreamRecord record{.table = "second", .key = "second/x", .place = place, .text = place};
  record.micros = std::stoull(place);
  record.event = std::move(event);
  const auto image = [](const Seen& seen) {
    std::string text;
    for (const WriteId id : seen) text += std::to_string(id) + ",";
    return Image{text, seen, {}};
  };
  if (!before.empty()) record.before = image(before);
  if (!after.empty()) record.after = image(after);
  return record;
}

class LineCheckTest : public testing::Test {
 protected:
  CommitsSeen commits_;
  LineCheck check_{{.table = "second", .from_start = true, .repeats = true}, &commits_};
};

TEST_F(LineCheckTest, AChainIsGoodAndMayBeReadAgain) {
  EXPECT_TRUE(check_.Take(Record("1", "INSERT", {}, {1}), 0, kNow));
  EXPECT_TRUE(check_.Take(Record("2", "MODIFY", {1}, {1, 2}), 0, kNow));
  EXPECT_FALSE(check_.Take(Record("1", "INSERT", {}, {1}), 0, kNow));
  EXPECT_TRUE(check_.Take(Record("3", "REMOVE", {1, 2}, {}), 0, kNow));
  EXPECT_NO_THROW(check_.CompareItems({}));
  EXPECT_THROW(check_.CompareItems({{"second/x", "1,2,"}}), WrongAnswer);
  EXPECT_THROW(check_.CompareItems({{"second/y", "4,"}}), WrongAnswer);
}

TEST_F(LineCheckTest, AMissingRecordIsFound) {
  check_.Take(Record("1", "INSERT", {}, {1}), 0, kNow);
  EXPECT_THROW(check_.Take(Record("3", "MODIFY", {1, 2}, {1, 2, 3}), 0, kNow), WrongAnswer);
}

TEST_F(LineCheckTest, AMissingRecordIsAllowedAfterAGap) {
  check_.Take(Record("1", "INSERT", {}, {1}), 0, kNow);
  check_.Gap();
  EXPECT_NO_THROW(check_.Take(Record("3", "MODIFY", {1, 2}, {1, 2, 3}), 0, kNow));
}

TEST_F(LineCheckTest, TheWrongOrderIsFound) {
  check_.Take(Record("2", "INSERT", {}, {1}), 0, kNow);
  EXPECT_THROW(check_.Take(Record("1", "MODIFY", {1}, {1, 2}), 0, kNow), WrongAnswer);
}

TEST_F(LineCheckTest, OnlyTheServiceDeletesWhatExpires) {
  check_.Take(Record("1", "INSERT", {}, {1}), 0, kNow);
  StreamRecord record = Record("2", "REMOVE", {1}, {});
  record.by_service = true;
  EXPECT_THROW(check_.Take(record, 0, kNow), WrongAnswer);
}

TEST_F(LineCheckTest, TheRecordsOfAWriteHaveOnePosition) {
  check_.Take(Record("1", "INSERT", {}, {1}), 0, kNow);
  StreamRecord other = Record("2", "INSERT", {}, {1});
  other.key = "second/y";
  EXPECT_THROW(check_.Take(other, 0, kNow), WrongAnswer);
}

TEST_F(LineCheckTest, WhatWasRefusedAndWhatIsMissingIsFound) {
  check_.Take(Record("1", "INSERT", {}, {1}), 0, kNow);
  Operation put{.id = 1, .name = "PutItem", .begin = 5, .end = 6, .outcome = Outcome::kDone};
  put.accesses = {{"second/x", AccessKind::kPut, {}}};
  const Window window{.table = "second", .begin = 4};
  EXPECT_NO_THROW(check_.Finish({put}, &window));
  Operation other = put;
  other.id = 2;
  EXPECT_THROW(check_.Finish({put, other}, &window), WrongAnswer);
  EXPECT_NO_THROW(check_.Finish({put, other}, nullptr));
  put.outcome = Outcome::kRefused;
  EXPECT_THROW(check_.Finish({put}, &window), WrongAnswer);
}

}  // namespace
}  // namespace stator::sim
