#include "events/lane.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "events/invocation.h"

namespace stator {
namespace {

using Todo = Lane::Todo;
using Kind = BatchResult::Kind;

constexpr int64_t kSecond = 1'000'000;

StreamRecord Record(int number, int64_t created = 0) {
  StreamRecord record;
  record.sequence_number = std::to_string(100 + number);
  record.created_micros = created;
  record.event = R"({"n":)" + std::to_string(number) + "}";
  return record;
}

class LaneTest : public testing::Test {
 protected:
  void Add(int count) {
    for (int i = 0; i < count; ++i) lane_.Add(Record(++added_), now_);
  }
  Todo Look() { return lane_.Look(mapping_, false, now_, now_).todo; }
  // The numbers of the batch that is to be delivered now; empty: there is none.
  std::vector<int> Deliver(BatchResult result = {}) {
    if (Look() != Todo::kInvoke) return {};
    const std::vector<int> numbers = Numbers();
    lane_.Start();
    lane_.Finish(result, mapping_, now_);
    return numbers;
  }
  std::vector<int> Discard() {
    if (Look() != Todo::kDiscard) return {};
    const std::vector<int> numbers = Numbers();
    lane_.Start();
    lane_.FinishDiscard(true, now_);
    return numbers;
  }
  std::vector<int> Numbers() const {
    std::vector<int> numbers;
    for (const auto& r : lane_.batch().records)
      numbers.push_back(std::stoi(r.sequence_number) - 100);
    return numbers;
  }

  using V = std::vector<int>;
  Mapping mapping_;
  Lane lane_;
  int64_t now_ = 1000 * kSecond;
  int added_ = 0;
};

TEST_F(LaneTest, BatchesOfASize) {
  mapping_.batch_size = 2;
  EXPECT_EQ(Look(), Todo::kWait);
  Add(3);
  EXPECT_EQ(Deliver(), (V{1, 2}));
  EXPECT_EQ(lane_.position(), "102");
  EXPECT_EQ(Deliver(), (V{3}));
  EXPECT_EQ(Look(), Todo::kWait);
  EXPECT_EQ(lane_.position(), "103");
  lane_.PassedTo("150");
  EXPECT_EQ(lane_.position(), "150");
  EXPECT_EQ(lane_.bytes(), 0u);
}

TEST_F(LaneTest, AWindowWaitsForMore) {
  mapping_.batch_size = 2;
  mapping_.window_seconds = 5;
  Add(1);
  auto next = lane_.Look(mapping_, false, now_, now_);
  EXPECT_EQ(next.todo, Todo::kWait);
  EXPECT_EQ(next.when, now_ + 5 * kSecond);
  EXPECT_EQ(lane_.Look(mapping_, true, now_, now_).todo, Todo::kInvoke);  // nothing will come
  now_ += 5 * kSecond;
  EXPECT_EQ(Deliver(), (V{1}));
  Add(2);
  EXPECT_EQ(Deliver(), (V{2, 3}));  // full
}

TEST_F(LaneTest, BatchesOfSixMebibytesAtMost) {
  StreamRecord large = Record(1);
  large.event.resize(Lane::kMaxBatchBytes - 7);
  lane_.Add(large, now_);
  added_ = 1;
  Add(3);
  EXPECT_EQ(Deliver(), (V{1, 2}));
  EXPECT_EQ(Deliver(), (V{3, 4}));
}

TEST_F(LaneTest, RetriesWithPausesThenGivesUp) {
  mapping_.max_retries = 2;
  Add(2);
  EXPECT_EQ(Deliver({Kind::kFailed}), (V{1, 2}));
  EXPECT_EQ(lane_.position(), "");
  EXPECT_EQ(Deliver(), V{});
  auto next = lane_.Look(mapping_, false, now_, now_);
  ASSERT_TRUE(next.when);
  now_ = *next.when;
  EXPECT_EQ(Deliver({Kind::kFailed}), (V{1, 2}));
  next = lane_.Look(mapping_, false, now_, now_);
  EXPECT_GT(*next.when - now_, kSecond / 10);
  now_ = *next.when;
  EXPECT_EQ(Deliver({Kind::kFailed}), (V{1, 2}));
  EXPECT_EQ(Look(), Todo::kDiscard);
  EXPECT_EQ(lane_.batch().gone, kRetriesExhausted);
  EXPECT_EQ(lane_.batch().failures, 3);
  EXPECT_EQ(Discard(), (V{1, 2}));
  EXPECT_EQ(lane_.position(), "102");
}

TEST_F(LaneTest, WhoIsNotReachedCostsNoRetry) {
  mapping_.max_retries = 0;
  Add(1);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Deliver({Kind::kNotInvoked}), V{1});
    EXPECT_EQ(Look(), Todo::kWait);
    now_ += 11 * kSecond;
  }
  EXPECT_EQ(Deliver(), V{1});
  EXPECT_TRUE(lane_.idle());
}

