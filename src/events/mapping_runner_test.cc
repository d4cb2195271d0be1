#include "events/mapping_runner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "storage/open.h"

namespace stator {
namespace {

constexpr char kStream[] = "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/x";

// Records and shards that a test makes up.
class TestSource final : public ShardSource {
 public:
  // `number` is above all before it; `item` is whose change it is.
  void Add(const std::string& shard, int number, const std::string& item,
           const std::string& more = "") {
    StreamRecord record;
    record.sequence_number = Sequence(number);
    record.item_key = item;
    record.created_micros = SystemClock().NowMicros();
    record.event = R"({"n":)" + std::to_string(number) + R"(,"item":")" + item + "\"" + more + "}";
    std::function<void()> ring;
    {
      std::lock_guard lock(mutex_);
      shards_[shard].records.push_back(std::move(record));
      ring = bell_;
    }
    if (ring) ring();
  }
  void Open(const std::string& shard, const std::string& parent = "") {
    std::lock_guard lock(mutex_);
    shards_[shard].parent = parent;
  }
  void Close(const std::string& shard) {
    std::lock_guard lock(mutex_);
    shards_[shard].closed = true;
  }
  void Trim(const std::string& shard) {
    std::lock_guard lock(mutex_);
    shards_.erase(shard);
  }
  void Remove() {
    std::lock_guard lock(mutex_);
    gone_ = true;
  }
  int TimesRead(int number) {
    std::lock_guard lock(mutex_);
    return times_read_[Sequence(number)];
  }
  static std::string Sequence(int number) { return std::to_string(1'000'000 + number); }

  Result<std::vector<StreamShard>> Shards(const std::string&) override {
    std::lock_guard lock(mutex_);
    if (gone_) return Fail(StatusCode::kNotFound, "gone");
    std::vector<StreamShard> out;
    for (const auto& [id, shard] : shards_) out.push_back({id, shard.parent});
    return out;
  }
  void Latest(const std::string&, UniqueFunction<void(Result<std::string>)> done) override {
    done(Sequence(0));
  }
  Result<ShardPage> Read(const std::string&, const std::string& id, const std::string& after,
                         size_t limit, size_t) override {
    std::lock_guard lock(mutex_);
    if (!shards_.contains(id)) return Fail(StatusCode::kNotFound, id);
    const Shard& shard = shards_[id];
    ShardPage page;
    page.next_after = after;
    auto next = std::upper_bound(
        shard.records.begin(), shard.records.end(), after,
        [](const auto& a, const auto& b) { return SequenceLess(a, b.sequence_number); });
    for (; next != shard.records.end(); ++next) {
      if (page.records.size() == std::min<size_t>(limit, 7)) return page;
      page.records.push_back(*next);
      page.next_after = next->sequence_number;
      ++times_read_[page.next_after];
    }
    page.exhausted = shard.closed;
    return page;
  }
  void SetBell(std::function<void()> ring) override {
    std::lock_guard lock(mutex_);
    bell_ = std::move(ring);
  }

 private:
  struct Shard {
    std::string parent;
    bool closed = false;
    std::vector<StreamRecord> records;
  };
  std::mutex mutex_;
  std::map<std::string, Shard> shards_;
  std::map<std::string, int> times_read_;
  bool gone_ = false;
  std::function<void()> bell_;
};

class MappingRunnerTest : public testing::Test {
 protected:
  void SetUp() override {
    EngineOptions options;
    options.clock = &clock_;
    engine_ = NewMemoryEngine(options);
    store_ = *MappingStore::Open(engine_.get());
    functions_ = *Functions::Create({{.name = "f", .command = {"true"}}},
                                    {{.arn = "arn:q", .file = "lost"}});
    mapping_.uuid = "91eaeb7e-c976-4234-9451-8709db01f137";
    mapping_.account = "000000000000";
    mapping_.region = "us-east-1";
    mapping_.stream_arn = kStream;
    mapping_.function = "f";
    mapping_.starting_position = "TRIM_HORIZON";
  }
  void TearDown() override { StopRunner(); }

