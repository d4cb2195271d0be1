#include "stream_follower.h"

#include <algorithm>
#include <utility>

namespace stator::sim {
namespace {

std::string Target(std::string_view operation) {
  return "DynamoDBStreams_20120810." + std::string(operation);
}

std::string OptionalText(JsonObject object, std::string_view name) {
  std::string_view text;
  return object[name].get(text) == simdjson::SUCCESS ? std::string(text) : "";
}

bool IsError(JsonObject error, std::string_view type) {
  return OptionalText(error, "__type").ends_with(type);
}

}  // namespace

void StreamFollower::Note() {
  noted_ = streams_;
  for (auto& [arn, stream] : noted_) {
    for (auto& [id, shard] : stream.shards) shard.iterator.clear();
  }
}

void StreamFollower::ReadToEnd() {
  to_the_end_ = true;
  listed_ = false;
  for (auto& [arn, stream] : streams_) {
    stream.described = false;
    stream.described_up_to.clear();
    for (auto& [id, shard] : stream.shards) shard.quiet = false;
  }
}

bool StreamFollower::IsReady(const Stream& stream, const Shard& shard) const {
  if (stream.gone || shard.ended || (to_the_end_ && shard.quiet)) return false;
  const auto parent = stream.shards.find(shard.parent);
  return parent == stream.shards.end() || parent->second.ended;
}

bool StreamFollower::AtEnd() const {
  return listed_ && std::all_of(streams_.begin(), streams_.end(), [this](const auto& entry) {
           const Stream& stream = entry.second;
           return stream.gone ||
                  (stream.described &&
                   std::none_of(stream.shards.begin(), stream.shards.end(),
                                [&](const auto& shard) { return IsReady(stream, shard.second); }));
         });
}

void StreamFollower::Step() {
  if (to_the_end_ ? !listed_ : streams_.empty() || context_->Percent(10)) return List();
  std::vector<std::string> to_describe;
  std::vector<std::pair<std::string, std::string>> to_read;
  for (const auto& [arn, stream] : streams_) {
    if (stream.gone) continue;
    if (!to_the_end_ || !stream.described) to_describe.push_back(arn);
    for (const auto& [id, shard] : stream.shards) {
      if (IsReady(stream, shard)) to_read.emplace_back(arn, id);
    }
  }
  const bool describes = !to_describe.empty() && (to_the_end_ || context_->Percent(25));
  if (describes) return Describe(to_describe[context_->Below(to_describe.size())]);
  if (to_read.empty()) return;
  const auto& [arn, id] = to_read[context_->Below(to_read.size())];
  Read(arn, id);
}

// --- which shards there are
// --------------------------------------------------------------------------

void StreamFollower::List() {
  Ask(Target("ListStreams"), "{}", [this](int status, JsonObject answer) {
    if (status == 200) OnList(answer);
  });
}

void StreamFollower::OnList(JsonObject answer) {
  listed_ = true;
  std::set<std::string> listed;
  for (JsonObject stream : sim::List(answer, "Streams")) {
    const std::string arn = TextOf(stream, "StreamArn");
    listed.insert(arn);
    streams_[arn].table = TextOf(stream, "TableName");
  }
  for (auto& [arn, stream] : streams_) {
    if (!listed.contains(arn)) LoseStream(arn, &stream);
  }
}

void StreamFollower::Describe(const std::string& arn) {
  std::string body = R"({"StreamArn":")" + arn + '"';
  if (const std::string& from = streams_[arn].described_up_to; !from.empty())
    body += R"(,"ExclusiveStartShardId":")" + from + '"';
  if (context_->Percent(30)) body += R"(,"Limit":)" + std::to_string(1 + context_->Below(4));
  Ask(Target("DescribeStream"), body + "}", [this, arn](int status, JsonObject answer) {
    if (status == 200) return OnDescription(arn, *Member(answer, "StreamDescription"));
    if (IsError(answer, "ResourceNotFoundException")) LoseStream(arn, &streams_[arn]);
  });
}

void StreamFollower::OnDescription(const std::string& arn, JsonObject description) {
  Stream& stream = streams_[arn];
  const std::string view = TextOf(description, "StreamViewType");
  LineCheck::Form form{.table = stream.table, .repeats = true};
  form.shows_before = view == "OLD_IMAGE" || view == "NEW_AND_OLD_IMAGES";
  form.from_start = std::any_of(
      ledger_->windows().begin(), ledger_->windows().end(),
      [&arn](const Window& window) { return window.stream_arn == arn && window.from_start; });
  form.shows_after = view == "NEW_IMAGE" || view == "NEW_AND_OLD_IMAGES";
  checks_.try_emplace(arn, std::move(form), &commits_);
  status_[arn] = TextOf(description, "StreamStatus");
  for (JsonObject listed : sim::List(description, "Shards")) {
    const auto [place, added] = stream.shards.try_emplace(TextOf(listed, "ShardId"));
    if (!added) continue;
    place->second.parent = OptionalText(listed, "ParentShardId");
    place->second.start = TextOf(*Member(listed, "SequenceNumberRange"), "StartingSequenceNumber");
    const std::string& parent = place->second.parent;
    if (!parent.empty() && !stream.shards.contains(parent)) Lost(arn);
  }
  stream.described_up_to = OptionalText(description, "LastEvaluatedShardId");
  stream.described = stream.described_up_to.empty();
}

// --- what is in them
// ---------------------------------------------------------------------------------