TEST_F(LaneTest, BisectsDownToTheOneThatFails) {
  mapping_.bisect = true;
  mapping_.max_retries = 0;
  Add(5);
  V delivered, lost;
  for (int i = 0; i < 30 && !lane_.idle(); ++i, now_ += kSecond) {
    if (Look() == Todo::kDiscard) {
      for (int n : Discard()) lost.push_back(n);
      continue;
    }
    const V batch = Numbers();
    const bool bad = std::find(batch.begin(), batch.end(), 3) != batch.end();
    Deliver({bad ? Kind::kFailed : Kind::kDone});
    if (!bad) delivered.insert(delivered.end(), batch.begin(), batch.end());
  }
  EXPECT_EQ(delivered, (V{1, 2, 4, 5}));
  EXPECT_EQ(lost, V{3});
  EXPECT_EQ(lane_.position(), "105");
}

TEST_F(LaneTest, APartFailedIsTriedAgainFromThere) {
  Add(5);
  EXPECT_EQ(Deliver({Kind::kFailed, 2}), (V{1, 2, 3, 4, 5}));
  EXPECT_EQ(lane_.position(), "102");
  now_ += kSecond;
  EXPECT_EQ(Deliver({Kind::kFailed, 1}), (V{3, 4, 5}));
  now_ += kSecond;
  EXPECT_EQ(Deliver(), (V{4, 5}));
  EXPECT_EQ(lane_.position(), "105");
}

TEST_F(LaneTest, PartialFailuresWithBisectCostNoRetryWhileTheyMove) {
  mapping_.bisect = true;
  mapping_.max_retries = 0;
  Add(3);
  EXPECT_EQ(Deliver({Kind::kFailed, 1}), (V{1, 2, 3}));
  now_ += kSecond;
  EXPECT_EQ(Deliver({Kind::kFailed, 0}), (V{2, 3}));
  now_ += kSecond;
  EXPECT_EQ(Deliver({Kind::kFailed, 0}), V{2});
  EXPECT_EQ(Discard(), V{2});
  EXPECT_EQ(Deliver(), V{3});
}

TEST_F(LaneTest, OldRecordsAreGivenUp) {
  mapping_.max_age_seconds = 60;
  lane_.Add(Record(1, now_ - 61 * kSecond), now_);
  lane_.Add(Record(2, now_ - 59 * kSecond), now_);
  EXPECT_EQ(Look(), Todo::kDiscard);
  EXPECT_EQ(lane_.batch().gone, kRecordTooOld);
  EXPECT_EQ(lane_.oldest_micros(), now_ - 61 * kSecond);
  EXPECT_EQ(Discard(), V{1});
  EXPECT_EQ(Deliver({Kind::kFailed}), V{2});
  now_ += 2 * kSecond;
  EXPECT_EQ(Discard(), V{2});
}

