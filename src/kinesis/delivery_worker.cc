#include "kinesis/delivery_worker.h"

#include <algorithm>
#include <set>
#include <span>
#include <utility>

#include "base/bytes.h"
#include "kinesis/hash_key.h"
#include "table/blocking.h"
#include "table/destination_changes.h"
#include "table/layout.h"
#include "table/log_reader.h"

namespace stator::kinesis {
namespace {

constexpr size_t kMaxRecords = 500;
constexpr size_t kMaxBytes = 4 << 20;
constexpr size_t kMaxRequest = 5 << 20;  // of PutRecords
// Of a shard that was read to its end.
constexpr LogPosition kDone{UINT64_MAX, UINT16_MAX};

std::string EncodePosition(const LogPosition& position) {
  std::string bytes;
  AppendPosition(position, &bytes);
  return bytes;
}

}  // namespace

DeliveryWorker::Outcome DeliveryWorker::Step() {
  const TablePtr table = database_->catalog().Find(target_.scope, target_.table_name);
  if (table == nullptr || table->id != target_.table_id) return Outcome::kEnded;
  const KinesisDestination* destination = FindReadingDestination(*table, target_.reader);
  const LogReaderEntry* reader = table->log.FindReader(target_.reader);
  if (destination == nullptr || !destination->live() || reader == nullptr) return End();
  if (!loaded_) {
    if (auto loaded = LoadPositions(); !loaded) return TryAgain(loaded.error().message);
    loaded_ = true;
  }
  if (destination->status == DestinationStatus::kEnabling) return Enable(*table, *destination);
  if (batch_.empty()) {
    auto complete = Collect(*table, *destination, reader->first_shard);
    if (!complete) {
      batch_ = {};
      return TryAgain(complete.error().message);
    }
    if (!*complete) {
      return Fail(*table,
                  "Changes could not be delivered for longer than the change log keeps them. Some "
                  "changes were not sent.");
    }
    if (batch_.empty()) return Outcome::kIdle;
  }
  return Deliver(*table, *destination);
}

// --- the destination
// ------------------------------------------------------------------------------

DeliveryWorker::Outcome DeliveryWorker::ChangeTable(
    const TableDefinition& table, std::function<TableDefinition(const TableDefinition&)> change) {
  auto changed = ChangeAndWait(database_->catalog(), table.scope, table.name,
                               [id = table.id, reader = target_.reader, change = std::move(change)](
                                   const TableDefinition* current) -> DefinitionChange {
                                 const KinesisDestination* destination =
                                     current == nullptr || current->id != id
                                         ? nullptr
                                         : FindReadingDestination(*current, reader);
                                 if (destination == nullptr || !destination->live()) {
                                   return ApiFail(ErrorType::kResourceNotFound, "");
                                 }
                                 return std::optional<TableDefinition>(change(*current));
                               });
  if (changed || changed.error().type == ErrorType::kResourceNotFound) return Outcome::kMore;
  Refresh();
  return TryAgain(changed.error().message.value_or("the definition of the table"));
}

DeliveryWorker::Outcome DeliveryWorker::Enable(const TableDefinition& table,
                                               const KinesisDestination& destination) {
  if (FindHere(table, destination.stream_arn) == nullptr) {
    RemoteStreams* const remote = Remote(destination.stream_arn);
    Result<void> found = remote == nullptr ? stator::Fail(StatusCode::kNotFound, "")
                                           : remote->Look(destination.stream_arn);
    if (!found && found.error().code == StatusCode::kNotFound) {
      return Fail(table, "The Kinesis data stream " + destination.stream_arn + " was not found.");
    }
    if (!found) return TryAgain(found.error().message);
  }
  return ChangeTable(table, [this](const TableDefinition& current) {
    return ActivateDestination(current, target_.reader, database_->clock().NowMicros());
  });
}

DeliveryWorker::Outcome DeliveryWorker::Fail(const TableDefinition& table, std::string why) {
  batch_ = {};
  if (options_->report) {
    options_->report(EventLevel::kError,
                     "the Kinesis destination of table " + table.name + " has failed: " + why);
  }
  return ChangeTable(table, [this, why](const TableDefinition& current) {
    return FailDestination(current, target_.reader, why, database_->clock().NowMicros());
  });
}

DeliveryWorker::Outcome DeliveryWorker::TryAgain(const std::string& why) {
  if (options_->report && !stopping_) {
    options_->report(EventLevel::kWarning, "changes of table " + target_.table_name +
                                               " could not be brought to Kinesis, this is tried "
                                               "again: " +
                                               why);
  }
  return Outcome::kRetry;
}

// Leaves no positions.
DeliveryWorker::Outcome DeliveryWorker::End() {
  const KeyRange range = ReaderPositions(target_.table_id, target_.reader);
  std::vector<std::string> keys;
  auto scanned = ScanAndWait(database_->engine(), {range.begin, range.end},
                             [&](std::string_view key, std::string_view) {
                               keys.emplace_back(key);
                               return true;
                             });
  if (!scanned || keys.empty()) return Outcome::kEnded;
  CommitRequest request;
  request.frees_space = true;
  request.decide = [keys](const CommitView&) {
    Decision decision;
    decision.commit = true;
    for (const std::string& key : keys) decision.mutations.push_back({key, std::nullopt});
    return decision;
  };
  CommitAndWait(database_->engine(), std::move(request));
  return Outcome::kEnded;
}

void DeliveryWorker::Refresh() {
  RefreshAndWait(database_->catalog(), target_.scope, target_.table_name);
}

// --- reading
// --------------------------------------------------------------------------------------

Result<void> DeliveryWorker::LoadPositions() {
  const KeyRange range = ReaderPositions(target_.table_id, target_.reader);
  Result<void> decoded;
  auto scanned =
      ScanAndWait(database_->engine(), {range.begin, range.end},
                  [&](std::string_view key, std::string_view value) {
                    ByteReader shard(key.substr(key.size() - std::min<size_t>(8, key.size())));
                    ByteReader bytes(value);
                    uint64_t id = 0;
                    LogPosition position;
                    if (!shard.ReadU64(&id) || !ReadPosition(&bytes, &position)) {
                      decoded = stator::Fail(StatusCode::kCorruption, "the position of a reader");
                      return false;
                    }
                    positions_[id] = position;
                    return true;
                  });
  return scanned ? decoded : scanned;
}

DeliveryWorker::Start DeliveryWorker::StartOf(const TableDefinition& table, uint64_t first_shard,
                                              const LogShard& shard) const {
  if (const auto it = positions_.find(shard.id); it != positions_.end()) {
    return {.ready = it->second != kDone, .from = it->second};
  }
  // The shards with which the reader began.
  if (shard.parent < first_shard) return {.ready = true, .from = {}};
  // A parent that was read to its end leaves positions for its children.
  return {.lost = table.log.FindShard(shard.parent) == nullptr};
}

Result<bool> DeliveryWorker::Collect(const TableDefinition& table,
                                     const KinesisDestination& destination, uint64_t first_shard) {
  for (const LogShard& shard : table.log.shards) {
    if (shard.id < first_shard) continue;
    if (batch_.records.size() >= kMaxRecords || batch_.bytes >= kMaxBytes) break;
    const Start start = StartOf(table, first_shard, shard);
    if (start.lost) return false;
    if (!start.ready) continue;
    auto read = CollectShard(table, destination, shard, start.from);
    if (!read || !*read) return read;
  }
  return true;
}

Result<bool> DeliveryWorker::CollectShard(const TableDefinition& table,
                                          const KinesisDestination& destination,
                                          const LogShard& shard, LogPosition from) {
  auto read =
      ReadLogAndWait(database_->engine(), {.table_id = table.id,
                                           .shard_id = shard.id,
                                           .from = from,
                                           .max_records = kMaxRecords - batch_.records.size(),
                                           .max_bytes = kMaxBytes - batch_.bytes});
  if (!read) return Unexpected<Status>(std::move(read.error()));
  for (const LogEntry& entry : read->entries) {
    auto record = MakeDestinationRecord(table, entry, destination.precision);
    if (!record) return Unexpected<Status>(std::move(record.error()));
    batch_.bytes += record->data.size();
    batch_.records.push_back(*std::move(record));
    batch_.next[shard.id] = entry.position.Next();
  }
  batch_.stored.resize(batch_.records.size());
  if (!read->entries.empty() || !read->exhausted || shard.open()) return true;
  // Records of a shard are dropped some time after it was closed. What was read after that says
  // nothing.
  const int64_t horizon =
      database_->clock().NowMicros() - database_->options().log.retention_micros;
  if (shard.closed_micros < horizon) return false;
  batch_.next[shard.id] = kDone;
  for (const LogShard& child : table.log.shards) {
    if (child.parent == shard.id) batch_.next[child.id] = {};
  }
  return true;
}

// --- delivering
// -----------------------------------------------------------------------------------

StreamPtr DeliveryWorker::FindHere(const TableDefinition& table,
                                   const std::string& stream_arn) const {
  const auto arn = ParseStreamArn(stream_arn);
  if (!arn || arn->account_id != table.scope.account_id || arn->region != table.scope.region) {
    return nullptr;
  }
  return streams_->Find(table.scope, arn->name);
}

RemoteStreams* DeliveryWorker::Remote(const std::string& stream_arn) {
  const auto arn = ParseStreamArn(stream_arn);
  if (!options_->connect || !arn) return nullptr;
  if (remote_ == nullptr) remote_ = options_->connect(std::string(arn->region));
  return remote_.get();
}

std::vector<Mutation> DeliveryWorker::PositionMutations(const TableDefinition& table) const {
  std::vector<Mutation> mutations;
  for (const auto& [shard, position] : batch_.next) {
    mutations.push_back(
        {ReaderPositionKey(target_.table_id, target_.reader, shard), EncodePosition(position)});
  }
  for (const auto& [shard, position] : positions_) {
    if (position != kDone || table.log.FindShard(shard) != nullptr) continue;
    mutations.push_back({ReaderPositionKey(target_.table_id, target_.reader, shard), std::nullopt});
  }
  return mutations;
}

DeliveryWorker::Outcome DeliveryWorker::AfterCommit(const TableDefinition& table,
                                                    const Result<void>& committed) {
  Result<void> result = committed;
  if (!result && result.error().code == StatusCode::kGuardChanged) {
    Refresh();  // and the stream, which was deleted if it was not the table, is not found any more
    return Outcome::kMore;
  }
  if (!result) return TryAgain(result.error().message);
  std::erase_if(positions_, [&](const auto& entry) {
    return entry.second == kDone && table.log.FindShard(entry.first) == nullptr;
  });
  for (const auto& [shard, position] : batch_.next) positions_[shard] = position;
  batch_ = {};
  return Outcome::kMore;
}

DeliveryWorker::Outcome DeliveryWorker::CommitPositions(const TableDefinition& table) {
  CommitRequest request;
  request.guards = {Catalog::GuardOf(table)};
  request.decide = [mutations = PositionMutations(table)](const CommitView&) {
    Decision decision;
    decision.commit = true;
    decision.mutations = mutations;
    return decision;
  };
  CommitResult result = CommitAndWait(database_->engine(), std::move(request));
  if (result.outcome == CommitOutcome::kCommitted) return AfterCommit(table, {});
  const bool changed = result.outcome == CommitOutcome::kGuardChanged;
  return AfterCommit(table, stator::Fail(changed ? StatusCode::kGuardChanged : result.status.code,
                                         result.status.message));
}

DeliveryWorker::Outcome DeliveryWorker::Deliver(const TableDefinition& table,
                                                const KinesisDestination& destination) {
  if (batch_.records.empty()) return CommitPositions(table);
  if (const StreamPtr stream = FindHere(table, destination.stream_arn)) {
    return DeliverHere(table, *stream);
  }
  if (Remote(destination.stream_arn) != nullptr) {
    SkipTooLarge(table, destination);
    return DeliverElsewhere(table, destination);
  }
  return Fail(table, "The Kinesis data stream " + destination.stream_arn + " was not found.");
}

// In one commit with the positions, under the definition that says so: each change comes exactly
// once, and none after the destination was disabled.
DeliveryWorker::Outcome DeliveryWorker::DeliverHere(const TableDefinition& table,
                                                    const Stream& stream) {
  std::vector<NewRecord> records;
  records.reserve(batch_.records.size());
  for (const DestinationRecord& record : batch_.records) {
    records.push_back({ShardOf(HashKeyOf(record.partition_key), stream.shard_count),
                       EncodeRecord(record.partition_key, record.data)});
  }
  auto put = Await<Result<std::vector<RecordPosition>>>([&](auto done) {
    streams_->Put(stream, std::move(records), std::move(done),
                  {.guards = {Catalog::GuardOf(table)}, .mutations = PositionMutations(table)});
  });
  return AfterCommit(table, put ? Result<void>() : Unexpected<Status>(std::move(put.error())));
}

void DeliveryWorker::SkipTooLarge(const TableDefinition& table,
                                  const KinesisDestination& destination) {
  uint64_t count = 0;
  for (size_t i = 0; i < batch_.records.size(); ++i) {
    if (batch_.stored[i] || !IsTooLarge(batch_.records[i])) continue;
    batch_.stored[i] = true;
    ++count;
    if (!options_->report) continue;
    options_->report(EventLevel::kError,
                     "a change of table " + table.name + " was not sent to " +
                         destination.stream_arn + ": its record of " +
                         std::to_string(batch_.records[i].data.size()) +
                         " bytes is larger than Kinesis takes. Those after it are sent");
  }
  skipped_->Add(table.Arn(), count);
}

// Requests are not all or nothing there: a change goes only when those before it, of the same item,
// are known to be stored.
DeliveryWorker::Outcome DeliveryWorker::DeliverElsewhere(const TableDefinition& table,
                                                         const KinesisDestination& destination) {
  for (;;) {
    std::vector<size_t> wave;
    std::vector<const DestinationRecord*> records;
    std::set<std::string_view> items;
    size_t bytes = 0;
    for (size_t i = 0; i < batch_.records.size(); ++i) {
      if (batch_.stored[i] || !items.insert(batch_.records[i].partition_key).second) continue;
      bytes += batch_.records[i].data.size() + batch_.records[i].partition_key.size();
      if (bytes > kMaxRequest && !wave.empty()) break;
      wave.push_back(i);
      records.push_back(&batch_.records[i]);
    }
    if (wave.empty()) return CommitPositions(table);
    if (stopping_) return Outcome::kRetry;
    auto put = remote_->Put(destination.stream_arn, records);
    if (!put && put.error().code == StatusCode::kNotFound) {
      return Fail(table, "The Kinesis data stream " + destination.stream_arn + " was not found.");
    }
    if (!put) return TryAgain(put.error().message);
    size_t stored = 0;
    for (size_t i = 0; i < wave.size() && i < put->size(); ++i) {
      batch_.stored[wave[i]] = (*put)[i];
      stored += (*put)[i];
    }
    if (stored < wave.size()) {
      return TryAgain(std::to_string(wave.size() - stored) + " of " + std::to_string(wave.size()) +
                      " records were refused");
    }
  }
}

}  // namespace stator::kinesis