  void StartRunner() {
    MappingRunner::Options options;
    options.store = store_;
    options.source = &source_;
    options.functions = &functions_;
    options.clock = &clock_;
    options.random = &random_;
    options.invoke = [this](const FunctionTarget&, const std::string& event) {
      return Invoke(event);
    };
    options.put_aside = [this](const FailureTarget& target, const FailureRecord& record,
                               const std::string& payload) -> Result<void> {
      std::lock_guard lock(mutex_);
      EXPECT_EQ(target.arn, "arn:q");
      aside_.push_back(FailureRecordJson(record, payload));
      return {};
    };
    options.cancel = [this] { cancelled_ = true; };
    runner_ = std::make_unique<MappingRunner>(std::move(options));
    runner_->Start();
  }
  void StopRunner() {
    if (runner_) runner_->Stop(std::chrono::milliseconds(0));
    runner_.reset();
  }
  void Put(const Mapping& mapping) {
    std::promise<void> done;
    store_->Put([&](const auto&) { return mapping; },
                [&](Result<void> stored) {
                  EXPECT_TRUE(stored);
                  done.set_value();
                });
    done.get_future().wait();
  }
  void Remove(const std::string& uuid) {
    std::promise<void> done;
    store_->Remove(uuid, [&](Result<void>) { done.set_value(); });
    done.get_future().wait();
  }

