#include "kinesis/streams.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/temp_dir.h"
#include "storage/open.h"
#include "table/blocking.h"
#include "table/layout.h"

namespace stator::kinesis {
namespace {

constexpr int64_t kHour = 3'600'000'000;
const Scope kScope{"000000000000", "us-east-1"};

class SteppedClock final : public Clock {
 public:
  int64_t NowMicros() const override { return now.load(); }
  int64_t MonotonicMicros() const override { return now.load(); }
  std::atomic<int64_t> now{1'700'000'000'000'000};
};

struct Seen {
  RecordPosition position;
  std::string key;
  std::string data;
};

class StreamsTest : public ::testing::Test {
 protected:
  StreamsTest() { Open(); }
  ~StreamsTest() override { Close(); }

  void Open() {
    EngineOptions options;
    options.clock = &clock_;
    auto engine = OpenRocksEngine(directory_.path(), options);
    EXPECT_TRUE(engine) << engine.error().message;
    engine_ = *std::move(engine);
    auto streams = Streams::Open(engine_.get(), {.clock = &clock_, .report = {}, .manual = true});
    EXPECT_TRUE(streams);
    streams_ = *std::move(streams);
  }
  void Close() {
    streams_->Stop();
    engine_.reset();
    streams_.reset();
  }

  ApiResult<StreamPtr> Create(const std::string& name, uint32_t shards = 1) {
    return Await<ApiResult<StreamPtr>>([&](auto done) {
      streams_->Create({.scope = kScope, .name = name, .shard_count = shards}, std::move(done));
    });
  }
  ApiResult<StreamPtr> Delete(const std::string& name) {
    return Await<ApiResult<StreamPtr>>(
        [&](auto done) { streams_->Delete(kScope, name, std::move(done)); });
  }
  Result<std::vector<RecordPosition>> Put(const Stream& stream, std::vector<NewRecord> records) {
    return Await<Result<std::vector<RecordPosition>>>(
        [&](auto done) { streams_->Put(stream, std::move(records), std::move(done)); });
  }
  Result<std::vector<RecordPosition>> Put(const Stream& stream, const std::string& data) {
    return Put(stream, {{0, EncodeRecord("k", data)}});
  }
  std::vector<Seen> Read(const Stream& stream, uint32_t shard = 0, RecordPosition from = {}) {
    auto seen = std::make_shared<std::vector<Seen>>();
    auto read = Await<Result<void>>([&](auto done) {
      streams_->Read(
          stream, shard, from,
          [seen](RecordPosition position, const StoredRecord& record) {
            seen->push_back(
                {position, std::string(record.partition_key), std::string(record.data)});
            return true;
          },
          std::move(done));
    });
    EXPECT_TRUE(read);
    return *seen;
  }
  std::string Text(const Stream& stream, uint32_t shard = 0, RecordPosition from = {}) {
    std::string text;
    for (const Seen& record : Read(stream, shard, from)) text += record.data;
    return text;
  }
  RecordPosition End(const Stream& stream) {
    return *Await<Result<RecordPosition>>(
        [&](auto done) { streams_->FindEnd(stream, 0, std::move(done)); });
  }
  size_t KeysIn(const KeyRange& range) {
    auto count = std::make_shared<size_t>(0);
    EXPECT_TRUE(ScanAndWait(*engine_, {range.begin, range.end}, [count](auto, auto) {
      ++*count;
      return true;
    }));
    return *count;
  }

