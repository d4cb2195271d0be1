// Changes of a table on their way to Kinesis: through rolls, restarts and failures.
#include "kinesis/delivery.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "kinesis/streams.h"
#include "model/item_codec.h"
#include "storage/open.h"
#include "table/blocking.h"
#include "table/change_record.h"
#include "table/database.h"
#include "table/destination_changes.h"
#include "table/layout.h"
#include "table/log_keeper.h"
#include "table/test_tables.h"

namespace stator::kinesis {
namespace {

constexpr int64_t kHour = 3'600'000'000;
const Scope kScope{"000000000000", "us-east-1"};
constexpr char kArn[] = "arn:aws:kinesis:us-east-1:000000000000:stream/s";
constexpr char kFarArn[] = "arn:aws:kinesis:eu-west-1:000000000000:stream/far";

class ManualClock final : public Clock {
 public:
  int64_t NowMicros() const override { return micros_; }
  int64_t MonotonicMicros() const override { return micros_; }
  void Advance(int64_t micros) { micros_ += micros; }

 private:
  std::atomic<int64_t> micros_{1'700'000'000'000'000};
};

// Refuses requests and records at random, and loses some answers of what it has stored.
class UnreliableStreams final : public RemoteStreams {
 public:
  explicit UnreliableStreams(std::vector<DestinationRecord>* stored) : stored_(stored) {}
  Result<void> Look(const std::string& arn) override {
    if (arn != kFarArn) return Fail(StatusCode::kNotFound, "");
    return {};
  }
  Result<std::vector<bool>> Put(const std::string&,
                                std::span<const DestinationRecord* const> records) override {
    if (random_.OneIn(4)) return Fail(StatusCode::kIoError, "refused");
    std::set<std::string> keys;
    std::vector<bool> stored;
    for (const DestinationRecord* record : records) {
      EXPECT_TRUE(keys.insert(record->partition_key).second) << "two changes of an item at once";
      EXPECT_FALSE(IsTooLarge(*record));
      stored.push_back(!random_.OneIn(3));
      if (stored.back()) stored_->push_back(*record);
    }
    if (random_.OneIn(5)) return Fail(StatusCode::kIoError, "the answer was lost");
    return stored;
  }

 private:
  std::vector<DestinationRecord>* const stored_;
  SeededRandom random_{7};
};

class DeliveryTest : public ::testing::Test {
 protected:
  DeliveryTest() {
    EngineOptions engine_options;
    engine_options.clock = &clock_;
    DatabaseOptions options;
    options.clock = &clock_;
    options.random = &random_;
    options.manual_jobs = true;
    database_ = *Database::Open(NewMemoryEngine(engine_options), options);
    streams_ =
        *Streams::Open(&database_->engine(), {.clock = &clock_, .report = {}, .manual = true});
    EXPECT_TRUE(Await<ApiResult<StreamPtr>>([&](auto done) {
      streams_->Create({.scope = kScope, .name = "s", .shard_count = 2}, std::move(done));
    }));
    Change([](const TableDefinition*) { return testing::TestTable(); });
    Restart();
  }
  ~DeliveryTest() override {
    delivery_.reset();
    streams_->Stop();
    database_.reset();
    streams_.reset();
  }

  // What a stop and a start leave of a delivery.
  void Restart() {
    DeliveryOptions options;
    options.connect = [this](const std::string& region) -> std::unique_ptr<RemoteStreams> {
      EXPECT_EQ(region, "eu-west-1");
      return std::make_unique<UnreliableStreams>(&far_);
    };
    options.report = [this](EventLevel level, const std::string& what) {
      if (level == EventLevel::kError) reported_.push_back(what);
    };
    delivery_ = std::make_unique<Delivery>(database_.get(), streams_.get(), std::move(options));
  }

  template <class Make>
  void Change(Make make) {
    auto changed = ChangeAndWait(database_->catalog(), kScope, "t",
                                 [&](const TableDefinition* current) -> DefinitionChange {
                                   return std::optional<TableDefinition>(make(current));
                                 });
    ASSERT_TRUE(changed);
    clock_.Advance(1);
  }
  template <class ChangeIt>
  void ChangeLogOf(ChangeIt change) {
    Change([&](const TableDefinition* current) {
      TableDefinition next = *current;
      change(clock_.NowMicros(), &next.log);
      return next;
    });
  }
  void Roll() {
    ChangeLogOf([](int64_t now, ChangeLog* log) { RollShards(now, log); });
  }
  void Split() {
    ChangeLogOf([](int64_t now, ChangeLog* log) { SplitShards(16, now, log); });
  }