  // The function: notes what it is given. `answer_` may make it something else.
  Invocation Invoke(const std::string& event) {
    simdjson::dom::parser parser;
    simdjson::dom::element document;
    EXPECT_EQ(parser.parse(event).get(document), simdjson::SUCCESS);
    std::vector<std::pair<std::string, int>> records;
    const simdjson::dom::array list = document["Records"].get_array().value_unsafe();
    for (auto record : list) {
      records.emplace_back(std::string(record["item"].get_string().value_unsafe()),
                           int(int64_t(record["n"].get_int64().value_unsafe())));
    }
    std::function<Invocation(const std::vector<int>&)> answer;
    std::vector<int> numbers;
    for (const auto& [item, n] : records) numbers.push_back(n);
    {
      std::lock_guard lock(mutex_);
      answer = answer_;
    }
    const Invocation invocation = answer ? answer(numbers) : Invocation{};
    std::lock_guard lock(mutex_);
    batches_.push_back(numbers);
    if (invocation.kind == Invocation::Kind::kAnswered) {
      for (const auto& [item, n] : records) delivered_[item].push_back(n);
    }
    return invocation;
  }
  template <class Condition>
  void WaitFor(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < deadline) {
      {
        std::lock_guard lock(mutex_);
        if (condition()) return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ADD_FAILURE() << "did not come about";
  }
  size_t Delivered() const {
    size_t count = 0;
    for (const auto& [item, numbers] : delivered_) count += numbers.size();
    return count;
  }

  SystemClock clock_;
  SeededRandom random_{1};
  std::unique_ptr<Engine> engine_;
  std::shared_ptr<MappingStore> store_;
  Functions functions_;
  TestSource source_;
  Mapping mapping_;
  std::mutex mutex_;
  std::function<Invocation(const std::vector<int>&)> answer_;
  std::vector<std::vector<int>> batches_;
  std::map<std::string, std::vector<int>> delivered_;  // by item
  std::vector<std::string> aside_;
  std::atomic<bool> cancelled_{false};
  std::unique_ptr<MappingRunner> runner_;
};

using V = std::vector<int>;

TEST_F(MappingRunnerTest, DeliversInOrderAndGoesOnAfterAStop) {
  mapping_.batch_size = 3;
  source_.Open("s1");
  for (int i = 1; i <= 20; ++i) source_.Add("s1", i, "a");
  Put(mapping_);
  StartRunner();
  WaitFor([&] { return Delivered() == 20; });
  StopRunner();
  for (int i = 21; i <= 30; ++i) source_.Add("s1", i, "a");
  StartRunner();
  WaitFor([&] { return Delivered() == 30; });
  V all(30);
  for (int i = 0; i < 30; ++i) all[static_cast<size_t>(i)] = i + 1;
  EXPECT_EQ(delivered_["a"], all);
  for (const V& batch : batches_) EXPECT_LE(batch.size(), 3u);
  // A batch is counted after its function has answered.
  WaitFor([&] { return runner_->Figures()[0].records == 10; });
  const auto figures = runner_->Figures();
  ASSERT_EQ(figures.size(), 1u);
  EXPECT_EQ(figures[0].records, 10u);
  EXPECT_EQ(figures[0].last_result, "OK");
}

TEST_F(MappingRunnerTest, ParentsBeforeChildren) {
  source_.Open("s1");
  source_.Open("s2", "s1");
  source_.Open("s3", "s1");
  source_.Add("s2", 11, "a");
  source_.Add("s3", 12, "b");
  for (int i = 1; i <= 10; ++i) source_.Add("s1", i, i % 2 ? "a" : "b");
  Put(mapping_);
  StartRunner();
  WaitFor([&] { return Delivered() == 10; });
  source_.Close("s1");
  WaitFor([&] { return Delivered() == 12; });
  EXPECT_EQ(delivered_["a"], (V{1, 3, 5, 7, 9, 11}));
  EXPECT_EQ(delivered_["b"], (V{2, 4, 6, 8, 10, 12}));
}

TEST_F(MappingRunnerTest, FiltersAndStartsWhereItIsTold) {
  mapping_.filters = {R"({"item":["a"]})"};
  mapping_.starting_position = "LATEST";
  mapping_.start_after = TestSource::Sequence(5);
  source_.Open("s1");
  for (int i = 1; i <= 10; ++i) source_.Add("s1", i, i % 2 ? "a" : "b");
  Put(mapping_);
  StartRunner();
  WaitFor([&] { return Delivered() == 2; });
  EXPECT_EQ(delivered_["a"], (V{7, 9}));
  WaitFor([&] { return runner_->Figures()[0].filtered == 3; });
  // Where nothing matches the position moves, too.
  WaitFor([&] {
    const auto progress = store_->ReadProgress(mapping_.uuid);
    const auto shard = progress->find("s1");
    return shard != progress->end() &&
           shard->second.lanes == std::vector<std::string>{TestSource::Sequence(10)};
  });
}

TEST_F(MappingRunnerTest, LanesKeepTheOrderOfEachItem) {
  mapping_.lanes = 4;
  mapping_.batch_size = 2;
  source_.Open("s1");
  for (int i = 1; i <= 200; ++i) source_.Add("s1", i, "item" + std::to_string(i % 13));
  int at_once = 0, most = 0;
  answer_ = [&](const V&) {
    {
      std::lock_guard lock(mutex_);
      most = std::max(most, ++at_once);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::lock_guard lock(mutex_);
    --at_once;
    return Invocation{};
  };
  Put(mapping_);
  StartRunner();
  WaitFor([&] { return Delivered() == 200; });
  EXPECT_GT(most, 1);
  for (const auto& [item, numbers] : delivered_) {
    EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end())) << item;
  }
}

// Two items of different lanes.
std::pair<std::string, std::string> TwoLanes() {
  std::string other = "b";
  while (StableHash64(other) % 2 == StableHash64("a") % 2) other += "b";
  return {"a", other};
}

TEST_F(MappingRunnerTest, ALaneThatFailsHoldsUpNoOther) {
  const auto [bad, good] = TwoLanes();
  constexpr int kEach = 5000;  // more than the runner keeps in memory
  mapping_.lanes = 2;
  mapping_.batch_size = 500;
  bool failing = true;
  answer_ = [&](const V& numbers) -> Invocation {
    std::lock_guard lock(mutex_);
    if (failing && numbers[0] % 2 == 0) return {Invocation::Kind::kFunctionError, 500, {}, ""};
    return {};
  };
  source_.Open("s1");
  V odd, even;
  for (int i = 1; i <= 2 * kEach; ++i) {
    source_.Add("s1", i, i % 2 ? good : bad);
    (i % 2 ? odd : even).push_back(i);
  }
  source_.Close("s1");
  Put(mapping_);
  // Made before there are threads that add to the map.
  V& of_good = delivered_[good];
  V& of_bad = delivered_[bad];
  StartRunner();
  WaitFor([&] { return of_good.size() == kEach; });
  EXPECT_TRUE(of_bad.empty());
  // It remembers how far each has come, reads on without what it has no room for, and reads that
  // again when it has.
  StopRunner();
  const int times = source_.TimesRead(2 * kEach);
  StartRunner();
  WaitFor([&] { return source_.TimesRead(2 * kEach) == times + 1; });
  {
    std::lock_guard lock(mutex_);
    failing = false;
  }
  WaitFor([&] { return of_bad.size() == kEach; });
  WaitFor([&] {
    const auto progress = store_->ReadProgress(mapping_.uuid);
    return progress->at("s1").finished;
  });
  EXPECT_EQ(delivered_[good], odd);
  EXPECT_EQ(delivered_[bad], even);
  EXPECT_EQ(source_.TimesRead(2 * kEach), times + 2);
}

TEST_F(MappingRunnerTest, AnotherNumberOfLanesLosesNothing) {
  mapping_.lanes = 4;
  source_.Open("s1");
  for (int i = 1; i <= 50; ++i) source_.Add("s1", i, std::to_string(i % 7));
  Put(mapping_);
  StartRunner();
  WaitFor([&] { return Delivered() == 50; });
  mapping_.lanes = 2;
  Put(mapping_);
  for (int i = 51; i <= 100; ++i) source_.Add("s1", i, std::to_string(i % 7));
  // Some may come twice.
  WaitFor([&] {
    std::set<int> seen;
    for (const auto& [item, numbers] : delivered_) seen.insert(numbers.begin(), numbers.end());
    return seen.size() == 100;
  });
}

TEST_F(MappingRunnerTest, WhatFailsGoesAsideAndTheRestGoesOn) {
  mapping_.bisect = true;
  mapping_.max_retries = 0;
  mapping_.on_failure = "arn:q";
  answer_ = [](const V& numbers) -> Invocation {
    const bool bad = std::find(numbers.begin(), numbers.end(), 3) != numbers.end();
    if (!bad) return {};
    return {Invocation::Kind::kFunctionError, 500, {}, "HTTP 500"};
  };
  source_.Open("s1");
  for (int i = 1; i <= 5; ++i) source_.Add("s1", i, "a");
  Put(mapping_);
  StartRunner();
  WaitFor([&] { return Delivered() == 4; });
  EXPECT_EQ(delivered_["a"], (V{1, 2, 4, 5}));
  ASSERT_EQ(aside_.size(), 1u);
  EXPECT_NE(aside_[0].find(R"("startSequenceNumber":"1000003","endSequenceNumber":"1000003")"),
            std::string::npos)
      << aside_[0];
  EXPECT_NE(aside_[0].find(R"("shardId":"s1")"), std::string::npos);
  EXPECT_NE(aside_[0].find(R"("statusCode":500)"), std::string::npos);
  WaitFor([&] { return runner_->Figures()[0].dead_letters == 1; });
}

TEST_F(MappingRunnerTest, WaitsForAFunctionThatIsNotThere) {
  mapping_.max_retries = 0;
  int calls = 0;
  answer_ = [&](const V&) -> Invocation {
    std::lock_guard lock(mutex_);
    if (++calls > 3) return {};
    return {Invocation::Kind::kNotInvoked, 0, {}, "connection refused"};
  };
  source_.Open("s1");
  source_.Add("s1", 1, "a");
  Put(mapping_);
  StartRunner();
  WaitFor([&] { return Delivered() == 1; });
  EXPECT_EQ(runner_->Figures()[0].not_invoked, 3u);
  EXPECT_TRUE(aside_.empty());
}

TEST_F(MappingRunnerTest, PartialFailures) {
  mapping_.report_item_failures = true;
  std::vector<V> asked;
  answer_ = [&](const V& numbers) -> Invocation {
    std::lock_guard lock(mutex_);
    asked.push_back(numbers);
    if (asked.size() > 1) return {};
    return {.answer = R"({"batchItemFailures":[{"itemIdentifier":"1000003"}]})"};
  };
  source_.Open("s1");
  for (int i = 1; i <= 5; ++i) source_.Add("s1", i, "a");
  Put(mapping_);
  StartRunner();
  WaitFor([&] { return asked.size() == 2; });
  EXPECT_EQ(asked[0], (V{1, 2, 3, 4, 5}));
  EXPECT_EQ(asked[1], (V{3, 4, 5}));
}

TEST_F(MappingRunnerTest, RecordsThatAreGoneAreAFailureOfTheMapping) {
  source_.Open("s1");
  source_.Add("s1", 1, "a");
  Put(mapping_);
  StartRunner();
  WaitFor([&] { return Delivered() == 1 && !store_->ReadProgress(mapping_.uuid)->empty(); });
  StopRunner();
  source_.Add("s1", 2, "a");
  source_.Trim("s1");
  source_.Open("s2", "s1");
  source_.Add("s2", 3, "a");
  StartRunner();
  WaitFor([&] { return !store_->Find(mapping_.uuid)->failure.empty(); });
  Mapping failed = *store_->Find(mapping_.uuid);
  EXPECT_FALSE(failed.runs());
  EXPECT_NE(failed.failure.find("trimmed"), std::string::npos);
  EXPECT_EQ(Delivered(), 1u);
  // Enabled again, it goes on with what is there.
  failed.failure.clear();
  Put(failed);
  WaitFor([&] { return Delivered() == 2; });
  EXPECT_EQ(delivered_["a"], (V{1, 3}));
}

TEST_F(MappingRunnerTest, AStreamThatIsGoneEndsTheMapping) {
  source_.Open("s1");
  Put(mapping_);
  StartRunner();
  WaitFor([&] { return runner_->Figures().size() == 1; });
  source_.Remove();
  WaitFor([&] { return !store_->Find(mapping_.uuid)->failure.empty(); });
}

TEST_F(MappingRunnerTest, DisabledMappingsRestAndDeletedOnesLeaveNothing) {
  source_.Open("s1");
  source_.Add("s1", 1, "a");
  Put(mapping_);
  StartRunner();
  WaitFor([&] { return Delivered() == 1; });
  mapping_.enabled = false;
  Put(mapping_);
  source_.Add("s1", 2, "a");
  mapping_.enabled = true;
  Put(mapping_);
  WaitFor([&] { return Delivered() == 2; });
  Remove(mapping_.uuid);
  WaitFor([&] { return store_->WithProgress()->empty() && runner_->Figures().empty(); });
}

TEST_F(MappingRunnerTest, AStopCancelsWhatIsUnderWay) {
  answer_ = [&](const V&) -> Invocation {
    while (!cancelled_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return {Invocation::Kind::kNotInvoked, 0, {}, "cancelled"};
  };
  source_.Open("s1");
  source_.Add("s1", 1, "a");
  Put(mapping_);
  StartRunner();
  WaitFor([&] { return runner_->Figures().size() == 1; });
  StopRunner();
  answer_ = nullptr;
  StartRunner();
  WaitFor([&] { return Delivered() == 1; });
}

TEST(MappingTest, StoredFormsAreReadBack) {
  Mapping mapping;
  mapping.uuid = "91eaeb7e-c976-4234-9451-8709db01f137";
  mapping.account = "000000000000";
  mapping.region = "eu-west-1";
  mapping.stream_arn = kStream;
  mapping.function = "f";
  mapping.enabled = false;
  mapping.batch_size = 1;
  mapping.window_seconds = 2;
  mapping.lanes = 3;
  mapping.starting_position = "LATEST";
  mapping.start_after = "123456789012345678901";
  mapping.filters = {"{\"a\":[\"\\n\"]}", "x"};
  mapping.on_failure = "arn:q";
  mapping.max_age_seconds = 60;
  mapping.max_retries = 5;
  mapping.bisect = true;
  mapping.report_item_failures = true;
  mapping.modified_micros = 1'700'000'000'123'456;
  mapping.failure = "why";
  const std::string bytes = EncodeMapping(mapping);
  auto decoded = DecodeMapping(bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(*decoded, mapping);
  EXPECT_EQ(bytes.substr(1, 48), R"({"uuid":"91eaeb7e-c976-4234-9451-8709db01f137",")");
  EXPECT_EQ(DecodeMapping("\x02{}").error().code, StatusCode::kUnsupported);
  EXPECT_EQ(DecodeMapping("\x01{}").error().code, StatusCode::kCorruption);
  EXPECT_EQ(DecodeMapping("").error().code, StatusCode::kCorruption);

  const ShardProgress progress{{"1", ""}, true};
  EXPECT_EQ(EncodeProgress(progress), "\x01{\"lanes\":[\"1\",\"\"],\"finished\":true}");
  EXPECT_EQ(*DecodeProgress(EncodeProgress(progress)), progress);
}

}  // namespace
}  // namespace stator