void StreamFollower::Read(const std::string& arn, const std::string& shard_id) {
  const Shard& shard = streams_[arn].shards[shard_id];
  if (shard.iterator.empty()) return AskIterator(arn, shard_id);
  std::string body = R"({"ShardIterator":")" + shard.iterator + '"';
  if (context_->Percent(60)) body += R"(,"Limit":)" + std::to_string(1 + context_->Below(4));
  Ask(Target("GetRecords"), body + "}", [this, arn, shard_id](int status, JsonObject answer) {
    if (status == 200) return OnRecords(arn, shard_id, answer);
    OnError(arn, shard_id, status, answer);
  });
}

void StreamFollower::AskIterator(const std::string& arn, const std::string& shard_id) {
  const std::string& at = streams_[arn].shards[shard_id].at;
  std::string body = R"({"StreamArn":")" + arn + R"(","ShardId":")" + shard_id + '"';
  body += at.empty()
              ? R"(,"ShardIteratorType":"TRIM_HORIZON"})"
              : R"(,"ShardIteratorType":"AFTER_SEQUENCE_NUMBER","SequenceNumber":")" + at + "\"}";
  Ask(Target("GetShardIterator"), body, [this, arn, shard_id](int status, JsonObject answer) {
    if (status != 200) return OnError(arn, shard_id, status, answer);
    streams_[arn].shards[shard_id].iterator = TextOf(answer, "ShardIterator");
  });
}

void StreamFollower::OnRecords(const std::string& arn, const std::string& shard_id,
                               JsonObject answer) {
  Stream& stream = streams_[arn];
  Shard& shard = stream.shards[shard_id];
  // Begun at the horizon: what was before that is not there, and nothing says so.
  const auto horizon = static_cast<uint64_t>(context_->clock().LatestMicros() -
                                             context_->settings().log.retention_micros);
  bool from_horizon = shard.at.empty() && MicrosOf(shard.start) <= horizon;
  if (from_horizon) Lost(arn);
  LineCheck& check = checks_.at(arn);
  std::set<std::string>& seen = seen_[{arn, shard_id}].places;
  auto expected = shard.at.empty() ? seen.begin() : seen.upper_bound(shard.at);
  size_t records = 0;
  for (JsonObject element : sim::List(answer, "Records")) {
    ++records;
    const StreamRecord record = StreamRecordOf(stream.table, element);
    if (record.place <= shard.at)
      throw WrongAnswer{"a record " + record.place + " after " + shard.at + " in " + shard_id};
    if (std::exchange(from_horizon, false)) expected = seen.lower_bound(record.place);
    // What was seen stays, and nothing comes before it later.
    const bool again = !check.Take(record, 0, context_->clock().LatestMicros());
    if (expected != seen.end() ? *expected != record.place : again)
      throw WrongAnswer{"the records of " + shard_id + " have changed at " + record.place};
    if (expected != seen.end()) ++expected;
    if (!again) expected = std::next(seen.insert(record.place).first);
    shard.at = record.place;
  }
  if (records == 0 && expected != seen.end() && !check.has_gap())
    throw WrongAnswer{"the record " + *expected + " of " + shard_id + " is not there any more"};
  shard.iterator = OptionalText(answer, "NextShardIterator");
  shard.ended = shard.iterator.empty();
  shard.quiet = records == 0;
  if (context_->Percent(40)) Note();
}

void StreamFollower::OnError(const std::string& arn, const std::string& shard_id, int status,
                             JsonObject error) {
  if (status >= 500 || IsError(error, "ThrottlingException")) return;
  Shard& shard = streams_[arn].shards[shard_id];
  shard.iterator.clear();
  if (IsError(error, "ExpiredIteratorException")) return;
  const bool trimmed = IsError(error, "TrimmedDataAccessException");
  if (trimmed && !shard.at.empty()) {  // perhaps not all of it
    shard.at.clear();
    return Lost(arn);
  }
  if (!trimmed && !IsError(error, "ResourceNotFoundException"))
    throw WrongAnswer{"an unexpected " + OptionalText(error, "__type") + " for " + shard_id};
  shard.ended = true;
  Lost(arn);
}

void StreamFollower::Lost(const std::string& arn) {
  if (!context_->settings().short_retention)
    throw WrongAnswer{"records of " + arn + " are gone, and none is old"};
  if (const auto check = checks_.find(arn); check != checks_.end()) check->second.Gap();
}

void StreamFollower::LoseStream(const std::string& arn, Stream* stream) {
  if (std::exchange(stream->gone, true)) return;
  Lost(arn);
}

void StreamFollower::Finish(const History& history, const Items& items) const {
  commits_.Finish(history);
  for (const auto& [arn, check] : checks_) {
    const auto& windows = ledger_->windows();
    const auto window = std::find_if(windows.begin(), windows.end(),
                                     [&arn = arn](const Window& w) { return w.stream_arn == arn; });
    const auto known = streams_.find(arn);
    const bool there = known != streams_.end() && !known->second.gone;
    const bool enabled = there && status_.at(arn) == "ENABLED";
    // The last shards of one that was disabled may have gone before anyone had heard of them.
    const bool read = enabled || (there && !context_->settings().short_retention);
    check.Finish(history, read && window != windows.end() ? &*window : nullptr);
    if (!enabled) continue;
    const auto of_table = items.find(known->second.table);
    if (of_table != items.end()) check.CompareItems(of_table->second);
  }
}

}  // namespace stator::sim
