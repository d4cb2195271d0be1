#include "events/stream_source.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "api/stream_names.h"
#include "api/stream_record.h"
#include "table/blocking.h"
#include "table/change_record.h"
#include "table/log_reader.h"

namespace stator {
namespace {

// The bell is not rung to end a listener: it looks for itself this often.
constexpr int64_t kListenMicros = 200'000;

// An ARN says whose stream it is: arn:aws:dynamodb:REGION:ACCOUNT:table/...
std::optional<Caller> OwnerOf(const std::string& arn) {
  std::vector<std::string> parts;
  size_t at = 0;
  while (parts.size() < 5) {
    const size_t end = arn.find(':', at);
    if (end == std::string::npos) return std::nullopt;
    parts.push_back(arn.substr(at, end - at));
    at = end + 1;
  }
  return Caller{parts[4], parts[3], {}};
}

Result<FoundStream> Find(const Catalog& catalog, const std::string& arn) {
  const auto owner = OwnerOf(arn);
  if (owner) {
    auto found = FindStreamByArn(catalog, arn, *owner);
    if (found) return *std::move(found);
  }
  return Fail(StatusCode::kNotFound, "no stream " + arn);
}

}  // namespace

Result<std::vector<StreamShard>> StreamSource::Shards(const std::string& stream_arn) {
  auto found = Find(database_->catalog(), stream_arn);
  if (!found) return Unexpected(std::move(found).error());
  std::vector<StreamShard> out;
  for (const LogShard& shard : found->table->log.shards) {
    if (!found->stream->Has(shard)) continue;
    const LogShard* parent = found->table->log.FindShard(shard.parent);
    const bool known = parent != nullptr && found->stream->Has(*parent);
    out.push_back({shard.Name(), known ? parent->Name() : std::string()});
  }
  return out;
}

void StreamSource::Latest(const std::string& stream_arn,
                          UniqueFunction<void(Result<std::string>)> done) {
  auto found = Find(database_->catalog(), stream_arn);
  if (!found) return done(Unexpected(std::move(found).error()));
  std::vector<uint64_t> ids;
  for (const LogShard& shard : found->table->log.shards) {
    if (found->stream->Has(shard)) ids.push_back(shard.id);
  }
  using Positions = Result<std::vector<std::optional<LogPosition>>>;
  ReadLastPositions(&database_->engine(), found->table->id, std::move(ids),
                    [done = std::move(done)](Positions last) mutable {
                      if (!last) return done(Unexpected(std::move(last).error()));
                      LogPosition latest;
                      for (const auto& position : *last) {
                        if (position) latest = std::max(latest, *position);
                      }
                      done(SequenceNumberOf(latest));
                    });
}

Result<ShardPage> StreamSource::Read(const std::string& stream_arn, const std::string& shard_id,
                                     const std::string& after, size_t limit, size_t max_bytes) {
  // Looked up before the log is read: what is closed here has all its records.
  auto found = Find(database_->catalog(), stream_arn);
  if (!found) return Unexpected(std::move(found).error());
  const LogShard* shard = FindShardByName(*found, shard_id);
  if (shard == nullptr) return Fail(StatusCode::kNotFound, "no shard " + shard_id);
  LogRead read{found->table->id, shard->id};
  read.max_records = limit;
  read.max_bytes = max_bytes;
  if (!after.empty()) {
    const auto position = ParseSequenceNumber(after);
    if (!position) return Fail(StatusCode::kCorruption, "a position that is none: " + after);
    read.from = position->Next();
  }
  auto batch = ReadLogAndWait(database_->engine(), read);
  if (!batch) return Unexpected(std::move(batch).error());
  ShardPage page;
  page.next_after = after;
  page.exhausted = !shard->open() && batch->exhausted;
  for (const LogEntry& entry : batch->entries) {
    StreamRecord& record = page.records.emplace_back();
    record.sequence_number = SequenceNumberOf(entry.position);
    record.created_micros = static_cast<int64_t>(entry.position.micros);
    auto change = DecodeChangeRecord(entry.record);
    if (!change) return Unexpected(std::move(change).error());
    record.item_key = change->item_key;
    if (auto appended = AppendStreamRecord(*found->table, *found->stream, entry, RecordForm::kEvent,
                                           &record.event);
        !appended) {
      return Unexpected(std::move(appended).error());
    }
  }
  if (!page.records.empty()) page.next_after = page.records.back().sequence_number;
  return page;
}

void StreamSource::SetBell(std::function<void()> ring) {
  {
    std::lock_guard lock(mutex_);
    listening_ = false;
  }
  if (listener_.joinable()) listener_.join();
  if (!ring) return;
  listening_ = true;
  const uint64_t seen = database_->log_bell().rings();
  listener_ = std::thread([this, seen, ring = std::move(ring)] { Listen(seen, ring); });
}

void StreamSource::Listen(uint64_t seen, const std::function<void()>& ring) {
  for (;;) {
    database_->log_bell().WaitFor(seen, kListenMicros);
    {
      std::lock_guard lock(mutex_);
      if (!listening_) return;
    }
    const uint64_t rings = database_->log_bell().rings();
    if (rings != seen) ring();
    seen = rings;
  }
}

}  // namespace stator