  void Enable(const char* arn = kArn) {
    Change([&](const TableDefinition* current) {
      return *EnableDestination(*current, arn, TimePrecision::kMillisecond, clock_.NowMicros());
    });
  }
  TablePtr Table() { return database_->catalog().Find(kScope, "t"); }
  const KinesisDestination& Destination() {
    held_ = Table();
    return held_->destinations.back();
  }

  // One change of item `p`.
  void Put(const std::string& p, int64_t n, const std::string& more = "") {
    const TablePtr table = Table();
    Item item = testing::TestItem(p, 0);
    item.Set("n", AttributeValue::N(n));
    if (!more.empty()) item.Set("more", AttributeValue::S(more));
    std::string bytes;
    EncodeItem(item, &bytes);
    CommitRequest request;
    request.guards = {Catalog::GuardOf(*table)};
    request.keys = {ItemKey(*table, item)};
    request.decide = [&](const CommitView& view) {
      Decision decision;
      decision.commit = true;
      decision.mutations = {{ItemKey(*table, item), bytes}};
      decision.appends = {
          ChangeAppend(*table, ItemKey(*table, item), view.values[0], bytes, Actor::kUser)};
      return decision;
    };
    const CommitResult result = CommitAndWait(database_->engine(), std::move(request));
    EXPECT_EQ(result.outcome, CommitOutcome::kCommitted);
    clock_.Advance(1);
  }

  void DeliverAll(int steps = 1000) {
    for (int quiet = 0; quiet < 3 && steps > 0; --steps)
      quiet = delivery_->RunOnce() ? 0 : quiet + 1;
  }
  // "a1 a2 b1" of the records of all shards.
  std::string Arrived() {
    auto text = std::make_shared<std::string>();
    const StreamPtr stream = streams_->Find(kScope, "s");
    for (uint32_t shard = 0; shard < 2; ++shard) {
      EXPECT_TRUE(Await<Result<void>>([&](auto done) {
        streams_->Read(
            *stream, shard, {},
            [text](RecordPosition, const StoredRecord& record) {
              *text += Short(record.data) + " ";
              return true;
            },
            std::move(done));
      }));
    }
    return *text;
  }
  static std::string Short(std::string_view data) {
    const auto between = [&](std::string_view before, char end) {
      const size_t from = data.find(before) + before.size();
      return std::string(data.substr(from, data.find(end, from) - from));
    };
    return between(R"("p":{"S":")", '"') + between(R"("n":{"N":")", '"');
  }

