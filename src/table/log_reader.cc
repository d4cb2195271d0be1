#include "table/log_reader.h"

#include <chrono>
#include <memory>
#include <utility>

#include "base/bytes.h"
#include "storage/format.h"
#include "table/blocking.h"
#include "table/change_record.h"
#include "table/layout.h"

namespace stator {
namespace {

// What comes within so long is told together.
constexpr auto kGather = std::chrono::milliseconds(1);

KeyRange RangeFrom(uint64_t table_id, uint64_t shard_id, const LogPosition& from) {
  KeyRange range = ShardRecords(table_id, shard_id);
  AppendPosition(from, &range.begin);
  return range;
}

// One shard after the other.
struct LastPositions : std::enable_shared_from_this<LastPositions> {
  Engine* engine = nullptr;
  uint64_t table_id = 0;
  std::vector<uint64_t> shard_ids;
  std::vector<std::optional<LogPosition>> positions;
  UniqueFunction<void(Result<std::vector<std::optional<LogPosition>>>)> done;

  void ReadNext() {
    if (positions.size() == shard_ids.size()) return done(std::move(positions));
    KeyRange range = ShardRecords(table_id, shard_ids[positions.size()]);
    positions.emplace_back();
    engine->Scan(
        {std::move(range.begin), std::move(range.end), /*reverse=*/true},
        [self = shared_from_this()](std::string_view key, std::string_view) {
          self->positions.back() = PositionOfKey(key);
          return false;
        },
        [self = shared_from_this()](Result<void> end) {
          if (!end) return self->done(Unexpected<Status>(std::move(end.error())));
          self->ReadNext();
        });
  }
};

}  // namespace

std::optional<LogPosition> PositionOfKey(std::string_view key) {
  if (key.size() < kAppendStampBytes) return std::nullopt;
  LogPosition position;
  ByteReader in(key.substr(key.size() - kAppendStampBytes));
  if (!ReadPosition(&in, &position)) return std::nullopt;
  return position;
}

void ReadLog(Engine* engine, const LogRead& read, UniqueFunction<void(Result<LogBatch>)> done) {
  struct State {
    LogBatch batch;
    size_t bytes = 0;
    bool full = false;
  };
  auto state = std::make_shared<State>();
  KeyRange range = RangeFrom(read.table_id, read.shard_id, read.from);
  engine->Scan(
      {std::move(range.begin), std::move(range.end)},
      [state, read](std::string_view key, std::string_view value) {
        const auto position = PositionOfKey(key);
        if (!position) return true;
        state->full =
            state->batch.entries.size() == read.max_records || state->bytes >= read.max_bytes;
        if (state->full) return false;
        state->bytes += WholeSize(value);
        state->batch.entries.push_back({*position, std::string(value)});
        return true;
      },
      [state, done = std::move(done)](Result<void> end) mutable {
        if (!end) return done(Unexpected<Status>(std::move(end.error())));
        state->batch.exhausted = !state->full;
        done(std::move(state->batch));
      });
}

Result<LogBatch> ReadLogAndWait(Engine& engine, const LogRead& read) {
  return Await<Result<LogBatch>>([&](auto done) { ReadLog(&engine, read, std::move(done)); });
}

void ReadLastPositions(Engine* engine, uint64_t table_id, std::vector<uint64_t> shard_ids,
                       UniqueFunction<void(Result<std::vector<std::optional<LogPosition>>>)> done) {
  auto state = std::make_shared<LastPositions>();
  state->engine = engine;
  state->table_id = table_id;
  state->shard_ids = std::move(shard_ids);
  state->done = std::move(done);
  state->ReadNext();
}

Result<uint64_t> LogBytesSince(Engine& engine, const TableDefinition& table, uint64_t first_shard,
                               uint64_t position) {
  uint64_t total = 0;
  Result<void> decoded;
  for (const LogShard& shard : table.log.shards) {
    if (shard.id < first_shard) continue;
    const std::string prefix = ShardPrefix(table.id, shard.id);
    std::string end(kLogSizeKey);
    end.append(ShardRecords(table.id, shard.id).end);
    auto scanned = ScanAndWait(engine, {LogSizeKey(prefix, position), std::move(end)},
                               [&](std::string_view, std::string_view value) {
                                 auto size = DecodeCounter(value);
                                 if (size) {
                                   total += static_cast<uint64_t>(size->bytes);
                                 } else {
                                   decoded = Unexpected<Status>(std::move(size).error());
                                 }
                                 return decoded.has_value();
                               });
    if (!scanned) return Unexpected<Status>(std::move(scanned).error());
    if (!decoded) return Unexpected<Status>(std::move(decoded).error());
  }
  return total;
}

Result<bool> HasRecordsAfter(Engine& engine, const TableDefinition& table, uint64_t position) {
  for (const LogShard& shard : table.log.shards) {
    auto read = ReadLogAndWait(
        engine,
        {.table_id = table.id, .shard_id = shard.id, .from = {position + 1, 0}, .max_records = 1});
    if (!read) return Unexpected<Status>(std::move(read).error());
    if (!read->entries.empty()) return true;
  }
  return false;
}

void LogBell::Ring() {
  rings_.fetch_add(1);
  if (waiting_.load() == 0) return;
  { std::lock_guard lock(mutex_); }
  rung_.notify_all();
}

void LogBell::WaitFor(uint64_t seen, int64_t timeout_micros) {
  std::unique_lock lock(mutex_);
  waiting_.fetch_add(1);
  rung_.wait_for(lock, std::chrono::microseconds(timeout_micros),
                 [&] { return shut_.load() || rings_.load() != seen; });
  waiting_.fetch_sub(1);
  if (rings_.load() == seen) return;
  rung_.wait_for(lock, kGather, [&] { return shut_.load(); });
}

void LogBell::Shut() {
  shut_.store(true);
  { std::lock_guard lock(mutex_); }
  rung_.notify_all();
}

}  // namespace stator
