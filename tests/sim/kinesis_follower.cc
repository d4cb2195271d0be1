#include "kinesis_follower.h"

#include <algorithm>
#include <string_view>

namespace stator::sim {
namespace {

std::string Target(std::string_view operation) {
  return "Kinesis_20131202." + std::string(operation);
}

std::string ShardId(size_t index) {
  const std::string digits = std::to_string(index);
  return "shardId-" + std::string(12 - digits.size(), '0') + digits;
}

}  // namespace

void KinesisFollower::ReadToEnd() {
  for (Shard& shard : shards_) shard.quiet = false;
}

bool KinesisFollower::AtEnd() const {
  return std::all_of(shards_.begin(), shards_.end(),
                     [](const Shard& shard) { return shard.quiet; });
}

void KinesisFollower::Step() {
  const size_t index = context_->Below(shards_.size());
  const Shard& shard = shards_[index];
  if (shard.iterator.empty()) return AskIterator(index);
  std::string body = R"({"ShardIterator":")" + shard.iterator + '"';
  if (context_->Percent(60)) body += R"(,"Limit":)" + std::to_string(1 + context_->Below(4));
  Ask(Target("GetRecords"), body + "}", [this, index](int status, JsonObject answer) {
    if (status == 200) return OnRecords(index, answer);
    if (status < 500) shards_[index].iterator.clear();
  });
}

void KinesisFollower::AskIterator(size_t index) {
  const std::string& at = shards_[index].at;
  std::string body = R"({"StreamName":")" + std::string(kKinesisStream) + R"(","ShardId":")" +
                     ShardId(index) + R"(","ShardIteratorType":)";
  body += at.empty() ? R"("TRIM_HORIZON"})"
                     : R"("AFTER_SEQUENCE_NUMBER","StartingSequenceNumber":")" + at + "\"}";
  Ask(Target("GetShardIterator"), body, [this, index](int status, JsonObject answer) {
    if (status == 200) shards_[index].iterator = TextOf(answer, "ShardIterator");
  });
}

void KinesisFollower::OnRecords(size_t index, JsonObject answer) {
  Shard& shard = shards_[index];
  auto& seen = seen_[index];
  auto expected = shard.at.empty() ? seen.begin() : seen.upper_bound(shard.at);
  shard.quiet = true;
  for (JsonObject element : List(answer, "Records")) {
    shard.quiet = false;
    const StreamRecord record = KinesisRecordOf(element);
    if (expected == seen.end()) {
      if (!seen.empty() && record.place <= seen.rbegin()->first)
        throw WrongAnswer{"a record comes after others of " + ShardId(index)};
      seen.emplace(record.place, record.text);
      Take(record);
    } else if (expected->first != record.place || (expected++)->second != record.text) {
      throw WrongAnswer{"the records of " + ShardId(index) + " have changed at " + record.place};
    }
    shard.at = record.place;
  }
  if (shard.quiet && expected != seen.end())
    throw WrongAnswer{"the record " + expected->first + " is not there any more"};
  shard.iterator = TextOf(answer, "NextShardIterator");
  if (context_->Percent(40)) {
    noted_ = shards_;
    for (Shard& noted : noted_) noted.iterator.clear();
  }
}

void KinesisFollower::Take(const StreamRecord& record) {
  const auto check =
      checks_.try_emplace(record.table, LineCheck::Form{.table = record.table}, &commits_);
  check.first->second.Take(record, BreaksOf(record.table), context_->clock().LatestMicros());
}

int KinesisFollower::BreaksOf(const std::string& table) const {
  return ledger_->Ends(table, LineKind::kKinesis) + failures_(table);
}

void KinesisFollower::Finish(const History& history, const Items& items) const {
  commits_.Finish(history);
  for (const Window& window : ledger_->windows()) {
    if (window.kind != LineKind::kKinesis || window.end != kNever) continue;
    if (failures_(window.table) > 0) continue;
    const auto check = checks_.find(window.table);
    const LineCheck none({.table = window.table}, nullptr);
    (check == checks_.end() ? none : check->second).Finish(history, &window);
  }
  for (const auto& [table, check] : checks_) {
    check.Finish(history, nullptr);
    const auto of_table = items.find(table);
    if (BreaksOf(table) == 0 && of_table != items.end()) check.CompareItems(of_table->second);
  }
}

}  // namespace stator::sim