TEST_F(LaneTest, WhatCannotBePutAsideIsKept) {
  mapping_.max_retries = 0;
  Add(1);
  Deliver({Kind::kFailed});
  ASSERT_EQ(Look(), Todo::kDiscard);
  lane_.Start();
  lane_.FinishDiscard(false, now_);
  EXPECT_EQ(lane_.position(), "");
  EXPECT_EQ(Look(), Todo::kWait);
  now_ += kSecond;
  EXPECT_EQ(Discard(), V{1});
}

TEST_F(LaneTest, WhatIsDoneIsNotTakenAgain) {
  Lane lane("102");
  for (int i = 1; i <= 3; ++i) lane.Add(Record(i), now_);
  EXPECT_EQ(lane.records(), 1u);
  EXPECT_EQ(lane.position(), "102");
}

class ItemFailuresTest : public LaneTest {
 protected:
  BatchResult Read(const std::string& answer) {
    Batch batch;
    batch.records = {Record(1), Record(2), Record(3)};
    return ReadItemFailures(answer, batch);
  }
};

TEST_F(ItemFailuresTest, AnswersThatSayAllIsDone) {
  for (const char* answer : {"", " \n", "null", "{}", R"({"batchItemFailures":null})",
                             R"({"batchItemFailures":[]})", R"("ok")", "5"}) {
    EXPECT_EQ(Read(answer).kind, Kind::kDone) << answer;
  }
}

TEST_F(ItemFailuresTest, TheLowestCounts) {
  const auto result =
      Read(R"({"batchItemFailures":[{"itemIdentifier":"103"},{"itemIdentifier":"102"}]})");
  EXPECT_EQ(result.kind, Kind::kFailed);
  EXPECT_EQ(result.first_failed, 1u);
}

TEST_F(ItemFailuresTest, WhatIsNotUnderstoodIsAFailureOfAll) {
  for (const char* answer :
       {"{", R"({"batchItemFailures":5})", R"({"batchItemFailures":[{"itemIdentifier":""}]})",
        R"({"batchItemFailures":[{"itemIdentifier":null}]})",
        R"({"batchItemFailures":[{"id":"102"}]})",
        R"({"batchItemFailures":[{"itemIdentifier":"102"},{"itemIdentifier":"999"}]})"}) {
    const auto result = Read(answer);
    EXPECT_EQ(result.kind, Kind::kFailed) << answer;
    EXPECT_EQ(result.first_failed, 0u) << answer;
  }
}

TEST(InvocationTest, RecordsThatWereGivenUpCanBeFoundAgain) {
  Mapping mapping;
  mapping.account = "000000000000";
  mapping.region = "us-east-1";
  mapping.function = "f";
  mapping.stream_arn = "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/x";
  Batch batch;
  batch.records = {Record(1, 1573690410 * kSecond), Record(2, 1573690411 * kSecond)};
  batch.failures = 3;
  batch.gone = kRetriesExhausted;
  EXPECT_EQ(EventOf(batch), R"({"Records":[{"n":1},{"n":2}]})");
  EXPECT_EQ(
      FailureRecordJson({.mapping = &mapping,
                         .shard_id = "shardId-1",
                         .batch = &batch,
                         .request_id = "r",
                         .status = 500,
                         .now_micros = 1573690429'717'000},
                        "{}"),
      R"({"requestContext":{"requestId":"r","functionArn":"arn:aws:lambda:us-east-1:000000000000:function:f","condition":"RetryAttemptsExhausted","approximateInvokeCount":3},)"
      R"("responseContext":{"statusCode":500,"executedVersion":"$LATEST","functionError":"Unhandled"},"version":"1.0","timestamp":"2019-11-14T00:13:49.717Z",)"
      R"("DDBStreamBatchInfo":{"shardId":"shardId-1","startSequenceNumber":"101","endSequenceNumber":"102","approximateArrivalOfFirstRecord":"2019-11-14T00:13:30Z","approximateArrivalOfLastRecord":"2019-11-14T00:13:31Z","batchSize":2,"streamArn":"arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/x"},"payload":"{}"})");
}

}  // namespace
}  // namespace stator