  const TempDir directory_;
  SteppedClock clock_;
  std::unique_ptr<Streams> streams_;
  std::unique_ptr<Engine> engine_;
};

TEST_F(StreamsTest, AStreamIsFoundOnceAndAlsoAfterARestart) {
  auto created = Create("a", 3);
  ASSERT_TRUE(created);
  EXPECT_EQ((*created)->created_micros, clock_.NowMicros());
  auto again = Create("a");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().type, ErrorType::kResourceInUse);
  EXPECT_EQ(*again.error().message, "Stream a under account 000000000000 already exists.");
  ASSERT_TRUE(Create("b"));
  Close();
  Open();
  ASSERT_NE(streams_->Find(kScope, "a"), nullptr);
  EXPECT_EQ(*streams_->Find(kScope, "a"), **created);
  EXPECT_EQ(streams_->List(kScope).size(), 2u);
  EXPECT_EQ(streams_->Find({"000000000000", "eu-west-1"}, "a"), nullptr);
  EXPECT_TRUE(streams_->List({"111111111111", "us-east-1"}).empty());
}

TEST_F(StreamsTest, RecordsComeBackByShardInTheOrderOfTheirCommits) {
  const StreamPtr stream = *Create("a", 2);
  auto first =
      Put(*stream,
          {{0, EncodeRecord("x", "1")}, {1, EncodeRecord("y", "2")}, {0, EncodeRecord("z", "3")}});
  ASSERT_TRUE(first);
  auto second = Put(*stream, {{0, EncodeRecord("x", "4")}});
  ASSERT_TRUE(second);
  EXPECT_LT(first->back(), second->front());
  EXPECT_EQ(Text(*stream, 0), "134");
  EXPECT_EQ(Text(*stream, 1), "2");
  const std::vector<Seen> seen = Read(*stream, 0);
  EXPECT_EQ(seen[0].position, (*first)[0]);
  EXPECT_EQ(seen[0].key, "x");
  EXPECT_EQ(seen[1].position, (*first)[2]);
  EXPECT_EQ(seen[2].position, (*second)[0]);
  EXPECT_EQ(Text(*stream, 0, (*first)[2]), "34");
  EXPECT_EQ(Text(*stream, 0, (*first)[2].Next()), "4");
}

TEST_F(StreamsTest, TheEndIsAfterTheNewestRecord) {
  const StreamPtr stream = *Create("a");
  EXPECT_EQ(End(*stream), RecordPosition{});
  ASSERT_TRUE(Put(*stream, "1"));
  const RecordPosition end = End(*stream);
  EXPECT_EQ(Text(*stream, 0, end), "");
  ASSERT_TRUE(Put(*stream, "2"));
  EXPECT_EQ(Text(*stream, 0, end), "2");
}

TEST_F(StreamsTest, WhatIsTooOldIsNotReadAndLaterDropped) {
  const StreamPtr stream = *Create("a");
  ASSERT_TRUE(Put(*stream, "1"));
  clock_.now += kHour / 2;
  ASSERT_TRUE(Put(*stream, "2"));
  clock_.now += 24 * kHour - kHour / 2 - 1;
  EXPECT_EQ(Text(*stream), "12");
  clock_.now += 1'000'000;
  EXPECT_EQ(Text(*stream), "2");
  ASSERT_TRUE(streams_->TrimOnce());
  EXPECT_EQ(KeysIn(KinesisRecords(stream->id)), 2u);  // dropped by whole hours only
  clock_.now += 2 * kHour;
  ASSERT_TRUE(Put(*stream, "3"));
  ASSERT_TRUE(streams_->TrimOnce());
  EXPECT_EQ(KeysIn(KinesisRecords(stream->id)), 1u);
  EXPECT_EQ(Text(*stream), "3");
}

TEST_F(StreamsTest, AChangeIsSeenAndStored) {
  const StreamPtr stream = *Create("a");
  ASSERT_TRUE(Put(*stream, "1"));
  const auto set = [&](int64_t hours) {
    return Await<ApiResult<StreamPtr>>([&](auto done) {
      streams_->Change(
          kScope, "a",
          [hours](const Stream& current) -> ApiResult<Stream> {
            Stream next = current;
            next.retention_hours = hours;
            return next;
          },
          std::move(done));
    });
  };
  ASSERT_TRUE(set(48));
  clock_.now += 25 * kHour;
  EXPECT_EQ(Text(*stream), "");
  EXPECT_EQ(Text(*streams_->Find(kScope, "a")), "1");
  Close();
  Open();
  EXPECT_EQ(streams_->Find(kScope, "a")->retention_hours, 48);
  ASSERT_TRUE(Delete("a"));
  EXPECT_EQ(set(24).error().type, ErrorType::kResourceNotFound);
}

TEST_F(StreamsTest, ADeletedStreamTakesNoRecordsAndLeavesNone) {
  const StreamPtr stream = *Create("a");
  ASSERT_TRUE(Put(*stream, "1"));
  ASSERT_TRUE(Delete("a"));
  EXPECT_EQ(streams_->Find(kScope, "a"), nullptr);
  EXPECT_EQ(Delete("a").error().type, ErrorType::kResourceNotFound);
  auto put = Put(*stream, "2");
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, StatusCode::kNotFound);
  const StreamPtr next = *Create("a");
  EXPECT_NE(next->id, stream->id);
  EXPECT_EQ(Text(*next), "");
  ASSERT_TRUE(Put(*next, "3"));
  Close();  // before the records were dropped
  Open();
  ASSERT_TRUE(streams_->TrimOnce());
  EXPECT_EQ(KeysIn(KinesisRecords(stream->id)), 0u);
  EXPECT_EQ(KeysIn(AllKeys(KeySpace::kKinesisDropped)), 0u);
  EXPECT_EQ(Text(*streams_->Find(kScope, "a")), "3");
}

TEST_F(StreamsTest, WhatIsCommittedBesidesIsAllOrNothing) {
  const StreamPtr stream = *Create("a");
  const Guard wrong{"\x7fguard", 5};
  auto put = Await<Result<std::vector<RecordPosition>>>([&](auto done) {
    streams_->Put(*stream, {{0, EncodeRecord("k", "1")}}, std::move(done),
                  {.guards = {wrong}, .mutations = {{"\x7fposition", "x"}}});
  });
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, StatusCode::kGuardChanged);
  EXPECT_EQ(Text(*stream), "");
  put = Await<Result<std::vector<RecordPosition>>>([&](auto done) {
    streams_->Put(*stream, {{0, EncodeRecord("k", "1")}}, std::move(done),
                  {.guards = {}, .mutations = {{"\x7fposition", "x"}}});
  });
  ASSERT_TRUE(put);
  EXPECT_EQ(Text(*stream), "1");
  EXPECT_EQ(KeysIn({"\x7fposition", "\x7fpositioo"}), 1u);
}

// A reader that goes on after the last record it saw misses none, whoever else writes.
TEST_F(StreamsTest, AFollowerSeesEveryRecordOnceWhileWritersRun) {
  constexpr int kWriters = 4, kEach = 50;
  const StreamPtr stream = *Create("a");
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (int i = 0; i < kEach; ++i) {
        EXPECT_TRUE(Put(*stream, {{0, EncodeRecord(std::to_string(w), std::to_string(i))}}));
      }
    });
  }
  std::map<std::string, int> next;
  int seen = 0;
  for (RecordPosition from; seen < kWriters * kEach;) {
    for (const Seen& record : Read(*stream, 0, from)) {
      EXPECT_EQ(record.data, std::to_string(next[record.key]++));
      from = record.position.Next();
      ++seen;
    }
  }
  for (std::thread& writer : writers) writer.join();
}

}  // namespace
}  // namespace stator::kinesis
