#include "table/change_log.h"

#include <gtest/gtest.h>

#include <set>

#include "base/random.h"

namespace stator {
namespace {

constexpr int64_t kNow = 1'700'000'000'123'456;

// Every hash is in exactly one open shard, or in none at all.
void ExpectWhole(const ChangeLog& log) {
  std::vector<LogShard> open;
  std::set<uint64_t> ids;
  uint64_t last = 0;
  for (const LogShard& shard : log.shards) {
    EXPECT_LT(last, shard.id);
    last = shard.id;
    if (shard.open()) open.push_back(shard);
  }
  std::sort(open.begin(), open.end(),
            [](const LogShard& a, const LogShard& b) { return a.hash_begin < b.hash_begin; });
  uint64_t next = 0;
  for (const LogShard& shard : open) {
    EXPECT_EQ(shard.hash_begin, next);
    EXPECT_LE(shard.hash_begin, shard.hash_end);
    next = shard.hash_end + 1;
  }
  EXPECT_EQ(next, 0u);  // around
}

TEST(LogPosition, SequenceNumbers) {
  const LogPosition position{1'700'000'000'123'456, 7};
  EXPECT_EQ(SequenceNumberOf(position), "170000000012345600007");
  EXPECT_EQ(ParseSequenceNumber("170000000012345600007"), position);
  EXPECT_EQ(SequenceNumberOf({}), "000000000000000000000");
  for (const char* bad :
       {"", "1", "17000000001234560000x", "170000000012345699999", "-70000000012345600007"}) {
    EXPECT_EQ(ParseSequenceNumber(bad), std::nullopt) << bad;
  }
  EXPECT_EQ((LogPosition{5, UINT16_MAX}.Next()), (LogPosition{6, 0}));
  EXPECT_EQ((LogPosition{5, 1}.Next()), (LogPosition{5, 2}));
}

TEST(ChangeLog, NamesAscendWithIds) {
  EXPECT_EQ(LogShard{.id = 1'414'576'573'621'001}.Name().substr(0, 32),
            "shardId-00000001414576573621-001");
  std::string last;
  for (uint64_t id : {1u, 999u, 1000u, 1001u, 20'000u}) {
    const std::string name = LogShard{.id = id}.Name();
    EXPECT_LT(last, name);
    EXPECT_EQ(name.size(), 37u);
    last = name;
  }
}

TEST(ChangeLog, StreamsComeAndGo) {
  ChangeLog log;
  EXPECT_FALSE(log.active());
  EnableStream(StreamViewType::kNewImage, kNow, 0, &log);
  EXPECT_TRUE(log.active());
  EXPECT_TRUE(log.KeepsNew());
  EXPECT_FALSE(log.KeepsOld());
  EXPECT_EQ(log.EnabledStream()->label, "2023-11-14T22:13:20.123");
  DisableStream(kNow + 10, &log);
  EXPECT_FALSE(log.active());
  EXPECT_EQ(log.shards.size(), 1u);
  EXPECT_EQ(log.shards[0].closed_micros, kNow + 10);
  EnableStream(StreamViewType::kKeysOnly, kNow + 20, 0, &log);  // within the same millisecond
  EXPECT_EQ(log.streams.size(), 2u);
  EXPECT_NE(log.streams[0].label, log.streams[1].label);
  EXPECT_TRUE(log.streams[0].Has(log.shards[0]));
  EXPECT_FALSE(log.streams[1].Has(log.shards[0]));
  EXPECT_TRUE(log.streams[1].Has(log.shards[1]));
  EXPECT_FALSE(log.streams[0].Has(log.shards[1]));
}

TEST(ChangeLog, AStreamIsLaterThanThoseOfTablesThatAreGone) {
  ChangeLog log;
  EnableStream(StreamViewType::kNewImage, kNow, kNow + 5000, &log);
  EXPECT_EQ(log.EnabledStream()->label, "2023-11-14T22:13:20.128");
}

TEST(ChangeLog, AClockThatIsSetBackDoesNotMixStreams) {
  ChangeLog log;
  EnableStream(StreamViewType::kNewImage, kNow, 0, &log);
  DisableStream(kNow + 2'000'000, &log);
  EnableStream(StreamViewType::kOldImage, kNow + 1'000'000, 0, &log);
  EXPECT_FALSE(log.streams[0].Has(log.shards.back()));
  EXPECT_TRUE(log.streams[1].Has(log.shards.back()));
}

TEST(ChangeLog, AChangeThatWasLongOnItsWayDoesNotMakeShardsOld) {
  ChangeLog log;
  EnableStream(StreamViewType::kNewImage, kNow, 0, &log);
  RollShards(kNow + 1'000, &log);
  RollShards(kNow + 10, &log);
  EXPECT_EQ(log.shards[1].closed_micros, kNow + 1'000);
}

// A stream ends with its shards, while another reader goes on.
TEST(ChangeLog, ReadersBeginAndEndWithShards) {
  ChangeLog log;
  EnableStream(StreamViewType::kKeysOnly, kNow, 0, &log);
  AddReader("other", kNow + 1, &log);
  EXPECT_TRUE(log.KeepsOld());
  ASSERT_EQ(log.shards.size(), 2u);
  EXPECT_EQ(log.shards[1].parent, log.shards[0].id);
  EXPECT_EQ(log.FindReader("other")->first_shard, log.shards[1].id);
  DisableStream(kNow + 2, &log);
  ASSERT_EQ(log.shards.size(), 3u);
  EXPECT_TRUE(log.active());
  EXPECT_TRUE(log.streams[0].Has(log.shards[1]));
  EXPECT_FALSE(log.streams[0].Has(log.shards[2]));
  RemoveReader("other", kNow + 3, &log);
  EXPECT_FALSE(log.active());
}

TEST(ChangeLog, OldShardsAndStreamsExpire) {
  ChangeLog log;
  EnableStream(StreamViewType::kKeysOnly, kNow, 0, &log);
  RollShards(kNow + 100, &log);
  std::vector<uint64_t> dropped;
  EXPECT_FALSE(ExpireLog(kNow + 100, UINT64_MAX, &log, &dropped));
  EXPECT_TRUE(ExpireLog(kNow + 101, UINT64_MAX, &log, &dropped));
  EXPECT_EQ(dropped, (std::vector<uint64_t>{static_cast<uint64_t>(kNow)}));
  CloseLog(kNow + 200, &log);
  dropped.clear();
  EXPECT_TRUE(ExpireLog(kNow + 201, UINT64_MAX, &log, &dropped));
  EXPECT_EQ(dropped.size(), 1u);
  EXPECT_TRUE(log.empty());
}

TEST(ChangeLog, ShardsThatAreKeptLongerAreNoPartOfStreams) {
  ChangeLog log;
  EnableStream(StreamViewType::kKeysOnly, kNow, 0, &log);
  RollShards(kNow + 100, &log);
  RollShards(kNow + 200, &log);
  constexpr auto kFirst = static_cast<uint64_t>(kNow);
  std::vector<uint64_t> dropped;
  EXPECT_TRUE(ExpireLog(kNow + 150, kFirst, &log, &dropped));
  EXPECT_TRUE(dropped.empty());
  ASSERT_EQ(log.shards.size(), 3u);
  EXPECT_FALSE(log.streams[0].Has(log.shards[0]));
  EXPECT_TRUE(log.streams[0].Has(log.shards[1]));
  EXPECT_FALSE(ExpireLog(kNow + 150, kFirst, &log, &dropped));
  EXPECT_TRUE(ExpireLog(kNow + 150, kFirst + 1, &log, &dropped));
  EXPECT_EQ(dropped, (std::vector<uint64_t>{static_cast<uint64_t>(kNow)}));
}

TEST(ChangeLog, ShardsThatOnlyRecoveryReadsGoWithIt) {
  ChangeLog log;
  AddReader("recovery-1", kNow, &log);
  RollShards(kNow + 100, &log);
  AddReader("other", kNow + 200, &log);
  RollShards(kNow + 300, &log);
  std::vector<uint64_t> dropped;
  EXPECT_FALSE(ExpireLog(kNow, 0, &log, &dropped));
  EXPECT_TRUE(ExpireLog(kNow, UINT64_MAX, &log, &dropped));
  EXPECT_EQ(dropped.size(), 2u);
  EXPECT_EQ(log.shards.size(), 2u);  // what the other one may read, and the open one
}

// Whatever happens, every hash has one open shard or none has, and what is stored reads back.
TEST(ChangeLog, RandomChangesKeepItWhole) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    SeededRandom random(seed);
    ChangeLog log;
    int64_t now = kNow;
    for (int step = 0; step < 40; ++step) {
      now += static_cast<int64_t>(random.Next() % 3);
      switch (random.Next() % 6) {
        case 0:
          if (log.EnabledStream() == nullptr) {
            EnableStream(static_cast<StreamViewType>(random.Next() % 4), now, 0, &log);
          } else {
            DisableStream(now, &log);
          }
          break;
        case 1:
          if (log.FindReader("r") == nullptr) {
            AddReader("r", now, &log);
          } else {
            RemoveReader("r", now, &log);
          }
          break;
        case 2:
        case 3:
          if (log.active()) RollShards(now, &log);
          break;
        case 4:
          SplitShards(8, now, &log);
          break;
        case 5: {
          std::vector<uint64_t> dropped;
          ExpireLog(now - 5, static_cast<uint64_t>(now) - random.Next() % 10, &log, &dropped);
          break;
        }
      }
      EXPECT_EQ(log.active(), log.EnabledStream() != nullptr || !log.readers.empty());
      if (log.active()) ExpectWhole(log);
      for (int i = 0; i < 5; ++i) EXPECT_EQ(log.OpenShard(random.Next()) != nullptr, log.active());
      EXPECT_LE(log.open_shards(), 8u);
      EXPECT_EQ(DecodeChangeLog(EncodeChangeLog(log)), log);
    }
  }
}

TEST(ChangeLog, BytesThatAreNoneAreRefused) {
  ChangeLog log;
  EnableStream(StreamViewType::kNewImage, kNow, 0, &log);
  AddReader("r", kNow, &log);
  const std::string bytes = EncodeChangeLog(log);
  for (size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_EQ(DecodeChangeLog(bytes.substr(0, n)), std::nullopt) << n;
  }
  EXPECT_EQ(DecodeChangeLog(bytes + "x"), std::nullopt);
}

}  // namespace
}  // namespace stator