  ManualClock clock_;
  SeededRandom random_{1};
  std::unique_ptr<Streams> streams_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Delivery> delivery_;
  std::vector<DestinationRecord> far_;
  std::vector<std::string> reported_;  // errors
  TablePtr held_;
};

TEST_F(DeliveryTest, ChangesArriveOnceAndInOrder) {
  Enable();
  EXPECT_EQ(Destination().status, DestinationStatus::kEnabling);
  Put("a", 1);
  Put("a", 2);
  DeliverAll();
  EXPECT_EQ(Destination().status, DestinationStatus::kActive);
  EXPECT_EQ(Arrived(), "a1 a2 ");
  Put("a", 3);
  Restart();
  DeliverAll();
  Restart();
  DeliverAll();
  EXPECT_EQ(Arrived(), "a1 a2 a3 ");
}

TEST_F(DeliveryTest, ParentsComeBeforeChildren) {
  Enable();
  std::string expected;
  for (int n = 1; n <= 40; ++n) {
    if (n % 7 == 0) Roll();
    if (n % 15 == 0) Split();
    if (n % 9 == 0) Restart();
    Put("a", n);
    if (n % 4 == 0) delivery_->RunOnce();
    expected += "a" + std::to_string(n) + " ";
  }
  DeliverAll();
  EXPECT_EQ(Arrived(), expected);
}

TEST_F(DeliveryTest, NothingIsToBeDoneForAChangeBeforeItWasEnabled) {
  Enable();
  DeliverAll();
  Change([&](const TableDefinition* current) {
    return *DisableDestination(*current, kArn, clock_.NowMicros());
  });
  DeliverAll();
  EXPECT_EQ(Destination().status, DestinationStatus::kDisabled);
  const KeyRange positions = TableReaderPositions(Table()->id);
  bool any = false;
  EXPECT_TRUE(ScanAndWait(database_->engine(), {positions.begin, positions.end},
                          [&](auto, auto) { return any = true; }));
  EXPECT_FALSE(any);
  Enable();
  Put("a", 1);
  DeliverAll();
  EXPECT_EQ(Arrived(), "a1 ");
}

TEST_F(DeliveryTest, WhoFallsBehindFailsAndSaysSo) {
  Enable();
  DeliverAll();
  Put("a", 1);
  Roll();
  Put("a", 2);
  clock_.Advance(25 * kHour);
  database_->log_keeper().RunOnce();
  DeliverAll();
  EXPECT_EQ(Destination().status, DestinationStatus::kEnableFailed);
  EXPECT_NE(Destination().description.find("could not be delivered"), std::string::npos);
  EXPECT_EQ(Arrived(), "");
  EXPECT_FALSE(Table()->log.active());
  Enable();
  Put("a", 3);
  DeliverAll();
  EXPECT_EQ(Arrived(), "a3 ");
}

TEST_F(DeliveryTest, WhoHadNothingToDoForDaysHasNotFallenBehind) {
  Enable();
  Put("a", 1);
  DeliverAll();
  EXPECT_EQ(Arrived(), "a1 ");
  for (int day = 0; day < 3; ++day) {
    Roll();
    clock_.Advance(5 * kHour);
    database_->log_keeper().RunOnce();
    DeliverAll();
    Restart();
    clock_.Advance(20 * kHour);
    database_->log_keeper().RunOnce();
  }
  Put("a", 2);
  DeliverAll();
  EXPECT_EQ(Destination().status, DestinationStatus::kActive);
  EXPECT_EQ(Arrived(), "a2 ");  // the other one is too old by now
}

TEST_F(DeliveryTest, AStreamThatIsNotThereIsSaidToBeMissing) {
  Enable("arn:aws:kinesis:us-east-1:000000000000:stream/none");
  DeliveryOptions here;
  delivery_ = std::make_unique<Delivery>(database_.get(), streams_.get(), here);
  DeliverAll();
  EXPECT_EQ(Destination().status, DestinationStatus::kEnableFailed);
  EXPECT_FALSE(Table()->log.active());
  Enable();
  DeliverAll();
  Put("a", 1);
  EXPECT_TRUE(Await<ApiResult<StreamPtr>>(
      [&](auto done) { streams_->Delete(kScope, "s", std::move(done)); }));
  DeliverAll();
  EXPECT_EQ(Destination().status, DestinationStatus::kEnableFailed);
}

TEST_F(DeliveryTest, FailuresElsewhereKeepTheOrderOfEachItem) {
  Enable(kFarArn);
  constexpr int kChanges = 30;
  for (int n = 1; n <= kChanges; ++n) {
    for (const char* p : {"a", "b", "c"}) Put(p, n);
    if (n % 10 == 0) Roll();
    delivery_->RunOnce();
    if (n % 11 == 0) Restart();
  }
  DeliverAll();
  std::map<char, int> last;
  std::set<std::string> seen;
  for (const DestinationRecord& record : far_) {
    const std::string change = Short(record.data);
    const int n = std::stoi(change.substr(1));
    if (!seen.insert(record.data).second) continue;  // a repetition
    EXPECT_EQ(n, last[change[0]] + 1) << change;
    last[change[0]] = n;
  }
  EXPECT_EQ(last, (std::map<char, int>{{'a', kChanges}, {'b', kChanges}, {'c', kChanges}}));
}

// Control characters take six bytes each in JSON, and one in an item.
TEST_F(DeliveryTest, WhatIsTooLargeElsewhereIsLeftOut) {
  const std::string large(180 * 1024, '\x01');
  Enable(kFarArn);
  for (int n = 1; n <= 3; ++n) {
    Put("a", n, n == 2 ? large : "");
    Put("b", n);
  }
  DeliverAll();
  std::set<std::string> arrived;
  for (const DestinationRecord& record : far_) arrived.insert(Short(record.data));
  // The third change of `a` is too large as well: it has the old item, too.
  EXPECT_EQ(arrived, (std::set<std::string>{"a1", "b1", "b2", "b3"}));
  ASSERT_EQ(reported_.size(), 2u);
  EXPECT_NE(reported_[0].find("table t was not sent"), std::string::npos) << reported_[0];
  const std::string arn = testing::TestTable().Arn();
  EXPECT_EQ(delivery_->skipped().Counts(), (std::map<std::string, uint64_t>{{arn, 2}}));
  Put("a", 4);
  DeliverAll();
  EXPECT_EQ(Short(far_.back().data), "a4");
  EXPECT_EQ(delivery_->skipped().Counts().at(arn), 2u);
  // A stream of this server takes it.
  Change([&](const TableDefinition* current) {
    return *DisableDestination(*current, kFarArn, clock_.NowMicros());
  });
  DeliverAll();
  Enable();
  Put("c", 1, large);
  DeliverAll();
  EXPECT_EQ(Arrived(), "c1 ");
}

}  // namespace
}  // namespace stator::kinesis
